"""EAD-Net: a portrait, a recording and a feeling become a talking-head video."""

__version__ = "0.1.0"

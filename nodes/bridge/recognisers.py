"""Phone recognisers in ComfyUI's care: found in models/audio_encoders, loaded and freed by its model management."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import comfy.model_management

from ...eadnet_core.errors import InputError
from .model_folders import held, model_folders
from .models import Patcher, loaded

if TYPE_CHECKING:
    from torch import Tensor

    from ...eadnet_core.audio.sound import Sound
    from ...eadnet_core.types import SpeechFeatures

FOLDER = "audio_encoders"
"""Name of the folder under ComfyUI's models: its core keeps networks that listen there."""
BUILT_IN = "built-in"


def recogniser_names() -> list[str]:
    """What listens: the model's own speech encoder, then the model folders in models/audio_encoders."""
    return [BUILT_IN, *model_folders(FOLDER)]


def phones_heard(name: str, sound: Sound, speech: SpeechFeatures) -> Tensor | None:
    """What a recogniser of models/audio_encoders hears; None: the model's own encoder shall listen.

    Raises:
        InputError: There is no such folder, or it cannot be used.
    """
    from ...eadnet_core.speech.recogniser import load_phone_recogniser

    if name == BUILT_IN:
        return None
    path = model_folders(FOLDER).get(name)
    if path is None:
        raise InputError(f"recogniser is '{name}', which is not in models/{FOLDER}; put its folder there or choose another.")
    waiting, device = comfy.model_management.text_encoder_offload_device(), comfy.model_management.text_encoder_device()
    recogniser = load_phone_recogniser(path, waiting)
    with loaded(Patcher(held(recogniser.net), load_device=device, offload_device=waiting)) as module:
        return replace(recogniser, net=module.net).phones(sound, speech)

"""VideoMAE through transformers, from a local folder: the encoder by which TREPA was defined."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..errors import InputError

MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of the pictures that VideoMAE was trained on, 0 to 1."""
WEIGHTS = "model.safetensors"


class VideoMAE(nn.Module):
    """A frozen VideoMAE that takes clips of any length and size. Source: VideoMAE (arXiv 2203.12602)."""

    mean: Tensor
    spread: Tensor

    def __init__(self, model: nn.Module, num_frames: int, size: int) -> None:
        """`model` is a transformers.VideoMAEModel made for `num_frames` frames of `size` pixels a side."""
        super().__init__()
        self.model = model
        self.num_frames, self.size = num_frames, size
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)
        self.register_buffer("spread", torch.tensor(SPREAD)[:, None, None], persistent=False)

    def forward(self, frames: Tensor) -> Tensor:
        """Features [B, N, D] of clips [B, T, 3, S, S], -1 to 1; frames are repeated, or left out, to make the number it was trained on."""
        batch, have = frames.shape[:2]
        chosen = (torch.arange(self.num_frames, device=frames.device) + 0.5) * have / self.num_frames
        pictures = frames[:, chosen.long()].flatten(0, 1).float()
        pictures = F.interpolate(pictures, size=self.size, mode="bilinear", antialias=True)
        normal = ((pictures + 1) / 2 - self.mean) / self.spread
        return self.model(normal.unflatten(0, (batch, -1))).last_hidden_state


def load_videomae(folder: str | Path) -> VideoMAE:
    """The VideoMAE in a folder as model hubs lay them out: config.json and model.safetensors. Nothing is downloaded, no code of it is run.

    Raises:
        InputError: The folder is missing, holds another kind of model, no .safetensors, or not all weights.
    """
    from safetensors import SafetensorError
    from transformers import VideoMAEModel

    folder = Path(folder)
    kind = _kind(folder)
    if kind != "videomae":
        raise InputError(f"video encoder {folder} is of type '{kind}'; give the folder of a VideoMAE.")
    if not (folder / WEIGHTS).is_file():
        raise InputError(f"video encoder {folder} holds no {WEIGHTS}; download that file (pickles are never opened).")
    try:
        model, told = VideoMAEModel.from_pretrained(folder, local_files_only=True, use_safetensors=True, output_loading_info=True)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise InputError(f"video encoder {folder} cannot be loaded ({str(error)[:200]}); download it again.") from error
    if told["missing_keys"]:
        raise InputError(f"video encoder {folder} lacks the weights {sorted(told['missing_keys'])[:3]}; download it again.")
    return VideoMAE(model.eval(), model.config.num_frames, model.config.image_size)


def _kind(folder: Path) -> str:
    path = folder / "config.json"
    if not path.is_file():
        raise InputError(f"video encoder {folder} holds no config.json; give the folder of a VideoMAE.")
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["model_type"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"config.json of video encoder {folder} cannot be read; download it again.") from error

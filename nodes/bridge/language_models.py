"""Language models in ComfyUI's care: found in models/LLM through folder_paths, loaded and freed by its model management."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import comfy.model_management
import folder_paths
from comfy.cli_args import args

from ...eadnet_core.errors import InputError
from .models import Patcher, loaded

if TYPE_CHECKING:
    from torch import nn

    from ...eadnet_core.emotion.language_model import LanguageModel

FOLDER = "LLM"
"""Name of the folder under ComfyUI's models, and of the entry in extra_model_paths.yaml; other packs use it, too."""
BUILT_IN = "built-in reader"
_DEPTH = ("*/config.json", "*/*/config.json")
"""Models lie in models/LLM/NAME or models/LLM/AUTHOR/NAME."""


def register_language_model_folder() -> None:
    """Makes models/LLM known to ComfyUI, beside whatever extra_model_paths.yaml names under `LLM`."""
    folder_paths.add_model_folder_path(FOLDER, str(Path(folder_paths.models_dir) / FOLDER))


def describer_names() -> list[str]:
    """What the describer offers: the built-in reader, then the model folders in models/LLM."""
    return [BUILT_IN, *_model_folders()]


def _model_folders() -> dict[str, Path]:
    """Folders of models by their names under models/LLM."""
    register_language_model_folder()
    found: dict[str, Path] = {}
    for root in map(Path, folder_paths.get_folder_paths(FOLDER)):
        for config in sorted(path for pattern in _DEPTH for path in root.glob(pattern)):
            found.setdefault(config.parent.relative_to(root).as_posix(), config.parent)
    return found


@contextmanager
def loaded_language_model(name: str) -> Iterator[LanguageModel]:
    """A model of models/LLM on the device where it computes; it is read from the disk for each use, and afterwards its memory is free.

    Raises:
        InputError: There is no such folder, or it cannot be used.
    """
    import torch

    from ...eadnet_core.emotion.language_model import load_language_model

    path = _model_folders().get(name)
    if path is None:
        raise InputError(f"engine is '{name}', which is not in models/{FOLDER}; put its folder there or choose another.")
    waiting, device = comfy.model_management.text_encoder_offload_device(), comfy.model_management.text_encoder_device()
    model = load_language_model(path, torch.float32 if args.force_fp32 else None, device)
    patcher = Patcher(_held(model.net.to(waiting)), load_device=device, offload_device=waiting)
    with loaded(patcher) as module:
        yield replace(model, net=module.net)


def _held(net: nn.Module) -> nn.Module:
    """The network inside a module that a patcher may give attributes: those of `transformers` refuse some of them."""
    from torch import nn

    class Held(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

    return Held()

"""Folders of models as transformers saves them, under ComfyUI's models: found through folder_paths, held by a patcher."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import folder_paths

if TYPE_CHECKING:
    from torch import nn

_DEPTH = ("*/config.json", "*/*/config.json")
"""Models lie in models/FOLDER/NAME or models/FOLDER/AUTHOR/NAME."""


def register_folder(folder: str) -> None:
    """Makes models/`folder` known to ComfyUI, beside whatever extra_model_paths.yaml names under it."""
    folder_paths.add_model_folder_path(folder, str(Path(folder_paths.models_dir) / folder))


def model_folders(folder: str) -> dict[str, Path]:
    """Folders of models by their names under models/`folder`, beside whatever extra_model_paths.yaml names under it."""
    register_folder(folder)
    found: dict[str, Path] = {}
    for root in map(Path, folder_paths.get_folder_paths(folder)):
        for config in sorted(path for pattern in _DEPTH for path in root.glob(pattern)):
            found.setdefault(config.parent.relative_to(root).as_posix(), config.parent)
    return found


def held(net: nn.Module) -> nn.Module:
    """The network as `net` of a module that a patcher may give attributes: those of `transformers` refuse some of them."""
    from torch import nn

    class Held(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

    return Held()

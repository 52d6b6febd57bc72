"""Weights as one file: half precision, and a header that says how to build the model and where the weights come from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from .config import from_json, to_json
from .errors import InputError
from .model import MotionModel, MotionModelConfig

FORMAT_VERSION = 4
"""Version of the file's layout; another one is refused."""
BASE_WEIGHTS = Path(__file__).parent / "weights" / "eadnet-base.safetensors"
"""The model that ships with the package."""

Config = TypeVar("Config")
Model = TypeVar("Model", bound=nn.Module)


@dataclass(frozen=True)
class CheckpointHeader:
    """What a checkpoint says of itself.

    Attributes:
        model: Class of the module, such as "Denoiser".
        config: Its configuration, JSON.
        provenance: Recipe, seed, commit, steps, minutes, device: whatever says where the weights come from.
    """

    model: str
    config: str
    provenance: dict[str, Any]


def save_checkpoint(path: str | Path, module: nn.Module, config: Any, provenance: dict[str, Any]) -> None:  # noqa: ANN401
    """Writes a module's weights in half precision, whole or not at all.

    Args:
        path: A .safetensors file.
        module: Any device, any precision; it is not changed.
        config: The dataclass that builds it.
        provenance: JSON values.

    Raises:
        InputError: A weight is not finite in half precision.
    """
    path = Path(path)
    state = {name: _halved(value).cpu().contiguous() for name, value in module.state_dict().items()}
    broken = [name for name, value in state.items() if not torch.isfinite(value).all()]
    if broken:
        raise InputError(f"the weights {broken} are not finite in half precision; train again from an earlier state.")
    header = {
        "format": str(FORMAT_VERSION),
        "model": type(module).__name__,
        "config": to_json(config),
        "provenance": json.dumps(provenance),
    }
    partial = path.with_name(path.name + ".partial")
    try:
        save_file(state, partial, metadata=header)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read_header(path: str | Path) -> CheckpointHeader:
    """What a checkpoint says of itself, without its weights.

    Raises:
        InputError: The file is missing, damaged, foreign, or of another version.
    """
    return _read(Path(path), with_weights=False)[0]


def load_model(path: str | Path = BASE_WEIGHTS) -> MotionModel:
    """The model of a checkpoint, float32, on the CPU, ready to run.

    Raises:
        InputError: The file is missing, damaged, foreign, of another version, or its weights are not those of its configuration.
    """
    return _load(Path(path), MotionModel, MotionModelConfig)


def _load(path: Path, kind: type[Model], config_kind: type[Config]) -> Model:
    name = kind.__name__
    header, state = _read(path, with_weights=True)
    if header.model != name:
        raise InputError(f"{path} holds a {header.model}; give the weights of a {name}.")
    model = kind(from_json(config_kind, header.config))
    _load_strictly(model, state, path)
    return model.eval()


def _halved(value: torch.Tensor) -> torch.Tensor:
    return value.half() if value.is_floating_point() else value


def _read(path: Path, with_weights: bool) -> tuple[CheckpointHeader, dict[str, torch.Tensor]]:
    if not path.is_file():
        raise InputError(f"the weights {path} are missing; give the path of a .safetensors file or install the pack again.")
    try:
        with safe_open(path, "pt") as file:
            texts = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()} if with_weights else {}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise InputError(f"the weights {path} cannot be read ({error}); copy the file again.") from error
    if not {"format", "model", "config", "provenance"} <= set(texts):
        raise InputError(f"{path} is no checkpoint of EAD-Net (its header has {sorted(texts)}); give one that this pack has written.")
    if texts["format"] != str(FORMAT_VERSION):
        raise InputError(
            f"{path} has format {texts['format']}, weights of another version of the pack; this one reads format {FORMAT_VERSION}: "
            f"take its own ({BASE_WEIGHTS.name}) or train anew."
        )
    return CheckpointHeader(texts["model"], texts["config"], json.loads(texts["provenance"])), state


def _load_strictly(module: nn.Module, state: dict[str, torch.Tensor], path: Path) -> None:
    wanted = module.state_dict()
    missing, unexpected = sorted(set(wanted) - set(state)), sorted(set(state) - set(wanted))
    if missing or unexpected:
        raise InputError(f"{path} lacks {missing} and has {unexpected} besides; take the weights of this version of the pack.")
    misshapen = [f"{name} {tuple(state[name].shape)}" for name in wanted if wanted[name].shape != state[name].shape]
    if misshapen:
        raise InputError(f"{path} holds {misshapen}, not the shapes of its configuration; take the weights of this version of the pack.")
    module.load_state_dict(state)

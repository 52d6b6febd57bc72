"""The locator's weights as a file: half precision, with the configuration and the provenance in the header."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from ..errors import InputError
from .locator_net import LocatorConfig, LocatorNet

FORMAT = "eadnet-locator-1"
"""Names the file's layout; weights of another one are refused."""


def save_locator(path: Path, net: LocatorNet, provenance: dict[str, object]) -> None:
    """Writes the weights, whole or not at all.

    Args:
        path: A .safetensors file.
        net: The locator.
        provenance: Recipe, seed, steps, minutes and whatever else says where the weights come from; JSON values.
    """
    state = {name: value.half().contiguous() if value.is_floating_point() else value for name, value in net.cpu().state_dict().items()}
    header = {"format": FORMAT, "config": json.dumps(asdict(net.config)), "provenance": json.dumps(provenance)}
    partial = path.with_suffix(".partial")
    try:
        save_file(state, partial, metadata=header)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def load_locator(path: Path) -> LocatorNet:
    """The locator of a weights file, in single precision, ready to run.

    Raises:
        InputError: The file is missing, damaged, or was written for another version of the networks.
    """
    if not path.is_file():
        raise InputError(f"the locator's weights {path} are missing; install the pack again or give the path of the file.")
    try:
        with safe_open(path, "pt") as file:
            header = file.metadata() or {}
            state: dict[str, torch.Tensor] = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise InputError(f"the locator's weights {path} are damaged ({error}); copy the file again.") from error
    if header.get("format") != FORMAT:
        held = header.get("format", "unknown weights")
        raise InputError(f"{path} holds {held}, not {FORMAT}; take the weights of this version of the pack.")
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(header["config"]).items()}
    net = LocatorNet(LocatorConfig(**values))
    missing, unexpected = set(net.state_dict()) - set(state), set(state) - set(net.state_dict())
    if missing or unexpected:
        raise InputError(
            f"{path} lacks {sorted(missing)} and has {sorted(unexpected)} besides; take the weights of this version of the pack."
        )
    misshapen = [name for name, value in net.state_dict().items() if value.shape != state[name].shape]
    if misshapen:
        raise InputError(f"{path} holds {misshapen} in other shapes than its configuration; take the weights of this version of the pack.")
    net.load_state_dict({name: value.float() if value.is_floating_point() else value for name, value in state.items()})
    return net.eval()


def read_provenance(path: Path) -> dict[str, Any]:
    """Where the weights of a file come from, as its writer told."""
    with safe_open(path, "pt") as file:
        return json.loads(file.metadata()["provenance"])

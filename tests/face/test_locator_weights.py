"""The locator's weights file: half precision there and back, and every way it can be wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from eadnet_core.errors import InputError
from eadnet_core.face.locator import WEIGHTS
from eadnet_core.face.locator_net import LocatorConfig, LocatorNet
from eadnet_core.face.locator_weights import load_locator, save_locator

SMALL = LocatorConfig(proposal_widths=(4, 4, 8, 8), landmark_widths=(4, 4, 8, 8), crop_size=64)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    save_locator(tmp_path / "a.safetensors", LocatorNet(SMALL), {"seed": 3})
    return tmp_path / "a.safetensors"


def test_round_trip(saved: Path) -> None:
    torch.manual_seed(0)
    original, loaded = LocatorNet(SMALL), load_locator(saved)
    assert loaded.config == SMALL and not loaded.training
    for name, value in original.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], value.half().to(value.dtype) if value.is_floating_point() else value)


def test_refuses_missing_damaged_and_foreign_files(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing"):
        load_locator(tmp_path / "none.safetensors")
    short = tmp_path / "short.safetensors"
    short.write_bytes(saved.read_bytes()[:5000])
    with pytest.raises(InputError, match="damaged"):
        load_locator(short)
    foreign = tmp_path / "foreign.safetensors"
    save_file({"a": torch.zeros(1)}, foreign)
    with pytest.raises(InputError, match="unknown weights"):
        load_locator(foreign)


def test_names_missing_and_unexpected_keys(saved: Path, tmp_path: Path) -> None:
    with safe_open(saved, "pt") as file:
        header = file.metadata()
    state = load_file(saved)
    state["strange"] = state.pop("landmark.score.bias")
    save_file(state, tmp_path / "b.safetensors", metadata=header)
    with pytest.raises(InputError, match=r"landmark\.score\.bias.*strange"):
        load_locator(tmp_path / "b.safetensors")


def test_names_keys_of_another_shape(saved: Path, tmp_path: Path) -> None:
    with safe_open(saved, "pt") as file:
        header = file.metadata()
    save_file({**load_file(saved), "landmark.score.bias": torch.zeros(3)}, tmp_path / "c.safetensors", metadata=header)
    with pytest.raises(InputError, match=r"landmark\.score\.bias"):
        load_locator(tmp_path / "c.safetensors")


def test_shipped_weights_say_where_they_come_from() -> None:
    with safe_open(WEIGHTS, "pt") as file:
        provenance = json.loads(file.metadata()["provenance"])
    assert {"recipe", "seed", "commit", "steps", "minutes", "device"} <= set(provenance)
    assert WEIGHTS.stat().st_size < 3.2e6

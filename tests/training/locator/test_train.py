"""The locator's trainer: it learns, repeats itself, and writes what it made and how."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Generator, Tensor

from eadnet_core.face.landmarks import CANONICAL, INDEX
from eadnet_core.face.locator_net import LocatorConfig, LocatorNet
from eadnet_core.face.locator_weights import load_locator, read_provenance
from eadnet_core.training.locator import train
from eadnet_core.training.locator.recipe import LocatorRecipe
from eadnet_core.training.locator.train import RECIPE, fit_part, train_locator

SMALL = LocatorConfig(proposal_widths=(4, 4, 8, 8), landmark_widths=(8, 8, 16, 16), crop_size=48)


def recipe() -> LocatorRecipe:
    return replace(LocatorRecipe.read(RECIPE), first_faces=4, batch_size=8, new_pictures=8, scene_size=64, reservoir=32)


def draw_blobs(generator: Generator, count: int) -> tuple[Tensor, Tensor]:
    """Grey pictures with dark eyes and mouth where CANONICAL puts them."""
    axis = (torch.arange(48) + 0.5) / 48
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    pictures, landmarks = torch.full((count, 3, 48, 48), 0.8), torch.full((count, 29, 2), 0.55)
    for name, (cx, cy) in CANONICAL.items():
        pictures -= 0.6 * torch.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * 0.04**2))
        landmarks[:, [i for key, i in INDEX.items() if key.startswith(name + "_")]] = torch.tensor([cx, cy])
    return pictures, landmarks


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget of no minutes: only the timed steps are made."""
    monkeypatch.setattr(train, "TIMED_STEPS", 6)


@pytest.mark.usefixtures("steps")
@pytest.mark.parametrize("part", ["landmark", "proposal"])
def test_same_seed_same_weights(part: str) -> None:
    nets = []
    for _ in range(2):
        torch.manual_seed(0)
        net = LocatorNet(SMALL)
        before = {name: value.clone() for name, value in net.state_dict().items()}
        assert fit_part(net, part, recipe(), draw_blobs, 0.0).steps == 6
        changed = {name.split(".")[0] for name, value in net.state_dict().items() if not torch.equal(value, before[name])}
        assert changed == {part}
        nets.append(net)
    for a, b in zip(*(net.state_dict().values() for net in nets), strict=True):
        assert torch.equal(a, b)


def test_learns_where_the_points_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "TIMED_STEPS", 80)
    told: list[float] = []
    torch.manual_seed(0)
    fit_part(LocatorNet(SMALL), "landmark", recipe(), draw_blobs, 0.0, progress=lambda where, losses, net: told.append(losses["points"]))
    assert told[-1] < 0.85 * told[0]


@pytest.mark.usefixtures("steps")
def test_writes_weights_with_provenance_and_goes_on_from_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(train, "draw_faces", draw_blobs)
    small = tmp_path / "recipe.json"
    values = json.loads(RECIPE.read_text())
    small.write_text(json.dumps({**values, "first_faces": 4, "batch_size": 4, "new_pictures": 4, "scene_size": 64, "reservoir": 16}))
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    train_locator(small, first, minutes=0.0, parts=("proposal",), commit="abc")
    train_locator(small, second, minutes=0.0, parts=("landmark",), start=first, commit="abc")
    origin = read_provenance(second)
    assert origin["commit"] == "abc" and origin["recipe"]["first_faces"] == 4
    assert [run["steps"] for run in origin["parts"]["proposal"] + origin["parts"]["landmark"]] == [6, 6]
    for name, value in load_locator(first).proposal.state_dict().items():
        assert torch.equal(value, load_locator(second).proposal.state_dict()[name])


def test_recipe_names_what_differs(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps({**json.loads(RECIPE.read_text()), "sead": 1}))
    with pytest.raises(ValueError, match="sead"):
        LocatorRecipe.read(wrong)

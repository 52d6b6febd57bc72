"""What a denoiser misses of held-out footage: nothing where it makes the very frames, more the further it is off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from eadnet_core.errors import InputError
from eadnet_core.face.locator import FaceLocator
from eadnet_core.models.denoiser import Denoiser, DenoiserConfig
from eadnet_core.training.footage import measure
from eadnet_core.training.footage.examples import Shot, read_example
from eadnet_core.training.footage.library import open_library
from eadnet_core.training.footage.measure import measure_footage
from tests.training.footage.made import info, make_footage

SMALL = DenoiserConfig(channels=(16, 32, 32), down_blocks=(1, 1, 1), num_heads=(2, 2, 2), fine_channels=8, num_shapes=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_footage(tmp_path_factory.mktemp("footage"), info(num_frames=100))


@pytest.fixture(scope="module")
def locator() -> FaceLocator:
    return FaceLocator.from_pretrained()


def test_windows_lie_in_the_held_out_part_and_their_portraits_do_not(folder: Path) -> None:
    library = open_library([folder], 0.4)
    shots = measure._spread(library.held_out)
    assert [(shot.first, shot.num_frames, shot.reference) for shot in shots] == [(60, 16, 30), (76, 16, 30)]


def test_a_denoiser_is_measured(folder: Path, locator: FaceLocator) -> None:
    """Without training the rig alone answers: mouths are off by less than half an eye distance, and by more than nothing."""
    torch.manual_seed(0)
    found = measure_footage(Denoiser(SMALL), open_library([folder], 0.4).held_out, locator, 128)
    assert found.windows == 2 and found.picture > 0 and found.motion > 0
    assert 0 < found.mouth < 50


def test_mouth_distance_is_none_for_the_same_frames_and_knows_no_shift(folder: Path, locator: FaceLocator) -> None:
    """M-LMD compares faces that lie on each other, so that a head elsewhere is not a mouth that is off."""
    stretch = open_library([folder], 0.0).training[0]
    example = read_example([Shot(stretch, 0, 6, 0)], 128, 0.0, np.random.default_rng(0))
    frames, landmarks = example.clip.frames[0], example.conditions.landmarks[0]
    assert measure._mouth_distance(frames, frames, landmarks, locator) == 0
    moved = measure._mouth_distance(frames, frames.roll(2, -1), landmarks, locator)
    other = measure._mouth_distance(frames, frames.roll(3, 0), landmarks, locator)  # what was said three frames earlier
    assert moved < 0.3 * other


def test_too_little_held_out_footage_is_refused(folder: Path, locator: FaceLocator) -> None:
    with pytest.raises(InputError, match="held_out"):
        measure_footage(Denoiser(SMALL), [], locator, 128)

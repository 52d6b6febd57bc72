"""Clips keep pictures almost as they were, and hear exactly what was said while they were filmed."""

from __future__ import annotations

import numpy as np
import pytest

from eadnet_core.audio.mel_scale import SILENCE
from eadnet_core.errors import InputError
from eadnet_core.training.footage.clip import STORED_SIZE, cut_mel, load_picture, store_picture
from tests.training.footage.films import place


def test_a_kept_picture_is_the_square_that_was_asked_for() -> None:
    film = place(400, 300, 100, 50)
    to_stored = np.array([[1 / 256, 0, -80 / 256], [0, 1 / 256, -20 / 256]])  # the square of 256 pixels from (80, 20) on
    kept = load_picture(store_picture(film, to_stored), "a file")
    assert kept.shape == (STORED_SIZE, STORED_SIZE, 3)
    assert np.abs(kept.astype(int) - film[20:276, 80:336]).mean() < 2


def test_a_damaged_picture_names_its_file() -> None:
    with pytest.raises(InputError, match="clips.safetensors"):
        load_picture(b"no picture", "clips.safetensors")


@pytest.mark.parametrize(("first", "num"), [(0, 5), (3, 4), (-2, 5), (8, 5), (-9, 3), (20, 3), (-3, 16)])
def test_sound_is_cut_where_the_frames_are_and_silent_beyond_its_ends(first: int, num: int) -> None:
    """Frame f hears columns 4 f to 4 f + 3; column k of this sound says k."""
    mel = np.repeat(np.arange(40, dtype=np.float32)[:, None], 64, 1)
    wanted = [k if 0 <= k < 40 else SILENCE for k in range(4 * first, 4 * (first + num))]
    found = cut_mel(mel, first, num)
    assert found.shape == (4 * num, 64) and (found == np.array(wanted, np.float32)[:, None]).all()

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch

from eadnet_core.audio.mel_scale import SILENCE
from eadnet_core.diffusion.windows import clip_conditions, plan_windows
from eadnet_core.errors import InputError
from eadnet_core.types import Performance, Portrait, SpeechFeatures


@pytest.mark.parametrize("num_frames", [1, 3, 16, 17, 28, 29, 250])
@pytest.mark.parametrize(("length", "overlap"), [(16, 4), (8, 0), (2, 1)])
def test_new_frames_of_all_windows_are_each_frame_once(num_frames: int, length: int, overlap: int) -> None:
    windows = list(plan_windows(num_frames, length, overlap))
    new = [frame for w in windows for frame in range(w.start + w.known, w.stop)]
    assert new == list(range(num_frames))
    assert windows[0].known == 0
    for before, after in zip(windows, windows[1:], strict=False):
        assert after.known == overlap and after.start == before.stop - overlap
    assert all(w.stop - w.start <= length and w.num_new > 0 for w in windows)


def _clip(num_frames: int) -> tuple[Portrait, SpeechFeatures, Performance]:
    portrait = Portrait(
        np.zeros((2, 2, 3), np.uint8), (0, 0, 1, 1), np.zeros((29, 2), np.float32), np.eye(2, 3), torch.rand(3, 8, 8), torch.rand(5, 8, 8)
    )
    mel = torch.arange(4.0 * num_frames)[:, None].expand(-1, 64)
    rows = torch.arange(float(num_frames))[:, None]
    performance = Performance(torch.ones(2, 3, 4, dtype=torch.int64), rows.expand(-1, 2), None, rows.expand(-1, 24), rows.expand(-1, 6))
    return portrait, SpeechFeatures(mel, torch.ones(num_frames), Fraction(num_frames, 25)), performance


def test_a_window_takes_its_frames_and_three_frames_of_speech_around_them() -> None:
    conditions = clip_conditions(*_clip(30)).between(10, 15)
    assert conditions.mel is not None and conditions.action_units is not None and conditions.text_ids is not None
    assert conditions.mel[0, :, 0].tolist() == list(range(4 * 7, 4 * 18))
    assert conditions.action_units[0, :, 0].tolist() == [10, 11, 12, 13, 14]
    assert conditions.text_ids.shape == (1, 2, 3, 4)
    assert conditions.emotion is None and conditions.gaze is None and conditions.given is None


def test_silence_stands_before_and_after_the_recording() -> None:
    clip = clip_conditions(*_clip(2))
    mel = clip.between(0, 2).mel
    assert mel is not None and mel.shape == (1, 4 * 8, 64)
    assert (mel[:, :12] == SILENCE).all() and (mel[:, -12:] == SILENCE).all()
    assert mel[0, 12:20, 5].tolist() == list(range(8))


def test_a_performance_of_another_length_is_refused() -> None:
    portrait, speech, performance = _clip(5)
    with pytest.raises(InputError, match="gaze has 4 frames and the speech 5"):
        clip_conditions(portrait, speech, replace(performance, gaze=torch.zeros(4, 2)))


def test_a_window_reads_only_the_captions_that_it_hears() -> None:
    portrait, speech, performance = _clip(30)
    weights = torch.zeros(30, 4)
    weights[:12, 0], weights[12:, 3] = 1, 1
    ids = torch.arange(4)[:, None, None].expand(4, 3, 2)
    clip = clip_conditions(portrait, speech, replace(performance, text_ids=ids, text_weights=weights))
    for (start, stop), heard in (((0, 12), [0]), ((10, 15), [0, 3]), ((12, 30), [3])):
        window = clip.between(start, stop)
        assert window.text_ids is not None and window.text_weights is not None
        assert window.text_ids[0, :, 0, 0].tolist() == heard
        assert torch.equal(window.text_weights[0], weights[start:stop, heard])

"""Sync-C, Sync-D and offset by the published protocol, and the meter that feeds it window by window."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from eadnet_core.audio.sound import Sound
from eadnet_core.errors import InputError
from eadnet_core.face.align import face_box
from eadnet_core.face.track import FaceTrack
from eadnet_core.metrics.networks.syncnet_v2 import SyncNetV2
from eadnet_core.metrics.sync import SyncMeter, score_sync
from eadnet_core.metrics.sync_networks import PublicSync
from tests.metrics.faces import face, track

RATE = 16_000


def published(lips: torch.Tensor, speech: torch.Tensor) -> tuple[int, float, float]:
    """Offset, confidence, least distance, in the words of syncnet_python's `calc_pdist` and `evaluate` with vshift 15."""
    padded = torch.nn.functional.pad(speech, (0, 0, 15, 15))
    rows = [torch.nn.functional.pairwise_distance(lips[[i]].repeat(31, 1), padded[i : i + 31]) for i in range(len(lips))]
    mean = torch.stack(rows, 1).mean(1)
    least, place = torch.min(mean, 0)
    return int(15 - place), float(torch.median(mean) - least), float(least)


@pytest.mark.parametrize("late", [-4, 0, 3])
def test_it_is_the_published_arithmetic(late: int) -> None:
    """Lips that are the sound's embeddings `late` frames ago, with noise: the offset is `late`."""
    dice = torch.Generator().manual_seed(5)
    speech = torch.randn(90, 24, generator=dice)
    lips = torch.roll(speech, late, 0) + 0.3 * torch.randn(90, 24, generator=dice)
    score = score_sync(lips.numpy(), np.arange(90), speech.numpy(), True, "none")
    offset, confidence, distance = published(lips, speech)
    assert score.offset == offset == late
    assert score.confidence == pytest.approx(confidence, abs=1e-4) and score.distance == pytest.approx(distance, abs=1e-4)
    assert score.distances.shape == (31,) and score.num_windows == 90


@pytest.mark.parametrize("zeros_beyond", [False, True])
def test_left_out_windows_change_nothing_but_their_number(zeros_beyond: bool) -> None:
    """The mean over the windows that are there; each is still compared with its own moment."""
    dice = torch.Generator().manual_seed(6)
    speech = torch.randn(80, 8, generator=dice).numpy()
    starts = np.r_[3:20, 41:70]
    score = score_sync(speech[starts], starts, speech, zeros_beyond, "none")
    assert score.distance == 0 and score.offset == 0 and score.num_windows == len(starts)


def test_without_zeros_a_shift_is_the_mean_over_pairs_that_exist() -> None:
    """Nothing relates to anything: zeros draw the mean towards large shifts, and without them all shifts are alike."""
    dice = torch.Generator().manual_seed(8)
    lips, speech = torch.nn.functional.normalize(torch.randn(2, 40, 64, generator=dice), dim=-1).numpy()
    score = score_sync(lips, np.arange(40), speech, False, "none")
    for shift in (-15, -1, 0, 7):
        pairs = [np.linalg.norm(lips[n] - speech[n + shift]) for n in range(40) if 0 <= n + shift < 40]
        assert score.distances[15 + shift] == pytest.approx(np.mean(pairs))
    assert np.ptp(score.distances) < 0.06 < np.ptp(score_sync(lips, np.arange(40), speech, True, "none").distances)


def test_unrelated_lips_have_next_to_no_confidence() -> None:
    dice = torch.Generator().manual_seed(7)
    lips, speech = torch.randn(2, 300, 16, generator=dice).numpy()
    assert score_sync(lips, np.arange(300), speech, True, "none").confidence < 0.1


class Levels:
    """A SyncNetwork by definition: lips are the brightness of frames, speech is the level of the sound, in a window of three."""

    name, window, zeros_beyond = "levels", 3, True

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def crop(self, frame: np.ndarray, points: np.ndarray) -> np.ndarray:
        return frame[:1, :1, 0].astype(np.float32) / 255

    def embed_lips(self, crops: np.ndarray) -> np.ndarray:
        self.lengths.append(len(crops))
        return np.lib.stride_tricks.sliding_window_view(crops[:, 0, 0], 3).copy()

    def embed_speech(self, mono16k: np.ndarray) -> np.ndarray:
        levels = np.abs(mono16k.reshape(-1, 640)).mean(1)
        return np.lib.stride_tricks.sliding_window_view(levels, 3).copy()


def filmed(num_frames: int, late: int = 0) -> tuple[list[np.ndarray], Sound]:
    """Frames whose brightness is the sound's level `late` frames ago."""
    levels = np.random.default_rng(0).uniform(0.1, 0.9, num_frames).astype(np.float32)
    frames = [np.full((4, 4, 3), round(255 * level), np.uint8) for level in np.roll(levels, late)]
    return frames, Sound(np.repeat(levels, 640)[None], RATE)


def track_of(num_frames: int, missing: tuple[int, ...] = (), cut: int | None = None) -> FaceTrack:
    return track([face(side=64.0)] * num_frames, missing, () if cut is None else (cut,))


@pytest.mark.parametrize("late", [0, 5, -2])
def test_the_meter_finds_how_late_lips_are(late: int) -> None:
    frames, sound = filmed(100, late)
    network = Levels()
    meter = SyncMeter(network, sound, track_of(100))
    for index, frame in enumerate(frames):
        meter.add(index, frame)
    score = meter.result()
    assert score.offset == late and score.num_windows == 97, "one window fewer than there are, as published"
    assert max(network.lengths) < 20, "a few frames at a time"


def test_windows_without_the_face_or_across_a_cut_are_left_out() -> None:
    frames, sound = filmed(120)
    meter = SyncMeter(Levels(), sound, track_of(120, missing=(40, 41, 90), cut=60))
    for index, frame in enumerate(frames):
        meter.add(index, frame)
    score = meter.result()
    lost = {38, 39, 40, 41, 58, 59, 88, 89, 90}
    assert score.num_windows == 117 - len(lost) and score.offset == 0 and score.distance < 0.01


def test_what_is_too_short_or_has_no_face_is_said() -> None:
    frames, sound = filmed(33)
    with pytest.raises(InputError, match="33 frames have picture and sound; sync needs 34"):
        SyncMeter(Levels(), sound, track_of(33))
    frames, sound = filmed(60)
    with pytest.raises(InputError, match="no 3 frames in a row show the face"):
        SyncMeter(Levels(), sound, track_of(60, missing=tuple(range(60))))


def test_sound_that_ends_early_ends_the_comparison() -> None:
    frames, sound = filmed(100)
    meter = SyncMeter(Levels(), Sound(sound.samples[:, : 640 * 70 + 100], RATE), track_of(100))
    for index, frame in enumerate(frames):
        meter.add(index, frame)
    assert meter.result().num_windows == 67


def test_public_network_sees_the_box_as_published() -> None:
    """Centre x, half side b: from x - 1.4 b to x + 1.4 b, and from y - b to y + 1.8 b; blue comes first."""
    points = face(side=400.0) + np.float32(100)
    left, top, right, bottom = face_box(points)
    half, x, y = max(right - left, bottom - top) / 2, (left + right) / 2, (top + bottom) / 2
    rows, columns = np.mgrid[0:700, 0:700]
    picture = np.stack([columns * 255 / 700, rows * 255 / 700, np.zeros((700, 700))], -1).round().astype(np.uint8)
    network = PublicSync(SyncNetV2(), "public")
    crop = network.crop(picture, points)
    assert crop.shape == (3, 224, 224) and crop.dtype == np.uint8 and crop[0].max() == 0
    to_pixels = 700 / 255
    assert crop[2, 100, [0, -1]] * to_pixels == pytest.approx([x - 1.4 * half, x + 1.4 * half], abs=6)
    assert crop[1, [0, -1], 100] * to_pixels == pytest.approx([y - half, y + 1.8 * half], abs=6)


def test_public_network_hears_twenty_columns_from_each_frame_on() -> None:
    """Frame n hears MFCC columns 4 n to 4 n + 19: what comes 20 columns later changes nothing."""
    network = PublicSync(SyncNetV2().eval(), "public")
    sound = np.random.default_rng(3).normal(size=640 * 12).astype(np.float32) * 0.1
    whole = network.embed_speech(sound)
    assert whole.shape == (7, 1024), "one fewer than windows of five frames, as published"
    other = sound.copy()
    other[160 * (4 * 2 + 20) + 240 :] = 0  # behind the last sample of frame 2's last column
    np.testing.assert_allclose(network.embed_speech(other)[:3], whole[:3], atol=1e-4)
    assert np.abs(network.embed_speech(other)[3] - whole[3]).max() > 1e-4

"""Films of every kind become clips, or are dropped with the reason; the sound of a clip is that of its frames."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from eadnet_core.audio.features import speech_features
from eadnet_core.audio.sound import read_sound
from eadnet_core.face.locator import FaceLocator
from eadnet_core.face.tiled_locator import TiledLocator
from eadnet_core.training.footage.clip import STORED_SIZE, Clip, load_picture
from eadnet_core.training.footage.film_clips import FilmClips, Tools, prepare_film
from eadnet_core.training.footage.passage import SHORTEST, Reason
from eadnet_core.training.footage.source import Source
from tests.training.footage.films import Judge, buzz, place, sway, write_film

WIDTH, HEIGHT = 320, 240
NUM = 40


@dataclass
class Bench:
    """Prepares one film, and keeps its clips."""

    locator: FaceLocator
    judge: Judge = field(default_factory=Judge)
    clips: list[Clip] = field(default_factory=list)

    def __call__(self, path: Path, **said: object) -> FilmClips:
        source = Source(**{"name": path.name, "path": path, "sound": path, "person": "anna"} | said)  # type: ignore[arg-type]
        self.clips.clear()
        return prepare_film(source, Tools(self.locator, self.judge), self._keep, lambda frames: None)

    def _keep(self, clip: Clip) -> tuple[str, int]:
        self.clips.append(clip)
        return "file", len(self.clips) - 1

    def dropped(self, path: Path, **said: object) -> tuple[Reason, str]:
        """Why nothing was kept of a film."""
        film = self(path, **said)
        assert film.clips == [] and film.record.clips == 0 and film.record.dropped
        return film.record.dropped[0].reason, film.record.dropped[0].detail


@pytest.fixture(scope="module")
def locator() -> FaceLocator:
    return TiledLocator(FaceLocator.from_pretrained().net)


@pytest.fixture
def bench(locator: FaceLocator) -> Bench:
    return Bench(locator)


def frames(num: int = NUM, **where: int) -> list[np.ndarray]:
    picture = sway(place(**{"width": WIDTH, "height": HEIGHT, "x": 64, "y": 24} | where))
    return [picture(k) for k in range(num)]


def test_a_plain_film_becomes_one_clip_with_its_pictures_landmarks_and_sound(bench: Bench, tmp_path: Path) -> None:
    path = write_film(tmp_path / "a.mkv", frames(), sound=buzz(NUM / 25))
    film = bench(path, emotion="happy", intensity=0.5)
    ((_, info),), (clip,) = film.clips, bench.clips
    assert (info.source, info.person, info.first, info.num_frames, info.sync_shift) == ("a.mkv", "anna", 0, NUM, 0)
    assert (info.emotion, info.intensity) == ("happy", 0.5)
    assert (film.record.num_frames, film.record.num_seen, film.record.kept_frames) == (NUM, NUM, NUM)
    assert len(clip.pictures) == len(clip.landmarks) == NUM
    picture = load_picture(clip.pictures[0], "clip")
    eyes = (clip.landmarks[0, 6:14] * STORED_SIZE).mean(0)
    assert abs(eyes[0] - STORED_SIZE / 2) < 12 and picture[int(eyes[1]), int(eyes[0])].std() < 90
    mel = speech_features(read_sound(path)).mel.numpy()
    inside = clip.mel[4 * 18 : 4 * (18 + NUM)]  # 18 frames of room on either side
    np.testing.assert_allclose(inside, mel[: 4 * NUM], atol=2e-3)
    assert bench.judge.shown == [((NUM, 128, 128, 3), (4 * (NUM + 30), 64))]


@pytest.mark.parametrize(("shift", "kept"), [(0, 0), (1, 0), (-1, 0), (4, 4), (-6, -6)])
def test_sound_that_is_off_is_shifted_by_what_the_judge_found(bench: Bench, tmp_path: Path, shift: int, kept: int) -> None:
    bench.judge = Judge(shift)
    film = bench(write_film(tmp_path / "a.mkv", frames(), sound=buzz(NUM / 25)))
    assert film.record.sync_shift == film.clips[0][1].sync_shift == kept


@pytest.mark.parametrize("judge", [Judge(5, 0.05), Judge(15), Judge(-15)])
def test_sound_that_is_off_by_nobody_knows_how_much_is_dropped(bench: Bench, tmp_path: Path, judge: Judge) -> None:
    bench.judge = judge
    reason, detail = bench.dropped(write_film(tmp_path / "a.mkv", frames(), sound=buzz(NUM / 25)))
    assert reason is Reason.OUT_OF_SYNC and "confidence" in detail


def test_without_a_face(bench: Bench, tmp_path: Path) -> None:
    wall = [np.full((HEIGHT, WIDTH, 3), 90 + k, np.uint8) for k in range(NUM)]
    assert bench.dropped(write_film(tmp_path / "a.mkv", wall, sound=buzz(NUM / 25)))[0] is Reason.NO_FACE


def test_with_a_cut(bench: Bench, tmp_path: Path) -> None:
    """Another person in front of another wall: two clips, neither of which has a frame of the other."""
    path = write_film(tmp_path / "a.mkv", frames(34) + frames(36, seed=5, ground=210), sound=buzz(70 / 25))
    film = bench(path)
    assert [(info.first, info.num_frames) for _, info in film.clips] == [(0, 34), (34, 36)]
    first, second = (load_picture(clip.pictures[at], "clip").astype(int) for clip, at in zip(bench.clips, (-1, 0), strict=True))
    assert np.abs(first - second).mean() > 30


def test_with_a_changing_frame_rate(bench: Bench, tmp_path: Path) -> None:
    """30 pictures a second, then 50, then 20: as many frames as it has seconds, 25 in each."""
    times = np.concatenate([np.arange(18) / 30, 0.6 + np.arange(25) / 50, 1.1 + np.arange(12) / 20])
    film = bench(write_film(tmp_path / "a.mkv", frames(len(times)), times.tolist(), buzz(1.7)))
    assert abs(film.record.num_frames - 1.7 * 25) <= 1
    assert [info.num_frames for _, info in film.clips] == [film.record.num_frames]


def test_too_few_pictures_a_second(bench: Bench, tmp_path: Path) -> None:
    path = write_film(tmp_path / "a.mkv", frames(20), [k / 10 for k in range(20)], buzz(2.0))
    reason, detail = bench.dropped(path)
    assert reason is Reason.SLOW and "10 a second" in detail


def test_without_sound_or_with_silence(bench: Bench, tmp_path: Path) -> None:
    reason, detail = bench.dropped(write_film(tmp_path / "a.mkv", frames(4)), missing="M003/audio/sad/level_1/001.m4a")
    assert reason is Reason.NO_SOUND and "M003/audio/sad/level_1/001.m4a" in detail
    reason, detail = bench.dropped(write_film(tmp_path / "b.mkv", frames(4), sound=np.zeros((1, 4000), np.float32)))
    assert reason is Reason.NO_SOUND and "silence" in detail


def test_sound_kept_apart_and_shorter_than_the_film(bench: Bench, tmp_path: Path) -> None:
    """As in MEAD; frames beyond its end are dropped."""
    film = write_film(tmp_path / "a.mkv", frames(50))
    sound = write_film(tmp_path / "twin.mkv", frames(1), sound=buzz(36 / 25))
    found = bench(film, sound=sound)
    assert [(info.first, info.num_frames) for _, info in found.clips] == [(0, 36)]
    assert [(one.reason, one.start_s) for one in found.record.dropped] == [(Reason.NO_SOUND, 36 / 25)]


def test_shorter_than_a_window(bench: Bench, tmp_path: Path) -> None:
    reason, detail = bench.dropped(write_film(tmp_path / "a.mkv", frames(20), sound=buzz(0.8)))
    assert reason is Reason.SHORT and str(SHORTEST) in detail


def test_cut_off(bench: Bench, tmp_path: Path) -> None:
    """Half of a file whose index is in front: what can be read is used, and the report says that it ended early."""
    path = write_film(tmp_path / "a.mp4", frames(120), sound=buzz(120 / 25))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.5)])
    film = bench(path)
    assert 0 < film.record.num_frames < 95
    assert film.clips and film.clips[0][1].num_frames <= film.record.num_frames
    assert any("end after" in note and "4.8 s" in note for note in film.record.notes)


@pytest.mark.parametrize("content", [b"", b"no video at all", b"\0" * 5000])
def test_no_video_at_all(bench: Bench, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    assert bench.dropped(path)[0] is Reason.UNREADABLE


def test_upright_and_held_sideways(bench: Bench, tmp_path: Path) -> None:
    """A vertical film, and one that a phone stored lying down with a note how to turn it: the same face at the same place."""
    upright = [np.rot90(np.rot90(image, -1), 1) for image in frames(34, width=240, height=400, x=20, y=100)]
    film = bench(write_film(tmp_path / "a.mp4", upright, sound=buzz(34 / 25)))
    expected = bench.clips[0]
    lying = bench(write_film(tmp_path / "b.mp4", [np.rot90(image, -1) for image in upright], sound=buzz(34 / 25), turned=90))
    assert film.record.kept_frames == lying.record.kept_frames == 34
    np.testing.assert_allclose(bench.clips[0].landmarks, expected.landmarks, atol=0.02)


def test_4k(bench: Bench, tmp_path: Path) -> None:
    path = write_film(tmp_path / "a.mkv", frames(34, width=3840, height=2160, x=1500, y=500, side=700), sound=buzz(34 / 25))
    film = bench(path)
    assert [info.num_frames for _, info in film.clips] == [34]


def test_several_people(bench: Bench, tmp_path: Path) -> None:
    """Two faces of the same size: nobody can say whose voice it is. A small one in the background does not matter."""
    pair = place(640, 240, 20, 24)
    pair[24:216, 420:612] = place(192, 192, 0, 0, seed=5)
    reason, _ = bench.dropped(write_film(tmp_path / "a.mkv", [sway(pair)(k) for k in range(34)], sound=buzz(34 / 25)))
    assert reason is Reason.SEVERAL


def test_a_path_that_is_not_understood(bench: Bench, tmp_path: Path) -> None:
    assert bench.dropped(tmp_path / "none.mp4", fault="level_9 is none of MEAD's") == (Reason.PATH, "level_9 is none of MEAD's")

"""Videos in, a report out: real files, a locator that knows where the face is, and networks that are told what to see."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from eadnet_core.audio.sound import Sound
from eadnet_core.emotion.vocabulary import ACTION_UNITS, EMOTIONS
from eadnet_core.errors import InputError
from eadnet_core.face.finder import Face
from eadnet_core.face.track import FaceTrack
from eadnet_core.metrics.emotion import EmotionReading
from eadnet_core.metrics.evaluation import Comparison, evaluate, seams_of
from eadnet_core.metrics.identity import UpperFace
from eadnet_core.metrics.measurement import Networks, Subject, measure_sync
from eadnet_core.metrics.phones import Phone
from eadnet_core.render.footage import open_footage
from eadnet_core.render.video import VideoWriter
from tests.metrics.faces import face
from tests.metrics.test_features import Means
from tests.metrics.test_sync import Levels

SIDE, RATE = 96, 16_000
PATTERN = 12 * np.sign(np.sin(np.arange(SIDE)[:, None, None] * 0.7) * np.cos(np.arange(SIDE)[None, :, None] * 0.5)).repeat(3, 2)
"""What a face looks like: squares of 12 grey levels more and less."""


class Knowing:
    """A finder that sees a face unless the picture is green; its lips are the further apart the brighter the corner is."""

    def find(self, image: np.ndarray) -> list[Face]:
        if image[..., 1].mean() > image[..., 0].mean() + 50:
            return []
        return [Face.of_points(face(float(image[:8, :8].mean()) / 255, side=float(SIDE)), 1.0)]

    @property
    def landmarker(self) -> Knowing:
        return self

    def look(self, image: np.ndarray, crop: object) -> tuple[np.ndarray, float]:
        faces = self.find(image)
        return (faces[0].points, 1.0) if faces else (np.zeros((478, 3), np.float32), 0.0)


class Told:
    """A reader that sees what it is told, video by video."""

    name = "told"

    def __init__(self, *labels: str) -> None:
        self._labels = list(labels)

    def read(self, track: FaceTrack) -> EmotionReading:
        label = self._labels.pop(0) if len(self._labels) > 1 else self._labels[0]
        distribution = np.array([float(name == label) for name in EMOTIONS])
        units = np.where(track.present[:, None], np.random.default_rng(0).uniform(size=(track.num_frames, len(ACTION_UNITS))), np.nan)
        return EmotionReading(distribution, units.astype(np.float32))


def networks(*labels: str) -> Networks:
    return Networks(Knowing(), Told(*(labels or ("angry",))), UpperFace(), {"sync": Levels()})  # type: ignore[arg-type]


def film(path: Path, num_frames: int = 75, late: int = 0, brightness: int = 30, sound: bool = True, green: bool = False) -> Path:
    """A video of a face whose corner, and so its lips, follow the level of the sound `late` frames later."""
    levels = np.random.default_rng(0).uniform(0.1, 0.9, num_frames).astype(np.float32)
    heard = Sound(np.repeat(levels, RATE // 25)[None], RATE)
    with VideoWriter(path, (SIDE, SIDE), heard) as writer:
        for level in np.roll(levels, late):
            frame = (brightness + PATTERN).astype(np.uint8)
            frame[:16, :16] = round(255 * float(level))
            if green:
                frame[..., 1] = 255
            writer.write(frame)
    return path if sound else without_sound(path)


def without_sound(path: Path) -> Path:
    silent = path.with_name("silent_" + path.name)
    with av.open(str(path)) as source, av.open(str(silent), "w") as target:
        stream = target.add_stream("libx264", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = SIDE, SIDE, "yuv420p"
        for index, frame in enumerate(source.decode(video=0)):
            frame.pts, frame.time_base = index, Fraction(1, 25)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return silent


def subject(path: Path, emotion: str | None = None, phones: tuple[Phone, ...] | None = None) -> Subject:
    return Subject(open_footage(path), emotion, phones)


def test_a_video_alone_has_all_figures_that_need_no_other(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    made = subject(film(tmp_path / "a.mp4", late=2), "angry")
    report = evaluate([made], [], networks(), Comparison(), None, lambda done, total, _: told.append((done, total)))
    (row,) = report.made
    figures = row.figures
    assert (row.name, row.seconds, row.size) == ("a.mp4", 3.0, (SIDE, SIDE))
    assert figures["sync_offset"] == 2 and figures["face_seen"] == 1 and figures["cuts"] == 0
    assert figures["emotion_seen"] == "angry" and figures["emotion_probability"] == pytest.approx(1, abs=0.01)
    assert figures["shake"] == pytest.approx(0, abs=0.3) and figures["identity_drift"] == pytest.approx(0, abs=0.02)
    assert figures["lips_span"] == pytest.approx(0.72, abs=0.08), "90 percent of a range of 0.8"
    assert "psnr" not in figures and report.sets.fid is None and not report.real and not report.failures
    assert row.seams == (), "motion is made in one piece"
    assert {name: len(curve) for name, curve in row.curves.items()} == {
        "opening": 75, "level": 75, "identity": 75, "acceleration": 75, "sync": 31
    }  # fmt: skip
    assert told == [(k, 150) for k in range(1, 151)], "each frame twice"
    assert set(report.networks) == {"face", "sync", "emotion", "identity", "e_fid"}


def test_a_real_video_gives_a_row_of_its_own_and_the_distances(tmp_path: Path) -> None:
    made, real = subject(film(tmp_path / "a.mp4", late=1)), subject(film(tmp_path / "r.mp4", brightness=32))
    report = evaluate([made], [real], networks(), Comparison(Means(1), Means(16)))
    figures = report.made[0].figures
    assert report.real[0].figures["sync_offset"] == 0 and report.real[0].name == "r.mp4"
    assert 0 < figures["m_lmd"] and 0 < figures["f_lmd"] < figures["m_lmd"]  # type: ignore[operator]
    assert 20 < figures["psnr"] < 45 and figures["ssim"] is not None and figures["lpips"] is None  # type: ignore[operator]
    assert report.sets.samples["fid"] == {"made": 75, "real": 75} and report.sets.samples["fvd"] == {"made": 4, "real": 4}
    assert report.sets.fid == pytest.approx(4, rel=0.5), "brightness 30 against 32: the square of the way"
    assert any("FVD is of 4 samples" in note for note in report.sets.notes)


def test_videos_are_paired_by_name_and_emotions_counted(tmp_path: Path) -> None:
    for folder in ("made", "real"):
        (tmp_path / folder).mkdir()
    names = {"sad": 20, "angry": 30}
    made = [subject(film(tmp_path / "made" / f"{name}.mp4", 40, brightness=30), name) for name in names]
    real = [subject(film(tmp_path / "real" / f"{name}.mp4", 40, brightness=level), name) for name, level in names.items()]
    report = evaluate(made, real[::-1], networks("angry", "angry", "angry", "sad"), Comparison())
    assert report.made[0].figures["psnr"] < 35 < 45 < report.made[1].figures["psnr"]  # type: ignore[operator]
    assert report.sets.confusion["made"].accuracy == 0.5 and report.sets.confusion["real"].accuracy == 1


def test_phones_and_their_absence_are_told(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    labelled = evaluate([subject(path, phones=(Phone(0.0, 0.5, "aa"), Phone(0.5, 1.0, "b")))], [], networks(), Comparison()).made[0]
    assert labelled.figures["open_auc"] is not None and not labelled.notes
    (note,) = evaluate([subject(path)], [], networks(), Comparison()).made[0].notes
    assert "in the sound asks for shut lips" in note


def test_what_cannot_be_measured_is_a_note_and_the_rest_is_there(tmp_path: Path) -> None:
    silent = evaluate([subject(film(tmp_path / "a.mp4", sound=False))], [], networks(), Comparison()).made[0]
    assert silent.notes == ("The video has no sound: sync was not measured.",) and silent.figures["lips_span"] is not None
    short = evaluate([subject(film(tmp_path / "b.mp4", 20))], [], networks(), Comparison()).made[0]
    assert "sync_c" not in short.figures and [note.split(":")[0] for note in short.notes][0] == "Sync was not measured"
    assert any("less than 2 s" in note for note in short.notes)
    single = evaluate([subject(film(tmp_path / "c.mp4", 1))], [], networks(), Comparison()).made[0]
    assert single.figures["face_seen"] == 1 and single.figures["shake"] is None


def test_a_video_without_a_face_fails_alone(tmp_path: Path) -> None:
    empty, good = film(tmp_path / "green.mp4", 30, green=True), film(tmp_path / "a.mp4", 40)
    report = evaluate([subject(empty), subject(good)], [subject(empty)], networks(), Comparison())
    assert [row.name for row in report.made] == ["a.mp4"] and len(report.failures) == 2 and not report.real
    assert report.failures[0].startswith("no face found in green.mp4 (30 frames of 96x96)")
    with pytest.raises(InputError, match="no face found in green.mp4"):
        evaluate([subject(empty)], [], networks(), Comparison())


def test_videos_of_other_shapes_and_lengths_are_compared_as_far_as_they_can_be(tmp_path: Path) -> None:
    made = film(tmp_path / "a.mp4", 60)
    with VideoWriter(tmp_path / "r.mp4", (SIDE, 2 * SIDE), Sound(np.zeros((1, RATE), np.float32), RATE)) as writer:
        for _ in range(25):
            writer.write(np.full((2 * SIDE, SIDE, 3), 60, np.uint8))
    row = evaluate([subject(made)], [subject(tmp_path / "r.mp4")], networks(), Comparison()).made[0]
    assert row.figures["m_lmd"] is not None and "psnr" not in row.figures
    assert any("differ by 1.40 s" in note for note in row.notes) and any("96x96 and 96x192 pixels" in note for note in row.notes)


def test_progress_cancels(tmp_path: Path) -> None:
    class Cancelled(Exception):
        pass

    def progress(done: int, total: int, preview: object) -> None:
        if done == 50:
            raise Cancelled

    with pytest.raises(Cancelled):
        evaluate([subject(film(tmp_path / "a.mp4", 40))], [], networks(), Comparison(), None, progress)


def test_seams_of_another_generator_are_where_it_says() -> None:
    assert seams_of(10)(35).tolist() == [10, 20, 30] and seams_of(None)(35).tolist() == []


def test_sync_alone(tmp_path: Path) -> None:
    footage = open_footage(film(tmp_path / "a.mp4", late=-3))
    assert measure_sync(footage, Levels(), Knowing(), lambda: None).offset == -3  # type: ignore[arg-type]
    with pytest.raises(InputError, match="has no sound"):
        measure_sync(open_footage(film(tmp_path / "b.mp4", sound=False)), Levels(), Knowing(), lambda: None)  # type: ignore[arg-type]

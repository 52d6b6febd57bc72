"""Every input that cannot be used ends in one sentence and status 2, and leaves no file; every odd one that can be used works."""

from __future__ import annotations

import json
import os
import signal
import threading
import wave
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from eadnet_core import cli
from eadnet_core.audio.sound import read_sound
from eadnet_core.checkpoint import BASE_WEIGHTS, load_model, read_header
from eadnet_core.motion.motion_file import read_motion
from eadnet_core.timebase import frames_in
from tests.pictures import astronaut
from tests.training.files import make_training_files

RATE = 16_000


def write_picture(path: Path, rgb: np.ndarray) -> Path:
    assert cv2.imwrite(str(path), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    return path


def voice(seconds: float, rate: int = RATE) -> np.ndarray:
    """float [N]: a buzz that comes and goes four times a second."""
    time = np.arange(int(seconds * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * 130 * k * time) / k for k in range(1, 12))
    return 0.2 * buzz * np.sin(2 * np.pi * 2 * time) ** 2


def write_wave(path: Path, samples: np.ndarray, rate: int = RATE, width: int = 2) -> Path:
    """PCM of 1 or 2 bytes; samples [N] or [N, C], -1 to 1."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(width)
        file.setframerate(rate)
        scaled = np.clip(samples, -1, 1) * (127 if width == 1 else 32767)
        file.writeframes((scaled + 128).astype(np.uint8).tobytes() if width == 1 else scaled.astype("<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the weights that ship."""
    path = tmp_path_factory.mktemp("weights") / "copy.safetensors"
    path.write_bytes(BASE_WEIGHTS.read_bytes())
    return path


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_picture(tmp_path_factory.mktemp("face") / "face.png", astronaut(200))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wave(tmp_path_factory.mktemp("sound") / "voice.wav", voice(0.4))


class Runner:
    """Runs `animate` with one thing changed at a time."""

    def __init__(self, out: Path, weights: Path, face: Path, sound: Path, capsys: pytest.CaptureFixture) -> None:
        self.out, self._capsys = out, capsys
        self._defaults: dict[str, object] = {"portrait": face, "audio": sound, "weights": weights, "out": out, "device": "cpu"}

    def __call__(self, **changes: object) -> tuple[int, str]:
        """Exit status, and what was said on stderr."""
        options = self._defaults | changes
        status = cli.main(["animate", *(word for name, value in options.items() for word in (f"--{name}", str(value)))])
        return status, self._capsys.readouterr().err

    def refused(self, **changes: object) -> str:
        """The one sentence of a run that must fail and leave nothing."""
        status, said = self(**changes)
        assert status == 2 and said.count("\n") == 1, said
        assert not self.out.parent.exists() or list(self.out.parent.iterdir()) == []
        return said


@pytest.fixture
def animate(tmp_path: Path, weights: Path, face: Path, sound: Path, capsys: pytest.CaptureFixture) -> Runner:
    (tmp_path / "videos").mkdir()
    return Runner(tmp_path / "videos" / "out.mp4", weights, face, sound, capsys)


def streams(path: Path) -> tuple[int, int, int, float]:
    """Width, height, frames, and seconds of sound."""
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        return video.width, video.height, video.frames, float(audio.duration * audio.time_base)


def test_a_portrait_speaks(animate: Runner) -> None:
    status, said = animate(emotion="a bit happy", gaze="-0.3,0.1", steps=2)
    assert status == 0 and "10/10" in said
    assert streams(animate.out) == (200, 200, 10, pytest.approx(0.4, abs=1e-3))
    assert [path.name for path in animate.out.parent.iterdir()] == ["out.mp4"]


def test_size_and_odd_sides(animate: Runner) -> None:
    assert animate(size=131)[0] == 0
    assert streams(animate.out)[:2] == (130, 130)


def test_emotions_and_action_units_over_time(animate: Runner, tmp_path: Path) -> None:
    timeline, curves = tmp_path / "feelings.txt", tmp_path / "curves.csv"
    timeline.write_text('0 happy\n0.2 sad 0.6 "close to tears"\n')
    curves.write_text("time_s,AU4\n0,0\n0.4,1\n")
    assert animate(timeline=timeline, au=curves)[0] == 0
    plain = animate.out.read_bytes()
    assert animate(timeline=timeline, au=curves, **{"au-guidance": 2})[0] == 0
    assert animate.out.read_bytes() != plain
    timeline.write_text("0 happy\n7 sad\n")
    animate.out.unlink()
    assert "line 2" in animate.refused(timeline=timeline)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"emotion": "hapy"}, ["hapy", "happy"]),
        ({"seed": -1}, ["-1", "0 to 9223372036854775807"]),
        ({"seed": 2**63}, [str(2**63)]),
        ({"seed": "x"}, ["x is no whole number"]),
        ({"steps": 21}, ["21", "1 to 20"]),
        ({"intensity": 1.5}, ["1.5", "0 to 1"]),
        ({"head": "nan"}, ["nan"]),
        ({"audio-guidance": 11}, ["--audio-guidance", "11", "0 to 10"]),
        ({"emotion-guidance": -1}, ["--emotion-guidance", "-1", "0 to 10"]),
        ({"au-guidance": "x"}, ["--au-guidance", "x", "0 to 10"]),
        ({"gaze": "2,0"}, ["2 is no number"]),
        ({"gaze": "0.3"}, ["0.3", "comma"]),
        ({"size": 10}, ["10", "64"]),
        ({"device": "abacus"}, ["abacus", "cpu"]),
        ({"unknown": 1}, ["--unknown"]),
        ({"portrait": "/nowhere/face.png"}, ["/nowhere/face.png", "does not exist"]),
        ({"audio": "/nowhere/voice.wav"}, ["/nowhere/voice.wav", "does not exist"]),
        ({"weights": "/nowhere/w.safetensors"}, ["/nowhere/w.safetensors"]),
        ({"timeline": "/nowhere/t.json"}, ["/nowhere/t.json"]),
        ({"au": "/nowhere/a.csv"}, ["/nowhere/a.csv"]),
        ({"emotion": "happy", "timeline": "t.json"}, ["--emotion happy", "--timeline t.json"]),
        ({"face": 7}, ["7"]),
    ],
)
def test_values_that_cannot_be_used(animate: Runner, changes: dict[str, object], words: list[str]) -> None:
    said = animate.refused(**changes)
    assert all(word in said for word in words), said


def test_missing_options_are_named(capsys: pytest.CaptureFixture) -> None:
    assert cli.main(["animate", "--portrait", "a.png"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "--out" in said
    assert cli.main(["animate", "--portrait", "a.png", "--out", "a.mp4"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "--audio" in said and "--motion" in said


def test_unwritable_output_is_refused_before_any_work(animate: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eadnet_core.pipeline.EADNetPipeline.from_pretrained", lambda *_: pytest.fail("work had begun"))
    assert "no folder" in animate.refused(out=tmp_path / "missing" / "out.mp4")
    assert "let it end in" in animate.refused(out=tmp_path / "videos" / "out.gif")


def test_pictures_that_cannot_be_used(animate: Runner, tmp_path: Path) -> None:
    y, x = np.mgrid[0:240, 0:320] / 240
    landscape = np.stack([120 - 90 * y, 160 - 60 * y + 10 * np.sin(9 * x), 230 - 200 * (y > 0.55 + 0.1 * np.sin(5 * x))], -1)
    assert "no face" in animate.refused(portrait=write_picture(tmp_path / "landscape.png", landscape.clip(0, 255).astype(np.uint8)))
    assert "16x16" in animate.refused(portrait=write_picture(tmp_path / "tiny.png", astronaut(16)))
    text = tmp_path / "text.png"
    text.write_text("no picture")
    assert "not a picture" in animate.refused(portrait=text)


def test_several_faces_the_largest_is_taken_and_another_can_be_chosen(animate: Runner, tmp_path: Path) -> None:
    scene = np.full((300, 520, 3), 110, np.uint8)
    scene[20:280, 10:270], scene[90:270, 320:500] = astronaut(260), astronaut(180)
    portrait = write_picture(tmp_path / "two.png", scene)
    moved: list[np.ndarray] = []
    for number in (0, 1):
        status, said = animate(portrait=portrait, face=number)
        assert status == 0 and "2 faces" in said and f"number {number}" in said
        with av.open(str(animate.out)) as container:
            last = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)][-1]
        moved.append(np.abs(last.astype(int) - scene).sum((0, 2)))
    left, right = slice(0, 290), slice(300, 520)
    assert moved[0][left].sum() > 1.3 * moved[1][left].sum() and moved[1][right].sum() > 1.3 * moved[0][right].sum()
    animate.out.unlink()
    said = animate.refused(portrait=portrait, face=2)
    assert "face is 2" in said and "0 at" in said and "1 at" in said


def test_a_motion_is_kept_played_again_and_captured(animate: Runner, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    kept, caught = tmp_path / "kept.npz", tmp_path / "caught.json"
    assert animate(**{"save-motion": kept})[0] == 0
    first = animate.out.read_bytes()
    assert read_motion(kept).num_frames == 10
    assert animate(motion=kept)[0] == 0 and abs(len(animate.out.read_bytes()) - len(first)) < 0.1 * len(first)
    assert cli.main(["capture", "--video", str(animate.out), "--out", str(caught)]) == 0
    assert read_motion(caught).num_frames == 10
    mirrored, still = tmp_path / "mirrored.npz", tmp_path / "still.npz"
    assert cli.main(["capture", "--video", str(animate.out), "--out", str(mirrored), "--mirror"]) == 0
    assert np.allclose(read_motion(mirrored).lids, read_motion(caught).lids[:, ::-1], atol=0.01)
    assert cli.main(["capture", "--video", str(animate.out), "--out", str(still), "--still", "3"]) == 0
    assert np.allclose(read_motion(still).rotation[3], 0, atol=1e-2)
    assert cli.main(["capture", "--video", str(animate.out), "--out", str(tmp_path / "caught.txt")]) == 2
    capsys.readouterr()
    animate.out.unlink()
    caught.write_text(caught.read_text()[:300])
    assert str(caught) in animate.refused(motion=caught)


@pytest.mark.parametrize("kind", ["silent", "20 ms", "8-bit", "96 kHz", "six channels", "video"])
def test_odd_sounds_work(animate: Runner, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "odd.wav"
    if kind == "silent":
        write_wave(path, np.zeros(int(0.4 * RATE)))
    elif kind == "20 ms":
        write_wave(path, voice(0.02))
    elif kind == "8-bit":
        write_wave(path, voice(0.4), width=1)
    elif kind == "96 kHz":
        write_wave(path, voice(0.4, 96_000), rate=96_000)
    elif kind == "six channels":
        write_wave(path, np.stack([voice(0.4)] * 6, -1))
    else:
        assert animate()[0] == 0
        path = animate.out.rename(tmp_path / "earlier.mp4")
    assert animate(audio=path)[0] == 0
    heard = read_sound(path)
    _, _, frames, length = streams(animate.out)
    assert frames == frames_in(heard.num_samples, heard.rate)
    assert length == pytest.approx(frames / 25, abs=1e-3)


def test_sounds_that_cannot_be_used(animate: Runner, tmp_path: Path) -> None:
    assert "no samples" in animate.refused(audio=write_wave(tmp_path / "empty.wav", np.zeros(0)))
    text = tmp_path / "text.wav"
    text.write_text("no sound")
    assert "cannot be read" in animate.refused(audio=text)
    broken = voice(0.4).astype("<f4")
    broken[100] = np.nan
    path = tmp_path / "nan.wav"
    body = broken.tobytes()
    header = b"fmt " + np.array([16], "<u4").tobytes() + np.array([3, 1], "<u2").tobytes()
    header += np.array([RATE, RATE * 4], "<u4").tobytes() + np.array([4, 32], "<u2").tobytes()
    chunks = b"WAVE" + header + b"data" + np.array([len(body)], "<u4").tobytes() + body
    path.write_bytes(b"RIFF" + np.array([len(chunks)], "<u4").tobytes() + chunks)
    assert "NaN" in animate.refused(audio=path)


def test_weights_that_cannot_be_used(animate: Runner, tmp_path: Path, weights: Path) -> None:
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(weights.read_bytes()[:-1000])
    assert str(cut) in animate.refused(weights=cut)
    text = tmp_path / "text.safetensors"
    text.write_text("no weights")
    assert str(text) in animate.refused(weights=text)


def test_a_cancel_leaves_no_file(animate: Runner) -> None:
    """SIGINT, as Ctrl-C sends it, in the middle of the frames."""
    written = threading.Event()

    def interrupt(done: int) -> None:
        if done == 3:
            written.set()
            os.kill(os.getpid(), signal.SIGINT)

    from eadnet_core.render.video import VideoWriter

    write = VideoWriter.write
    count = iter(range(1, 1000))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts background jobs with SIGINT ignored
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(VideoWriter, "write", lambda self, frame: (write(self, frame), interrupt(next(count)))[0])
            status, said = animate()
    finally:
        signal.signal(signal.SIGINT, before)
    assert status == 130 and written.is_set() and "Cancelled" in said
    assert list(animate.out.parent.iterdir()) == []


def test_train_makes_weights_that_load(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """The whole way of `train`, too short to learn anything: one half changes, the other stays."""
    out, recipe = tmp_path / "trained.safetensors", tmp_path / "recipe.json"
    speech, performances = make_training_files(tmp_path)
    shipped = load_model().state_dict()
    for kind, small, options in (
        ("speech", {"clips": 1, "columns": 64}, ["--speech", str(speech)]),
        ("text", {"captions": 2}, []),
        ("denoiser", {"windows": 1, "frames": 64}, ["--performances", str(performances), "--critics", str(tmp_path / "critics")]),
    ):
        values = json.loads((cli.RECIPES / f"{kind}.json").read_text())
        recipe.write_text(json.dumps(values | small))
        words = ["train", kind, *options, "--out", str(out), "--recipe", str(recipe), "--minutes", "0.02", "--device", "cpu"]
        assert cli.main(words) == 0
        header = read_header(out)
        assert header.model == "MotionModel" and header.provenance[kind]["recipe"]["seed"] == values["seed"]
        assert header.provenance[kind]["steps"] >= 1 and set(header.provenance) >= {"speech", "text", "denoiser"}
        changed = {name.split(".")[0] for name, value in load_model(out).state_dict().items() if not value.equal(shipped[name])}
        assert changed == {kind}


@pytest.mark.parametrize(("changes", "word"), [({"--speech": "none.npz"}, "none.npz"), ({"--recipe": "none.json"}, "none.json")])
def test_train_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture, changes: dict[str, str], word: str) -> None:
    options = {"--speech": "none.npz", "--out": str(tmp_path / "w.safetensors")} | changes
    assert cli.main(["train", "speech", *(word for option in options.items() for word in option)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and word in said

"""`describe` and `prompt`: scripts and recordings become timelines that `animate` takes; what cannot be used leaves no file."""

from __future__ import annotations

import json
import time
from pathlib import Path

import av
import numpy as np
import pytest

from eadnet_core import cli
from eadnet_core.audio.features import speech_features
from eadnet_core.audio.sound import read_sound
from eadnet_core.emotion.action_unit_file import read_action_units
from eadnet_core.emotion.describer_model import ModelDescriber
from eadnet_core.emotion.language_model import load_language_model
from eadnet_core.emotion.planner import plan_action_units
from eadnet_core.emotion.scene import Scene
from eadnet_core.emotion.timeline import read_timeline
from eadnet_core.emotion.track import EmotionTrack
from eadnet_core.emotion.vocabulary import EMOTIONS
from tests.emotion.tiny_models import save_llama
from tests.emotion.voices import RATE, silence, utterance
from tests.test_cli import write_wave

SCRIPT = (
    "I am so glad that you came to see me! But my dog died last week, and I cannot stop crying. How dare you laugh at that, you are awful!"
)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.txt"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parts = [utterance(2.8, 150, 0.2), silence(0.5), utterance(3.4, 105, 0.06, 3, 0.6), silence(0.5), utterance(2.8, 150, 0.5, 5, 3)]
    return write_wave(tmp_path_factory.mktemp("voice") / "voice.wav", np.concatenate(parts), RATE)


class Runner:
    """Runs `describe` into an empty folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture) -> None:
        self.folder, self.out, self._capsys = folder, folder / "moods.txt", capsys

    def __call__(self, *flags: str, **options: object) -> tuple[int, str]:
        words = [word for name, value in ({"out": self.out} | options).items() for word in (f"--{name}", str(value))]
        return cli.main(["describe", *words, *flags]), self._capsys.readouterr().err

    def refused(self, *flags: str, **options: object) -> str:
        status, said = self(*flags, **options)
        assert status == 2 and said.count("\n") == 1 and said.rstrip().endswith("."), said
        assert list(self.folder.iterdir()) == []
        return said


@pytest.fixture
def describe(tmp_path: Path, capsys: pytest.CaptureFixture) -> Runner:
    folder = tmp_path / "out"
    folder.mkdir()
    return Runner(folder, capsys)


def labels(track: EmotionTrack) -> list[str]:
    return [EMOTIONS[int(np.argmax(span.distribution))] for span in track.spans]


def test_script_and_voice_become_a_timeline_a_track_and_a_plan(describe: Runner, script: Path, voice: Path) -> None:
    plan = describe.folder / "plan.txt"
    assert describe(script=script, audio=voice, au=plan)[0] == 0
    assert sorted(path.name for path in describe.folder.iterdir()) == ["moods.json", "moods.txt", "plan.txt"]
    lines, exact = read_timeline(describe.out, 10), read_timeline(describe.folder / "moods.json", 10)
    assert labels(exact) == ["happy", "sad", "angry"]
    assert [span.start_s for span in lines.spans] == pytest.approx([span.start_s for span in exact.spans], abs=0.005)
    assert [span.start_s for span in exact.spans] == pytest.approx([0, 3.05, 6.95], abs=0.15)
    sound = read_sound(voice)
    wanted = plan_action_units(exact, speech_features(sound))
    assert float((read_action_units(plan).sample(250) - wanted.sample(250)).abs().max()) < 1e-5


def test_voice_alone_is_described_with_a_caution(describe: Runner, voice: Path) -> None:
    status, said = describe(audio=voice)
    assert status == 0 and "sound alone" in said
    assert describe.out.read_text().startswith("# The feelings are a guess")
    assert len(read_timeline(describe.out).spans) == 3


def test_a_model_of_ones_own(describe: Runner, script: Path, tmp_path: Path) -> None:
    folder = save_llama(tmp_path / "model")
    assert describe(script=script, model=folder, device="cpu")[0] == 0
    wanted = ModelDescriber(load_language_model(folder)).describe(Scene.of(SCRIPT)).track
    assert read_timeline(describe.folder / "moods.json").spans == wanted.spans


def test_prompt_and_answer_of_another_model(describe: Runner, script: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert cli.main(["prompt", "--script", str(script)]) == 0
    asked = capsys.readouterr().out
    assert "cut into 3 numbered passages" in asked
    answer = tmp_path / "answer.txt"
    answer.write_text("Here:\n" + json.dumps([{"passage": i, "emotion": "surprised", "intensity": 0.5} for i in (1, 2)]))
    status, said = describe(script=script, answer=answer)
    assert status == 0 and "leaves out 1 of 3 passages" in said and "The built-in reader described 1 of 3" in said
    assert labels(read_timeline(describe.folder / "moods.json")) == ["surprised", "surprised", "angry"]


def test_frames_of_a_video_that_nobody_sees_are_named(describe: Runner, script: Path, tmp_path: Path) -> None:
    video = tmp_path / "video.mkv"
    with av.open(str(video), "w") as container:
        pictures, sounds = container.add_stream("mpeg4", rate=25), container.add_stream("pcm_s16le", rate=RATE)
        pictures.width = pictures.height = 64
        pictures.pix_fmt = "yuv420p"
        for index in range(50):
            container.mux(pictures.encode(av.VideoFrame.from_ndarray(np.full((64, 64, 3), index, np.uint8), format="rgb24")))
        frame = av.AudioFrame.from_ndarray((utterance(2, 120)[None] * 32767).astype("<i2"), format="s16", layout="mono")
        frame.sample_rate = RATE
        container.mux(sounds.encode(frame))
        for stream in (pictures, sounds):
            container.mux(stream.encode(None))
    status, said = describe(video=video, script=script)
    assert status == 0 and "frames were not looked at" in said


def test_a_minute_is_described_and_planned_in_two_seconds(describe: Runner, tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text(SCRIPT * 6)
    sound = write_wave(tmp_path / "long.wav", np.concatenate([utterance(2.5, 120 + i) for i in range(24)]), RATE)
    describe(script=long, audio=sound, au=describe.folder / "plan.txt")
    start = time.process_time()
    assert describe(script=long, audio=sound, au=describe.folder / "plan.txt")[0] == 0
    assert time.process_time() - start < 2


def test_what_cannot_be_used(describe: Runner, script: Path, voice: Path, tmp_path: Path) -> None:
    assert "nothing to describe" in describe.refused()
    assert "/nowhere.txt cannot be read" in describe.refused(script="/nowhere.txt")
    (tmp_path / "empty.txt").write_text(" \n")
    assert "empty.txt is empty" in describe.refused(script=tmp_path / "empty.txt")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert "no UTF-8 text" in describe.refused(script=tmp_path / "binary")
    (tmp_path / "huge.txt").write_text("word " * 60_000)
    assert "300000 letters" in describe.refused(script=tmp_path / "huge.txt")
    assert "does not exist" in describe.refused(audio="/nowhere.wav")
    assert "does not exist" in describe.refused(script=script, audio=voice, video="/nowhere.mp4")
    assert "holds no pictures" in describe.refused(video=voice)
    assert "needs a voice" in describe.refused(script=script, au=describe.folder / "plan.txt")
    assert "is no folder" in describe.refused(script=script, model=tmp_path / "none")
    assert "Both --answer" in describe.refused(script=script, model=tmp_path / "none", answer=script)
    assert "no JSON object" in describe.refused("--strict", script=script, answer=script)
    assert "abacus" in describe.refused(script=script, model=tmp_path, device="abacus")
    assert "ends in .json" in describe.refused(script=script, out=describe.folder / "moods.json")
    assert "is no folder" in describe.refused(script=script, out=describe.folder / "none" / "moods.txt")
    assert "would overwrite" in describe.refused(script=script, audio=voice, au=describe.out)


def test_a_failed_write_leaves_nothing(describe: Runner, script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []
    write_text = Path.write_text

    def fail_at_the_second(self: Path, text: str, **options: str) -> int:
        written.append(self)
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        return write_text(self, text, **options)

    monkeypatch.setattr(Path, "write_text", fail_at_the_second)
    status, said = describe(script=script)
    assert status == 2 and said.endswith("moods.json cannot be written (No space left on device); choose another place.\n")
    assert list(describe.folder.iterdir()) == []

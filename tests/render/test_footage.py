"""Videos of any rate, clock and orientation come out as upright frames at 25 a second with their sound in step."""

from __future__ import annotations

import io
import logging
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from eadnet_core.audio.sound import Sound
from eadnet_core.errors import InputError
from eadnet_core.render.footage import open_footage
from eadnet_core.render.video import VideoWriter

WIDTH, HEIGHT = 96, 64
RATE = 16_000
TICK = Fraction(1, 1000)


def shade(number: int) -> np.ndarray:
    """A frame uint8 [H, W, 3] whose grey says its number."""
    return np.full((HEIGHT, WIDTH, 3), 40 + 4 * number, np.uint8)


def number(frame: np.ndarray) -> int:
    return round((float(frame.mean()) - 40) / 4)


def click(at_s: float, seconds: float) -> np.ndarray:
    """A short tone in silence, float32 [1, N]."""
    samples = np.zeros((1, int(seconds * RATE)), np.float32)
    first = round(at_s * RATE)
    samples[0, first : first + 160] = 0.8 * np.sin(np.arange(160) * 0.4)
    return samples


def write(path: Path, times_s: list[float], sound: np.ndarray | None = None, sound_from_s: float = 0.0, rate: float = 25) -> Path:
    """A Matroska file whose frame k begins at times_s[k], with uncompressed sound that begins at sound_from_s."""
    with av.open(str(path), "w", format="matroska") as container:
        video = container.add_stream("libx264", rate=Fraction(rate), options={"crf": "4", "bf": "0"})
        video.width, video.height, video.pix_fmt, video.time_base = WIDTH, HEIGHT, "yuv420p", TICK
        video.codec_context.time_base = TICK
        audio = container.add_stream("pcm_s16le", rate=RATE, layout="mono") if sound is not None else None
        for index, time in enumerate(times_s):
            frame = av.VideoFrame.from_ndarray(shade(index), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = round(time / TICK), TICK
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None and sound is not None:
            block = av.AudioFrame.from_ndarray((sound * 32767).astype(np.int16), format="s16", layout="mono")
            block.sample_rate, block.pts, block.time_base = RATE, round(sound_from_s * RATE), Fraction(1, RATE)
            container.mux(audio.encode(block))
            container.mux(audio.encode(None))
    return path


def numbers(path: Path) -> list[int]:
    return [number(frame) for frame in open_footage(path).frames()]


def clicked_at(sound: Sound) -> float:
    """Time in seconds at which the tone begins."""
    return float(np.flatnonzero(np.abs(sound.samples[0]) > 0.1)[0] / sound.rate)


def test_own_rate_comes_out_frame_for_frame(tmp_path: Path) -> None:
    assert numbers(write(tmp_path / "a.mkv", [k / 25 for k in range(20)])) == list(range(20))


def test_other_rates_show_what_was_seen_at_the_middle_of_each_frame(tmp_path: Path) -> None:
    """Frame k of 25 a second stands for (k + 1/2) / 25 s; at 50 a second that is where frame 2k + 1 begins."""
    wanted = [int(Fraction(2 * k + 1, 50) * 30) for k in range(20)]
    assert numbers(write(tmp_path / "thirty.mkv", [k / 30 for k in range(24)], rate=30)) == wanted
    assert numbers(write(tmp_path / "twelve.mkv", [k / 12.5 for k in range(10)], rate=12.5)) == [k // 2 for k in range(20)]
    assert numbers(write(tmp_path / "fifty.mkv", [k / 50 for k in range(20)], rate=50)) == [2 * k + 1 for k in range(10)]


def test_a_flash_of_a_picture_is_one_frame(tmp_path: Path) -> None:
    assert numbers(write(tmp_path / "a.mkv", [0.0], rate=100)) == [0]


def test_changing_rates_keep_their_clock(tmp_path: Path) -> None:
    """Three frames in the first 0.12 s, the third stands until 0.4 s, then 25 a second again."""
    times = [0.0, 0.04, 0.08, 0.4, 0.44, 0.48]
    assert numbers(write(tmp_path / "a.mkv", times)) == [0, 1, *[2] * 8, 3, 4, 5]


@pytest.mark.parametrize("late_s", [0.0, 0.2])
def test_sound_is_heard_when_its_frame_is_seen(tmp_path: Path, late_s: float) -> None:
    """The click comes 0.3 s after the first frame, whether the track or the picture begins later."""
    sound_late = write(tmp_path / "a.mkv", [k / 25 for k in range(20)], click(0.3 - late_s, 0.6), late_s)
    assert clicked_at(open_footage(sound_late).sound()) == pytest.approx(0.3, abs=0.002)
    picture_late = write(tmp_path / "b.mkv", [late_s + k / 25 for k in range(20)], click(0.3 + late_s, 0.8))
    assert clicked_at(open_footage(picture_late).sound()) == pytest.approx(0.3, abs=0.002)
    assert numbers(picture_late) == list(range(20))


def test_a_video_of_this_pack_comes_back_in_step(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "a.mp4", (WIDTH, HEIGHT), Sound(click(0.4, 1.0), RATE)) as writer:
        for index in range(25):
            writer.write(shade(index))
    footage = open_footage(tmp_path / "a.mp4")
    assert (footage.width, footage.height, footage.rate, footage.expected_frames) == (WIDTH, HEIGHT, 25, 25)
    assert numbers(tmp_path / "a.mp4") == list(range(25))
    assert clicked_at(footage.sound()) == pytest.approx(0.4, abs=0.005)


def test_bytes_are_read_as_often_as_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", [k / 25 for k in range(5)], click(0.1, 0.2))
    footage = open_footage(io.BytesIO(path.read_bytes()), "a clip")
    for _ in range(2):
        assert [number(frame) for frame in footage.frames()] == list(range(5))
        assert clicked_at(footage.sound()) == pytest.approx(0.1, abs=0.002)


def test_a_camera_held_upright_is_turned(tmp_path: Path) -> None:
    """What a file's matrix carries to the lower edge, the right edge here, is at the lower edge."""
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25, options={"crf": "4"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        picture[:, WIDTH // 2 :] = 255
        for _ in range(3):
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(video.encode(None))
    stored = path.read_bytes()
    # tkhd: x' = a x + c y, y' = b x + d y in 16.16 numbers; a quarter turn clockwise has b = 1, c = -1
    at = stored.index((0x00010000).to_bytes(4, "big") + bytes(12) + (0x00010000).to_bytes(4, "big"), stored.index(b"tkhd"))
    turned = bytes(4) + (0x00010000).to_bytes(4, "big") + bytes(4) + (0xFFFF0000).to_bytes(4, "big") + bytes(4)
    path.write_bytes(stored[:at] + turned + stored[at + 20 :])
    footage = open_footage(path)
    frame = next(footage.frames())
    assert (footage.width, footage.height) == (HEIGHT, WIDTH) and frame.shape == (WIDTH, HEIGHT, 3)
    assert frame[: WIDTH // 2 - 4].mean() < 10 and frame[WIDTH // 2 + 4 :].mean() > 245


def test_a_video_that_breaks_off_ends_there(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", [k / 25 for k in range(50)])
    stored = path.read_bytes()
    path.write_bytes(stored[: len(stored) * 3 // 5])
    seen = numbers(path)
    assert 5 < len(seen) < 50 and seen == list(range(len(seen)))


def test_damage_within_a_video_loses_only_what_it_hits(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Frames before it are whole, and the clock goes on behind it."""
    path = write(tmp_path / "a.mkv", [k / 25 for k in range(50)])
    stored = bytearray(path.read_bytes())
    hit = len(stored) * 4 // 5
    stored[hit : hit + 100] = bytes(k * 7 % 251 for k in range(100))
    path.write_bytes(bytes(stored))
    with caplog.at_level(logging.INFO):
        seen = numbers(path)
    assert seen[:8] == list(range(8)) and len(seen) > 8 and "a.mkv" in caplog.text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.mp4", None, "does not exist"),
        ("text.mp4", b"not a video at all, just some words", "cannot be read"),
        ("empty.mp4", b"", "cannot be read"),
    ],
)
def test_what_is_no_video_is_refused_in_a_sentence(tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        open_footage(tmp_path / name)
    assert name in str(caught.value) and str(caught.value).endswith(".")


def test_a_recording_has_no_pictures_and_a_silent_video_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        block = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        block.sample_rate = RATE
        container.mux(stream.encode(block))
        container.mux(stream.encode(None))
    with pytest.raises(InputError, match="holds no pictures"):
        open_footage(path)
    silent = open_footage(write(tmp_path / "b.mkv", [0.0, 0.04]))
    assert not silent.has_sound
    with pytest.raises(InputError, match="has no sound"):
        silent.sound()

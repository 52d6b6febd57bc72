"""Any recording is read as it is, and what cannot be used is refused in one sentence."""

from __future__ import annotations

import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from eadnet_core.audio.sound import Sound, read_sound
from eadnet_core.errors import InputError


def write_wav(path: Path, codes: np.ndarray, rate: int) -> Path:
    """Integer samples [C, N] as an ordinary WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(codes.shape[0])
        file.setsampwidth(codes.dtype.itemsize)
        file.setframerate(rate)
        file.writeframes(np.ascontiguousarray(codes.T).tobytes())
    return path


def write_video(path: Path, sound: np.ndarray | None, rate: int = 48_000) -> Path:
    """A grey film of one second, with the sound [1, N] if any."""
    with av.open(str(path), "w") as container:
        picture = container.add_stream("libx264", rate=25)
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        track = None if sound is None else container.add_stream("aac", rate=rate)
        for _ in range(25):
            container.mux(picture.encode(av.VideoFrame.from_ndarray(np.full((64, 64, 3), 128, np.uint8), "rgb24")))
        container.mux(picture.encode())
        if track is not None and sound is not None:
            frame = av.AudioFrame.from_ndarray(sound, "fltp", "mono")
            frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
            container.mux(track.encode(frame))
            container.mux(track.encode())
    return path


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (16_000, 1), (44_100, 2), (48_000, 6), (96_000, 2)])
def test_sixteen_bit_samples_come_back_exactly(tmp_path: Path, rate: int, channels: int) -> None:
    codes = np.random.default_rng(0).integers(-32768, 32768, (channels, 3001), dtype=np.int16)
    sound = read_sound(write_wav(tmp_path / "a.wav", codes, rate))
    assert (sound.rate, sound.num_channels, sound.num_samples) == (rate, channels, 3001)
    np.testing.assert_array_equal(sound.samples, codes.astype(np.float32) / 32768)


def test_eight_bit_samples_are_centred(tmp_path: Path) -> None:
    sound = read_sound(write_wav(tmp_path / "a.wav", np.array([[0, 64, 128, 192, 255]], np.uint8), 8_000))
    np.testing.assert_allclose(sound.samples[0], [-1, -0.5, 0, 0.5, 127 / 128], atol=1e-6)


def test_a_video_gives_its_sound(tmp_path: Path) -> None:
    time = np.arange(48_000) / 48_000
    sound = read_sound(write_video(tmp_path / "a.mp4", (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)[None]))
    spectrum = np.abs(np.fft.rfft(sound.samples[0][4800:43200]))
    assert sound.rate == 48_000
    assert abs(spectrum.argmax() * 48_000 / 38_400 - 440) < 2


def test_twenty_milliseconds_are_a_sound(tmp_path: Path) -> None:
    assert read_sound(write_wav(tmp_path / "a.wav", np.zeros((1, 320), np.int16), 16_000)).num_samples == 320


def test_what_is_no_sound_is_refused_by_name(tmp_path: Path) -> None:
    text = tmp_path / "notes.wav"
    text.write_text("this is not a sound")
    empty = write_wav(tmp_path / "empty.wav", np.zeros((1, 0), np.int16), 16_000)
    mute = write_video(tmp_path / "mute.mp4", None)
    for path in (text, empty, mute, tmp_path / "missing.wav", tmp_path):
        with pytest.raises(InputError) as refusal:
            read_sound(path)
        assert str(path) in str(refusal.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_samples_that_are_no_numbers_are_refused(bad: float) -> None:
    samples = np.zeros((2, 100), np.float32)
    samples[1, 7] = bad
    with pytest.raises(InputError, match="1 samples that are not numbers"):
        Sound(samples, 16_000)


def test_a_file_with_nan_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nan.wav"
    samples = np.full((1, 4800), np.nan, np.float32)
    with av.open(str(path), "w") as container:
        track = container.add_stream("pcm_f32le", rate=48_000)
        frame = av.AudioFrame.from_ndarray(samples, "flt", "mono")
        frame.sample_rate = 48_000
        container.mux(track.encode(frame))
        container.mux(track.encode())
    with pytest.raises(InputError, match="not numbers"):
        read_sound(path)


def test_impossible_sounds_are_refused() -> None:
    with pytest.raises(InputError, match="no samples"):
        Sound(np.zeros((1, 0), np.float32), 16_000)
    with pytest.raises(InputError, match="0 samples a second"):
        Sound(np.zeros((1, 10), np.float32), 0)

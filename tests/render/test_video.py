"""Videos are whole or absent, keep colours and sound, and are exactly as long as their sound."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from eadnet_core.audio.sound import Sound
from eadnet_core.errors import InputError
from eadnet_core.render.video import VideoWriter, check_output

COLOURS = np.array([[200, 30, 40], [20, 160, 60], [30, 50, 210], [240, 240, 240], [12, 12, 12], [150, 110, 90]], np.uint8)


def tone(seconds: float, rate: int = 48_000, channels: int = 1) -> Sound:
    """A sine of a different pitch in each channel."""
    time = np.arange(int(seconds * rate)) / rate
    return Sound(np.stack([0.4 * np.sin(2 * np.pi * 200 * (c + 1) * time) for c in range(channels)]).astype(np.float32), rate)


def patches(width: int = 192, height: int = 64) -> np.ndarray:
    """uint8 [H, W, 3]: one upright bar for each of COLOURS."""
    return np.repeat(np.repeat(COLOURS, width // len(COLOURS), 0)[None], height, 0)


def write(path: Path, sound: Sound, num_frames: int, frame: np.ndarray | None = None) -> list[str]:
    frame = patches() if frame is None else frame
    with VideoWriter(path, (frame.shape[1], frame.shape[0]), sound) as writer:
        for _ in range(num_frames):
            writer.write(frame)
    return writer.notes


def decode_sound(path: Path) -> tuple[np.ndarray, int]:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        packed = av.AudioResampler(format="flt", layout=stream.layout, rate=stream.rate)  # PyAV's planar arrays end at seven channels
        blocks = [part.to_ndarray() for frame in container.decode(stream) for part in packed.resample(frame)]
        return np.concatenate(blocks, 1).reshape(-1, stream.layout.nb_channels).T, stream.rate


def test_stream_formats_rate_and_colour_tags(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", tone(0.4), 10)
    with av.open(str(tmp_path / "a.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt, audio.codec_context.name) == ("h264", "yuv420p", "aac")
        assert video.average_rate == Fraction(25) and video.frames == 10
        context = video.codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)


def test_luma_follows_the_matrix_that_the_tags_name(tmp_path: Path) -> None:
    """Y = 16 + 219 (0.2126 R + 0.7152 G + 0.0722 B). Source: ITU-R BT.709, sections 3.2 and 3.4."""
    write(tmp_path / "a.mp4", tone(0.2), 5)
    with av.open(str(tmp_path / "a.mp4")) as container:
        frame = next(container.decode(video=0))
    luma = frame.to_ndarray()[: frame.height]
    expected = 16 + 219 * (COLOURS / 255) @ (0.2126, 0.7152, 0.0722)
    middles = luma[32, 16::32]
    assert np.abs(middles - expected).max() < 2.5


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000])
def test_sound_ends_with_the_picture(tmp_path: Path, rate: int) -> None:
    sound = tone(0.51, rate)  # 12.75 frames: the 13th is padded with silence
    write(tmp_path / "a.mp4", sound, 13)
    with av.open(str(tmp_path / "a.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        length = Fraction(audio.duration) * audio.time_base
        assert Fraction(video.duration) * video.time_base == Fraction(13, 25)
        assert abs(length - Fraction(13, 25)) <= Fraction(1, rate)


def test_sound_is_what_was_given(tmp_path: Path) -> None:
    sound = tone(1.0, 48_000, channels=2)
    write(tmp_path / "a.mp4", sound, 25)
    decoded, rate = decode_sound(tmp_path / "a.mp4")
    assert rate == 48_000 and decoded.shape[0] == 2
    for channel in range(2):
        assert np.corrcoef(decoded[channel, :48_000], sound.samples[channel])[0, 1] > 0.99


@pytest.mark.parametrize("channels", [3, 4, 5, 6, 7, 8, 12])
def test_every_number_of_channels_can_be_written(tmp_path: Path, channels: int) -> None:
    notes = write(tmp_path / "a.mp4", tone(0.3, 48_000, channels), 8)
    decoded, _ = decode_sound(tmp_path / "a.mp4")
    assert decoded.shape[0] == (channels if channels in (3, 4, 5, 6, 8) else 1)
    assert bool(notes) == (channels in (7, 12))


@pytest.mark.parametrize(("rate", "written"), [(5_000, 7_350), (37_800, 44_100), (192_000, 96_000)])
def test_rates_that_aac_lacks_are_resampled_and_it_is_said(tmp_path: Path, rate: int, written: int) -> None:
    sound = tone(1.0, rate)
    notes = write(tmp_path / "a.mp4", sound, 25)
    decoded, decoded_rate = decode_sound(tmp_path / "a.mp4")
    assert decoded_rate == written and str(rate) in notes[0] and str(written) in notes[0]
    spectrum = np.abs(np.fft.rfft(decoded[0, :written]))  # a second of sound: one bin is 1 Hz
    assert abs(int(spectrum.argmax()) - 200) <= 1


def test_odd_sides_lose_their_last_row_and_column(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", tone(0.1), 3, np.full((65, 131, 3), 90, np.uint8))
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (130, 64)


def test_frames_show_what_was_given(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", tone(0.4), 10)
    with av.open(str(tmp_path / "a.mp4")) as container:
        decoded = [frame.to_ndarray(format="rgb24", src_colorspace="ITU709") for frame in container.decode(video=0)]
    assert len(decoded) == 10
    assert np.abs(decoded[-1][32, 16::32].astype(int) - COLOURS).max() <= 4


def test_an_error_or_a_cancel_leaves_nothing(tmp_path: Path) -> None:
    for error in (ValueError, KeyboardInterrupt):
        with pytest.raises(error), VideoWriter(tmp_path / "a.mp4", (192, 64), tone(1.0)) as writer:
            for _ in range(60):
                writer.write(patches())
            assert [path.name.endswith(".part") for path in tmp_path.iterdir()] == [True]
            raise error
        assert list(tmp_path.iterdir()) == []


def test_an_older_video_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError), VideoWriter(target, (192, 64), tone(1.0)) as writer:
        writer.write(patches())
        raise RuntimeError
    assert target.read_bytes() == b"old"
    write(target, tone(0.1), 3)
    assert target.stat().st_size > 1000 and list(tmp_path.iterdir()) == [target]


def test_unwritable_outputs_are_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.mp4").mkdir()
    for path, words in {
        tmp_path / "none" / "a.mp4": "no folder",
        tmp_path / "file" / "a.mp4": "no folder",
        tmp_path / "folder.mp4": "is a folder",
        tmp_path / "a.wmv": "let it end in",
        Path("/proc/a.mp4"): "cannot be written",
    }.items():
        with pytest.raises(InputError, match=words):
            VideoWriter(path, (64, 64), tone(0.1))
        with pytest.raises(InputError, match=words):
            check_output(path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.mp4"]


def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    sound = tone(8.0, 16_000)
    tracemalloc.start()
    with VideoWriter(tmp_path / "a.mp4", (192, 64), sound) as writer:
        sizes = []
        for _ in range(200):
            writer.write(patches())
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert sizes[-1] - sizes[20] < 100_000

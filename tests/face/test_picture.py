"""Pictures of every kind become upright 8-bit RGB; what is no picture is refused in one sentence."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from eadnet_core.errors import InputError
from eadnet_core.face.picture import MAX_SIDE, read_picture


def gradient(height: int = 90, width: int = 120) -> np.ndarray:
    """uint8 [H, W, 3], RGB: red grows to the right, green downwards, so that every orientation differs."""
    red = np.tile(np.linspace(0, 255, width, dtype=np.uint8), (height, 1))
    green = np.tile(np.linspace(0, 255, height, dtype=np.uint8)[:, None], (1, width))
    return np.stack([red, green, np.full_like(red, 40)], -1)


def write(path: Path, pixels: np.ndarray) -> Path:
    """Writes RGB, RGBA or grey pixels as they are."""
    order = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    assert cv2.imwrite(str(path), pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, order[pixels.shape[2]]))
    return path


def exif_orientation(value: int) -> bytes:
    """A TIFF header whose only entry is the orientation."""
    return b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHH", 1, 0x0112, 3, 1, value, 0) + b"\0\0\0\0"


def turn(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """What a viewer shows of stored pixels. Source: EXIF 2.3, tag 0x0112 (where row 0 and column 0 lie)."""
    transpose = pixels.swapaxes(0, 1)
    return {
        1: pixels,
        2: pixels[:, ::-1],
        3: pixels[::-1, ::-1],
        4: pixels[::-1],
        5: transpose,
        6: transpose[:, ::-1],
        7: transpose[::-1, ::-1],
        8: transpose[::-1],
    }[orientation]


def test_rgb_is_read_as_it_is(tmp_path: Path) -> None:
    image, notes = read_picture(write(tmp_path / "a.png", gradient()))
    assert np.array_equal(image, gradient()) and notes == []


def test_grey_becomes_three_equal_channels(tmp_path: Path) -> None:
    grey = gradient()[..., 0]
    image, _ = read_picture(write(tmp_path / "a.png", grey))
    assert np.array_equal(image, np.repeat(grey[..., None], 3, -1))


def test_palette_is_looked_up(tmp_path: Path) -> None:
    import zlib

    indices = (np.arange(80)[None] + np.arange(70)[:, None]).astype(np.uint8) % 3
    palette = np.array([[255, 0, 0], [0, 200, 10], [5, 6, 250]], np.uint8)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = b"".join(b"\0" + row.tobytes() for row in indices)
    path = tmp_path / "palette.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 80, 70, 8, 3, 0, 0, 0))
        + chunk(b"PLTE", palette.tobytes())
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    assert np.array_equal(read_picture(path)[0], palette[indices])


def test_alpha_lies_over_mid_grey_and_is_said(tmp_path: Path) -> None:
    pixels = np.dstack([gradient(), np.zeros((90, 120), np.uint8)])
    pixels[:, 60:, 3] = 255
    pixels[:45, :60, 3] = 51  # a fifth
    image, notes = read_picture(write(tmp_path / "a.png", pixels))
    assert np.array_equal(image[:, 60:], gradient()[:, 60:])
    assert (image[45:, :60] == 128).all()
    expected = gradient()[:45, :60] * 0.2 + 128 * 0.8
    assert np.abs(image[:45, :60] - expected).max() <= 0.51
    assert len(notes) == 1 and "mid-grey" in notes[0]


def test_opaque_alpha_changes_nothing(tmp_path: Path) -> None:
    image, notes = read_picture(write(tmp_path / "a.png", np.dstack([gradient(), np.full((90, 120), 255, np.uint8)])))
    assert np.array_equal(image, gradient()) and notes == []


def test_16_bit_keeps_its_brightness(tmp_path: Path) -> None:
    image, _ = read_picture(write(tmp_path / "a.png", gradient().astype(np.uint16) * 257))
    assert np.array_equal(image, gradient())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_followed(tmp_path: Path, orientation: int) -> None:
    stored = cv2.imencode(".jpg", cv2.cvtColor(gradient(), cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 98])[1].tobytes()
    body = b"Exif\0\0" + exif_orientation(orientation)
    path = tmp_path / "a.jpg"
    path.write_bytes(stored[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + stored[2:])
    image, _ = read_picture(path)
    expected = turn(gradient(), orientation)
    assert image.shape == expected.shape
    assert np.abs(image.astype(int) - expected).mean() < 3


def test_alpha_turns_with_the_colours(tmp_path: Path) -> None:
    import zlib

    pixels = np.dstack([gradient(), np.full((90, 120), 255, np.uint8)])
    pixels[:20, :30, 3] = 0
    stored = write(tmp_path / "a.png", pixels).read_bytes()
    name, body = b"eXIf", exif_orientation(6)
    chunk = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    path = tmp_path / "turned.png"
    path.write_bytes(stored[:33] + chunk + stored[33:])  # signature and IHDR are 33 bytes
    expected = turn(pixels, 6)
    image, _ = read_picture(path)
    assert np.array_equal(image, np.where(expected[..., 3:] == 0, 128, expected[..., :3]))


def test_huge_picture_is_brought_down_and_it_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jpg", np.full((6000, 8000, 3), 90, np.uint8))
    image, notes = read_picture(path)
    assert image.shape == (1620, MAX_SIDE, 3) and abs(int(image.mean()) - 90) <= 1
    assert "8000x6000" in notes[0] and "2160x1620" in notes[0]
    assert read_picture(path, max_side=4000)[0].shape == (3000, 4000, 3)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.bmp", "a.webp", "a.tif"])
@pytest.mark.parametrize("share", [0.5, 0.97])
def test_truncated_picture_is_refused_without_other_words(tmp_path: Path, capfd: pytest.CaptureFixture, name: str, share: float) -> None:
    noisy = np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8)
    path = write(tmp_path / name, noisy)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(InputError, match="cut short"):
        read_picture(path)
    assert capfd.readouterr().err == ""


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    text, empty = tmp_path / "a.jpg", tmp_path / "b.png"
    text.write_text("no picture " * 50)
    empty.write_bytes(b"")
    with pytest.raises(InputError, match="not a picture"):
        read_picture(text)
    with pytest.raises(InputError, match="0 bytes"):
        read_picture(empty)
    with pytest.raises(InputError, match="does not exist"):
        read_picture(tmp_path / "missing.png")
    with pytest.raises(InputError, match="no file"):
        read_picture(tmp_path)
    with pytest.raises(InputError, match="16x16"):
        read_picture(write(tmp_path / "small.png", gradient(16, 16)))

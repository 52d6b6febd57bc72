"""`make demo`: a real person's portrait speaks the recording of this repository; then a sheet of frames to look at."""

from __future__ import annotations

import sys
from pathlib import Path

import av
import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from eadnet_core.cli import main  # noqa: E402
from eadnet_core.face.finder import find_faces  # noqa: E402
from eadnet_core.face.picture import read_picture  # noqa: E402

PORTRAIT = ROOT / "assets" / "portraits" / "astronaut.jpg"
RECORDING = ROOT / "assets" / "demo_speech.wav"
OUTPUT = ROOT / "output"
EMOTION = "happy"
NUM_FRAMES_SHOWN = 6
TILE = 320
"""Side of each picture on the sheet, in pixels."""


def around_face(portrait: np.ndarray) -> tuple[slice, slice]:
    """Rows and columns of a square around the face of uint8 [H, W, 3], RGB, cut to the picture."""
    left, top, right, bottom = find_faces(portrait)[0].box
    half = max(right - left, bottom - top) * 0.75
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    return slice(max(0, round(middle_y - half)), round(middle_y + half)), slice(max(0, round(middle_x - half)), round(middle_x + half))


def contact_sheet(portrait: np.ndarray, video: Path) -> np.ndarray:
    """uint8 [TILE, 7 * TILE, 3], RGB: the portrait's face, then the same part of frames evenly spread over the video."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        wanted = set(np.linspace(0, stream.frames - 1, NUM_FRAMES_SHOWN + 2).round().astype(int)[1:-1].tolist())
        frames = [frame.to_ndarray(format="rgb24") for i, frame in enumerate(container.decode(stream)) if i in wanted]
    face = around_face(portrait)
    return np.hstack([cv2.resize(picture[face], (TILE, TILE), interpolation=cv2.INTER_CUBIC) for picture in (portrait, *frames)])


def demo() -> int:
    """Writes output/demo.mp4 and output/demo.jpg; returns the exit status."""
    OUTPUT.mkdir(exist_ok=True)
    portrait, _ = read_picture(PORTRAIT)
    video, sheet = OUTPUT / "demo.mp4", OUTPUT / "demo.jpg"
    status = main(["animate", "--portrait", str(PORTRAIT), "--audio", str(RECORDING), "--emotion", EMOTION, "--out", str(video)])
    if status == 0:
        cv2.imwrite(str(sheet), cv2.cvtColor(contact_sheet(portrait, video), cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 90])
        print(f"The video is {video}\nThe contact sheet is {sheet}")
    return status


if __name__ == "__main__":
    sys.exit(demo())

"""Draws the thumbnails of the workflows from what a real ComfyUI makes of them; run by `make thumbnails`, whenever weights change."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from eadnet_core.emotion.timeline import parse_timeline  # noqa: E402
from eadnet_core.timebase import FRAME_RATE  # noqa: E402
from scripts.comfy import HOME, base_folder, free_port, server  # noqa: E402
from tests.comfy.client import Client  # noqa: E402
from tests.comfy.workflow import NAMES, read_workflow, to_prompt  # noqa: E402

TILE = 320
"""Side of each picture in a thumbnail, in pixels."""
NUM_SHOWN = 4
"""Pictures in a thumbnail, two by two."""
JPEG_QUALITY = 90


def thumbnail(client: Client, name: str) -> np.ndarray:
    """uint8 [2 * TILE, 2 * TILE, 3], RGB: pictures of the video that a workflow saves."""
    prompt = to_prompt(read_workflow(name), client.get("/object_info"))
    run = client.run(prompt)
    if run.status != "success":
        sys.exit(f"{name} ended with {run.status}: {run.error.get('exception_message', '').strip()}")
    for number, shown in run.outputs.items():
        if prompt[number]["class_type"] == "SaveVideo":
            print(f"{name}: {run.seconds:.1f} s")
            return _sheet(_shrunk(client.file(shown["images"][0])), _starts(prompt))
    sys.exit(f"{name} saves no video.")


def _starts(prompt: dict[str, Any]) -> list[float]:
    """Seconds at which a workflow's feelings start; none where they do not change."""
    lines = [node["inputs"]["timeline"] for node in prompt.values() if node["class_type"] == "EADNetEmotionTimeline"]
    return [span.start_s for span in parse_timeline(lines[0]).spans] if lines else []


def _shrunk(path: Path) -> list[np.ndarray]:
    """All pictures of a video, uint8 [TILE, W, 3], RGB."""
    with av.open(str(path)) as container:
        return [
            cv2.resize(picture, (round(picture.shape[1] * TILE / picture.shape[0]), TILE), interpolation=cv2.INTER_AREA)
            for picture in (frame.to_ndarray(format="rgb24") for frame in container.decode(video=0))
        ]


def _sheet(pictures: list[np.ndarray], starts_s: list[float]) -> np.ndarray:
    """Four pictures in a square, as the template browser shows it: of each feeling, or each part, one with its mouth open.

    It is the picture in the middle half whose mouth differs most from the first one. Pictures that hold four faces side by side
    are cut into them; of five feelings the first, where the face has yet to begin, is left out.
    """
    height, width = pictures[0].shape[:2]
    aside = round(width / height) == NUM_SHOWN
    mouths = np.s_[height // 2 :]
    first = pictures[0][mouths].astype(int)
    chosen = []
    for start, end in pairwise(_borders(len(pictures), starts_s, 1 if aside else NUM_SHOWN)):
        middle = pictures[start + (end - start) // 4 : max(start + 1, end - (end - start) // 4)]
        chosen.append(max(middle, key=lambda picture: np.abs(picture[mouths] - first).mean()))
    shown = np.array_split(chosen[0], NUM_SHOWN, axis=1) if aside else chosen[-NUM_SHOWN:]
    squares = [cv2.resize(picture, (TILE, TILE), interpolation=cv2.INTER_AREA) for picture in shown]
    return np.vstack([np.hstack(squares[:2]), np.hstack(squares[2:])])


def _borders(num_frames: int, starts_s: list[float], num_parts: int) -> list[int]:
    """Frames between which the parts of a clip lie: the feelings where there are enough, else equal parts."""
    if len(starts_s) >= num_parts > 1:
        return [*(round(FRAME_RATE * start) for start in starts_s), num_frames]
    return np.linspace(0, num_frames, num_parts + 1).round().astype(int).tolist()


def main() -> None:
    wanted = sys.argv[1:] or list(NAMES)
    with server(base_folder("thumbnails"), free_port(), HOME / "thumbnails.log") as comfyui, Client(comfyui) as client:
        for name in wanted:
            sheet = cv2.cvtColor(thumbnail(client, name), cv2.COLOR_RGB2BGR)
            cv2.imwrite(str(ROOT / "workflows" / f"{name}.jpg"), sheet, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])


if __name__ == "__main__":
    main()

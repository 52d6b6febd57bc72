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
from scripts.comfy import HOME, base_folder, free_port, server  # noqa: E402
from tests.comfy.client import Client  # noqa: E402
from tests.comfy.workflow import NAMES, read_workflow, to_prompt  # noqa: E402

TILE = 320
"""Side of each picture in a thumbnail, in pixels."""
PLAIN_PARTS = 3
"""Pictures of a video whose feeling does not change."""
JPEG_QUALITY = 90


def thumbnail(client: Client, name: str) -> np.ndarray:
    """uint8 [TILE, n * TILE, 3], RGB: pictures of the video, or the picture, that a workflow saves; one of each feeling in time."""
    prompt = to_prompt(read_workflow(name), client.get("/object_info"))
    run = client.run(prompt)
    if run.status != "success":
        sys.exit(f"{name} ended with {run.status}: {run.error.get('exception_message', '').strip()}")
    for number, shown in run.outputs.items():
        if prompt[number]["class_type"] in ("SaveVideo", "SaveImage"):
            print(f"{name}: {run.seconds:.1f} s")
            return _sheet(_shrunk(client.file(shown["images"][0])), _starts(prompt))
    sys.exit(f"{name} saves neither a video nor a picture.")


def _starts(prompt: dict[str, Any]) -> list[float]:
    """Seconds at which a workflow's feelings start; none where they do not change."""
    lines = [node["inputs"]["timeline"] for node in prompt.values() if node["class_type"] == "EADNetEmotionTimeline"]
    return [span.start_s for span in parse_timeline(lines[0]).spans] if lines else []


def _shrunk(path: Path) -> list[np.ndarray]:
    """All pictures of a file, uint8 [TILE, W, 3], RGB."""
    with av.open(str(path)) as container:
        return [
            cv2.resize(picture, (round(picture.shape[1] * TILE / picture.shape[0]), TILE), interpolation=cv2.INTER_AREA)
            for picture in (frame.to_ndarray(format="rgb24") for frame in container.decode(video=0))
        ]


def _sheet(pictures: list[np.ndarray], starts_s: list[float]) -> np.ndarray:
    """Of each feeling, or each part, the picture in its middle half whose mouth differs most from the first one: a face that speaks.

    Pictures that are wide already hold their faces side by side; of them one is enough.
    """
    height, width = pictures[0].shape[:2]
    ends = [round(25 * start) for start in starts_s[1:]]
    parts = 1 if width > 2 * height else PLAIN_PARTS
    borders = [0, *ends, len(pictures)] if starts_s else np.linspace(0, len(pictures), parts + 1).round().astype(int).tolist()
    mouths = np.s_[height // 2 :]
    first = pictures[0][mouths].astype(int)
    chosen = []
    for start, end in pairwise(borders):
        middle = pictures[start + (end - start) // 4 : max(start + 1, end - (end - start) // 4)]
        chosen.append(max(middle, key=lambda picture: np.abs(picture[mouths] - first).mean()))
    return np.hstack(chosen)


def main() -> None:
    wanted = sys.argv[1:] or list(NAMES)
    with server(base_folder("thumbnails"), free_port(), HOME / "thumbnails.log") as comfyui, Client(comfyui) as client:
        for name in wanted:
            sheet = cv2.cvtColor(thumbnail(client, name), cv2.COLOR_RGB2BGR)
            cv2.imwrite(str(ROOT / "workflows" / f"{name}.jpg"), sheet, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])


if __name__ == "__main__":
    main()

"""Draws the example portraits of the pack, assets/portraits, with its own renderer of faces."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from eadnet_core.synthetic.clip import draw_portraits  # noqa: E402

SIZE = 768
SEEDS = {"woman": 3, "man": 37, "elder": 38}


def main() -> None:
    folder = ROOT / "assets" / "portraits"
    folder.mkdir(parents=True, exist_ok=True)
    for name, seed in SEEDS.items():
        with torch.inference_mode():
            pictures, _ = draw_portraits(1, SIZE, torch.Generator().manual_seed(seed))
        pixels = (pictures[0] * 255).round().byte().permute(1, 2, 0).numpy()
        cv2.imwrite(str(folder / f"{name}.jpg"), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92])


if __name__ == "__main__":
    main()

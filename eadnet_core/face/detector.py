"""BlazeFace: rough places of faces in a picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .mediapipe import load_net

SIDE = 128
"""Pixels of the square that the network sees."""
LEAST_SCORE = 0.5
"""Of a find that is worth a look by the landmark network, which decides. Source: MediaPipe's default."""


@dataclass(frozen=True, eq=False)
class Detection:
    """A face as the detector sees it.

    Attributes:
        box: (left, top, right, bottom) in pixels.
        eyes: float32 [2, 2]: the eye on the face's right and on its left, pixels.
        score: 0 to 1.
    """

    box: tuple[float, float, float, float]
    eyes: np.ndarray
    score: float


def _anchors() -> np.ndarray:
    """Middles of the 896 anchors [896, 2], 0 to 1. Source: MediaPipe's SSD options of the short-range model."""
    rows = []
    for cells, each in ((16, 2), (8, 6)):
        axis = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
        rows.append(np.repeat(grid, each, 0))
    return np.concatenate(rows)


class Detector:
    """Finds faces that fill at least a tenth of a picture's side."""

    def __init__(self) -> None:
        self._net = load_net("face_detector")
        self._anchors = _anchors()

    def detect(self, picture: np.ndarray, least_score: float = LEAST_SCORE) -> list[Detection]:
        """Faces of a picture uint8 [H, W, 3], RGB, best first; of finds that overlap only the best."""
        height, width = picture.shape[:2]
        scale = SIDE / max(height, width)
        small = cv2.resize(
            picture,
            (max(1, round(width * scale)), max(1, round(height * scale))),
            interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR,
        )
        square = np.zeros((SIDE, SIDE, 3), np.float32)
        square[: small.shape[0], : small.shape[1]] = small / np.float32(127.5) - 1
        self._net.setInput(np.ascontiguousarray(square.transpose(2, 0, 1)[None]))
        regressed, logits = self._net.forward(("regressors", "classificators"))
        scores = 1 / (1 + np.exp(-np.clip(logits.reshape(-1), -50, 50)))
        able = np.flatnonzero(scores >= least_score)
        if not len(able):
            return []
        values = regressed.reshape(-1, 16)[able] / SIDE
        middle = values[:, :2] + self._anchors[able]
        eyes = values[:, 4:8].reshape(-1, 2, 2) + self._anchors[able][:, None]
        corner = middle - values[:, 2:4] / 2
        boxes = np.concatenate([corner, values[:, 2:4]], 1) * SIDE / scale
        kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores[able].tolist(), least_score, 0.3)
        found = []
        for i in np.asarray(kept).reshape(-1):
            x, y, w, h = (float(v) for v in boxes[i])
            found.append(Detection((x, y, x + w, y + h), (eyes[i] * SIDE / scale).astype(np.float32), float(scores[able][i])))
        return sorted(found, key=lambda one: -one.score)

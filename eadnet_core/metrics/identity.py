"""Identity drift: whether the face at the end is still the face of the beginning."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import torch

from ..face.align import crop_square, crop_transform, five_points, flat_similarity
from ..face.track import FaceTrack
from ..timebase import FRAME_RATE
from .networks.iresnet import SIZE, IResNet, load_iresnet
from .networks.state_file import fingerprint

SPAN_S = 5.0
"""Seconds at the beginning that say who it is and how much that varies, and at the end that are compared with them."""
SHORTEST_S = 2.0
ARCFACE_POINTS = np.array([(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)])
"""Where eyes, nose and mouth corners lie in the 112-pixel faces of ArcFace's training. Source: insightface, face_align.py."""
_SQUARE, _ROWS, _COLUMNS = 96, slice(26, 60), slice(24, 72)
"""The aligned crop in pixels, and the part from the forehead to the nose's tip that speech does not move."""


class IdentityNetwork(Protocol):
    """Something that turns a face into a vector whose direction says who it is."""

    @property
    def name(self) -> str:
        """What a report calls it."""

    def embed(self, frame: np.ndarray, points: np.ndarray) -> np.ndarray:
        """float [D], any length, of the face with points [478, 3] in a frame uint8 [H, W, 3], RGB."""


@dataclass(frozen=True)
class UpperFace:
    """The built-in look at a face: brightness of brows, eyes and nose against their surroundings, without any network.

    It sees whether features change form or place, whatever the light; it also sees blinks and brows move, which is why drift is
    judged against the noise of the first seconds.
    """

    name: str = "upper-face appearance (no network)"

    def embed(self, frame: np.ndarray, points: np.ndarray) -> np.ndarray:
        to_crop = crop_transform(points)
        grey = cv2.cvtColor(crop_square(frame, to_crop, _SQUARE), cv2.COLOR_RGB2GRAY).astype(np.float32)
        detail = cv2.GaussianBlur(grey, (0, 0), 1.0) - cv2.GaussianBlur(grey, (0, 0), 8.0)
        contrast = np.sqrt(cv2.GaussianBlur(detail**2, (0, 0), 8.0))
        return (detail / (contrast + 1.0))[_ROWS, _COLUMNS].ravel()


@dataclass(frozen=True)
class ArcFace:
    """A recognition network whose file the user has.

    Attributes:
        net: On the device where it shall run.
        name: See IdentityNetwork.
    """

    net: IResNet
    name: str

    @staticmethod
    def from_file(path: Path, device: torch.device | str = "cpu") -> ArcFace:
        """The network with the weights of a file.

        Raises:
            InputError: See load_iresnet.
        """
        return ArcFace(load_iresnet(path).to(device), f"ArcFace IResNet ({path.name}, sha256 {fingerprint(path)})")

    @torch.inference_mode()
    def embed(self, frame: np.ndarray, points: np.ndarray) -> np.ndarray:
        to_square = flat_similarity(five_points(points.astype(np.float64)), ARCFACE_POINTS / SIZE)
        face = torch.from_numpy(crop_square(frame, to_square, SIZE)).movedim(-1, 0).float() / 127.5 - 1  # [3, 112, 112]
        return self.net(face[None].to(next(self.net.parameters()).device))[0].cpu().numpy()


@dataclass(frozen=True, eq=False)
class IdentityDrift:
    """How far the face moves away from its beginning.

    Attributes:
        curve: float64 [N], cosine distance from the mean of the first seconds, 0 (the same) to 2; NaN where there is no face.
        drift: Mean of the last seconds less mean of the first; 0 is no drift.
        noise: 95th percentile less mean of the first seconds: what the same face does by itself.
        network: Whose vectors they are.
    """

    curve: np.ndarray
    drift: float
    noise: float
    network: str


class IdentityMeter:
    """Measures drift while frames go by; one vector a frame is held until the first seconds are over, then a number."""

    def __init__(self, network: IdentityNetwork, track: FaceTrack) -> None:
        self._network, self._steady = network, track.steady(5)
        present = np.flatnonzero(track.present)
        span = min(round(SPAN_S * FRAME_RATE), len(present) // 2)
        self._long_enough = len(present) >= SHORTEST_S * FRAME_RATE
        self._first, self._last = present[:span], present[len(present) - span :]
        self._curve = np.full(track.num_frames, np.nan)
        self._waiting: list[np.ndarray] = []
        self._anchor: np.ndarray | None = None

    def add(self, index: int, frame: np.ndarray) -> None:
        """Takes in frame `index`, uint8 [H, W, 3]; frames come in order, from 0 on."""
        if not self._long_enough or np.isnan(self._steady[index, 0, 0]):
            return
        vector = self._network.embed(frame, self._steady[index]).astype(np.float64)
        vector /= max(float(np.linalg.norm(vector)), 1e-9)
        if self._anchor is not None:
            self._curve[index] = 1 - vector @ self._anchor
            return
        self._waiting.append(vector)
        if len(self._waiting) == len(self._first):
            anchor = np.mean(self._waiting, 0)
            self._anchor = anchor / max(float(np.linalg.norm(anchor)), 1e-9)
            self._curve[self._first] = [1 - vector @ self._anchor for vector in self._waiting]
            self._waiting = []

    def result(self) -> IdentityDrift | None:
        """What was measured; None where less than SHORTEST_S show the face."""
        if self._anchor is None:
            return None
        first, last = self._curve[self._first], self._curve[self._last]
        noise = float(np.percentile(first, 95) - first.mean())
        return IdentityDrift(self._curve, float(last.mean() - first.mean()), noise, self._network.name)

"""Motions for tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eadnet_core.emotion.arkit import ARKIT_NAMES
from eadnet_core.motion.face_motion import CHANNELS, FaceMotion


def wandering(num_frames: int = 50, seed: int = 0) -> FaceMotion:
    """Every channel at random, smoothly."""
    rng, still = np.random.default_rng(seed), FaceMotion.still(num_frames)
    drawn = {name: np.cumsum(rng.normal(0, 0.04, getattr(still, name).shape), 0).clip(-0.5, 0.9) for name in CHANNELS if name != "keep"}
    return replace(still, **drawn | {"rotation": drawn["rotation"] * 20})


def same(one: FaceMotion, other: FaceMotion, atol: float = 1e-5) -> bool:
    return all(np.allclose(getattr(one, name), getattr(other, name), atol=atol) for name in CHANNELS)


def curves(num_frames: int = 40) -> np.ndarray:
    """ARKit curves [T, 52] as a capture gives them: a few shapes at a time, smooth, both sides alike."""
    rng, time, weights = np.random.default_rng(3), np.linspace(0, 2 * np.pi, num_frames), np.zeros((num_frames, len(ARKIT_NAMES)))
    for name in ("jawOpen", "mouthSmileLeft", "mouthPucker", "browInnerUp", "eyeBlinkLeft", "browDownLeft", "mouthUpperUpLeft"):
        wave = 0.6 * np.clip(np.sin(time * rng.uniform(1, 3) + rng.uniform(0, 6)), 0, 1)
        weights[:, ARKIT_NAMES.index(name)] = wave
        if name.endswith("Left"):
            weights[:, ARKIT_NAMES.index(name.replace("Left", "Right"))] = wave
    return weights

"""Makes eadnet_core/weights/eadnet-face.safetensors: a mean face, how faces differ, expression shapes, and the space of facial motion.

    python scripts/make_face_model.py --face-model face_model.npz --grid motion.npz

face_model.npz: mean, identity modes and expression shapes on the 478 points, measured on rendered heads (CC0 shapes of MakeHuman/MPFB,
identity modes of ICT-FaceKit, MIT). motion.npz: facial motion of talker 1 of the GRID corpus (Cooke, Barker, Cunningham and Shao, An
audio-visual corpus for speech perception and automatic speech recognition, JASA 120, 2006; CC BY 4.0), no picture.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from eadnet_core.emotion.arkit import ARKIT_NAMES  # noqa: E402
from eadnet_core.face.face_model import PATH  # noqa: E402
from eadnet_core.face.topology import (  # noqa: E402
    EYE_SURROUND,
    LEFT_BROW,
    LOWER_LIP,
    NUM_SKIN_POINTS,
    RIGHT_BROW,
    STABLE,
    UPPER_LIP,
)
from eadnet_core.motion.space import COLUMNS, ROWS  # noqa: E402

COMPONENTS = {"brow": 4, "eye": 4, "cheek": 4, "upper_lip": 6, "lower_lip": 7}
"""Of each cell of a row."""
NUM_POSES = 6000
RANDOM_STATE = 0
CHEEK_RAISE, LID_RAISE = 0.07, 0.03
"""How far cheek and lower lid rise in a cheek squint, eye distances: its measured shape is too weak to use."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--face-model", type=Path, required=True)
    options.add_argument("--grid", type=Path, required=True)
    given = options.parse_args()
    with np.load(given.face_model) as file:
        mean, identity = file["mean"].astype(np.float64), file["identity"].astype(np.float64)
        shapes = dict(zip((str(name) for name in file["names"]), file["units"].astype(np.float64), strict=True))
    mirror = mirror_points(mean)
    mean = (mean + mirrored(mean, mirror)) / 2
    units = np.stack([symmetric_unit(shapes, name, mean, mirror) for name in ARKIT_NAMES if name != "tongueOut"])
    cells = np.array([cell_of(i, mean) for i in range(NUM_SKIN_POINTS)])
    grid = grid_motion(given.grid, units)
    poses = random_poses(units)
    bases = {}
    for row, row_name in enumerate(ROWS):
        for column in range(len(COLUMNS)):
            points = np.flatnonzero((cells == (row, column)).all(1))
            if len(points):
                bases[f"basis.{row}.{column}"] = cell_basis(grid[:, points], poses[:, points], COMPONENTS[row_name])
    tensors = {"mean": mean, "identity": identity, "units": units, **bases}
    tensors = {name: value.astype(np.float16 if name != "mean" else np.float32) for name, value in tensors.items()}
    origin = "rendered heads: CC0 (MakeHuman/MPFB) and MIT (ICT-FaceKit); motion space: also GRID talker 1, CC BY 4.0 (Cooke et al., 2006)"
    metadata = {"format": "eadnet-face", "version": "1", "cells": json.dumps(cells.tolist()), "origin": origin}
    save_file(tensors, PATH, metadata)
    num = sum(len(value) for value in bases.values())
    print(f"{PATH}: {num} components, {PATH.stat().st_size / 1e3:.0f} kB")
    report(bases, cells, grid[::7], poses[::7])
    return 0


def mirror_points(mean: np.ndarray) -> np.ndarray:
    """For each point the one opposite it, int [478]."""
    flipped = mean * [-1, 1, 1]
    distance = np.linalg.norm(flipped[:, None] - mean[None], axis=-1)
    return distance.argmin(1)


def mirrored(shape: np.ndarray, mirror: np.ndarray) -> np.ndarray:
    return shape[mirror] * [-1, 1, 1]


def symmetric_unit(shapes: dict[str, np.ndarray], name: str, mean: np.ndarray, mirror: np.ndarray) -> np.ndarray:
    """An ARKit shape, left and right made mirror images, the weak ones by rule."""
    if name.startswith("cheekSquint"):
        return cheek_squint(mean, left=name.endswith("Left"))
    if name.startswith("eyeLook"):
        return np.zeros_like(mean)  # irises and lids follow the gaze by rule
    other = name.replace("Left", "#").replace("Right", "Left").replace("#", "Right")
    unit = (shapes[name] + mirrored(shapes[other], mirror)) / 2
    unit[NUM_SKIN_POINTS:] = 0
    return unit


def cheek_squint(mean: np.ndarray, left: bool) -> np.ndarray:
    middle = np.array([0.62 if left else -0.62, 0.42])
    away = np.linalg.norm((mean[:, :2] - middle) / [0.40, 0.30], axis=1)
    unit = np.zeros_like(mean)
    unit[:, 1] = -CHEEK_RAISE * np.exp(-(away**2))
    lid = np.linalg.norm((mean[:, :2] - [0.5 if left else -0.5, 0.1]) / [0.26, 0.09], axis=1)
    unit[:, 1] -= LID_RAISE * np.exp(-(lid**2))
    unit[NUM_SKIN_POINTS:] = 0
    return unit


def cell_of(point: int, mean: np.ndarray) -> tuple[int, int]:
    """Row and column of a point of the mean face."""
    x, y = mean[point, :2]
    lip_line, nose, eye_top = mean[[13, 14], 1].mean(), mean[2, 1], mean[list(EYE_SURROUND), 1].min()
    if point in EYE_SURROUND:
        return ROWS.index("eye"), 0 if x < 0 else 2
    if point in RIGHT_BROW or point in LEFT_BROW or y < eye_top + 0.02:
        row = "brow"
    elif point in UPPER_LIP and point not in LOWER_LIP:
        row = "upper_lip"
    elif point in LOWER_LIP and point not in UPPER_LIP:
        row = "lower_lip"
    else:
        row = "cheek" if y < nose else "upper_lip" if y < lip_line else "lower_lip"
    return ROWS.index(row), 0 if x < -0.22 else 2 if x > 0.22 else 1


def grid_motion(path: Path, units: np.ndarray) -> np.ndarray:
    """Displacements [N, 468, 3] of a person who talks, blinks taken out."""
    with np.load(path) as file:
        coefficients = file["coefficients"].astype(np.float32).reshape(-1, file["components"].shape[0])
        coefficients = coefficients[:: max(1, len(coefficients) // 12000)]
        motion = (coefficients @ file["components"] + file["mean"]).reshape(len(coefficients), -1, 3)
    motion = motion[:, :NUM_SKIN_POINTS].astype(np.float64)
    motion -= motion[:, list(STABLE)].mean(1, keepdims=True)
    blinks = np.stack([units[ARKIT_NAMES.index(f"eyeBlink{side}")] for side in ("Left", "Right")])[:, :NUM_SKIN_POINTS]
    flat, shape = motion.reshape(len(motion), -1), motion.shape
    share = flat @ np.linalg.pinv(blinks.reshape(2, -1))
    return (flat - share @ blinks.reshape(2, -1)).reshape(shape)


def random_poses(units: np.ndarray) -> np.ndarray:
    """Displacements [N, 468, 3] of random expressions: a few shapes at once, left and right mostly alike."""
    rng = np.random.default_rng(RANDOM_STATE)
    weights = np.zeros((NUM_POSES, len(units)))
    for i, name in enumerate(ARKIT_NAMES[: len(units)]):
        if name.startswith(("eyeBlink", "eyeLook")):
            continue
        strength = rng.beta(1.2, 2.0, NUM_POSES) * (rng.random(NUM_POSES) < 0.22)
        other = name.replace("Left", "Right")
        if name.endswith("Left"):
            weights[:, i] = strength
            weights[:, ARKIT_NAMES.index(other)] = np.clip(strength * rng.normal(1, 0.25, NUM_POSES), 0, 1)
        elif not name.endswith("Right"):
            weights[:, i] = strength
    jaw, close = ARKIT_NAMES.index("jawOpen"), ARKIT_NAMES.index("mouthClose")
    weights[:, close] = np.minimum(weights[:, close], weights[:, jaw])
    return np.einsum("nu,upc->npc", weights, units[:, :NUM_SKIN_POINTS])


def cell_basis(talk: np.ndarray, poses: np.ndarray, count: int) -> np.ndarray:
    """float64 [count, points * 3]: the main directions of a cell, about zero, each as long as it varies."""
    samples = np.concatenate([part.reshape(len(part), -1) / np.sqrt(len(part)) for part in (talk, poses)])
    _, singular, directions = np.linalg.svd(samples, full_matrices=False)
    count = min(count, len(singular))
    return directions[:count] * (singular[:count, None] / np.sqrt(2))


def report(bases: dict[str, np.ndarray], cells: np.ndarray, talk: np.ndarray, poses: np.ndarray) -> None:
    for name, motion in (("talk", talk), ("poses", poses)):
        for row, row_name in enumerate(ROWS):
            errors, sizes = [], []
            for column in range(len(COLUMNS)):
                points = np.flatnonzero((cells == (row, column)).all(1))
                if len(points):
                    basis, flat = bases[f"basis.{row}.{column}"], motion[:, points].reshape(len(motion), -1)
                    missed = (flat - flat @ np.linalg.pinv(basis) @ basis).reshape(len(motion), -1, 3)
                    errors.append(np.linalg.norm(missed, axis=-1).ravel())
                    sizes.append(np.linalg.norm(flat.reshape(missed.shape), axis=-1).ravel())
            off, size = np.concatenate(errors), np.concatenate(sizes)
            print(f"{name:6} {row_name:10} moves {size.mean():.4f}, missed {off.mean():.4f}, 95th percentile {np.percentile(off, 95):.4f}")


if __name__ == "__main__":
    sys.exit(main())

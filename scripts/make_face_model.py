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
from scipy.optimize import linear_sum_assignment

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from eadnet_core.emotion.arkit import ARKIT_NAMES  # noqa: E402
from eadnet_core.face.face_model import PATH, read_face_file  # noqa: E402
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

COMPONENTS = {"brow": (4, 2), "eye": (5, 0), "cheek": (4, 5), "upper_lip": (6, 6), "lower_lip": (6, 7)}
"""Of each row's cells at the sides and of that in the middle: 70 in all, which leaves lips half a hundredth of the eye distance off."""
DEPTH_WEIGHT = 0.5
"""Of what a cell's directions explain: depth is measured less surely than place, and seen less."""
NUM_POSES = 6000
MOST_FRAMES = 12000
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
    mirror = mirror_points(mean + shapes["jawOpen"])
    mean = (mean + mirrored(mean, mirror)) / 2
    units = np.stack([symmetric_unit(shapes, name, mean, mirror) for name in ARKIT_NAMES if name != "tongueOut"])
    cells = np.array([cell_of(i, mean) for i in range(NUM_SKIN_POINTS)])
    grid = grid_motion(given.grid, units)
    poses = random_poses(units)
    bases = {}
    for row, row_name in enumerate(ROWS):
        for column in range(len(COLUMNS)):
            points = np.flatnonzero((cells == (row, column)).all(1))
            if len(points) and column < 2:
                bases[f"basis.{row}.{column}"] = cell_basis(grid, poses, points, mirror, COMPONENTS[row_name][column == 1])
            if column == 2:
                bases[f"basis.{row}.2"] = other_side(bases[f"basis.{row}.0"], cells, row, mirror)
    tensors = {"mean": mean, "identity": identity, "units": units, **bases}
    tensors = {name: value.astype(np.float16 if name != "mean" else np.float32) for name, value in tensors.items()}
    tensors["mirror"] = mirror.astype(np.int16)
    tensors = {name: np.ascontiguousarray(value) for name, value in tensors.items()}  # others are written in the wrong order
    origin = "rendered heads: CC0 (MakeHuman/MPFB) and MIT (ICT-FaceKit); motion space: also GRID talker 1, CC BY 4.0 (Cooke et al., 2006)"
    metadata = {"format": "eadnet-face", "version": "1", "cells": json.dumps(cells.tolist()), "origin": origin}
    save_file(tensors, PATH, metadata)
    num = sum(len(value) for value in bases.values())
    print(f"{PATH}: {num} components, {PATH.stat().st_size / 1e3:.0f} kB")
    written, _ = read_face_file()
    report(written, cells, grid[::7], poses[::7])
    return 0


def mirror_points(shape: np.ndarray) -> np.ndarray:
    """For each point the one opposite it, int [478], of a face whose lips are apart: those of shut ones would take each other's places."""
    flipped = shape * [-1, 1, 1]
    return linear_sum_assignment(np.linalg.norm(flipped[:, None] - shape[None], axis=-1))[1]


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
        coefficients = coefficients[:: max(1, len(coefficients) // MOST_FRAMES)]
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


def cell_basis(talk: np.ndarray, poses: np.ndarray, points: np.ndarray, mirror: np.ndarray, count: int) -> np.ndarray:
    """float64 [count, points * 3]: the main directions of a cell, about zero, each as long as it varies.

    Motions and their mirror images count alike, and so do people who talk and expressions at random.
    """
    weight = np.tile([1.0, 1.0, DEPTH_WEIGHT], len(points))
    spread = np.zeros((len(weight), len(weight)))
    for motion in (talk, poses):
        for side in (motion[:, points], motion[:, mirror[points]] * [-1, 1, 1]):
            flat = side.reshape(len(side), -1) * weight
            spread += flat.T @ flat / len(flat) / 4
    varying, directions = np.linalg.eigh(spread)
    chosen = directions[:, : -count - 1 : -1].T * np.sqrt(varying[: -count - 1 : -1, None])
    chosen *= np.sign(chosen[np.arange(count), np.abs(chosen).argmax(1)])[:, None]
    return chosen / weight


def other_side(basis: np.ndarray, cells: np.ndarray, row: int, mirror: np.ndarray) -> np.ndarray:
    """The basis of the left cell of a row: that of the right one as a mirror shows it."""
    right, left = (np.flatnonzero((cells == (row, column)).all(1)) for column in (0, 2))
    whole = np.zeros((len(basis), NUM_SKIN_POINTS, 3))
    whole[:, right] = basis.reshape(len(basis), -1, 3)
    return (whole[:, mirror[left]] * [-1, 1, 1]).reshape(len(basis), -1)


def report(bases: dict[str, np.ndarray], cells: np.ndarray, talk: np.ndarray, poses: np.ndarray) -> None:
    """Prints how much of each row's motion the space misses, in hundredths of the eye distance."""
    for name, motion in (("talk", talk), ("poses", poses)):
        for row, row_name in enumerate(ROWS):
            errors, sizes = [], []
            for column in range(len(COLUMNS)):
                points = np.flatnonzero((cells == (row, column)).all(1))
                if len(points):
                    basis, flat = bases[f"basis.{row}.{column}"].astype(np.float64), motion[:, points].reshape(len(motion), -1)
                    missed = (flat - flat @ np.linalg.pinv(basis) @ basis).reshape(len(motion), -1, 3)
                    errors.append(np.linalg.norm(missed, axis=-1).ravel())
                    sizes.append(np.linalg.norm(flat.reshape(missed.shape), axis=-1).ravel())
            off, size = 100 * np.concatenate(errors), 100 * np.concatenate(sizes)
            size, off, worst = np.sqrt((size**2).mean()), np.sqrt((off**2).mean()), np.percentile(off, 95)
            print(f"{name:6} {row_name:10} moves {size:.2f} %, missed {off:.2f} % (root mean square), 95th percentile {worst:.2f} %")


if __name__ == "__main__":
    sys.exit(main())

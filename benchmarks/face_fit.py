"""How well faces are understood: portraits, faces that the model made, the space of motion, and films played on their own first frame.

    python -m benchmarks.face_fit --shared DIR [--parts portraits made space films]

DIR holds data/real/portraits and data/people. Films are compared as points, nothing is drawn: what is left is what capture and rig lose.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import numpy as np

from eadnet_core.emotion.arkit import ARKIT_NAMES
from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.face.face_model import FaceModel
from eadnet_core.face.finder import Face, FaceFinder
from eadnet_core.face.picture import read_picture
from eadnet_core.face.portrait import Portrait
from eadnet_core.face.pose import Similarity, similarity, to_matrix
from eadnet_core.face.topology import LOWER_LIP, NUM_SKIN_POINTS, UPPER_LIP
from eadnet_core.face.track import FaceTrack, track_face
from eadnet_core.motion.capture import capture
from eadnet_core.motion.facs import motion_from_action_units, motion_from_arkit, motion_to_action_units, motion_to_arkit
from eadnet_core.motion.space import MotionSpace
from eadnet_core.render.footage import open_footage
from eadnet_core.rig.actor import Actor
from eadnet_core.timebase import FRAME_RATE

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("portraits", "made", "space", "films")
LIPS = sorted(UPPER_LIP | LOWER_LIP)
FILM_FRAMES, EVERY = 200, 5
"""Frames of a film that are played, 8 s, and how many of them lie between two that are compared."""
OUTER_CORNERS = (33, 263)
SHAPES = {
    "jawOpen": ("jawOpen",), "mouthSmile": ("mouthSmileLeft", "mouthSmileRight"), "eyeBlink": ("eyeBlinkLeft", "eyeBlinkRight"),
    "mouthFunnel": ("mouthFunnel",), "mouthPucker": ("mouthPucker",), "mouthLeft": ("mouthLeft",), "browInnerUp": ("browInnerUp",),
    "browDown": ("browDownLeft", "browDownRight"), "cheekSquint": ("cheekSquintLeft", "cheekSquintRight"),
    "mouthFrown": ("mouthFrownLeft", "mouthFrownRight"),
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.face_fit", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, required=True, help="folder with data/real/portraits and data/people")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    if "portraits" in options.parts:
        folder = options.shared / "data/real/portraits"
        portraits(path for path in sorted([*folder.iterdir(), *(ROOT / "assets/portraits").iterdir()]) if path.suffix in (".png", ".jpg"))
    if "made" in options.parts:
        made()
    if "space" in options.parts:
        space()
    if "films" in options.parts:
        films(sorted((options.shared / "data/people").glob("*.mp4")))
    return 0


def portraits(paths: Iterable[Path]) -> None:
    """Angles in degrees; what no mode explains and how far lips part, as they are and at rest, in hundredths of the eye distance."""
    model, finder = FaceModel.from_pretrained(), FaceFinder()
    print(f"{'portrait':20}{'yaw':>7}{'pitch':>7}{'roll':>7}{'residual %':>12}{'lips %':>8}{'at rest':>9}{'ms':>5}  own expression")
    for path in paths:
        face = finder.find(read_picture(path)[0])[0]
        model.fit(face.points)
        start = time.perf_counter()
        fit = model.fit(face.points)
        spent_ms = 1000 * (time.perf_counter() - start)
        explained = model.mean + np.einsum("i,ipc->pc", fit.identity, model.identity)
        residual = np.sqrt(((fit.neutral - explained)[:NUM_SKIN_POINTS, :2] ** 2).sum(1).mean())
        gaps = [100 * (shape[14, 1] - shape[13, 1]) for shape in (fit.canonical, fit.neutral)]
        largest = [f"{ARKIT_NAMES[i]} {fit.expression[i]:.2f}" for i in np.argsort(-fit.expression)[:5] if fit.expression[i] > 0.1]
        angles = "".join(f"{angle:7.1f}" for angle in fit.angles_deg)
        print(f"{path.name:20}{angles}{100 * residual:12.1f}{gaps[0]:8.1f}{gaps[1]:9.1f}{spent_ms:5.0f}  {', '.join(largest)}")


def made(count: int = 100) -> None:
    """Faces of random build, expression and pose, with noise of 0.3 % of the eye distance."""
    model, rng = FaceModel.from_pretrained(), np.random.default_rng(0)
    asked, found, turned, missed = [], [], [], []
    for _ in range(count):
        weights = np.zeros(len(model.units))
        for shape in rng.choice(list(SHAPES), 2, replace=False):
            weights[[ARKIT_NAMES.index(name) for name in SHAPES[shape]]] = rng.uniform(0.2, 1)
        rest = model.mean + np.einsum("i,ipc->pc", rng.normal(0, 0.7, len(model.identity)), model.identity)
        angles = rng.uniform(-20, 20, 3)
        points = Similarity(90.0, to_matrix(angles), np.ones(3)).apply(rest + np.einsum("u,upc->pc", weights, model.units))
        fit = model.fit(points + rng.normal(0, 0.27, points.shape))
        laid = similarity(fit.neutral[:NUM_SKIN_POINTS], rest[:NUM_SKIN_POINTS]).apply(fit.neutral)
        asked.append(weights)
        found.append(fit.expression)
        turned.append(np.abs(fit.angles_deg - angles))
        missed.append(np.linalg.norm(laid - rest, axis=1)[:NUM_SKIN_POINTS].mean())
    angles = f"angles off by {np.mean(turned):.2f} degrees, at most {np.max(turned):.2f}"
    print(f"\nmade faces: {angles}; at rest {100 * np.mean(missed):.2f} % off")
    for shape, names in SHAPES.items():
        column = ARKIT_NAMES.index(names[0])
        wanted, got = np.array(asked)[:, column], np.array(found)[:, column]
        if np.ptp(wanted) == 0:
            continue  # Of a few faces none may show it.
        print(f"{shape:20} r {np.corrcoef(wanted, got)[0, 1]:.3f}, slope {np.polyfit(wanted, got, 1)[0]:.2f}")


def space() -> None:
    """ARKit curves and Action Units through the space of motion and back."""
    space, rng, time_s = MotionSpace.from_pretrained(), np.random.default_rng(3), np.linspace(0, 2 * np.pi, 400)
    weights = np.zeros((len(time_s), len(ARKIT_NAMES)))
    for names in SHAPES.values():
        wave = 0.6 * np.clip(np.sin(time_s * rng.uniform(1, 3) + rng.uniform(0, 6)), 0, 1)
        weights[:, [ARKIT_NAMES.index(name) for name in names]] = wave[:, None]
    back = motion_to_arkit(motion_from_arkit(weights))
    moving = np.flatnonzero(weights.std(0) > 0.05)
    steps = [np.corrcoef(weights[:, i], back[:, i])[0, 1] for i in moving]
    print(
        f"\n{space.num_coefficients} coefficients; ARKit there and back: {np.abs(back - weights).mean():.3f} off, r {np.median(steps):.3f}"
    )
    units = np.eye(len(ACTION_UNITS)) * 0.8
    kept = np.diag(motion_to_action_units(motion_from_action_units(units))) / 0.8
    print(
        "Action Units at 0.8, share that comes back: "
        + ", ".join(f"{unit} {share:.2f}" for unit, share in zip(ACTION_UNITS, kept, strict=True))
    )


def films(paths: Iterable[Path]) -> None:
    """How far a film's first frame, which plays the film, is from it: mean distance of points, hundredths of the outer eye distance."""
    print(f"\n{'film':20}{'all %':>7}{'lips %':>8}{'told from rest: all %':>23}{'lips %':>8}")
    figures = []
    for path in paths:
        footage = open_footage(path)
        track = track_face(islice(footage.frames(), FILM_FRAMES), FRAME_RATE)
        figures.append([*played(track, own=True), *played(track, own=False)])
        print(f"{path.stem:20}" + "".join(f"{value:{width}.2f}" for value, width in zip(figures[-1], (7, 8, 23, 8), strict=True)))
    print(f"{'mean':20}" + "".join(f"{value:{width}.2f}" for value, width in zip(np.mean(figures, 0), (7, 8, 23, 8), strict=True)))


def played(track: FaceTrack, own: bool) -> tuple[float, float]:
    """All points' and the lips' mean distance; `own`: the film is told from its first frame, not from its rest."""
    face = Face.of_points(track.points[0], 1.0)
    fit = FaceModel.from_pretrained().fit(face.points)
    actor = Actor(Portrait(np.zeros((8, 8, 3), np.uint8), face, fit, np.zeros((8, 8), np.float32), (face,)))
    motion = capture(track, portrait=0 if own else None).motion
    frames = range(0, motion.num_frames, EVERY)
    points = np.stack([actor.frame.pixels(actor.pose(motion, index).points) for index in frames])
    real = track.smoothed().points[list(frames)][..., :2]
    unit = np.linalg.norm(np.subtract(*track.points[0, list(OUTER_CORNERS), :2])) / 100
    off = np.linalg.norm(points - real, axis=-1) / unit
    return float(off[:, :NUM_SKIN_POINTS].mean()), float(off[:, LIPS].mean())


if __name__ == "__main__":
    sys.exit(main())

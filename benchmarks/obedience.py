"""Whether Action Units do what is asked of them on drawn faces, and leave the lips to speech."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor

from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.models.denoiser import Denoiser

from .action_unit_inverse import ActionUnitInverse
from .drawn_scene import NUM_FRAMES, DrawnScene, Shown, asked_curve

UPPER_FACE = ("AU1", "AU2L", "AU2R", "AU4", "AU5", "AU6", "AU7", "AU45L", "AU45R")
"""Action Units that have no business with lips. Source: FACS, upper face Action Units."""
READINGS = ("drawn_pixels", "drawn_flow", "made_pixels", "made_flow")
"""Drawn clips say how far a reading can be trusted; made ones are what is measured."""


@dataclass(frozen=True)
class Obedience:
    """What one face did, each [24].

    Attributes:
        correlation: For each of READINGS, of the asked curve with the reading of the Action Unit that was asked.
        gain: For each of READINGS, that reading against the curve, 1 as drawn faces do it.
        named: For each of READINGS, 1 where no other Action Unit's gain is larger.
        lips_change: How far the lips leave their way without the Action Unit, over how far speech moves them.
        lips_correlation: Of the lips' opening with that part of the asked curve which does not correlate with speech.
    """

    correlation: dict[str, np.ndarray]
    gain: dict[str, np.ndarray]
    named: dict[str, np.ndarray]
    lips_change: np.ndarray
    lips_correlation: np.ndarray

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=np.ndarray.tolist)

    @staticmethod
    def from_json(text: str) -> Obedience:
        """The figures whose `to_json` is `text`."""
        return Obedience(**json.loads(text))


def measure_face(scene: DrawnScene, denoiser: Denoiser, tell: Callable[[], None]) -> Obedience:
    """The figures of one scene; `tell` is called after each Action Unit."""
    rest = torch.zeros(NUM_FRAMES, len(ACTION_UNITS))
    pose = scene.pose(rest)
    in_picture = ActionUnitInverse.of_face(scene.reference, scene.landmarks, pose)
    in_crop = ActionUnitInverse.of_face(scene.portrait.crop, scene.located_landmarks, pose)
    drawn, made = scene.drawn(rest), scene.made(denoiser, rest)
    gains = np.zeros((len(READINGS), len(ACTION_UNITS), len(ACTION_UNITS)))
    correlations = np.zeros((len(READINGS), len(ACTION_UNITS)))
    lips = np.zeros((2, len(ACTION_UNITS)))
    curve = asked_curve()
    for unit in range(len(ACTION_UNITS)):
        asked = rest.clone()
        asked[:, unit] = curve
        told, done = scene.drawn(asked), scene.made(denoiser, asked)
        read = (
            in_picture.of_pixels(told.frames, drawn.frames),
            in_picture.of_flow(told.flow, drawn.flow),
            in_picture.of_pixels(done.frames, made.frames),
            in_crop.of_flow(done.flow, made.flow),
        )
        for row, units in enumerate(read):
            gains[row, unit] = (units.T @ curve / (curve @ curve)).numpy()
            correlations[row, unit] = correlation(curve.numpy(), units[:, unit].numpy())
        lips[:, unit] = lip_crosstalk(curve, done, made)
        tell()
    own = np.einsum("rkk->rk", gains)
    return Obedience(
        correlation=dict(zip(READINGS, correlations, strict=True)),
        gain=dict(zip(READINGS, own, strict=True)),
        named=dict(zip(READINGS, (own >= gains.max(2)).astype(float), strict=True)),
        lips_change=lips[0],
        lips_correlation=lips[1],
    )


def lip_crosstalk(curve: Tensor, clip: Shown, without: Shown) -> tuple[float, float]:
    """How much an Action Unit moves the lips: see Obedience.lips_change and lips_correlation (its size)."""
    asked, with_it, speech = (v.double().numpy() for v in (curve, clip.opening, without.opening))
    change = np.sqrt(np.mean((with_it - speech) ** 2)) / max(speech.std(), 1e-6)
    centred, told = speech - speech.mean(), asked - asked.mean()
    unspoken = told - centred * (told @ centred) / max(centred @ centred, 1e-12)
    return float(change), abs(correlation(unspoken, with_it))


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's r; 0 where one does not move."""
    one, other = one - one.mean(), other - other.mean()
    size = np.linalg.norm(one) * np.linalg.norm(other)
    return float(one @ other / size) if size > 1e-9 else 0.0


def summarise(faces: Sequence[Obedience]) -> dict[str, object]:
    """The figures over faces: means for each Action Unit, their mean, and cross-talk over UPPER_FACE."""
    upper = [ACTION_UNITS.index(unit) for unit in UPPER_FACE]
    figures: dict[str, object] = {"faces": len(faces)}
    for name in ("correlation", "gain", "named"):
        for reading in READINGS:
            values = np.mean([getattr(face, name)[reading] for face in faces], 0)
            figures[f"{name}_{reading}"] = float(values.mean())
            figures[f"{name}_{reading}_of"] = dict(zip(ACTION_UNITS, values.tolist(), strict=True))
    for name in ("lips_change", "lips_correlation"):
        values = np.mean([getattr(face, name) for face in faces], 0)
        figures[name] = float(values[upper].mean())
        figures[f"{name}_worst"] = float(values[upper].max())
        figures[f"{name}_of"] = dict(zip(ACTION_UNITS, values.tolist(), strict=True))
    return figures

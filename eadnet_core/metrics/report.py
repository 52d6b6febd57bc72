"""What an evaluation found: a row for each video, figures of sets of videos, the networks that were used; as one JSON file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..emotion.vocabulary import EMOTIONS
from .emotion import Confusion

VERSION = 1
"""Of the file's layout."""
Figure = float | int | str | None

FIGURES: dict[str, str] = {
    "sync_c": "confidence of lips' distance against the opening heard (correlation); higher is better",
    "sync_d": "1 less their best correlation; lower is better",
    "sync_offset": "frames by which lips come late (positive) or early",
    "sync_v2_c": "Sync-C of the public SyncNet",
    "sync_v2_d": "Sync-D of the public SyncNet",
    "sync_v2_offset": "offset of the public SyncNet, frames",
    "lips_span": "95th less 5th percentile of the lips' distance, eye distances",
    "lips_closed": "share closed in p, b, m (or in pauses)",
    "lips_closed_gain": "the same less what chance gives",
    "open_auc": "chance that lips are wider apart in open vowels than in p, b, m",
    "round_auc": "chance that the mouth is wider in ee than in oo",
    "m_lmd": "M-LMD, percent of the eye distance; lower is better",
    "f_lmd": "F-LMD, likewise",
    "psnr": "PSNR, dB; higher is better",
    "ssim": "SSIM, brightness; higher is better",
    "lpips": "LPIPS, AlexNet; lower is better",
    "emotion_asked": "class that was asked for or filmed",
    "emotion_seen": "class whose prototype the expression is nearest to",
    "emotion_probability": "probability of the asked class",
    "identity_drift": "cosine distance, last 5 s less first 5 s; lower is better",
    "identity_noise": "what the first 5 s vary by themselves",
    "shake": "median pixel acceleration of the face, grey levels",
    "jerk": "99th percentile over median of it; 1 is even",
    "seam_ratio": "pixel acceleration at seams over elsewhere; 1 is unseen",
    "face_seen": "share of frames that show the face",
    "cuts": "cuts in the video",
}
"""All figures of a row in the order of tables, with what they mean."""


@dataclass(frozen=True, eq=False)
class Row:
    """One video.

    Attributes:
        name: Of the file.
        seconds: Its length.
        size: (width, height) of its frames, pixels.
        figures: By the names of FIGURES; None: not measured, and a note says why.
        curves: float [N] or [31] each: opening, level, identity, acceleration over frames, sync over shifts; NaN: not measured.
        action_units: Mean of each Action Unit over the frames with a face, 0 to 1, by name; empty where not read.
        seams: Frames at which windows of the generator begin.
        notes: One sentence each.
    """

    name: str
    seconds: float
    size: tuple[int, int]
    figures: Mapping[str, Figure]
    curves: Mapping[str, np.ndarray]
    action_units: Mapping[str, float] = field(default_factory=dict)
    seams: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SetFigures:
    """What only a set of videos has.

    Attributes:
        fid, fvd, e_fid: Frechet distances to the real set: of frames, of clips, of Action Units; None where not measured.
        samples: How many frames, clips and expressions they were fitted to, by the same names; "made" and "real" each.
        confusion: Of emotions, of the made videos and of the real ones.
        notes: One sentence each.
    """

    fid: float | None = None
    fvd: float | None = None
    e_fid: float | None = None
    samples: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    confusion: Mapping[str, Confusion] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """An evaluation.

    Attributes:
        networks: What measured what, with the fingerprint of its weights.
        made: Rows of the made videos.
        real: Rows of the real ones.
        sets: Figures of both sets.
        failures: One sentence for each video that could not be measured.
    """

    networks: Mapping[str, str]
    made: tuple[Row, ...]
    real: tuple[Row, ...]
    sets: SetFigures
    failures: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The report as a JSON object; numbers that were not measured are null."""
        values = {
            "version": VERSION,
            "networks": dict(self.networks),
            "meaning": FIGURES,
            "made": [_row(row) for row in self.made],
            "real": [_row(row) for row in self.real],
            "sets": _sets(self.sets),
            "failures": list(self.failures),
        }
        return json.dumps(values, indent=1, allow_nan=False) + "\n"

    def to_table(self) -> str:
        """The figures as lines of text: a column for each video, real ones last."""
        rows = [("made", row) for row in self.made] + [("real", row) for row in self.real]
        lines = [["", *(f"{kind} {_short(row.name)}" for kind, row in rows)]]
        for name in FIGURES:
            cells = [_cell(row.figures.get(name)) for _, row in rows]
            if any(cell != "-" for cell in cells):
                lines.append([name, *cells])
        sets = self.sets
        values: dict[str, Figure] = {"fid": sets.fid, "fvd": sets.fvd, "e_fid": sets.e_fid}
        values |= {f"emotion_accuracy_{kind}": table.accuracy for kind, table in sets.confusion.items()}
        widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
        text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
        return "\n".join([*text, *(f"{name.ljust(widths[0])}  {_cell(value)}" for name, value in values.items() if value is not None)])


def _row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "seconds": round(row.seconds, 3),
        "size": list(row.size),
        "figures": {name: _rounded(row.figures.get(name)) for name in FIGURES},
        "curves": {name: [_rounded(float(value)) for value in curve] for name, curve in row.curves.items()},
        "action_units": {name: _rounded(value) for name, value in row.action_units.items()},
        "seams": list(row.seams),
        "notes": list(row.notes),
    }


def _sets(sets: SetFigures) -> dict[str, Any]:
    tables = {
        kind: {"classes": EMOTIONS, "counts": table.counts, "videos": table.num_videos, "accuracy": _rounded(table.accuracy)}
        for kind, table in sets.confusion.items()
    }
    distances = {name: _rounded(value) for name, value in (("fid", sets.fid), ("fvd", sets.fvd), ("e_fid", sets.e_fid))}
    samples = {kind: dict(counts) for kind, counts in sets.samples.items()}
    return {**distances, "samples": samples, "emotion": tables, "notes": list(sets.notes)}


def _rounded(value: Figure) -> Figure:
    """Five digits are more than any of these figures has."""
    if isinstance(value, float):
        return float(f"{value:.5g}") if math.isfinite(value) else None
    return value


def _cell(value: Figure) -> str:
    return "-" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _short(name: str) -> str:
    return name if len(name) <= 28 else name[:25] + "..."

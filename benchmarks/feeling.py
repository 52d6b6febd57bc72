"""How well feelings are shown on real portraits, and what they cost the lips: one JSON file and a table.

    python -m benchmarks.feeling --judge real_eval.py --judge-python PYTHON --data DIR

What each figure means is said in docs/feeling.md. A run that was stopped goes on where it was, as long as code and weights are the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from eadnet_core.checkpoint import BASE_WEIGHTS, read_header
from eadnet_core.pipeline import EADNetPipeline

from .real_clips import FEELINGS, INTENSITIES, LIPS, Maker, TestSet, intensity_figures, spoken_figures

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("intensity", "lips")


def main() -> int:
    options = _options()
    parts = options.parts or PARTS
    work = options.work / _fingerprint(options.weights)
    work.mkdir(parents=True, exist_ok=True)
    pipe = EADNetPipeline.from_pretrained(options.weights)
    figures: dict[str, Any] = {"weights": read_header(options.weights).provenance}
    tests = TestSet(options.judge.resolve(), options.judge_python.absolute(), options.data.resolve(), work.resolve())
    maker = Maker(pipe, tests, lambda name: print(f"made {name}", file=sys.stderr, flush=True))
    if "intensity" in parts:
        jobs, different = maker.intensity_jobs()
        figures["intensity"] = intensity_figures(jobs, tests.judged(jobs), different)
    if "lips" in parts:
        jobs = maker.spoken_jobs()
        figures["lips"] = spoken_figures(jobs, tests.judged(jobs))
    path = work / "figures.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(known | figures, indent=1))
    print(_table(known | figures))
    print(f"All figures are in {path}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feeling", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--weights", type=Path, default=BASE_WEIGHTS, help="a motion model's checkpoint")
    parser.add_argument("--parts", nargs="+", choices=PARTS, help="what to measure; all that can be if not given")
    parser.add_argument("--judge", type=Path, required=True, help="real_eval.py, the judge of real portraits")
    parser.add_argument("--judge-python", type=Path, default=ROOT / ".venv-judge/bin/python", help="Python with the judge's packages")
    parser.add_argument("--data", type=Path, required=True, help="folder with portraits/ and speech/")
    parser.add_argument("--work", type=Path, default=ROOT / "output/feeling", help="videos and results are kept here")
    return parser.parse_args()


def _fingerprint(weights: Path) -> str:
    """Of everything that decides a clip: code, tables and weights of the package."""
    digest = hashlib.sha256(weights.read_bytes())
    for path in sorted((ROOT / "eadnet_core").rglob("*")):
        if path.suffix in (".py", ".tsv", ".safetensors") and path != BASE_WEIGHTS:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _table(figures: dict[str, Any]) -> str:
    lines: list[str] = []
    if found := figures.get("intensity"):
        lines += [
            "Intensity: Spearman (median over portraits), main blendshape at each intensity",
            _row("", "spearman", *map(str, INTENSITIES)),
        ]
        lines += [_row(feeling, found["spearman"][feeling], *found["curve"][feeling]) for feeling in FEELINGS]
        lines += [f"clips at intensity 0 that differ from neutral: {len(found['different_at_0'])}", ""]
    if found := figures.get("lips"):
        lines += ["Lips under feeling (mean over portraits)", _row("", *LIPS)]
        lines += [_row(emotion, *(row[name] for name in LIPS)) for emotion, row in found["by_emotion"].items()]
        lines += [_row(name, *(found[name][figure] for figure in LIPS)) for name in ("felt", "change")]
        portraits = list(next(iter(found["hits"].values())))
        lines += ["", f"Recognised: {found['emotion_hit']:.3f}", _row("", *portraits)]
        lines += [_row(feeling, *("yes" if row[p] else "-" for p in portraits)) for feeling, row in found["hits"].items()]
    return "\n".join(lines)


def _row(name: str, *cells: float | str) -> str:
    return f"{name:<14}" + "".join(f"{cell:>14}" if isinstance(cell, str) else f"{cell:>14.3f}" for cell in cells)


if __name__ == "__main__":
    sys.exit(main())

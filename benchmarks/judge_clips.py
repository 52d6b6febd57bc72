"""Measures finished videos with an independent face tracker; runs in the tracker's own environment, see feeling.py.

    python judge_clips.py --judge real_eval.py --jobs JOBS.json

Each job is an object: "video", "result" (a JSON file to write; where it exists, the job is done), and either "portrait" and "audio", for
all that the judge measures, or neither, for the mean blendshapes alone. "emotion" and "neutral" (the result of the clip to compare
with) add whether the emotion is recognised.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np


def load_judge(path: Path) -> ModuleType:
    """The judge, a program that is not part of this repository."""
    spec = importlib.util.spec_from_file_location("real_eval", path)
    assert spec is not None and spec.loader is not None, path
    judge = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(judge)
    return judge


def mean_blendshapes(judge: ModuleType, tracker: Any, video: Path) -> dict[str, Any]:  # noqa: ANN401
    """Means over the frames in which a face is seen, as the judge's "means", and the share of those frames."""
    frames, *_ = judge.read_video(video)
    seen = [found for frame in frames if (found := judge.look(tracker, frame))]
    names = [name for name, value in (seen[0] if seen else {}).items() if np.isscalar(value)]
    return {"tracked": len(seen) / len(frames), "means": {name: float(np.mean([found[name] for found in seen])) for name in names}}


def measure(judge: ModuleType, tracker: Any, job: dict[str, str]) -> dict[str, Any]:  # noqa: ANN401
    """The result of one job."""
    video = Path(job["video"])
    if "audio" not in job:
        return mean_blendshapes(judge, tracker, video)
    result: dict[str, Any] = judge.measure(tracker, Path(job["portrait"]), Path(job["audio"]), video)
    if "neutral" in job:
        neutral = json.loads(Path(job["neutral"]).read_text())
        if "means" in result and "means" in neutral:
            change = {name: result["means"][name] - value for name, value in neutral["means"].items()}
            result["scores"] = {emotion: score(change) for emotion, score in judge.SCORE.items()}
            result["hit"] = judge.is_hit(job["emotion"], change)
        else:
            result["hit"] = False
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--judge", type=Path, required=True, help="real_eval.py")
    parser.add_argument("--jobs", type=Path, required=True)
    options = parser.parse_args()
    judge = load_judge(options.judge)
    jobs = [job for job in json.loads(options.jobs.read_text()) if not Path(job["result"]).exists()]
    with judge.tracker(judge.HERE.parent / "data/models/face_landmarker.task") as tracker:
        for done, job in enumerate(jobs, 1):
            result = json.dumps(measure(judge, tracker, job), indent=1)
            partial = Path(job["result"] + ".partial")
            partial.write_text(result)
            partial.replace(job["result"])
            print(f"judged {done}/{len(jobs)}: {Path(job['video']).name}", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What `evaluate` says of videos against what MediaPipe sees in them: `make validate` runs both.

Needs mediapipe, av, numpy and OpenCV, as the judge's environment has them; nothing of this package is imported.

    python scripts/compare_with_mediapipe.py REPORT.json FOLDER face_landmarker.task

Prints one JSON object: for the lips' opening the correlation over time, median over videos; for Action Units the rank correlation over
videos with the blendshape of the same muscle; for classes the share of videos on which both agree about the change from the same
face's neutral video.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import av
import numpy as np

os.environ.setdefault("GLOG_minloglevel", "2")
import mediapipe as mp  # noqa: E402
from mediapipe.tasks.python import BaseOptions, vision  # noqa: E402

BLENDSHAPES = {
    "AU1": ("browInnerUp",), "AU2L": ("browOuterUpLeft",), "AU2R": ("browOuterUpRight",), "AU4": ("browDownLeft", "browDownRight"),
    "AU5": ("eyeWideLeft", "eyeWideRight"), "AU7": ("eyeSquintLeft", "eyeSquintRight"), "AU9": ("noseSneerLeft", "noseSneerRight"),
    "AU10": ("mouthUpperUpLeft", "mouthUpperUpRight"), "AU12L": ("mouthSmileLeft",), "AU12R": ("mouthSmileRight",),
    "AU15": ("mouthFrownLeft", "mouthFrownRight"), "AU20": ("mouthStretchLeft", "mouthStretchRight"), "AU26": ("jawOpen",),
    "AU45L": ("eyeBlinkLeft",), "AU45R": ("eyeBlinkRight",),
}  # fmt: skip
"""ARKit's names of the muscles that Action Units name."""
UPPER_LIP, LOWER_LIP, TOP, CHIN = 13, 14, 10, 152


def look(path: Path, tracker: vision.FaceLandmarker) -> tuple[np.ndarray, dict[str, float]]:
    """Opening of the lips over the face's height, [N] (NaN: no face), and mean blendshapes."""
    opening, scores = [], []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            seen = tracker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=frame.to_ndarray(format="rgb24")))
            if not seen.face_landmarks:
                opening.append(np.nan)
                continue
            points = np.array([(p.x * frame.width, p.y * frame.height) for p in seen.face_landmarks[0]])
            opening.append(np.linalg.norm(points[UPPER_LIP] - points[LOWER_LIP]) / np.linalg.norm(points[TOP] - points[CHIN]))
            scores.append({category.category_name: category.score for category in seen.face_blendshapes[0]})
    return np.array(opening), {name: float(np.mean([score[name] for score in scores])) for name in scores[0]} if scores else {}


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's, over places where both are known."""
    known = ~(np.isnan(one) | np.isnan(other))
    one, other = one[known] - one[known].mean(), other[known] - other[known].mean()
    size = np.linalg.norm(one) * np.linalg.norm(other)
    return float(one @ other / size) if size > 1e-9 else float("nan")


def ranks(values: list[float]) -> np.ndarray:
    return np.argsort(np.argsort(values)).astype(float)


def main(report_path: str, folder: str, model: str) -> None:
    """Compares and prints."""
    options = vision.FaceLandmarkerOptions(base_options=BaseOptions(model_asset_path=model), output_face_blendshapes=True)
    tracker = vision.FaceLandmarker.create_from_options(options)
    rows = [row for row in json.loads(Path(report_path).read_text())["made"] if row["action_units"]]
    openings, blends = [], []
    for row in rows:
        opening, blend = look(Path(folder) / row["name"], tracker)
        ours = np.array([np.nan if value is None else value for value in row["curves"]["opening"]])
        length = min(len(ours), len(opening))
        openings.append(correlation(ours[:length], opening[:length]))
        blends.append(blend)
    seen = [index for index, blend in enumerate(blends) if blend]
    by_unit = {}
    for unit, names in BLENDSHAPES.items():
        ours, theirs = [rows[i]["action_units"][unit] for i in seen], [sum(blends[i][n] for n in names) for i in seen]
        by_unit[unit] = round(correlation(ranks(ours), ranks(theirs)), 3)
    figures = {
        "videos": len(rows), "opening_r": round(float(np.nanmedian(openings)), 3), "opening_r_least": round(float(np.nanmin(openings)), 3),
        "units_rank_r": by_unit, "units_rank_r_median": round(float(np.nanmedian(list(by_unit.values()))), 3),
        "changes_agree": same_sign(rows, blends),
    }  # fmt: skip
    print(json.dumps(figures, indent=1))


def same_sign(rows: list[dict], blends: list[dict[str, float]]) -> dict[str, float | int]:
    """How often both see a unit change the same way from a face's neutral video (NAME-neutral) to another of it (NAME-...), where
    MediaPipe sees it change by a tenth or more."""
    neutral = {row["name"].rsplit("-", 1)[0]: index for index, row in enumerate(rows) if "-neutral." in row["name"]}
    same = total = 0
    for index, row in enumerate(rows):
        base = neutral.get(row["name"].rsplit("-", 1)[0])
        if base is None or base == index or not blends[index] or not blends[base]:
            continue
        for unit, names in BLENDSHAPES.items():
            theirs = np.mean([blends[index][n] - blends[base][n] for n in names])
            if abs(theirs) >= 0.1:
                total += 1
                same += bool((row["action_units"][unit] - rows[base]["action_units"][unit]) * theirs > 0)
    return {"changes": total, "share": round(same / total, 3) if total else float("nan")}


if __name__ == "__main__":
    main(*sys.argv[1:])

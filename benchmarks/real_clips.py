"""Clips of real portraits with every feeling, made here and measured by the judge in its own environment."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from eadnet_core.audio.sound import Sound, read_sound
from eadnet_core.emotion.vocabulary import EMOTIONS
from eadnet_core.face.portrait import Portrait
from eadnet_core.pipeline import EADNetPipeline

FEELINGS = tuple(name for name in EMOTIONS if name != "neutral")
INTENSITIES = (0.0, 0.25, 0.5, 0.75, 1.0)
MAIN_BLENDSHAPES = {
    "happy": ("smile",),
    "sad": ("frown", "browInnerUp"),
    "angry": ("browDown",),
    "fearful": ("stretch", "eyeWide"),
    "disgusted": ("sneer", "upperUp"),
    "surprised": ("browInnerUp", "browOuterUp"),
    "contemptuous": ("asymmetry",),
}
"""What must rise with each feeling, by the judge's names: the sum of these blendshapes, both sides' mean, averaged over the clip.
"asymmetry" is the difference of the sides' mouthSmile and mouthDimple."""
SHORT_START_S, SHORT_S = 0.5, 1.2
LIPS = ("open_auc", "closed_gain", "round_auc")


@dataclass(frozen=True)
class TestSet:
    """Attributes:
    judge: real_eval.py, with the tracker's model at ../data/models.
    python: The interpreter of its environment.
    data: A folder with portraits/ and speech/.
    work: Where videos and results are kept, so that a measurement that was stopped goes on.
    """

    judge: Path
    python: Path
    data: Path
    work: Path

    @property
    def portraits(self) -> list[Path]:
        return sorted((self.data / "portraits").iterdir())

    @property
    def labelled(self) -> Path:
        """The first recording with phone labels beside it."""
        return next(path for path in self.recordings if path.with_suffix(".phones.json").exists())

    @property
    def recordings(self) -> list[Path]:
        return sorted(path for path in (self.data / "speech").iterdir() if path.suffix != ".json")

    def judged(self, jobs: list[dict[str, str]]) -> list[dict[str, Any]]:
        """The results of jobs, in order; see judge_clips.py."""
        listed = self.work / "jobs.json"
        listed.write_text(json.dumps(jobs))
        program = Path(__file__).with_name("judge_clips.py")
        subprocess.run([self.python, program, "--judge", self.judge, "--jobs", listed], check=True)
        return [json.loads(Path(job["result"]).read_text()) for job in jobs]


@dataclass(frozen=True)
class Maker:
    """Makes the clips that are not there yet.

    Attributes:
        pipe: The pipeline.
        tests: The test set.
        tell: Called with a line after each clip.
    """

    pipe: EADNetPipeline
    tests: TestSet
    tell: Callable[[str], None]

    def intensity_jobs(self) -> tuple[list[dict[str, str]], list[str]]:
        """Jobs for each portrait's neutral clip and each feeling at each intensity above 0, and which clips at intensity 0 differ
        in any bit from the neutral one."""
        sound, jobs, different = _short(read_sound(self.tests.recordings[0])), [], []
        for path in self.tests.portraits:
            portrait = self.pipe.portrait(path)
            neutral = self._motion(portrait, sound, "neutral", 1.0)
            for feeling in FEELINGS:
                if not np.array_equal(self._motion(portrait, sound, feeling, 0.0), neutral):
                    different.append(f"{path.stem} {feeling}")
            jobs.append(self._clip(portrait, sound, "neutral", 1.0, f"short-{path.stem}-neutral"))
            for feeling, intensity in product(FEELINGS, INTENSITIES[1:]):
                jobs.append(self._clip(portrait, sound, feeling, intensity, f"short-{path.stem}-{feeling}-{intensity:.2f}"))
        return jobs, different

    def spoken_jobs(self) -> list[dict[str, str]]:
        """Jobs for each portrait with each emotion at full intensity, neutral first, on the labelled recording."""
        sound, jobs = read_sound(self.tests.labelled), []
        for path in self.tests.portraits:
            portrait = self.pipe.portrait(path)
            neutral = f"spoken-{path.stem}-neutral"
            for emotion in ("neutral", *FEELINGS):
                job = self._clip(portrait, sound, emotion, 1.0, f"spoken-{path.stem}-{emotion}")
                job |= {"portrait": str(path), "audio": str(self.tests.labelled)}
                if emotion != "neutral":
                    job |= {"emotion": emotion, "neutral": str(self.tests.work / f"{neutral}.json")}
                jobs.append(job)
        return jobs

    def _motion(self, portrait: Portrait, sound: Sound, emotion: str, intensity: float) -> np.ndarray:
        return self.pipe(portrait, sound, emotion, intensity).motion.expression

    def _clip(self, portrait: Portrait, sound: Sound, emotion: str, intensity: float, name: str) -> dict[str, str]:
        video, result = self.tests.work / f"{name}.mp4", self.tests.work / f"{name}.json"
        if not (video.exists() or result.exists()):
            self.pipe(portrait, sound, emotion, intensity).save(video)
            self.tell(name)
        return {"video": str(video), "result": str(result)}


def intensity_figures(jobs: list[dict[str, str]], results: list[dict[str, Any]], different: list[str]) -> dict[str, Any]:
    """Spearman's rank correlation of intensity and main blendshape for each feeling: median over portraits, and each portrait's."""
    measured = {Path(job["result"]).stem: result["means"] for job, result in zip(jobs, results, strict=True)}
    portraits = [name.removeprefix("short-").removesuffix("-neutral") for name in measured if name.endswith("-neutral")]
    figures: dict[str, Any] = {"different_at_0": different, "spearman": {}, "spearman_of": {}, "curve": {}}
    for feeling in FEELINGS:
        rank = {}
        curves = []
        for portrait in portraits:
            clips = [f"short-{portrait}-neutral", *(f"short-{portrait}-{feeling}-{value:.2f}" for value in INTENSITIES[1:])]
            curve = [sum(measured[clip][name] for name in MAIN_BLENDSHAPES[feeling]) for clip in clips]
            rank[portrait] = float(spearmanr(INTENSITIES, curve).statistic) if np.ptp(curve) > 0 else 0.0
            curves.append(curve)
        figures["spearman"][feeling] = float(np.median(list(rank.values())))
        figures["spearman_of"][feeling] = rank
        figures["curve"][feeling] = np.median(curves, 0).tolist()
    figures["spearman_least"] = min(figures["spearman"].values())
    return figures


def spoken_figures(jobs: list[dict[str, str]], results: list[dict[str, Any]]) -> dict[str, Any]:
    """Lips with each emotion, averaged over portraits; with any feeling against none; and which feelings are recognised."""
    lips: dict[str, dict[str, list[float]]] = {emotion: {name: [] for name in LIPS} for emotion in ("neutral", *FEELINGS)}
    hits: dict[str, dict[str, bool]] = {}
    lost = [Path(job["video"]).stem for job, result in zip(jobs, results, strict=True) if result.get("lost")]
    for job, result in zip(jobs, results, strict=True):
        emotion = job.get("emotion", "neutral")
        if emotion != "neutral":
            hits.setdefault(emotion, {})[Path(job["portrait"]).stem] = result["hit"]
        if result.get("lost"):
            continue
        values = result | {"closed_gain": result["closed"] - result["closed_null"]}
        for name in LIPS:
            lips[emotion][name].append(values[name])
    by_emotion = {emotion: {name: float(np.mean(values)) for name, values in found.items()} for emotion, found in lips.items()}
    felt = {name: float(np.mean([by_emotion[feeling][name] for feeling in FEELINGS])) for name in LIPS}
    return {
        "lost": lost,
        "neutral": by_emotion["neutral"],
        "felt": felt,
        "change": {name: felt[name] - by_emotion["neutral"][name] for name in LIPS},
        "by_emotion": by_emotion,
        "emotion_hit": float(np.mean([hit for row in hits.values() for hit in row.values()])),
        "hits": hits,
    }


def _short(sound: Sound) -> Sound:
    start, stop = (round(time_s * sound.rate) for time_s in (SHORT_START_S, SHORT_START_S + SHORT_S))
    return Sound(sound.samples[:, start:stop], sound.rate)

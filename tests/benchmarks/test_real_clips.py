"""What the figures of real portraits mean, on results that were made up."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.real_clips import FEELINGS, INTENSITIES, LIPS, MAIN_BLENDSHAPES, intensity_figures, spoken_figures


def short_clips(portrait: str, shown: dict[float, float]) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """Jobs and results of a portrait whose every main blendshape is `shown` at each intensity."""
    jobs, results = [], []
    for name, intensity in [("neutral", 0.0), *((f"{f}-{i:.2f}", i) for f in FEELINGS for i in INTENSITIES[1:])]:
        jobs.append({"result": f"kept/short-{portrait}-{name}.json"})
        results.append({"means": dict.fromkeys({n for names in MAIN_BLENDSHAPES.values() for n in names}, shown[intensity])})
    return jobs, results


def test_intensity_is_a_rank_correlation_and_its_median_over_portraits() -> None:
    """Two portraits rise, one by steps of any size, and one falls: 1, 1, -1."""
    jobs, results = [], []
    for portrait, curve in (("a-b", [0, 0.1, 0.2, 0.3, 0.4]), ("c", [0, 0.01, 0.5, 0.51, 0.9]), ("d", [0.9, 0.5, 0.3, 0.2, 0])):
        some = short_clips(portrait, dict(zip(INTENSITIES, curve, strict=True)))
        jobs, results = jobs + some[0], results + some[1]
    figures = intensity_figures(jobs, results, [])
    assert figures["spearman_of"]["sad"] == pytest.approx({"a-b": 1, "c": 1, "d": -1})
    assert figures["spearman"]["sad"] == pytest.approx(1) and figures["spearman_least"] == pytest.approx(1)


def test_a_blendshape_that_never_moves_has_no_rank() -> None:
    figures = intensity_figures(*short_clips("a", dict.fromkeys(INTENSITIES, 0.3)), ["a happy"])
    assert figures["spearman_least"] == 0 and figures["different_at_0"] == ["a happy"]


def test_lips_under_feeling_are_compared_with_neutral_ones_and_lost_clips_are_named() -> None:
    neutral = {"open_auc": 0.9, "closed": 1.0, "closed_null": 0.7, "round_auc": 1.0}
    felt = neutral | {"open_auc": 0.8, "closed_null": 0.8, "hit": True}
    jobs, results = [{"video": "n.mp4", "portrait": "p.jpg"}], [neutral]
    for feeling in FEELINGS:
        jobs.append({"video": f"{feeling}.mp4", "portrait": "p.jpg", "emotion": feeling})
        results.append(felt)
    jobs.append({"video": "gone.mp4", "portrait": "q.jpg", "emotion": "sad"})
    results.append({"lost": True, "hit": False})
    figures = spoken_figures(jobs, results)
    assert figures["change"] == pytest.approx(dict(zip(LIPS, (-0.1, -0.1, 0.0), strict=True)))
    assert figures["lost"] == ["gone"]
    assert figures["hits"]["sad"] == {"p": True, "q": False}

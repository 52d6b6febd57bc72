"""Reports as JSON and as text."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from eadnet_core.metrics.emotion import Confusion
from eadnet_core.metrics.report import FIGURES, Report, Row, SetFigures


@pytest.fixture
def report() -> Report:
    curves = {"opening": np.array([0.1234567, np.nan, 0.5]), "sync": np.linspace(1, 2, 31)}
    figures = {"sync_c": 3.14159265, "sync_offset": -2, "emotion_seen": "sad"}
    made = Row("made.mp4", 0.12, (64, 48), figures, curves, {"AU4": 0.25}, (16,), ("A note.",))
    real = Row("real_" + "x" * 40 + ".mp4", 0.12, (64, 48), {"sync_c": 8.0, "jerk": float("inf")}, {"opening": np.ones(3)})
    samples, confusion = {"e_fid": {"made": 3, "real": 3}}, {"made": Confusion.of([("sad", "sad")])}
    sets = SetFigures(e_fid=0.25, samples=samples, confusion=confusion, notes=("Few.",))
    return Report({"face": "a locator"}, (made,), (real,), sets, ("no face found in c.mp4.",))


def parsed(report: Report) -> dict[str, Any]:
    return json.loads(report.to_json())


def test_json_has_every_figure_of_every_row_and_null_for_what_was_not_measured(report: Report) -> None:
    values = parsed(report)
    for row in [*values["made"], *values["real"]]:
        assert list(row["figures"]) == list(FIGURES)
    figures = values["made"][0]["figures"]
    assert figures["sync_c"] == pytest.approx(3.1416) and figures["sync_offset"] == -2 and figures["psnr"] is None
    assert values["real"][0]["figures"]["jerk"] is None and set(values["meaning"]) == set(FIGURES)


def test_json_holds_curves_seams_networks_sets_and_failures(report: Report) -> None:
    values = parsed(report)
    made = values["made"][0]
    assert made["curves"]["opening"] == [0.12346, None, 0.5] and len(made["curves"]["sync"]) == 31
    assert made["seams"] == [16] and made["action_units"] == {"AU4": 0.25} and made["notes"] == ["A note."] and made["size"] == [64, 48]
    assert values["networks"] == {"face": "a locator"} and values["failures"] == ["no face found in c.mp4."]
    sets = values["sets"]
    assert sets["e_fid"] == 0.25 and sets["fid"] is None and sets["samples"]["e_fid"] == {"made": 3, "real": 3}
    assert sets["emotion"]["made"]["accuracy"] == 1 and sets["emotion"]["made"]["counts"][2][2] == 1 and sets["notes"] == ["Few."]


def test_the_table_has_a_line_for_each_figure_that_was_measured(report: Report) -> None:
    lines = report.to_table().splitlines()
    assert lines[0].split()[:2] == ["made", "made.mp4"] and "real real_xxx" in lines[0]
    by_name = {line.split()[0]: line.split()[1:] for line in lines[1:]}
    assert by_name["sync_c"] == ["3.142", "8"] and by_name["sync_offset"] == ["-2", "-"] and by_name["emotion_seen"] == ["sad", "-"]
    assert "psnr" not in by_name and by_name["e_fid"] == ["0.25"] and by_name["emotion_accuracy_made"] == ["1"]

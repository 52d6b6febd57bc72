"""Measuring nodes in a real ComfyUI: on a video that is rendered for them, on one from a file, and on what cannot be measured."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.comfy.graphs import Prompt, node, talking_head

if TYPE_CHECKING:
    from tests.comfy.client import Client

OWN = "EAD-Net SyncNet (built-in)"


def text(run: Any, key: str) -> str:  # noqa: ANN401
    """What a Preview Any shows."""
    return run.outputs[key]["text"][0]


def reported(prompt: Prompt, source: str = "video", **inputs: Any) -> Prompt:  # noqa: ANN401
    """The prompt with a report of its video in place of saving it; 'figures' shows the JSON."""
    options = {"emotion": "not given", "sync_network": OWN, "recogniser": "upper face (built-in)", "seam_every": 0, **inputs}
    rest = {key: value for key, value in prompt.items() if key != "save"}
    rest["report"] = node("EADNetVideoReport", video=[source, 0], **options)
    rest["figures"] = node("PreviewAny", source=["report", 2])
    rest["picture"] = node("PreviewImage", images=["report", 0])
    return rest


def scored(prompt: Prompt, source: str = "video") -> Prompt:
    """The prompt with the offset of its video."""
    rest = {key: value for key, value in prompt.items() if key != "save"}
    rest["score"] = node("EADNetSyncScore", video=[source, 0], sync_network=OWN)
    rest["offset"] = node("PreviewAny", source=["score", 2])
    rest["plot"] = node("PreviewImage", images=["score", 3])
    return rest


def test_a_rendered_video_is_measured_beside_a_real_one(client: Client) -> None:
    """The real one is the same clip from a file: equal, but for being encoded twice."""
    saved = client.run(talking_head(seconds=2.4)).outputs["save"]["images"][0]
    path = client.file(saved)
    (client.comfyui.base / "input" / "real.mp4").write_bytes(path.read_bytes())
    prompt = talking_head(seconds=2.4)
    prompt["real"] = node("LoadVideo", file="real.mp4")
    run = client.run(reported(prompt, emotion="neutral", real_video=["real", 0]))
    assert run.status == "success", run.error
    report = json.loads(text(run, "figures"))
    figures = report["made"][0]["figures"]
    assert figures["psnr"] > 40 and figures["m_lmd"] < 3 and figures["face_seen"] == 1
    assert figures["sync_c"] is not None and report["real"][0]["figures"]["sync_c"] == pytest.approx(figures["sync_c"], abs=0.1)
    assert run.outputs["picture"]["images"] and len(run.progress) > 10


def test_sync_of_a_file(client: Client) -> None:
    saved = client.run(talking_head(seconds=2.4)).outputs["save"]["images"][0]
    (client.comfyui.base / "input" / "talk.mp4").write_bytes(client.file(saved).read_bytes())
    run = client.run(scored({"clip": node("LoadVideo", file="talk.mp4")}, "clip"))
    assert run.status == "success", run.error
    assert -15 <= int(text(run, "offset")) <= 15 and run.outputs["plot"]["images"]


def test_what_cannot_be_measured_is_said_on_its_node(client: Client) -> None:
    short = client.run(scored(talking_head(seconds=1.0)))
    assert short.status == "error" and short.error["node_id"] == "score"
    assert "sync needs" in short.error["exception_message"] and short.error["exception_type"].endswith("InputError")


def test_a_measurement_is_cancelled_and_leaves_nothing(client: Client) -> None:
    before = {path for path in (client.comfyui.base / "temp").rglob("*") if path.is_file()}
    run = client.run(reported(talking_head(seed=21, seconds=None)), interrupt_after=60)
    assert run.status == "interrupted"
    assert {path for path in (client.comfyui.base / "temp").rglob("*") if path.is_file()} == before

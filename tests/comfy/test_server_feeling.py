"""Describing, blending and Action Units in a real ComfyUI: what an artist who directs feelings relies on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from tests.comfy.graphs import Prompt, node, talking_head, with_frames
from tests.emotion.tiny_models import save_llama, save_llava

if TYPE_CHECKING:
    from tests.comfy.client import Client, Run

SCRIPT = (
    "I am so glad that you came to see me! But my dog died last week, and I cannot stop crying. How dare you laugh at that, you are awful!"
)
BUILT_IN = "built-in reader"


@pytest.fixture(scope="module")
def tiny(client: Client) -> Iterator[str]:
    """The name of a small random model in models/LLM."""
    folder = client.comfyui.base / "models" / "LLM" / "author" / "tiny"
    shutil.rmtree(folder.parent, ignore_errors=True)
    save_llama(folder)
    yield "author/tiny"
    shutil.rmtree(folder.parent)


def describing(engine: str = BUILT_IN, script: str = SCRIPT, **inputs: object) -> Prompt:
    return {
        "feel": node("EADNetDescribeEmotion", engine=engine, script=script, seed=0, **inputs),
        "lines": node("PreviewAny", source=["feel", 1]),
        "plot": node("PreviewImage", images=["feel", 2]),
    }


def text_of(run: Run, key: str = "lines") -> str:
    assert run.status == "success", run.error
    return run.outputs[key]["text"][0]


def frames_of(client: Client, prompt: Prompt) -> np.ndarray:
    """uint8 [N, H, W, 3] of a prompt whose node "save" saves pictures."""
    run = client.run(prompt)
    assert run.status == "success", run.error
    return np.stack([cv2.imread(str(client.file(shown))) for shown in run.outputs["save"]["images"]])


def test_built_in_reader_needs_no_model(client: Client) -> None:
    lines = text_of(client.run(describing())).splitlines()
    assert [line.split()[1].strip('"') for line in lines] == ["happy", "sad", "angry"]


def test_a_language_model_is_offered_and_describes(client: Client, tiny: str) -> None:
    options = client.get("/object_info/EADNetDescribeEmotion")["EADNetDescribeEmotion"]["input"]["required"]["engine"][1]["options"]
    assert options == [BUILT_IN, tiny]
    run = client.run(describing(tiny))
    written = [line for line in text_of(run).splitlines() if not line.startswith("#")]
    assert len(written) == 3 and len(run.progress) > 3


def test_a_language_model_is_interrupted_within_a_word(client: Client, tiny: str) -> None:
    run = client.run(describing(tiny, SCRIPT * 40), interrupt_after=5)
    assert run.status == "interrupted" and len(run.progress) < 5 + 10
    assert client.run(describing()).status == "success"


def test_a_model_that_cannot_be_used_is_named(client: Client, tiny: str) -> None:
    weights = client.comfyui.base / "models" / "LLM" / tiny / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:1000])
    run = client.run(describing(tiny, "Now something else."))
    weights.write_bytes(whole)
    assert run.status == "error" and "damaged or half downloaded" in run.error["exception_message"]
    assert run.error["exception_type"].endswith("InputError")


def test_frames_are_seen_by_a_model_that_sees_and_by_no_other(client: Client, tiny: str) -> None:
    folder = client.comfyui.base / "models" / "LLM" / "seeing"
    shutil.rmtree(folder, ignore_errors=True)
    save_llava(folder)
    batch = node("EmptyImage", width=640, height=360, batch_size=60, color=0xAA4411)
    for engine, unseen in ((BUILT_IN, True), (tiny, True), ("seeing", False)):
        run = client.run({**describing(engine, frames=["batch", 0]), "batch": batch})
        assert ("# The frames were not looked at" in text_of(run)) == unseen
    shutil.rmtree(folder)


def test_prompt_and_answer_go_around_any_model(client: Client) -> None:
    answer = "Of course!\n```json\n" + json.dumps([{"passage": i, "emotion": "surprised", "intensity": 0.5} for i in (1, 2)]) + "\n```"
    prompt = {
        "ask": node("EADNetEmotionPrompt", script=SCRIPT),
        "asked": node("PreviewAny", source=["ask", 0]),
        "answer": node("EADNetEmotionAnswer", answer=answer, draft=["ask", 1], mistakes="use the draft"),
        "lines": node("PreviewAny", source=["answer", 1]),
    }
    run = client.run(prompt)
    assert "cut into 3 numbered passages" in text_of(run, "asked")
    written = [line.split()[1].strip('"') for line in text_of(run).splitlines() if not line.startswith("#")]
    assert written == ["surprised", "surprised", "angry"] and "leaves out 1 of 3" in text_of(run)
    prompt["answer"]["inputs"]["mistakes"] = "stop"
    run = client.run(prompt)
    assert run.status == "error" and run.error["node_id"] == "answer" and "leaves out 1 of 3" in run.error["exception_message"]


def test_voice_and_blend(client: Client) -> None:
    prompt = {
        "example": node("EADNetExample", portrait="rendered woman", recording="demo speech"),
        "voice": node("EADNetEmotionFromVoice", audio=["example", 1], feeling="happy", strength=1.0),
        "sad": node("EADNetEmotion", text="", label="sad", intensity=1.0),
        "blend": node("EADNetEmotionBlend", one=["voice", 0], other=["sad", 0], amount=0.5, strength=1.0),
        "lines": node("PreviewAny", source=["voice", 1]),
        "plot": node("PreviewImage", images=["blend", 1]),
    }
    run = client.run(prompt)
    assert {line.split()[1] for line in text_of(run).splitlines()} == {"happy"}
    assert run.outputs["plot"]["images"]


def test_sliders_move_the_face_and_at_rest_change_nothing(client: Client) -> None:
    prompt = with_frames(talking_head(seconds=0.2))
    plain = frames_of(client, prompt)
    sliders = dict.fromkeys(client.get("/object_info/EADNetActionUnits")["EADNetActionUnits"]["input"]["required"], 0.0)
    moved = []
    for value in (0.0, 1.0):
        prompt["units"] = node("EADNetActionUnits", **{**sliders, "brow_AU4": value})
        prompt["motion"]["inputs"]["action_units"] = ["units", 0]
        moved.append(frames_of(client, prompt))
    assert np.array_equal(moved[0], plain)
    assert np.abs(moved[1].astype(int) - plain).max() > 20
    prompt["motion"]["inputs"]["action_unit_guidance"] = 0.0
    assert np.array_equal(frames_of(client, prompt), plain)
    prompt["motion"]["inputs"]["action_unit_guidance"] = 2.0
    assert np.abs(frames_of(client, prompt).astype(int) - plain).mean() > 1.2 * np.abs(moved[1].astype(int) - plain).mean()


def test_plan_curves_and_import(client: Client) -> None:
    table = "time_s,browInnerUp,jawLeft\n0,0,0.5\n1,1,0\n"
    prompt = {
        "example": node("EADNetExample", portrait="rendered woman", recording="demo speech"),
        "speech": node("EADNetSpeech", audio=["example", 1]),
        "plan": node("EADNetActionUnitPlan", speech=["speech", 0]),
        "curves": node("EADNetActionUnitCurves", edit="0.0: AU9 1", scale=0.5, units="AU9", smoothing=0.0, action_units=["plan", 0]),
        "lines": node("PreviewAny", source=["curves", 1]),
        "import": node("EADNetActionUnitImport", table=table, frame_rate=30.0),
        "lost": node("PreviewAny", source=["import", 3]),
        "imported": node("PreviewAny", source=["import", 1]),
        "plot": node("PreviewImage", images=["curves", 2]),
    }
    run = client.run(prompt)
    assert all("AU9 0.50" in line for line in text_of(run).splitlines())
    assert text_of(run, "lost") == "jawLeft" and text_of(run, "imported").splitlines()[-1] == "1.0: AU1 1.00"


@pytest.mark.parametrize(
    ("kind", "inputs", "words"),
    [
        ("EADNetDescribeEmotion", {"engine": BUILT_IN, "script": " ", "seed": 0}, "nothing to describe"),
        ("EADNetEmotionPrompt", {"script": ""}, "nothing to describe"),
        ("EADNetActionUnitCurves", {"edit": "", "scale": 1.0, "units": "", "smoothing": 0.0}, "no Action Unit curves"),
        ("EADNetActionUnitCurves", {"edit": "soon: AU4 1", "scale": 1.0, "units": "", "smoothing": 0.0}, "line 1"),
        ("EADNetActionUnitImport", {"table": "a,b\n1,2", "frame_rate": 25.0}, "lacks the column time_s"),
    ],
)
def test_broken_input_is_one_sentence_on_its_node(client: Client, kind: str, inputs: dict[str, object], words: str) -> None:
    run = client.run({"broken": node(kind, **inputs), "shown": node("PreviewAny", source=["broken", 1])})
    message = run.error["exception_message"].strip()
    assert run.status == "error" and run.error["node_id"] == "broken" and words in message
    assert "\n" not in message and message.endswith(".") and run.error["exception_type"].endswith("InputError")

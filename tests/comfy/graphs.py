"""Small prompts that the tests are made of."""

from __future__ import annotations

from typing import Any

Prompt = dict[str, dict[str, Any]]
BUILT_IN = "eadnet-base (built-in)"


def node(kind: str, **inputs: Any) -> dict[str, Any]:  # noqa: ANN401
    """One node of a prompt."""
    return {"class_type": kind, "inputs": inputs}


def talking_head(size: int = 256, seed: int = 0, seconds: float | None = 2.0, precision: str = "auto") -> Prompt:
    """A portrait that speaks the first seconds of the example; 'motion', 'video' and 'save' are its last nodes."""
    sound = ["sound", 0] if seconds else ["example", 1]
    prompt = {
        "example": node("EADNetExample", portrait="rendered woman", recording="demo speech"),
        "portrait": node("EADNetPortrait", image=["example", 0], face=0, points=""),
        "speech": node("EADNetSpeech", audio=sound),
        "model": node("EADNetLoader", weights=BUILT_IN, precision=precision),
        "motion": node(
            "EADNetSampler", model=["model", 0], portrait=["portrait", 0], speech=["speech", 0], steps=2, audio_guidance=1.0,
            emotion_guidance=1.0, seed=seed,
        ),
        "video": node("EADNetVideo", motion=["motion", 0], portrait=["portrait", 0], audio=sound, size=size),
        "save": node("SaveVideo", video=["video", 0], filename_prefix="video/test", format="auto", codec="auto"),
    }  # fmt: skip
    if seconds:
        prompt["sound"] = node("TrimAudioDuration", audio=["example", 1], start_index=0.0, duration=seconds)
    return prompt


def with_frames(prompt: Prompt, **options: Any) -> Prompt:  # noqa: ANN401
    """A talking head whose frames are rendered as pictures and saved without loss, in place of its video."""
    rest = {key: value for key, value in prompt.items() if key not in ("video", "save")}
    inputs = {"first_frame": 0, "frame_count": 0, "size": 256, **options}
    frames = node("EADNetRender", motion=["motion", 0], portrait=["portrait", 0], **inputs)
    return {**rest, "frames": frames, "save": node("SaveImage", images=["frames", 0], filename_prefix="frames/test")}

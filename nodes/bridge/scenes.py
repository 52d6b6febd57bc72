"""Scenes from what is connected, and descriptions as they leave a node."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from torch import Tensor

from ...eadnet_core.timebase import FRAME_RATE
from .language_models import BUILT_IN, loaded_language_model
from .pictures import to_frames, to_image
from .progress import node_progress
from .sounds import to_sound

if TYPE_CHECKING:
    from ...eadnet_core.emotion.action_units import ActionUnitTrack
    from ...eadnet_core.emotion.describer import Description
    from ...eadnet_core.emotion.scene import Scene
    from ...eadnet_core.emotion.track import EmotionTrack


def to_scene(script: str, audio: dict[str, Any] | None, images: Tensor | None = None) -> Scene:
    """The scene of what is connected.

    Raises:
        InputError: Nothing is.
    """
    from ...eadnet_core.emotion.scene import Scene
    from ...eadnet_core.emotion.video_frames import LONG_SIDE, MOST_FRAMES

    frames = to_frames(images, MOST_FRAMES, LONG_SIDE)
    seconds = None if images is None else len(images) / float(FRAME_RATE)
    return Scene.of(script, None if audio is None else to_sound(audio), frames, seconds)


def describe_scene(
    engine: str, script: str, audio: dict[str, Any] | None, images: Tensor | None, seed: int
) -> tuple[EmotionTrack, str, Tensor]:
    """Track, timeline and plot of a scene; see describe_outputs."""
    from ...eadnet_core.emotion.describer_built_in import BuiltInDescriber
    from ...eadnet_core.emotion.describer_model import ModelDescriber

    scene = to_scene(script, audio, images)
    with nullcontext() if engine == BUILT_IN else loaded_language_model(engine) as model:
        describer = BuiltInDescriber() if model is None else ModelDescriber(model, seed)
        description = describer.describe(scene, node_progress())
    return describe_outputs(description, scene.duration_s)


def describe_outputs(description: Description, duration_s: float | None) -> tuple[EmotionTrack, str, Tensor]:
    """Track, timeline lines with the notes before them, and plot."""
    from ...eadnet_core.charts.emotion import draw_emotion
    from ...eadnet_core.emotion.timeline import write_timeline

    plot = to_image([draw_emotion(description.track, duration_s)], 1)
    return description.track, write_timeline(description.track, description.notes), plot


def plan_outputs(track: ActionUnitTrack, duration_s: float | None = None) -> tuple[ActionUnitTrack, str, Tensor]:
    """Curves, the same as lines of a plan, and plot."""
    from ...eadnet_core.charts.action_units import draw_action_units
    from ...eadnet_core.emotion.action_unit_tokens import ActionUnitTokens

    return track, ActionUnitTokens.from_track(track).to_text(), to_image([draw_action_units(track, duration_s)], 1)

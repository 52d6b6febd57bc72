"""Speech, portrait and feeling become motion."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from comfy_api.latest import io

from ..eadnet_core.types import DEFAULT_STEPS, MotionControl, MotionOptions, SpeechFeatures
from .bridge.models import loaded
from .bridge.progress import motion_report
from .bridge.types import CATEGORY, ActionUnits, Control, Directions, Emotion, Model, Motion, Portrait, Speech

if TYPE_CHECKING:
    from comfy.model_patcher import ModelPatcher

    from ..eadnet_core.emotion.action_units import ActionUnitTrack
    from ..eadnet_core.emotion.track import EmotionTrack
    from ..eadnet_core.face.portrait import Portrait as FoundPortrait
    from ..eadnet_core.motion.directions import Directions as Directed
    from ..eadnet_core.motion.face_motion import FaceMotion

MAX_SEED = 2**53 - 1
"""Largest whole number that a browser keeps exactly."""
HELD_PARTS = {
    "head": ("head",),
    "eyes": ("eyes",),
    "brows": ("brows",),
    "mouth": ("mouth",),
    "head and eyes": ("head", "eyes"),
    "all but the mouth": ("head", "eyes", "brows"),
    "everything": ("head", "eyes", "brows", "mouth"),
}
"""What a held motion can give."""


class EADNetSampler(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetSampler",
            display_name="EAD-Net Sampler",
            category=CATEGORY,
            description="Makes a performance of speech and feeling: lips, expression, head, eyes; for any portrait, at any size.",
            inputs=[
                Model.Input("model", tooltip="From EADNetLoader."),
                Portrait.Input("portrait", tooltip="From EADNetPortrait. Several portraits make one motion each."),
                Speech.Input("speech", tooltip="From EADNetSpeech; the motion is as long as it."),
                Emotion.Input(
                    "emotion", optional=True, tooltip="From EADNetEmotion or EADNetEmotionTimeline; without it the face is neutral."
                ),
                Control.Input(
                    "control", optional=True, tooltip="From EADNetMotionControl; without it head, blinks and gaze are a talking person's."
                ),
                io.Int.Input(
                    "steps",
                    default=DEFAULT_STEPS,
                    min=1,
                    max=20,
                    tooltip="Steps of the denoising; more make head, brows and eyes move more like a person's, and take longer.",
                ),
                io.Float.Input(
                    "audio_guidance",
                    default=1.0,
                    min=0.0,
                    max=5.0,
                    step=0.1,
                    tooltip="Above 1 the lips move more with the speech; 0 ignores the speech.",
                ),
                io.Float.Input(
                    "emotion_guidance",
                    default=1.0,
                    min=0.0,
                    max=5.0,
                    step=0.1,
                    tooltip="Above 1 the feeling shows more strongly; 0 ignores it.",
                ),
                io.Int.Input(
                    "seed",
                    default=0,
                    min=0,
                    max=MAX_SEED,
                    control_after_generate=True,
                    tooltip="Of the noise: another seed is another performance of the same words; the same seed gives the same motion.",
                ),
                ActionUnits.Input(
                    "action_units",
                    optional=True,
                    tooltip="From the Action Unit nodes: the units in it do as it says, the others what the feeling asks.",
                ),
                io.Float.Input(
                    "action_unit_guidance",
                    default=1.0,
                    min=0.0,
                    max=5.0,
                    step=0.1,
                    optional=True,
                    tooltip="Above 1 the Action Units show more strongly; 0 ignores them.",
                ),
                Motion.Input(
                    "held_motion",
                    optional=True,
                    tooltip="A performance of which a part is given, such as a head from a video; the rest is made to fit.",
                ),
                io.Combo.Input(
                    "held_parts",
                    options=list(HELD_PARTS),
                    default="head",
                    optional=True,
                    tooltip="What of the held motion is given.",
                ),
                io.Float.Input(
                    "liveliness",
                    default=1.0,
                    min=0.0,
                    max=2.0,
                    step=0.05,
                    optional=True,
                    tooltip="How much head and brows go with what is said; 1 is a person talking.",
                ),
                io.Float.Input(
                    "articulation",
                    default=1.0,
                    min=0.0,
                    max=2.0,
                    step=0.05,
                    optional=True,
                    tooltip="How far the lips move: below 1 mumbling, above 1 as on a stage.",
                ),
                Directions.Input(
                    "directions", optional=True, tooltip="From EADNetDirections: when the head turns, eyes look, a blink comes."
                ),
            ],
            outputs=[Motion.Output(display_name="motion", tooltip="For EADNetVideo and EADNetRender, on any portrait.")],
        )

    @classmethod
    def execute(
        cls,
        model: ModelPatcher,
        portrait: FoundPortrait,
        speech: SpeechFeatures,
        steps: int,
        audio_guidance: float,
        emotion_guidance: float,
        seed: int,
        emotion: EmotionTrack | None = None,
        control: MotionControl | None = None,
        action_units: ActionUnitTrack | None = None,
        action_unit_guidance: float = 1.0,
        held_motion: FaceMotion | None = None,
        held_parts: str = "head",
        liveliness: float = 1.0,
        articulation: float = 1.0,
        directions: Directed | None = None,
    ) -> io.NodeOutput:
        from ..eadnet_core.emotion.track import EmotionTrack
        from ..eadnet_core.performance import HeldMotion, perform

        track = EmotionTrack.from_text("neutral") if emotion is None else emotion
        options = MotionOptions(
            audio_scale=audio_guidance, emotion_scale=emotion_guidance, action_unit_scale=action_unit_guidance, seed=seed, steps=steps
        )
        manner = replace(control or MotionControl(), liveliness=liveliness, articulation=articulation)
        held = None if held_motion is None else HeldMotion(held_motion, HELD_PARTS[held_parts])
        with loaded(model) as motion_model:
            motion = perform(motion_model, speech, track, manner, options, action_units, held, motion_report(portrait), directions)
        return io.NodeOutput(motion)

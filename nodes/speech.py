"""A recording becomes speech features on the frame clock."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from comfy_api.latest import io

from .bridge.pictures import to_image
from .bridge.recognisers import BUILT_IN, phones_heard, recogniser_names
from .bridge.sounds import to_sound
from .bridge.types import CATEGORY, Speech


class EADNetSpeech(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetSpeech",
            display_name="EAD-Net Speech",
            category=CATEGORY,
            description="Listens to a recording: any language, sample rate and number of channels. Silence gives a closed, living face.",
            inputs=[
                io.Audio.Input("audio", tooltip="The recording that the portrait speaks. The clip will be as long as it."),
                io.Combo.Input(
                    "recogniser",
                    options=recogniser_names(),
                    default=BUILT_IN,
                    optional=True,
                    tooltip="What hears the phones: the model's own encoder, or a CTC model of phones, a folder in models/audio_encoders "
                    "with config.json, preprocessor_config.json, vocab.json and model.safetensors. Nothing is downloaded.",
                ),
            ],
            outputs=[
                Speech.Output(display_name="speech", tooltip="What the sampler hears, 25 frames a second."),
                io.Image.Output(display_name="waveform", tooltip="The recording's waveform; coloured where a mouth will be active."),
            ],
        )

    @classmethod
    def execute(cls, audio: dict[str, Any] | None, recogniser: str = BUILT_IN) -> io.NodeOutput:
        from ..eadnet_core.audio.features import speech_features
        from ..eadnet_core.charts.waveform import draw_waveform

        sound = to_sound(audio)
        speech = speech_features(sound)
        speech = replace(speech, phones=phones_heard(recogniser, sound, speech))
        return io.NodeOutput(speech, to_image([draw_waveform(sound, speech)], 1))

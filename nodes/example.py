"""Pictures and recordings that the pack carries, so that every workflow runs at once."""

from __future__ import annotations

from comfy_api.latest import io

from .bridge.pictures import to_image
from .bridge.sounds import to_audio
from .bridge.types import CATEGORY
from .examples import EARLIER_PORTRAITS, PORTRAITS, RECORDINGS, example_picture, example_sound


class EADNetExample(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetExample",
            display_name="EAD-Net Example",
            category=CATEGORY,
            description="A portrait and a recording to try the pack with. Replace it by Load Image and Load Audio for your own.",
            inputs=[
                io.Combo.Input("portrait", options=list(PORTRAITS), default=next(iter(PORTRAITS)), tooltip="Which portrait comes out."),
                io.Combo.Input("recording", options=list(RECORDINGS), default=next(iter(RECORDINGS)), tooltip="Which recording comes out."),
            ],
            outputs=[
                io.Image.Output(display_name="image", tooltip="The portrait."),
                io.Audio.Output(display_name="audio", tooltip="The recording."),
            ],
        )

    @classmethod
    def validate_inputs(cls, portrait: str) -> bool | str:
        return portrait in PORTRAITS or portrait in EARLIER_PORTRAITS or f"portrait is '{portrait}'; choose one of {', '.join(PORTRAITS)}."

    @classmethod
    def execute(cls, portrait: str, recording: str) -> io.NodeOutput:
        return io.NodeOutput(to_image([example_picture(portrait)], 1), to_audio(example_sound(recording)))

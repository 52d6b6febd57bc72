"""A picture becomes a portrait: the face in it is found and measured."""

from __future__ import annotations

from comfy_api.latest import io
from torch import Tensor

from .bridge.faces import find_portraits
from .bridge.pictures import to_image, to_mask, to_pictures
from .bridge.types import CATEGORY, Box, Portrait


class EADNetPortrait(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetPortrait",
            display_name="EAD-Net Portrait",
            category=CATEGORY,
            description="Finds the face that will speak: in photographs, paintings, drawings, statues. Of a batch, each makes a video.",
            inputs=[
                io.Image.Input("image", tooltip="A picture with a face. A batch of up to 16 makes one video of each."),
                io.Int.Input(
                    "face",
                    default=0,
                    min=0,
                    max=63,
                    tooltip="Which face, where there are several: 0 is the largest, equal ones from left to right, as the overlay shows.",
                ),
                io.String.Input(
                    "points",
                    default="",
                    multiline=True,
                    optional=True,
                    tooltip="Leave empty to let the face be found. Or set three points by hand, in pixels, one `x y` a line: the eye on "
                    "the picture's left, the eye on its right, the middle of the mouth.",
                ),
                io.Mask.Input("mask", optional=True, tooltip="Instead of a number: the face that it covers most is taken."),
                Box.Input("box", optional=True, tooltip="Instead of a number: a box of any detector, around the face that is meant."),
                io.Float.Input(
                    "keep_expression",
                    default=1.0,
                    min=0.0,
                    max=1.0,
                    step=0.05,
                    optional=True,
                    tooltip="How much of the portrait's own expression stays beneath the performance: 0 takes off its smile or frown. "
                    "Lips part as speech says in any case.",
                ),
            ],
            outputs=[
                Portrait.Output(
                    display_name="portrait", tooltip="The face, measured, for the sampler and the renderers.", is_output_list=True
                ),
                io.Image.Output(display_name="overlay", tooltip="The picture with what was found drawn on it.", is_output_list=True),
                io.Mask.Output(
                    display_name="region", tooltip="White where the picture will move; black stays as it is.", is_output_list=True
                ),
            ],
        )

    @classmethod
    def execute(
        cls, image: Tensor, face: int, points: str = "", mask: Tensor | None = None, box: object = None, keep_expression: float = 1.0
    ) -> io.NodeOutput:
        from ..eadnet_core.charts.portrait import draw_portrait
        from ..eadnet_core.render.renderer import Renderer

        portraits = find_portraits(to_pictures(image), face, points, mask, box, keep_expression)
        overlays = [to_image([draw_portrait(portrait)], 1) for portrait in portraits]
        return io.NodeOutput(portraits, overlays, [to_mask(Renderer(portrait).region_mask) for portrait in portraits])

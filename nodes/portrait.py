"""A picture becomes a portrait: the face in it is found and aligned."""

from __future__ import annotations

from comfy_api.latest import io
from torch import Tensor

from .bridge.pictures import to_image, to_mask, to_pictures
from .bridge.types import CATEGORY, Portrait


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
                    tooltip="Which face, where there are several: 0 is the largest, 1 the next, and so on.",
                ),
                io.String.Input(
                    "points",
                    default="",
                    multiline=True,
                    optional=True,
                    tooltip="Leave empty to let the face be found. Or set five points by hand, in pixels, one `x y` a line: the eye on the "
                    "picture's left, the eye on its right, the tip of the nose, the left and the right corner of the mouth.",
                ),
            ],
            outputs=[
                Portrait.Output(
                    display_name="portrait", tooltip="The face, aligned, for the sampler and the renderers.", is_output_list=True
                ),
                io.Image.Output(display_name="overlay", tooltip="The picture with what was found drawn on it.", is_output_list=True),
                io.Mask.Output(
                    display_name="region", tooltip="White where the picture will move; black stays as it is.", is_output_list=True
                ),
            ],
        )

    @classmethod
    def execute(cls, image: Tensor, face: int, points: str = "") -> io.NodeOutput:
        from ..eadnet_core.charts.portrait import draw_portrait
        from ..eadnet_core.face.locator import FaceLocator
        from ..eadnet_core.face.points import portrait_from_points
        from ..eadnet_core.face.portrait import make_portrait
        from ..eadnet_core.render.renderer import Renderer

        pictures = to_pictures(image)
        if points.strip():
            portraits = [portrait_from_points(picture, points) for picture in pictures]
        else:
            locator = FaceLocator.from_pretrained()
            names = ["image"] if len(pictures) == 1 else [f"picture {number} of the batch" for number in range(len(pictures))]
            portraits = [make_portrait(picture, locator, face, name) for picture, name in zip(pictures, names, strict=True)]
        overlays = [to_image([draw_portrait(portrait)], 1) for portrait in portraits]
        return io.NodeOutput(portraits, overlays, [to_mask(Renderer(portrait).region_mask) for portrait in portraits])

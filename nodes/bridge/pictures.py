"""IMAGE and MASK to and from the 8-bit pictures of eadnet_core."""

from __future__ import annotations

from collections.abc import Iterable

import comfy.model_management
import numpy as np
import torch
from torch import Tensor

from ...eadnet_core.errors import InputError

MAX_BATCH = 16
"""Portraits in one IMAGE batch; more is a video by mistake, and would be rendered once per frame."""
_MID_GREY = 0.5
"""What shows through transparent pixels, as in eadnet_core.face.picture."""


def to_pictures(image: Tensor) -> list[np.ndarray]:
    """The pictures of an IMAGE batch.

    Args:
        image: [B, H, W, C], 0 to 1, grey, RGB or RGBA.

    Returns:
        B arrays uint8 [H, W, 3].

    Raises:
        InputError: There are none, or more than MAX_BATCH.
    """
    count = image.shape[0]
    if not 1 <= count <= MAX_BATCH:
        raise InputError(
            f"image holds {count} pictures; EADNetPortrait takes 1 to {MAX_BATCH} and makes one video of each. "
            "Choose one with the node Image From Batch."
        )
    return _to_bytes(image)


def to_frames(images: Tensor | None, most: int, long_side: int) -> list[np.ndarray]:
    """At most `most` pictures of an IMAGE batch, evenly spread, brought down to a long side in pixels: what a model looks at.

    Returns:
        Arrays uint8 [H, W, 3]; none where nothing is connected.
    """
    if images is None or not len(images):
        return []
    chosen = images[torch.linspace(0, len(images) - 1, min(most, len(images))).round().long()]
    shrink = max(1.0, max(chosen.shape[1:3]) / long_side)
    size = [max(1, round(side / shrink)) for side in chosen.shape[1:3]]
    if shrink > 1:
        chosen = torch.nn.functional.interpolate(chosen.movedim(-1, 1).float(), size, mode="area").movedim(1, -1)
    return _to_bytes(chosen)


def _to_bytes(image: Tensor) -> list[np.ndarray]:
    pixels = image.detach().float().cpu().nan_to_num(0.0)
    if pixels.shape[-1] == 1:
        pixels = pixels.expand(-1, -1, -1, 3)
    elif pixels.shape[-1] == 4:
        pixels, alpha = pixels[..., :3], pixels[..., 3:]
        pixels = pixels * alpha + _MID_GREY * (1 - alpha)
    return list(pixels.clamp(0, 1).mul(255).round().byte().contiguous().numpy())


def to_image(pictures: Iterable[np.ndarray], count: int) -> Tensor:
    """IMAGE [count, H, W, 3], 0 to 1, of pictures uint8 [H, W, 3] that arrive one by one; none waits in a list."""
    image: Tensor | None = None
    for index, picture in enumerate(pictures):
        if image is None:
            image = torch.empty((count, *picture.shape), dtype=torch.float32)
        torch.divide(torch.from_numpy(np.ascontiguousarray(picture)), 255, out=image[index])
    if image is None:
        raise InputError("The motion has no frames; give the sampler a recording of at least one sample.")
    return image


def to_mask(mask: np.ndarray) -> Tensor:
    """MASK [1, H, W], 0 to 1, of a region [H, W]: bool, uint8 or float 0 to 1."""
    region = torch.from_numpy(np.ascontiguousarray(mask))
    return (region.float() / 255 if region.dtype == torch.uint8 else region.float())[None]


def check_memory(num_frames: int, width: int, height: int) -> None:
    """Makes sure that frames fit into memory as an IMAGE, which takes 12 bytes a pixel.

    Raises:
        InputError: They take more than is free.
    """
    needed, free = num_frames * width * height * 12, comfy.model_management.get_free_memory(torch.device("cpu"))
    if needed > free:
        raise InputError(
            f"{num_frames} frames of {width}x{height} take {needed / 2**30:.1f} GiB, and {free / 2**30:.1f} GiB are free; "
            "lower frame_count or size, or use EADNetVideo with Save Video, which needs no memory for frames."
        )

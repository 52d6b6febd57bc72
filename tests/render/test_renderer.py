"""The renderer keeps the portrait where nothing moves, moves pixels by exactly the flow, and paints inside the mask only."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from eadnet_core.errors import InputError
from eadnet_core.render.renderer import FADE, Renderer
from eadnet_core.synthetic.clip import ClipControls, draw_clip
from eadnet_core.types import CROP_SIZE, Portrait

CLOSED = -30.0


def make_portrait(width: int = 201, height: int = 163, crop: float = 96.0, angle: float = 0.2, smooth: float = 3.0) -> Portrait:
    """A textured picture with a turned crop of `crop` pixels in its middle."""
    rng = np.random.default_rng(0)
    image = cv2.GaussianBlur(rng.uniform(0, 255, (height, width, 3)), (0, 0), smooth) if smooth else rng.uniform(0, 255, (height, width, 3))
    image = cv2.normalize(image, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    linear = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]) / crop
    shift = 0.5 - linear @ (width / 2, height / 2)
    to_crop = np.column_stack([linear, shift])
    return Portrait(image, (0, 0, 1, 1), np.zeros((29, 2), np.float32), to_crop, torch.zeros(3, 8, 8), torch.zeros(5, 8, 8))


def still() -> np.ndarray:
    channels = np.zeros((6, CROP_SIZE, CROP_SIZE), np.float16)
    channels[2] = CLOSED
    return channels


def crop_position(portrait: Portrait, scale: float = 1.0) -> np.ndarray:
    """[2, H, W]: crop units of each pixel's centre, from the definition of to_crop."""
    height, width = (round(side * scale) for side in portrait.image.shape[:2])
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    return np.einsum("ij,jhw->ihw", portrait.to_crop, np.stack([x / scale, y / scale, np.ones_like(x)]))


@pytest.mark.parametrize("angle", [0.0, 0.3])
def test_no_flow_and_no_mask_is_the_portrait_bit_for_bit(angle: float) -> None:
    portrait = make_portrait(angle=angle, smooth=0)
    assert np.array_equal(Renderer(portrait).render(still()), portrait.image)


def test_large_portraits_are_kept_bit_for_bit_too() -> None:
    portrait = make_portrait(1300, 1200, crop=1150.0, smooth=0)
    assert np.array_equal(Renderer(portrait).render(still()), portrait.image)


def test_outside_the_crop_nothing_ever_changes() -> None:
    portrait = make_portrait(smooth=0)
    rng = np.random.default_rng(1)
    wild = rng.normal(0, 0.2, (6, CROP_SIZE, CROP_SIZE)).astype(np.float16)
    wild[2] = 10
    frame = Renderer(portrait).render(wild)
    outside = (np.abs(crop_position(portrait) - 0.5) >= 0.5).any(0)
    assert outside.any() and np.array_equal(frame[outside], portrait.image[outside])
    assert (frame[~outside] != portrait.image[~outside]).mean() > 0.8


def test_constant_flow_moves_the_middle_by_that_many_crop_units() -> None:
    portrait = make_portrait(angle=0.25)
    channels = still()
    channels[0], channels[1] = 0.0625, -0.03125
    frame = Renderer(portrait).render(channels)
    moved = np.linalg.inv(portrait.to_crop[:, :2]) @ (0.0625, -0.03125)  # pixels: backward, so content comes from there
    x, y = np.meshgrid(np.arange(frame.shape[1], dtype=np.float32), np.arange(frame.shape[0], dtype=np.float32))
    expected = cv2.remap(portrait.image, x + np.float32(moved[0]), y + np.float32(moved[1]), cv2.INTER_CUBIC)
    middle = (np.abs(crop_position(portrait) - 0.5) < 0.5 - FADE).all(0)
    assert np.abs(frame[middle].astype(int) - expected[middle]).mean() < 1.0
    assert np.abs(frame[middle].astype(int) - portrait.image[middle]).mean() > 5.0


def test_flow_varies_over_the_crop_as_in_the_field() -> None:
    """A flow that is nonzero on one side only moves that side only, and the border between them lies where the field says."""
    portrait = make_portrait(angle=0.0, smooth=2.0)
    channels = still()
    channels[1, :, CROP_SIZE // 2 :] = 0.05
    changed = (Renderer(portrait).render(channels) != portrait.image).any(-1)
    u = crop_position(portrait)[0]
    cells = 4 / CROP_SIZE  # bicubic reaches two cells, and the fade is away from the middle
    assert not changed[u < 0.5 - cells].any()
    assert changed[(u > 0.5 + cells) & (u < 1 - FADE) & (np.abs(crop_position(portrait)[1] - 0.5) < 0.4)].mean() > 0.95


def test_paint_fills_the_mask_and_nothing_else() -> None:
    portrait = make_portrait(angle=0.3)
    position = (np.arange(CROP_SIZE) + 0.5) / CROP_SIZE
    distance = 0.2 - np.hypot(position[None] - 0.5, position[:, None] - 0.6)  # crop units, positive inside
    channels = still()
    channels[2] = np.clip(distance * CROP_SIZE * 2, -12, 12)
    channels[3:] = np.array([1.0, -1.0, 0.0])[:, None, None]
    frame = Renderer(portrait).render(channels)
    u, v = crop_position(portrait)
    true_distance = 0.2 - np.hypot(u - 0.5, v - 0.6)
    edge = 3 / CROP_SIZE
    assert np.abs(frame[true_distance > edge].astype(int) - (255, 0, 128)).max() <= 1
    assert np.array_equal(frame[true_distance < -edge], portrait.image[true_distance < -edge])


@pytest.mark.parametrize("size", [402, 804])
def test_a_mask_edge_stays_as_thin_in_pixels_at_any_size(size: int) -> None:
    """The field's edge spans about two cells; enlarged plainly it would grow with the size, as a signed distance it does not."""
    portrait = make_portrait(201, 201, crop=160.0, angle=0.0)
    portrait = replace(portrait, image=np.zeros_like(portrait.image))
    channels = still()
    channels[2] = np.clip((np.arange(CROP_SIZE) - CROP_SIZE / 2 + 0.5) * 2, -12, 12)[None]
    channels[3:] = 1.0
    row = Renderer(portrait, size=size).render(channels)[size // 2, :, 0]
    soft = ((row > 25) & (row < 230))[size // 4 : 3 * size // 4].sum()
    assert 1 <= soft <= 5
    crossing = np.argmax(row[size // 4 : 3 * size // 4] > 127) + size // 4
    assert abs(crossing - size / 2) <= 2  # the middle of the crop is the middle of the picture


def test_paint_outside_the_mask_does_not_bleed_into_its_edge() -> None:
    portrait = make_portrait(angle=0.0)
    portrait = replace(portrait, image=np.zeros_like(portrait.image))
    channels = still()
    inside = np.zeros((CROP_SIZE, CROP_SIZE), bool)
    inside[40:90, 40:90] = True
    channels[2] = np.where(inside, 8, -8)
    channels[3:] = np.where(inside, -1.0, 1.0)  # black inside on a black picture: any light can only be bleeding
    assert Renderer(portrait, size=402).render(channels).max() <= 12


def test_size_is_the_long_side() -> None:
    renderer = Renderer(make_portrait(201, 163), size=100)
    assert renderer.size == (100, 81) and renderer.render(still()).shape == (81, 100, 3)
    with pytest.raises(InputError, match="size is 20"):
        Renderer(make_portrait(), size=20)


def test_motion_is_the_same_share_of_the_face_at_every_size() -> None:
    portrait = make_portrait(angle=0.2, smooth=6.0)
    channels = still()
    channels[0] = 0.06
    small = Renderer(portrait).render(channels)
    large = Renderer(portrait, size=402).render(channels)
    shrunk = cv2.resize(large, small.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk.astype(int) - small).mean() < 2.0


def test_region_mask_is_one_inside_and_zero_outside_the_crop() -> None:
    portrait = make_portrait()
    mask = Renderer(portrait).region_mask
    offset = np.abs(crop_position(portrait) - 0.5)
    assert mask.dtype == np.float32 and mask.shape == portrait.image.shape[:2]
    assert (mask[(offset < 0.499 - FADE).all(0)] == 1).all() and (mask[(offset >= 0.5).any(0)] == 0).all()
    assert 0 <= mask.min() and mask.max() <= 1


def test_crop_beyond_the_picture_works_and_far_outside_is_refused() -> None:
    portrait = make_portrait(120, 100, crop=260.0)
    channels = still()
    channels[0] = 0.05
    assert Renderer(portrait).render(channels).shape == (100, 120, 3)
    away = portrait.to_crop.copy()
    away[:, 2] += 5
    with pytest.raises(InputError, match="outside"):
        Renderer(replace(portrait, to_crop=away))


def test_the_exact_labels_of_a_drawn_clip_give_its_frames() -> None:
    """Flow, mask and paint mean here what they mean where they are taught."""
    num_frames = 3
    visemes = torch.zeros(1, num_frames, 5)
    visemes[0, :, 0] = torch.linspace(0, 1, num_frames)  # the mouth opens
    head_pose = torch.zeros(1, num_frames, 6)
    head_pose[0, :, 0] = torch.linspace(0, 0.15, num_frames)  # and the head turns
    controls = ClipControls(visemes, torch.zeros(1, num_frames, 24), head_pose, *torch.zeros(2, 1, num_frames, 2))
    clip = draw_clip(controls, CROP_SIZE, torch.Generator().manual_seed(4))

    def pixels(picture: torch.Tensor) -> np.ndarray:
        return ((picture.permute(1, 2, 0) + 1) * 127.5).round().clamp(0, 255).byte().numpy()

    image = np.ascontiguousarray(pixels(clip.reference[0]))
    to_crop = np.array([[1 / CROP_SIZE, 0, 0], [0, 1 / CROP_SIZE, 0]])
    renderer = Renderer(replace(make_portrait(), image=image, to_crop=to_crop))
    inside = renderer.region_mask > 0.99
    logit = torch.logit(clip.mask, eps=1e-4)
    for t in range(num_frames):
        frame = renderer.render(torch.cat([clip.flow[0, t], logit[0, t], clip.paint[0, t]]).half().numpy())
        error = np.abs(frame.astype(int) - pixels(clip.frames[0, t]))[inside].mean()
        moved = np.abs(image.astype(int) - pixels(clip.frames[0, t]))[inside].mean()
        assert error < 0.8
        assert t == 0 or error < 0.5 * moved

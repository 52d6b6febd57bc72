"""How a drawn face looks at rest: skin, light, eyes, brows, lips, hair, beard, glasses, clothes and background.

The picture shows a shut mouth and open eyes; `deformation` makes everything else of it, but for the inside of the mouth,
whose colours are drawn here too, so that they share the picture's light and treatment.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..face.anatomy import CENTRE, FaceShape, face_outline, lid_curves, mouth_line, skull_depth
from ..face.mouth_inside import MouthInside
from ..face.soft_shapes import blob, coverage, ellipse, unit_grid
from .canvas import Dice, gaussian_blur, layer
from .shapes import relief

SKIN_TONES = ((0.97, 0.84, 0.76), (0.92, 0.74, 0.62), (0.80, 0.60, 0.46), (0.58, 0.39, 0.28), (0.34, 0.22, 0.16))
"""From light to dark, sRGB."""


def paint_face(dice: Dice, shape: FaceShape, size: int) -> tuple[Tensor, MouthInside]:
    """Pictures of faces at rest.

    Args:
        dice: Randomness, of the batch's size.
        shape: Where everything lies.
        size: Side in pixels.

    Returns:
        Pictures [B, 3, size, size] in 0..1, and the colours of their mouths' insides. Source: ours.
    """
    x, y = unit_grid(size, dice.device)
    skin_tone, hair, lips = _palette(dice)
    light = _light(dice, shape, x, y, size)
    skin = _skin(dice, shape, x, y, size, skin_tone)
    image = _background(dice, size)
    image = _hair_behind(dice, shape, x, y, size, image, hair)
    image = _body(dice, shape, x, y, size, image, skin_tone)
    outline = face_outline(shape, x, y)
    for side in (-1, 1):
        ear = ellipse(x, y, CENTRE + side * (shape.face_w * 0.99), shape.eye_y + 0.035, 0.026, 0.055)
        image = layer(image, coverage(ear, 0.006, size), skin_tone * 0.85)
    face = coverage((outline - 1) * shape.face_w, dice.uniform(0.004, 0.014), size)
    image = layer(image, face, skin)
    image = _beard(dice, shape, x, y, size, image, hair)
    image = _lips(dice, shape, x, y, size, image, lips)
    image = _nostrils(dice, shape, x, y, size, image)
    image = image * (1 + (light - 1) * coverage((outline - 1.02) * shape.face_w, 0.012, size)[:, None])
    image = _eyes(dice, shape, x, y, size, image, skin_tone, hair)
    image = _brows(dice, shape, x, y, size, image, hair)
    image = _hair_in_front(dice, shape, x, y, size, image, hair, outline)
    image = _glasses(dice, shape, x, y, size, image)
    return _finish(dice, image, _mouth_inside(dice, skin_tone))


def _palette(dice: Dice) -> tuple[Tensor, Tensor, Tensor]:
    tones = torch.tensor(SKIN_TONES, device=dice.device)
    place = dice.uniform(0, len(tones) - 1.001).flatten()
    low, share = place.long(), (place - place.floor())[:, None]
    tone = (tones[low] * (1 - share) + tones[low + 1] * share)[:, :, None, None]  # [B, 3, 1, 1]
    tone = tone * (1 + 0.08 * (dice.colour() - 0.5))
    stone = dice.chance(0.10)[:, None]  # statues and tinted drawings
    tone = torch.lerp(tone, dice.uniform(0.35, 0.9)[:, None] + 0.15 * (dice.colour() - 0.5), stone)
    grey = dice.uniform(0.02, 0.9)[:, None] ** 1.8
    hair = grey * torch.lerp(
        torch.ones_like(tone), torch.tensor([1.0, 0.72, 0.45], device=dice.device)[None, :, None, None], dice.uniform(0, 1)[:, None]
    )
    hair = torch.lerp(hair, dice.colour(), dice.chance(0.08)[:, None])
    natural = tone * torch.tensor([0.93, 0.68, 0.66], device=dice.device)[None, :, None, None]
    red = torch.tensor([0.72, 0.14, 0.18], device=dice.device)[None, :, None, None] * (0.5 + dice.colour())
    makeup = dice.uniform(0, 1)[:, None] ** 2.5 * (1 - stone)
    lips = torch.lerp(torch.lerp(natural, tone * dice.uniform(0.82, 1.0)[:, None], dice.uniform(0, 1)[:, None]), red, makeup)
    return tone.clamp(0.03, 1), hair.clamp(0.01, 1), lips.clamp(0.02, 1)


def _light(dice: Dice, shape: FaceShape, x: Tensor, y: Tensor, size: int) -> Tensor:
    """[B, 1, S, S]: lambertian light on the head's form, from a lamp somewhere before it, over ambient light."""
    height = skull_depth(shape, x, y) * 0.8 + relief(shape, x, y) * dice.uniform(0.5, 1.2)
    height = gaussian_blur(height[:, None], max(0.6, size / 160))[:, 0]
    slope_y, slope_x = torch.gradient(height * size, dim=(1, 2))
    flatness = dice.uniform(0.6, 1.3)
    lamp_x, lamp_y, lamp_z = dice.uniform(-1, 1), dice.uniform(-1.1, 0.35), dice.uniform(0.5, 1.4)
    norm = torch.sqrt(lamp_x**2 + lamp_y**2 + lamp_z**2) * torch.sqrt(slope_x**2 + slope_y**2 + flatness**2)
    shade = (-(slope_x * lamp_x + slope_y * lamp_y) + lamp_z * flatness).clamp(min=0) / norm
    facing = lamp_z / torch.sqrt(lamp_x**2 + lamp_y**2 + lamp_z**2)
    strength = dice.uniform(0.05, 0.75)  # a flat drawing to a spot
    gloss = dice.uniform(0, 0.25) * dice.chance(0.5) * (shade / (facing + 0.3)).clamp(max=1) ** 12
    return ((1 - strength) + strength * shade / (facing + 0.15) + gloss)[:, None].clamp(0.12, 1.6)


def _skin(dice: Dice, shape: FaceShape, x: Tensor, y: Tensor, size: int, tone: Tensor) -> Tensor:
    skin = tone * (
        1 + dice.uniform(0, 0.05)[:, None] ** 1.3 * dice.texture(size) + dice.uniform(0, 0.03)[:, None] * dice.noise(size, size // 2)
    )
    blush = sum(blob(x, y, CENTRE + side * shape.eye_dx * 1.15, shape.nose_y - 0.01, 0.045, 0.035) for side in (-1, 1))
    redness = torch.tensor([0.02, -0.10, -0.09], device=dice.device)[None, :, None, None]
    skin = skin * (1 + redness * (dice.uniform(0, 2.2) * blush)[:, None])
    spots = (dice.noise(size, size * 3 // 4) > 2.1).float() * dice.uniform(0, 0.35)[:, None] * dice.chance(0.3)[:, None]
    skin = skin * (1 - spots * torch.tensor([0.4, 0.7, 0.8], device=dice.device)[None, :, None, None])
    age = dice.uniform(0, 1) ** 2
    for level in range(3):  # lines across the forehead
        line = shape.brow_y - 0.035 - 0.028 * level + 0.006 * torch.cos((x - CENTRE) * dice.uniform(12, 24))
        skin = skin * (1 - 0.22 * age * torch.exp(-0.5 * ((y - line) / 0.004) ** 2) * blob(x, y, CENTRE, line, 0.1, 1.0))[:, None]
    for side in (-1.0, 1.0):  # nasolabial folds and bags under the eyes
        fold = CENTRE + side * (shape.mouth_w + 0.022 + (y - shape.mouth_y).clamp(-0.09, 0.02) * 0.42)
        mark = torch.exp(-0.5 * ((x - fold) / 0.005) ** 2) * blob(x, y, fold, shape.mouth_y - 0.03, 1.0, 0.028)
        bag = torch.exp(-0.5 * ((y - shape.eye_y - shape.eye_h - 0.016 + 4 * (x - CENTRE - side * shape.eye_dx) ** 2) / 0.005) ** 2)
        bag = bag * blob(x, y, CENTRE + side * shape.eye_dx, shape.eye_y, 0.03, 1.0)
        skin = skin * (1 - dice.uniform(0, 0.35) * mark - dice.uniform(0, 0.22) * bag)[:, None]
    return skin


def _background(dice: Dice, size: int) -> Tensor:
    x, y = unit_grid(size, dice.device)
    muted = dice.uniform(0, 1)[:, None]

    def tint() -> Tensor:
        colour = dice.colour()
        return torch.lerp(colour, colour.mean(1, keepdim=True), muted)

    image = tint().expand(-1, -1, size, size)
    edge = x * dice.uniform(-1, 1) + y * dice.uniform(-1, 1) - dice.uniform(-0.5, 0.5)
    image = layer(image, torch.sigmoid(edge * torch.exp(dice.uniform(0.5, 5))), tint())
    for _ in range(3):
        shape = ellipse(
            x, y, dice.uniform(0, 1), dice.uniform(0, 1), dice.uniform(0.03, 0.4), dice.uniform(0.03, 0.4), dice.uniform(0, 3.1)
        )
        image = layer(image, coverage(shape, torch.exp(dice.uniform(-6, -2)), size) * dice.chance(0.5), tint())
    grain = dice.texture(size) * dice.uniform(0, 0.35)[:, None]
    return image * (1 + grain) + dice.noise(size, 6, 3) * dice.uniform(0, 0.12)[:, None]


def _strands(dice: Dice, size: int) -> Tensor:
    """[B, 1, S, S] around 1: noise drawn out along a random direction, as hair is."""
    x, y = unit_grid(size, dice.device)
    angle, wave = dice.uniform(-0.6, 0.6), dice.uniform(0, 0.05)
    across = x * torch.cos(angle) + y * torch.sin(angle) + wave * torch.sin(y * dice.uniform(5, 30))
    stripes = torch.sin(across * dice.uniform(60, 240) + 6 * dice.noise(size, 8)[:, 0])
    return 1 + (dice.uniform(0.05, 0.35) * stripes)[:, None] + dice.uniform(0, 0.3)[:, None] * dice.texture(size)


def _hair_behind(dice: Dice, shape: FaceShape, x: Tensor, y: Tensor, size: int, image: Tensor, hair: Tensor) -> Tensor:
    wide, long = dice.uniform(0.01, 0.09), dice.chance(0.5)
    reach = dice.uniform(0.05, 0.45) * long
    middle = shape.eye_y - 0.03
    dome = ellipse(x, y, CENTRE, middle, shape.face_w + wide, middle - shape.face_top + wide * 0.8 + 0.02)
    fall = torch.maximum((x - CENTRE).abs() - shape.face_w - wide, torch.maximum(middle - y, y - middle - reach))
    distance = torch.minimum(dome, fall) + dice.noise(size, 12)[:, 0] * dice.uniform(0, 0.012)
    bald = dice.chance(0.08)
    return layer(image, coverage(distance, dice.uniform(0.004, 0.03), size) * (1 - bald), (hair * _strands(dice, size)).clamp(0, 1))


def _body(dice: Dice, shape: FaceShape, x: Tensor, y: Tensor, size: int, image: Tensor, tone: Tensor) -> Tensor:
    neck = torch.maximum((x - CENTRE).abs() - shape.face_w * 0.52 - (y - 0.93).clamp(min=0) * 1.5, shape.chin_y - 0.10 - y)
    shadow = dice.uniform(0.55, 0.95)[:, None] + 0.12 * ((y - shape.chin_y) * 12).clamp(0, 1)[:, None]
    image = layer(image, coverage(neck, 0.01, size), tone * shadow)
    collar = (
        dice.uniform(0.88, 1.0)
        - 0.35 * (x - CENTRE).abs() * dice.uniform(-1, 1)
        + 0.8 * (0.2 - (x - CENTRE).abs()).clamp(min=0) * dice.uniform(-0.3, 0.8)
    )
    cloth = dice.colour() * (
        1 + 0.2 * dice.texture(size) + 0.15 * torch.sin(x * dice.uniform(20, 200))[:, None] * dice.chance(0.4)[:, None]
    )
    return layer(image, coverage(torch.maximum(collar - y, (x - CENTRE).abs() - 0.42), 0.01, size), cloth)


def _beard(dice: Dice, shape: FaceShape, x: Tensor, y: Tensor, size: int, image: Tensor, hair: Tensor) -> Tensor:
    kind, density = dice.uniform(0, 1), dice.uniform(0.2, 0.95)
    beard, moustache = (kind < 0.14).float(), ((kind > 0.07) & (kind < 0.22)).float()
    outline = face_outline(shape, x, y)
    jaw = coverage(
        torch.maximum((0.78 - outline) * shape.face_w, shape.mouth_y - 0.02 - y - 0.4 * ((x - CENTRE).abs() - shape.mouth_w).clamp(min=0)),
        0.025,
        size,
    )
    jaw = jaw * coverage((outline - 1.03) * shape.face_w, 0.01, size)
    chin = blob(x, y, CENTRE, shape.chin_y - 0.02, 0.055, 0.04)
    lip = shape.mouth_y - shape.lip_upper - 0.014 + 0.18 * (x - CENTRE).abs()
    over = torch.exp(-0.5 * ((y - lip) / 0.011) ** 2) * coverage((x - CENTRE).abs() - shape.mouth_w * 0.95, 0.012, size)
    alpha = torch.maximum(beard * torch.maximum(jaw, chin), moustache * over)
    stubble = 1 + dice.noise(size, size)[:, 0] * 0.25
    return layer(image, (alpha * density * stubble).clamp(0, 1), (hair * 0.8 * _strands(dice, size)).clamp(0, 1))


def _lips(dice: Dice, shape: FaceShape, x: Tensor, y: Tensor, size: int, image: Tensor, lips: Tensor) -> Tensor:
    across = (x - CENTRE) / shape.mouth_w
    line, arch = mouth_line(shape, across), (1 - across**2).clamp(min=0)
    bow = 1 - dice.uniform(0, 0.35) * torch.exp(-0.5 * (across / 0.14) ** 2)
    upper = torch.maximum(line - shape.lip_upper * arch**0.7 * bow - y, y - line)
    lower = torch.maximum(line - y, y - line - shape.lip_lower * arch**0.6)
    soft, strength = dice.uniform(0.003, 0.010), dice.uniform(0.35, 1)
    ends = (across.abs() < 1).float()
    image = layer(image, coverage(upper, soft, size) * ends * strength, lips * dice.uniform(0.72, 1.0)[:, None])
    lower_colour = lips * (
        1 + dice.uniform(0, 0.35)[:, None] * blob(x, y, CENTRE, line + shape.lip_lower * 0.45, shape.mouth_w * 0.35, 0.006)[:, None]
    )
    image = layer(image, coverage(lower, soft, size) * ends * strength, lower_colour)
    dark = torch.exp(-0.5 * ((y - line) / dice.uniform(0.0025, 0.006)) ** 2) * coverage(
        across.abs() * shape.mouth_w - shape.mouth_w * 1.02, 0.006, size
    )
    return image * (1 - dice.uniform(0.3, 0.85) * dark)[:, None]


def _nostrils(dice: Dice, shape: FaceShape, x: Tensor, y: Tensor, size: int, image: Tensor) -> Tensor:
    for side in (-1.0, 1.0):
        hole = ellipse(x, y, CENTRE + side * shape.nose_w * 0.5, shape.nose_y + 0.014, 0.010, 0.0045, dice.uniform(0.1, 0.5) * side)
        image = image * (1 - dice.uniform(0.2, 0.75) * coverage(hole, 0.005, size))[:, None]
        wing = ellipse(x, y, CENTRE + side * shape.nose_w * 0.75, shape.nose_y + 0.003, 0.013, 0.016)
        image = (
            image
            * (1 - dice.uniform(0.0, 0.3) * torch.exp(-0.5 * (wing / 0.004) ** 2) * (side * (x - CENTRE) > shape.nose_w * 0.7))[:, None]
        )
    return image * (1 - dice.uniform(0, 0.2) * blob(x, y, CENTRE, shape.nose_y + 0.018, shape.nose_w * 0.8, 0.006))[:, None]


def _eyes(dice: Dice, shape: FaceShape, x: Tensor, y: Tensor, size: int, image: Tensor, tone: Tensor, hair: Tensor) -> Tensor:
    iris_colour = torch.lerp(dice.colour(0.05, 0.35), dice.colour(0.2, 0.75), dice.chance(0.35)[:, None])
    white = torch.lerp(tone, torch.ones_like(tone), dice.uniform(0.3, 0.9)[:, None]) * dice.uniform(0.7, 1.0)[:, None]
    blank = dice.chance(0.05)[:, None]  # eyes of statues
    makeup, lash, crease = dice.uniform(0, 0.8) ** 2, dice.uniform(0.25, 0.95), dice.uniform(0, 0.5)
    radius = shape.eye_h * dice.uniform(0.85, 1.15) + 0.005
    look_x, look_y = dice.uniform(-0.15, 0.15), dice.uniform(-0.1, 0.1)
    dark = torch.minimum(hair, tone) * 0.3
    for side in (-1.0, 1.0):
        eye = CENTRE + side * shape.eye_dx
        along = side * (x - eye) / shape.eye_w
        upper, lower = lid_curves(shape, along)
        inside = coverage(torch.maximum(torch.maximum(upper - y, y - lower), (along.abs() - 1) * shape.eye_w), 0.003, size)
        shadow = blob(x, y, eye, upper - 0.008, shape.eye_w, 0.012)
        image = layer(image, makeup * shadow, tone * dice.colour(0.2, 0.7))
        ix, iy = (
            eye + look_x * shape.eye_w,
            (upper + lower) / 2 * 0 + shape.eye_y - shape.eye_tilt * shape.eye_w * 0.5 - 0.1 * shape.eye_h + look_y * shape.eye_h,
        )
        ball = white * (1 - 0.25 * along.abs()[:, None].clamp(0, 1) ** 2)
        ball = layer(ball, coverage(ellipse(x, y, ix, iy, radius, radius), 0.003, size), torch.lerp(iris_colour, white, blank))
        ball = layer(
            ball,
            coverage(ellipse(x, y, ix, iy, radius * 0.45, radius * 0.45), 0.003, size),
            torch.lerp(iris_colour * 0.15, white * 0.6, blank),
        )
        glint = coverage(ellipse(x, y, ix - 0.25 * radius, iy - 0.4 * radius, 0.004, 0.004), 0.002, size)
        ball = layer(ball, glint * dice.chance(0.7), torch.ones_like(white))
        ball = ball * (1 - 0.45 * torch.exp(-((y - upper).clamp(min=0) / 0.006)))[:, None]
        image = layer(image, inside, ball.clamp(0, 1))
        reach = coverage((along.abs() - 1.08) * shape.eye_w, 0.006, size)
        image = layer(image, lash * reach * torch.exp(-0.5 * ((y - upper) / 0.0042) ** 2), dark)
        image = layer(image, 0.35 * lash * reach * torch.exp(-0.5 * ((y - lower) / 0.0028) ** 2), dark)
        fold = upper - 0.012 - 0.004 * (1 - along**2)
        image = image * (1 - crease * reach * torch.exp(-0.5 * ((y - fold) / 0.0035) ** 2))[:, None]
    return image


def _brows(dice: Dice, shape: FaceShape, x: Tensor, y: Tensor, size: int, image: Tensor, hair: Tensor) -> Tensor:
    strength, arch = dice.uniform(0.1, 1.0), dice.uniform(-0.004, 0.016)
    colour = torch.lerp(hair * 0.7, hair * 0 + dice.uniform(0.05, 0.3)[:, None], dice.uniform(0, 1)[:, None])
    rough = 1 + 0.3 * dice.noise(size, size * 3 // 4)[:, 0]
    for side in (-1.0, 1.0):
        middle = CENTRE + side * (shape.eye_dx + 0.012)
        along = side * (x - middle) / shape.brow_w
        line = shape.brow_y - torch.sin(shape.brow_tilt) * shape.brow_w * along - arch * (1 - along**2)
        thick = shape.brow_h * (1 - 0.45 * along.clamp(-1, 1.2))
        distance = torch.maximum((y - line).abs() - thick, (along.abs() - 1) * shape.brow_w)
        image = layer(image, (coverage(distance, dice.uniform(0.004, 0.012), size) * strength * rough).clamp(0, 1), colour)
    return image


def _hair_in_front(dice: Dice, shape: FaceShape, x: Tensor, y: Tensor, size: int, image: Tensor, hair: Tensor, outline: Tensor) -> Tensor:
    fringe = dice.uniform(0.0, 0.10) * dice.chance(0.7)
    parting = dice.uniform(-0.15, 0.15)
    hairline = (
        shape.face_top + fringe + 0.5 * (x - CENTRE - parting).abs() * dice.uniform(-0.2, 0.6) + 0.01 * torch.sin(x * dice.uniform(20, 120))
    )
    distance = torch.maximum(y - hairline, (outline - 1.1) * shape.face_w)
    sides = torch.maximum(
        shape.face_w * dice.uniform(0.86, 1.2) - (x - CENTRE).abs(),
        torch.maximum((outline - 1.12) * shape.face_w, y - shape.eye_y - dice.uniform(-0.1, 0.3)),
    )
    both = torch.minimum(distance, sides)
    return layer(image, coverage(both, dice.uniform(0.004, 0.02), size) * dice.chance(0.9), (hair * _strands(dice, size)).clamp(0, 1))


def _glasses(dice: Dice, shape: FaceShape, x: Tensor, y: Tensor, size: int, image: Tensor) -> Tensor:
    worn, colour, thick = dice.chance(0.10), dice.colour(0, 0.5), dice.uniform(0.002, 0.006)
    width, height = shape.eye_dx * dice.uniform(0.62, 0.85), dice.uniform(0.035, 0.06)
    bridge = ellipse(x, y, CENTRE, shape.eye_y - 0.005, shape.eye_dx * 0.4, 0.004)
    frame = coverage(bridge, 0.003, size)
    for side in (-1.0, 1.0):
        rim = ellipse(x, y, CENTRE + side * shape.eye_dx, shape.eye_y + 0.008, width, height, power=3.0)
        frame = torch.maximum(frame, coverage(rim.abs() - thick, 0.002, size))
    return layer(image, frame * worn, colour)


def _mouth_inside(dice: Dice, tone: Tensor) -> MouthInside:
    """Colours that belong to the picture: what the network cannot see it must be able to guess."""
    flesh = tone * torch.tensor([0.95, 0.55, 0.55], device=dice.device)[None, :, None, None]
    yellow = torch.tensor([0.0, 0.04, 0.14], device=dice.device)[None, :, None, None]
    teeth = dice.uniform(0.72, 0.97)[:, None] * (1 - yellow * dice.uniform(0, 1.4)[:, None])
    shown = dice.chance(0.95) * dice.uniform(0.8, 1.0)
    cavity, tongue = flesh * dice.uniform(0.04, 0.16)[:, None], flesh * dice.uniform(0.5, 0.85)[:, None]
    return MouthInside(cavity, teeth, tongue, shown, dice.uniform(0.004, 0.013))


def _finish(dice: Dice, image: Tensor, inside: MouthInside) -> tuple[Tensor, MouthInside]:
    """The picture's treatment, the same for face and mouth: contrast, cast, grey, grain, softness."""
    gain = dice.uniform(0.65, 1.25)[:, None] * (1 + 0.12 * (dice.colour() - 0.5) * 2 * dice.chance(0.6)[:, None])
    lift, gamma = dice.uniform(0, 0.10)[:, None] * dice.chance(0.5)[:, None], dice.uniform(0.7, 1.35)[:, None]
    grey, tint = (dice.chance(0.10) * dice.uniform(0.5, 1.0))[:, None], 1 + 0.15 * (dice.colour() - 0.5)

    def treat(colour: Tensor) -> Tensor:
        colour = (colour.clamp(1e-3, 1) ** gamma * gain + lift).clamp(0, 1)
        return torch.lerp(colour, (colour.mean(1, keepdim=True) * tint).clamp(0, 1), grey)

    image = treat(image)
    size = image.shape[-1]
    soft = (dice.chance(0.35) * dice.uniform(0.3, 1))[:, None]
    image = torch.lerp(image, gaussian_blur(image, size / 160), soft)
    image = image + dice.uniform(0, 0.03)[:, None] * dice.noise(size, size, 3) + dice.uniform(0, 0.04)[:, None] * dice.texture(size)
    return image.clamp(0, 1), MouthInside(
        treat(inside.cavity), treat(inside.teeth), treat(inside.tongue), inside.teeth_shown, inside.teeth_drop
    )

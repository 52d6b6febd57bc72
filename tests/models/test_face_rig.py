from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from eadnet_core.emotion.vocabulary import ACTION_UNITS, EMOTION_ACTION_UNITS, EMOTIONS
from eadnet_core.face.bared_teeth import BaredTeeth
from eadnet_core.face.landmarks import INDEX
from eadnet_core.models.face_rig import emotion_units, fit_inside, fit_shape, rig_pose, rig_warp, skin_colour
from eadnet_core.synthetic.visemes import VISEMES
from eadnet_core.types import Conditions

SIZE = 64
Draw = Callable[..., Conditions]


@pytest.fixture
def still(draw_conditions: Draw) -> Conditions:
    """One portrait, one frame, nothing given."""
    drawn = draw_conditions(1, 1, SIZE)
    return Conditions(drawn.reference, drawn.landmark_maps, drawn.landmarks)


def _silent() -> torch.Tensor:
    return torch.zeros(1, 1, len(VISEMES))


def _nothing_read(visemes: torch.Tensor) -> torch.Tensor:
    return torch.zeros(*visemes.shape[:2], len(ACTION_UNITS))


def _warp(conditions: Conditions, visemes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    warp = rig_warp(conditions.reference, conditions.landmarks, rig_pose(conditions, visemes, _nothing_read(visemes)), visemes.shape[1])
    return warp.flow[0, 0], warp.mask_logit[0, 0, 0]


def _pixel(conditions: Conditions, name: str) -> tuple[int, int]:
    x, y = (conditions.landmarks[0, INDEX[name]] * SIZE).int().tolist()
    return y, x


def test_at_rest_nothing_moves_and_the_mouth_is_shut(still: Conditions) -> None:
    flow, logit = _warp(still, _silent())
    assert flow.abs().max() * SIZE < 0.05
    assert torch.sigmoid(logit).max() < 0.5


def test_a_head_that_moves_right_fetches_from_the_left(still: Conditions) -> None:
    flow, _ = _warp(replace(still, head_pose=torch.tensor([[[0, 0, 0, 0.03, 0, 0]]])), _silent())
    y, x = _pixel(still, "nose_tip")
    assert flow[0, y, x].item() == pytest.approx(-0.03, abs=0.004)
    assert abs(flow[1, y, x].item()) < 0.003


def test_an_open_mouth_shows_its_inside_between_the_lips(still: Conditions) -> None:
    visemes = _silent()
    visemes[..., VISEMES.index("open")] = 1
    flow, logit = _warp(still, visemes)
    inside = torch.sigmoid(logit) > 0.5
    y, x = _pixel(still, "lower_lip_top")
    assert inside[y + 1, x]
    assert not inside[: y - 6].any() and inside.float().mean() < 0.05
    assert flow[1, _pixel(still, "chin")[0] - 2, x] < -0.005  # the chin has dropped: its pixels come from above


def test_the_inside_of_the_mouth_has_bright_teeth_above_the_dark(draw_conditions: Draw) -> None:
    size, drawn = 256, draw_conditions(1, 1, 256)
    still = Conditions(torch.full_like(drawn.reference, 0.2), drawn.landmark_maps, drawn.landmarks)
    visemes = _silent()
    visemes[..., VISEMES.index("open")] = 1
    warp = rig_warp(still.reference, still.landmarks, rig_pose(still, visemes, _nothing_read(visemes)), 1)
    x = int(still.landmarks[0, INDEX["upper_lip_bottom"], 0] * size)
    column = warp.paint[0, 0, :, :, x].mean(0)[warp.mask_logit[0, 0, 0, :, x] > 0]  # from lip to lip
    third = len(column) // 3
    assert column[:third].mean() > column[third : 2 * third].mean() + 0.3


def test_the_inside_takes_the_light_of_the_picture(still: Conditions) -> None:
    none = BaredTeeth(torch.zeros(1, dtype=torch.bool), torch.zeros(1))
    skins = [skin_colour(torch.full_like(still.reference, value), still.landmarks) for value in (-0.5, 0.5)]
    assert skins[0].tolist() == [pytest.approx([0.25] * 3)]
    dark, light = (fit_inside(skin, none) for skin in skins)
    for part in ("cavity", "teeth", "tongue"):
        assert (getattr(dark, part) < getattr(light, part)).all()
    assert (light.cavity < light.tongue).all() and (light.tongue < light.teeth).all()


def test_a_mouth_that_shows_teeth_opens_below_them(still: Conditions) -> None:
    found = BaredTeeth(torch.ones(1, dtype=torch.bool), torch.tensor([0.72]))
    assert fit_shape(still.landmarks, found).mouth_y.item() == pytest.approx(0.72)
    assert fit_inside(torch.full((1, 3), 0.6), found).teeth_shown.item() == 0


def test_emotions_are_mixed_from_their_prototypes() -> None:
    half_happy = torch.zeros(8)
    half_happy[EMOTIONS.index("happy")] = 0.5
    found = dict(zip(ACTION_UNITS, emotion_units(half_happy).tolist(), strict=True))
    assert found == pytest.approx({name: 0.5 * EMOTION_ACTION_UNITS["happy"].get(name, 0.0) for name in ACTION_UNITS})


@pytest.mark.parametrize("name", ["action_units", "emotion", "head_pose", "gaze", "blink"])
def test_not_given_is_at_rest(draw_conditions: Draw, name: str) -> None:
    conditions = draw_conditions(2, 3, SIZE)
    visemes = torch.rand(2, 3, 5)
    nothing = _nothing_read(visemes)
    bare = rig_pose(replace(conditions, **{name: None}), visemes, nothing)
    masked = rig_pose(replace(conditions, given={name: torch.tensor([False, True])}), visemes, nothing)
    whole = rig_pose(conditions, visemes, nothing)
    for field in ("action_units", "visemes", "head", "gaze", "blink"):
        torch.testing.assert_close(getattr(masked, field)[:3], getattr(bare, field)[:3])
        torch.testing.assert_close(getattr(masked, field)[3:], getattr(whole, field)[3:])


def test_speech_that_is_not_given_leaves_the_lips_alone(draw_conditions: Draw) -> None:
    conditions = replace(draw_conditions(2, 3, SIZE), given={"mel": torch.tensor([False, True])})
    pose = rig_pose(conditions, torch.ones(2, 3, 5), torch.zeros(2, 3, 24))
    assert pose.visemes[:3].abs().max() == 0 and (pose.visemes[3:] == 1).all()


def test_action_units_stand_above_the_emotion_and_the_emotion_above_what_is_read(draw_conditions: Draw) -> None:
    conditions, silent, read = draw_conditions(2, 2, SIZE), torch.zeros(2, 2, 5), torch.rand(2, 2, 24)

    def units(conditions: Conditions) -> torch.Tensor:
        return rig_pose(conditions, silent, read).action_units.unflatten(0, (2, 2))

    assert conditions.action_units is not None and conditions.emotion is not None
    torch.testing.assert_close(units(conditions), conditions.action_units)
    felt = replace(conditions, action_units=None)
    torch.testing.assert_close(units(felt), emotion_units(conditions.emotion))
    torch.testing.assert_close(units(replace(felt, emotion=None)), read)
    some = replace(felt, given={"emotion": torch.tensor([True, False]), "text_ids": torch.tensor([True, False])})
    torch.testing.assert_close(units(some)[0], emotion_units(conditions.emotion)[0])
    assert not units(some)[1].any(), "what is not given is at rest"

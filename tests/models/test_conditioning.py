from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from eadnet_core.models.conditioning import OPTIONAL, Conditioning
from eadnet_core.models.denoiser import DenoiserConfig
from eadnet_core.types import Conditions

Draw = Callable[..., Conditions]


@pytest.fixture
def conditioning(small_config: DenoiserConfig) -> Conditioning:
    torch.manual_seed(0)
    return Conditioning(small_config.conditioning).eval()


def test_shapes(conditioning: Conditioning, draw_conditions: Draw) -> None:
    state = conditioning(draw_conditions(2, 5), torch.rand(2, 5))
    assert state.vector.shape == (2, 5, 16)
    assert state.tokens.shape == (2, 5, 9, 12)
    assert state.visemes.shape == (2, 5, 5) and state.units.shape == (2, 5, 24)


@pytest.mark.parametrize("name", OPTIONAL)
def test_not_given_is_the_same_as_none_and_differs_from_zero(conditioning: Conditioning, draw_conditions: Draw, name: str) -> None:
    conditions, sigma = draw_conditions(2, 5), torch.rand(2, 5)
    whole = conditioning(conditions, sigma)
    without = conditioning(replace(conditions, **{name: None}), sigma)
    half = conditioning(replace(conditions, given={name: torch.tensor([True, False])}), sigma)
    for field in ("vector", "tokens"):
        torch.testing.assert_close(getattr(half, field)[0], getattr(whole, field)[0])
        torch.testing.assert_close(getattr(half, field)[1], getattr(without, field)[1])
    zero = replace(conditions, **{name: torch.zeros_like(getattr(conditions, name))})
    assert (conditioning(zero, sigma).vector - without.vector).abs().max() > 1e-5
    assert (whole.vector - without.vector).abs().max() > 1e-5


def test_all_controls_may_be_missing(conditioning: Conditioning, draw_conditions: Draw) -> None:
    conditions = draw_conditions(2, 3)
    state = conditioning(Conditions(conditions.reference, conditions.landmark_maps, conditions.landmarks), torch.ones(2, 3))
    assert state.tokens.shape == (2, 3, 9, 12) and torch.isfinite(state.vector).all()
    assert state.visemes.abs().max() == 0 and state.units.abs().max() == 0


def test_without_reading_captions_are_as_if_there_were_none(small_config: DenoiserConfig, draw_conditions: Draw) -> None:
    torch.manual_seed(0)
    deaf = Conditioning(replace(small_config.conditioning, reads_text=False)).eval()
    conditions, sigma = draw_conditions(2, 3), torch.rand(2, 3)
    told, silent = deaf(conditions, sigma), deaf(replace(conditions, text_ids=None, text_weights=None), sigma)
    assert torch.equal(told.vector, silent.vector) and torch.equal(told.tokens, silent.tokens) and torch.equal(told.units, silent.units)


def test_a_frame_hears_the_caption_of_its_weight(conditioning: Conditioning, draw_conditions: Draw) -> None:
    conditions, sigma = draw_conditions(1, 3), torch.ones(1, 3)
    weights = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]])
    both = conditioning(replace(conditions, text_weights=weights), sigma)
    assert conditions.text_ids is not None
    for frame, caption in ((0, 0), (1, 1)):
        alone = replace(conditions, text_ids=conditions.text_ids[:, caption : caption + 1], text_weights=torch.ones(1, 3, 1))
        torch.testing.assert_close(both.tokens[:, frame], conditioning(alone, sigma).tokens[:, frame])
        torch.testing.assert_close(both.units[:, frame], conditioning(alone, sigma).units[:, frame])
    torch.testing.assert_close(both.units[:, 2], both.units[:, :2].mean(1))


def test_noise_level_counts_for_its_frame_alone(conditioning: Conditioning, draw_conditions: Draw) -> None:
    conditions = draw_conditions(1, 4)
    low, high = conditioning(conditions, torch.tensor([[0.0, 1, 1, 1]])), conditioning(conditions, torch.ones(1, 4))
    torch.testing.assert_close(low.vector[:, 1:], high.vector[:, 1:])
    assert (low.vector[:, 0] - high.vector[:, 0]).abs().max() > 1e-4


def test_unknown_names_in_given_are_refused(conditioning: Conditioning, draw_conditions: Draw) -> None:
    with pytest.raises(AssertionError, match="emotions"):
        conditioning(replace(draw_conditions(1, 2), given={"emotions": torch.tensor([True])}), torch.ones(1, 2))

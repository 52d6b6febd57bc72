from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from eadnet_core.diffusion.sampler import SamplerOptions, sample_motion
from eadnet_core.errors import InputError
from eadnet_core.models.denoiser import Denoiser, DenoiserConfig, DenoiserOutput
from eadnet_core.models.frame_graph import FrameGraphConfig, FrameMemory
from eadnet_core.types import Conditions, Performance, Portrait, SpeechFeatures, Warp

SIZE = 16


@dataclass(frozen=True)
class _ToyConfig:
    graph: FrameGraphConfig = field(default_factory=lambda: FrameGraphConfig(memory_length=100, memory_stride=1))


class _Toy(nn.Module):
    """Paints each frame as half of the frame before, plus the frame's own gaze, plus a little of its noise; remembers gazes.

    So each frame depends on the one before: only right windows make the same clip as one long window.
    """

    def __init__(self) -> None:
        super().__init__()
        self.config = _ToyConfig()
        self.unit = nn.Parameter(torch.ones(()))
        self.known: list[int] = []
        self.memories: list[list[int]] = []

    def forward(self, x_t: Tensor, sigma: Tensor, conditions: Conditions, memory: FrameMemory | None = None) -> DenoiserOutput:
        assert conditions.gaze is not None
        batch, num_frames = sigma.shape
        self.known.append(int((sigma == 0).sum(1)[0]))
        self.memories.append([] if memory is None else memory.times.tolist())
        colour, previous = [], torch.zeros(batch)
        for t in range(num_frames):
            if sigma[0, t] == 0:
                previous = x_t[:, t].mean((1, 2, 3))
            else:
                previous = 0.5 * previous + 0.3 * conditions.gaze[:, t, 0] + 0.5 * x_t[:, t, 0, 0, 0] / 8
            colour.append(previous)
        paint = torch.stack(colour, 1)[:, :, None, None, None].expand(-1, -1, 3, SIZE, SIZE)
        warp = Warp(torch.zeros(batch, num_frames, 2, SIZE, SIZE), torch.full((batch, num_frames, 1, SIZE, SIZE), 30.0), paint)
        gazes, times = conditions.gaze[..., :1], torch.arange(num_frames)
        if memory is not None:
            gazes, times = torch.cat([memory.nodes[0], gazes], 1), torch.cat([memory.times, times])
        return DenoiserOutput(warp, torch.zeros(batch, num_frames, 5), FrameMemory((gazes,), times))


def _clip(num_frames: int) -> tuple[Portrait, SpeechFeatures, Performance]:
    rand = torch.Generator().manual_seed(1)
    portrait = Portrait(
        np.zeros((2, 2, 3), np.uint8), (0, 0, 1, 1), np.zeros((29, 2), np.float32), np.eye(2, 3),
        torch.rand(3, SIZE, SIZE, generator=rand), torch.rand(5, SIZE, SIZE, generator=rand),
    )  # fmt: skip
    speech = SpeechFeatures(torch.rand(4 * num_frames, 64, generator=rand), torch.ones(num_frames), Fraction(num_frames, 25))
    return portrait, speech, Performance(gaze=torch.rand(num_frames, 2, generator=rand) - 0.5, emotion=torch.zeros(num_frames, 8))


def _sample(num_frames: int, toy: _Toy | None = None, **options: float) -> np.ndarray:
    return np.concatenate(list(sample_motion(toy or _Toy(), *_clip(num_frames), SamplerOptions(**options))))  # type: ignore[arg-type]


@pytest.mark.parametrize("num_frames", [17, 28, 40])
@pytest.mark.parametrize("steps", [1, 3])
def test_a_window_continued_is_the_same_frames_made_at_once(num_frames: int, steps: int) -> None:
    at_once = _sample(num_frames, window=64, steps=steps)
    continued = _sample(num_frames, window=16, overlap=4, steps=steps)
    np.testing.assert_allclose(continued.astype(np.float32), at_once.astype(np.float32), atol=4e-3)  # half precision between windows
    assert np.abs(np.diff(at_once[:, 3, 0, 0].astype(np.float32))).max() > 0.05


@pytest.mark.parametrize(("num_frames", "parts"), [(1, [1]), (5, [5]), (16, [16]), (17, [16, 1]), (30, [16, 12, 2])])
def test_any_length(num_frames: int, parts: list[int]) -> None:
    made = list(sample_motion(_Toy(), *_clip(num_frames), SamplerOptions()))
    assert [len(part) for part in made] == parts
    assert all(part.dtype == np.float16 and part.shape[1:] == (6, SIZE, SIZE) for part in made)


def test_known_frames_are_clean_at_every_step_and_memory_is_of_frames_before_the_window() -> None:
    toy = _Toy()
    _sample(30, toy, steps=2)
    assert toy.known == [0, 0, 4, 4, 4, 4]
    assert toy.memories[0] == toy.memories[1] == []
    assert toy.memories[2] == toy.memories[3] == list(range(-12, 0))
    assert toy.memories[4] == list(range(-24, 0))


def test_the_seed_decides_and_nothing_else() -> None:
    assert np.array_equal(_sample(20, seed=4), _sample(20, seed=4))
    assert not np.array_equal(_sample(20, seed=4), _sample(20, seed=5))


@pytest.fixture(scope="module")
def small() -> Denoiser:
    """A real denoiser that is not trained: every control moves something."""
    config = DenoiserConfig(channels=(8, 16, 16), down_blocks=(1, 1, 1), up_blocks=(1, 1), num_heads=(2, 2, 2), fine_channels=4)
    torch.manual_seed(0)
    denoiser = Denoiser(replace(config, graph=FrameGraphConfig(key_width=8, memory_length=6, memory_stride=2))).eval()
    for parameter in denoiser.parameters():
        if not parameter.any():  # gates and last layers start at zero, behind which nothing can be told apart
            nn.init.normal_(parameter, std=0.05)
    return denoiser


@pytest.mark.parametrize("others", [1.0, 1.7])
@pytest.mark.parametrize("control", ["audio", "emotion", "action_unit"])
def test_a_control_at_scale_zero_is_bit_identical_to_one_not_given(small: Denoiser, control: str, others: float) -> None:
    rand = torch.Generator().manual_seed(3)
    portrait, speech, performance = _clip(6)
    performance = replace(
        performance,
        emotion=torch.rand(6, 8, generator=rand),
        text_ids=torch.randint(1, 8192, (2, 5, 4), generator=rand),
        text_weights=torch.full((6, 2), 0.5),
        action_units=torch.rand(6, 24, generator=rand),
    )
    other_sound = replace(speech, mel=torch.rand(24, 64, generator=rand))
    missing: dict[str, tuple[SpeechFeatures, Performance]] = {
        "audio": (other_sound, performance),  # a recording there always is: none of it may be heard
        "emotion": (speech, replace(performance, emotion=None, text_ids=None, text_weights=None)),
        "action_unit": (speech, replace(performance, action_units=None)),
    }
    scales = dict.fromkeys(("audio_scale", "emotion_scale", "action_unit_scale"), others)
    off = SamplerOptions(**scales | {f"{control}_scale": 0.0})  # type: ignore[arg-type]

    def made(speech: SpeechFeatures, performance: Performance, options: SamplerOptions) -> np.ndarray:
        return np.concatenate(list(sample_motion(small, portrait, speech, performance, options)))

    ignored = made(speech, performance, off)
    assert np.array_equal(ignored, made(*missing[control], off))
    if control != "audio":
        assert np.array_equal(ignored, made(*missing[control], SamplerOptions(**scales)))  # type: ignore[arg-type]
    assert not np.array_equal(ignored, made(speech, performance, SamplerOptions(**scales)))  # type: ignore[arg-type]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_real_denoiser_serves_guidance_steps_and_memory(small: Denoiser, dtype: torch.dtype) -> None:
    denoiser = copy.deepcopy(small).to(dtype)
    options = SamplerOptions(steps=2, audio_scale=2.0, emotion_scale=1.5, window=6, overlap=2)
    made = np.concatenate(list(sample_motion(denoiser, *_clip(11), options)))
    assert made.shape == (11, 6, SIZE, SIZE) and np.isfinite(made).all()
    assert np.array_equal(made, np.concatenate(list(sample_motion(denoiser, *_clip(11), options))))


def test_report_counts_frames_at_every_step_and_cancels_by_raising() -> None:
    told: list[tuple[int, int]] = []

    def report(done: int, total: int, preview: np.ndarray | None) -> None:
        assert preview is not None and preview.shape == (SIZE, SIZE, 3) and preview.dtype == np.uint8
        told.append((done, total))
        if done > 16:
            raise KeyboardInterrupt

    parts = sample_motion(_Toy(), *_clip(30), SamplerOptions(steps=2), report)
    assert len(next(parts)) == 16
    assert told == [(8, 30), (16, 30)]
    with pytest.raises(KeyboardInterrupt):
        next(parts)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 0), ("steps", 9), ("seed", -1), ("seed", 2**64), ("audio_scale", -0.1), ("emotion_scale", float("nan")),
        ("action_unit_scale", 10.5), ("overlap", 16),
    ],
)  # fmt: skip
def test_options_out_of_range_are_refused_by_name_and_value(name: str, value: float) -> None:
    with pytest.raises(InputError, match=f"{name} is {value}"):
        SamplerOptions(**{name: value})  # type: ignore[arg-type]

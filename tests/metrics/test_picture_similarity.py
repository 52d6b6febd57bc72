"""PSNR, SSIM and LPIPS of pairs of frames."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from eadnet_core.errors import InputError
from eadnet_core.metrics import picture_similarity
from eadnet_core.metrics.networks.lpips import Lpips
from eadnet_core.metrics.picture_similarity import PictureSimilarity, SimilarityMeter


def pictures(count: int, size: tuple[int, int] = (64, 48)) -> list[np.ndarray]:
    dice = np.random.default_rng(0)
    smooth = dice.integers(40, 200, (count, 6, 8, 3), np.uint8)
    return [np.repeat(np.repeat(p, size[1] // 6, 0), size[0] // 8, 1) for p in smooth]


def measured(made: list[np.ndarray], real: list[np.ndarray], lpips: Lpips | None = None) -> PictureSimilarity:
    sizes = ((frames[0].shape[1], frames[0].shape[0]) for frames in (made, real))
    meter = SimilarityMeter(*sizes, lpips)
    for one, other in zip(made, real, strict=True):
        meter.add(one, other)
    result = meter.result()
    assert result is not None
    return result


def test_psnr_is_the_mean_of_the_frames_decibels() -> None:
    """10 log10(255^2 / e^2) where every pixel is off by e."""
    real = pictures(2)
    made = [real[0] + np.uint8(5), real[1] + np.uint8(20)]
    wanted = np.mean([20 * math.log10(255 / error) for error in (5, 20)])
    assert measured(made, real).psnr == pytest.approx(wanted, abs=1e-4)


def test_equal_videos_have_the_most_there_is() -> None:
    result = measured(pictures(3), pictures(3))
    assert result.psnr == pytest.approx(10 * math.log10(255**2 * 12)) and result.ssim == pytest.approx(1) and result.num_frames == 3


def test_ssim_of_another_brightness_is_the_luminance_term() -> None:
    """Of flat pictures m and n: (2 m n + c) / (m^2 + n^2 + c) with c = (0.01 * 255)^2. Source: Wang et al., 2004, equation 6."""
    flat = [np.full((48, 64, 3), level, np.uint8) for level in (100, 150)]
    c = (0.01 * 255) ** 2
    assert measured(flat[:1], flat[1:]).ssim == pytest.approx((2 * 100 * 150 + c) / (100**2 + 150**2 + c), abs=1e-4)


def test_without_scikit_image_the_rest_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_similarity, "_ssim_function", lambda: None)
    result = measured(pictures(1), pictures(1))
    assert result.ssim is None and result.psnr > 50


def test_lpips_is_the_mean_of_the_networks_distances() -> None:
    torch.manual_seed(0)
    net = Lpips()
    net.scaling_layer.scale.fill_(1.0)
    real = pictures(2)
    made = [255 - frame for frame in real]
    result = measured(made, real, net.eval())
    one, other = (torch.from_numpy(np.stack(frames)).permute(0, 3, 1, 2) / 127.5 - 1 for frames in (made, real))
    with torch.inference_mode():
        assert result.lpips == pytest.approx(float(net(one, other).mean()), rel=1e-4)
    assert measured(real, real).lpips is None


def test_the_real_video_is_brought_to_the_made_ones_size_and_both_to_512_at_most() -> None:
    small, large = pictures(1)[0], pictures(1, (128, 96))[0]
    assert measured([small], [large]).psnr > 50
    huge = SimilarityMeter((1024, 768), (64, 48))
    huge.add(np.zeros((768, 1024, 3), np.uint8), np.zeros((48, 64, 3), np.uint8))
    assert huge.result().size == (512, 384)  # type: ignore[union-attr]


def test_videos_of_different_shapes_have_no_counterparts() -> None:
    with pytest.raises(InputError, match="512x512 and 540x960 pixels"):
        SimilarityMeter((512, 512), (540, 960))
    assert SimilarityMeter((64, 48), (64, 48)).result() is None

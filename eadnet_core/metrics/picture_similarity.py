"""PSNR, SSIM and LPIPS: how close made frames come to the real ones of the same moment."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from ..errors import InputError
from .networks.lpips import SMALLEST, Lpips

LONG_SIDE = 512
"""Pixels to which the long side of both videos is brought where it is longer; SSIM and LPIPS depend on the scale."""
PEAK = 255.0
ROUNDING = 1 / 12
"""Mean square error that rounding to whole numbers leaves: frames that are equal have 58.9 dB, not infinitely many."""
_SAME_SHAPE = 0.02


@dataclass(frozen=True)
class PictureSimilarity:
    """Means over all frames that both videos have.

    Attributes:
        psnr: Decibels of RGB, up to 58.9; higher is better.
        ssim: Of brightness, -1 to 1; higher is better; None where scikit-image is not installed.
        lpips: Of RGB, 0 or more; lower is better; None without its network.
        num_frames: How many frames.
        size: (width, height) at which they were compared.
    """

    psnr: float
    ssim: float | None
    lpips: float | None
    num_frames: int
    size: tuple[int, int]


class SimilarityMeter:
    """Compares pairs of frames that come one by one."""

    def __init__(self, made_size: tuple[int, int], real_size: tuple[int, int], lpips: Lpips | None = None) -> None:
        """Args:
        made_size: (width, height) of the made video.
        real_size: Of the real one.
        lpips: The network, on the device where it shall run.

        Raises:
            InputError: The videos have different shapes: no pixel has a counterpart.
        """
        shape, other = (width / height for width, height in (made_size, real_size))
        if abs(shape / other - 1) > _SAME_SHAPE:
            sizes = " and ".join(f"{width}x{height}" for width, height in (made_size, real_size))
            raise InputError(f"the videos are {sizes} pixels, which have no counterparts; make the video from a frame of the real one.")
        scale = min(1.0, LONG_SIDE / max(made_size))
        self._size = max(1, round(made_size[0] * scale)), max(1, round(made_size[1] * scale))
        if lpips is not None and min(self._size) < SMALLEST:
            raise InputError(f"the videos are compared at {self._size[0]}x{self._size[1]} pixels; LPIPS needs sides of {SMALLEST}.")
        self._lpips, self._ssim = lpips, _ssim_function()
        self._count = 0
        self._psnr_sum = self._ssim_sum = self._lpips_sum = 0.0

    def add(self, made: np.ndarray, real: np.ndarray) -> None:
        """Takes in two frames uint8 [H, W, 3], RGB, of the same moment."""
        made, real = (self._resized(frame) for frame in (made, real))
        self._count += 1
        error = float(np.mean((made.astype(np.float32) - real) ** 2))
        self._psnr_sum += 10 * math.log10(PEAK**2 / max(error, ROUNDING))
        if self._ssim is not None:
            grey = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (made, real))
            # Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004
            self._ssim_sum += float(self._ssim(*grey, data_range=PEAK, gaussian_weights=True, sigma=1.5, use_sample_covariance=False))
        if self._lpips is not None:
            self._lpips_sum += self._perceptual(made, real)

    def _resized(self, frame: np.ndarray) -> np.ndarray:
        if (frame.shape[1], frame.shape[0]) == self._size:
            return frame
        return cv2.resize(frame, self._size, interpolation=cv2.INTER_AREA)

    @torch.inference_mode()
    def _perceptual(self, made: np.ndarray, real: np.ndarray) -> float:
        assert self._lpips is not None
        device = next(self._lpips.parameters()).device
        one, other = (torch.from_numpy(frame).to(device).movedim(-1, 0)[None].float() / 127.5 - 1 for frame in (made, real))
        return float(self._lpips(one, other))

    def result(self) -> PictureSimilarity | None:
        """What was measured; None where there was no pair."""
        if not self._count:
            return None
        ssim = None if self._ssim is None else self._ssim_sum / self._count
        lpips = None if self._lpips is None else self._lpips_sum / self._count
        return PictureSimilarity(self._psnr_sum / self._count, ssim, lpips, self._count, self._size)


def _ssim_function():  # noqa: ANN202
    """scikit-image's SSIM, which is an extra of this package; None where it is not installed."""
    try:
        from skimage.metrics import structural_similarity
    except ImportError:
        return None
    return structural_similarity

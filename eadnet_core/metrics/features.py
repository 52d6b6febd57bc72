"""Features of frames and clips: what FID and FVD compare sets of, whatever network gives them."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from torch.nn import functional as F

from .frechet import GaussianFit

_SAMPLES_AT_ONCE = {1: 16}
"""Samples of so many frames that go through a network together; longer ones go alone."""


class FeatureExtractor(Protocol):
    """A network that turns samples of frames into vectors."""

    @property
    def name(self) -> str:
        """What a report calls it: the network, and the file or folder of its weights."""

    @property
    def num_frames(self) -> int:
        """Frames of one sample: 1 for pictures, 16 for the clips of FVD."""

    @property
    def size(self) -> int:
        """Side of the square in pixels that frames are brought to."""

    def extract(self, samples: np.ndarray) -> np.ndarray:
        """float [N, D] of samples uint8 [N, T, S, S, 3], RGB."""


class FeatureMeter:
    """Fits the Gaussian of a video's features while frames go by: samples follow each other without overlap."""

    def __init__(self, extractor: FeatureExtractor, fit: GaussianFit) -> None:
        """Args:
        extractor: Of which network.
        fit: What takes the features in; several videos may share one.
        """
        self._extractor, self._fit = extractor, fit
        self._frames: list[np.ndarray] = []
        self._wanted = extractor.num_frames * _SAMPLES_AT_ONCE.get(extractor.num_frames, 1)

    def add(self, frame: np.ndarray) -> None:
        """Takes in a frame, uint8 [H, W, 3], RGB."""
        self._frames.append(squared(frame, self._extractor.size))
        if len(self._frames) == self._wanted:
            self._extract()

    def finish(self) -> None:
        """Takes in what is left; an incomplete clip counts for nothing."""
        self._extract()
        self._frames = []

    def _extract(self) -> None:
        length = self._extractor.num_frames
        whole = len(self._frames) // length * length
        if whole:
            samples = np.stack(self._frames[:whole])
            self._fit.add(self._extractor.extract(samples.reshape(-1, length, *samples.shape[1:])))
        self._frames = self._frames[whole:]


def squared(frame: np.ndarray, size: int) -> np.ndarray:
    """A frame uint8 [H, W, 3] stretched to [size, size, 3] by bicubic interpolation that averages where it shrinks.

    Source: Parmar et al., "On aliased resizing and surprising subtleties in GAN evaluation", 2022.
    """
    if frame.shape[:2] == (size, size):
        return frame
    pixels = torch.from_numpy(frame).movedim(-1, 0)[None].float()
    resized = F.interpolate(pixels, (size, size), mode="bicubic", antialias=True)[0].movedim(0, -1)
    return resized.round().clamp(0, 255).byte().numpy()

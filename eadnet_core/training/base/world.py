"""The processes that train together: one, or several on the devices of one machine or of many."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Protocol

import torch
from torch import Tensor, nn

from ...device import choose_device
from ...errors import InputError


class World(Protocol):
    """All processes of a training; each calls these at the same points.

    Attributes:
        device: Where this process trains.
        rank: Number of this process; the first, 0, writes files and speaks.
        size: How many there are.
    """

    device: torch.device
    rank: int
    size: int

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Gives every process the mean of all processes' gradients."""

    def agreed(self, value: int) -> int:
        """The first process's value."""

    def gathered(self, value: Tensor) -> Tensor:
        """All processes' values [N] as [size, N], on the CPU."""


class Alone:
    """The world of one process."""

    rank, size = 0, 1

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """There is nobody to share with."""

    def agreed(self, value: int) -> int:
        """Its own value."""
        return value

    def gathered(self, value: Tensor) -> Tensor:
        """Its own value [1, N]."""
        return value.cpu()[None]


class Accelerated:
    """Processes that `accelerate launch` started, each with its own device and its own batches.

    Gradients travel in one flat buffer once a step. The network is not wrapped: a few parts of it are called on their own, and which
    weights a batch reaches depends on its controls, both of which a wrapper that hooks into backward would have to be told.
    """

    def __init__(self, device: str) -> None:
        try:
            from accelerate import Accelerator
        except ImportError as error:
            raise InputError('Several processes train through accelerate, which is missing; install it: pip install ".[train]".') from error
        self._accelerator = Accelerator(cpu=device == "cpu")
        self.device = self._accelerator.device
        self.rank, self.size = self._accelerator.process_index, self._accelerator.num_processes

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """One reduction of all gradients; weights that a process did not reach count as 0 there."""
        parameters = [parameter for parameter in parameters if parameter.requires_grad]
        flat = torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad).flatten() for p in parameters])
        mean = self._accelerator.reduce(flat, "mean").split([p.numel() for p in parameters])
        for parameter, gradient in zip(parameters, mean, strict=True):
            # the fused step of AdamW walks gradient and weight side by side in memory, so both must lie alike
            parameter.grad = torch.empty_like(parameter).copy_(gradient.view(parameter.shape))

    def agreed(self, value: int) -> int:
        """The first process's value."""
        from accelerate.utils import broadcast

        return int(broadcast(torch.tensor([value], device=self.device)).item())

    def gathered(self, value: Tensor) -> Tensor:
        """All processes' values [size, N]."""
        return self._accelerator.gather(value.to(self.device)[None]).cpu()


def open_world(device: str = "auto") -> World:
    """The world that this process was started in: alone, or with the others that `accelerate launch` started.

    Args:
        device: A device's name for a process alone; of several each takes its own device, or all the CPU for "cpu".

    Raises:
        InputError: There is no such device, or accelerate is missing.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        return Accelerated(device)
    return Alone(choose_device(device))

"""TFRM: a graph over frames with learned edges, and a memory of what happened before the window."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .config import FRAMES_PER_TOKEN, DenoiserConfig

_FARTHEST = 256


class FrameGraph(nn.Module):
    """Temporal frame relation: each moment is a node, the mean of its cells; messages pass along its strongest edges.

    An edge's strength is learned from what its nodes hold and from how far apart they are. The chain (a moment, the one before and the
    one after) is always kept, so that no frame is left alone; nodes of memory are always within reach. EAD-Net's equations are not
    public, so this is a reconstruction.
    """

    def __init__(self, width: int, num_neighbours: int) -> None:
        super().__init__()
        self.num_neighbours = num_neighbours
        self.to_query = nn.Linear(width, width // 2)
        self.to_key = nn.Linear(width, width // 2)
        self.to_value = nn.Linear(width, width)
        self.to_out = nn.Linear(width, width)
        self.distance = nn.Parameter(-0.05 * torch.arange(_FARTHEST + 1.0))
        self.to_memory = nn.Parameter(torch.zeros(()))

    def forward(self, nodes: Tensor, memory: Tensor, remembered: Tensor) -> Tensor:
        """Messages [B, T, D] to nodes [B, T, D].

        Args:
            nodes: Of the window.
            memory: [B, R, D], of before.
            remembered: bool [B, R]: which of these are there.
        """
        time = nodes.shape[1]
        at = torch.arange(time, device=nodes.device)
        apart = (at[:, None] - at).abs()
        query = self.to_query(nodes)
        edges = query @ self.to_key(nodes).mT / query.shape[-1] ** 0.5 + self.distance[apart.clamp(max=_FARTHEST)].to(nodes.dtype)
        least = edges.detach().topk(min(self.num_neighbours, time), -1).values[..., -1:]
        edges = edges.masked_fill((edges < least) & (apart > 1), -torch.inf)
        recalled = query @ self.to_key(memory).mT / query.shape[-1] ** 0.5 + self.to_memory
        recalled = recalled.masked_fill(~remembered[:, None], -torch.inf)
        share = torch.cat([edges, recalled], -1).softmax(-1)  # [B, T, T + R]
        return self.to_out(F.gelu(share @ self.to_value(torch.cat([nodes, memory], 1))))


class Memory(nn.Module):
    """Frames of the past as a few nodes, the mean of each second and how much it moved. Source: ours."""

    def __init__(self, config: DenoiserConfig) -> None:
        super().__init__()
        self.frames = config.memory_frames
        assert self.frames > FRAMES_PER_TOKEN
        self.embed = nn.Sequential(nn.Linear(2 * config.num_channels, config.width), nn.GELU(), nn.Linear(config.width, config.width))
        self.age = nn.Parameter(torch.randn(config.num_memory, config.width) * 0.1)

    def forward(self, past: Tensor) -> Tensor:
        """Nodes [B, R, D] of past motion [B, R * frames, C], the last node the most recent."""
        seconds = past.unflatten(1, (-1, self.frames))
        return self.embed(torch.cat([seconds.mean(2), seconds.std(2)], -1)) + self.age

"""TFRM, the temporal frame graph: frames learn which other frames, the portrait and earlier windows they belong with."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..config import LATER


@dataclass(frozen=True, kw_only=True)
class FrameGraphConfig:
    """Attributes:
    key_width: Channels in which nodes are compared.
    num_neighbours: Strongest edges that each frame keeps, besides its chain.
    max_distance: Farthest distance in frames with a bias of its own; all beyond share one.
    memory_length: Summaries of earlier windows that are remembered; 0: none. In training the memory holds this many too.
    memory_stride: Of how many frames one is summarised.
    enabled: Whether there are frame graphs at all; without them frames exchange nothing here and nothing is remembered.
    """

    key_width: int = 64
    num_neighbours: int = 6
    max_distance: int = 32
    memory_length: int = 4
    memory_stride: int = 4
    enabled: bool = field(default=True, metadata=LATER)


@dataclass(frozen=True)
class FrameMemory:
    """Summaries of frames of earlier windows, for every graph of the network.

    Attributes:
        nodes: For each frame graph, [B, M, C], detached.
        times: int64 [M], ascending: when each was, in frames from the first frame of the window that it is kept for.
    """

    nodes: tuple[Tensor, ...]
    times: Tensor

    def before(self, frame: int, limit: int) -> FrameMemory:
        """What the window that starts at `frame` of this one remembers: at most `limit` summaries of frames before it."""
        last = int((self.times < frame).sum())
        first = max(last - limit, 0)
        return FrameMemory(tuple(n[:, first:last] for n in self.nodes), self.times[first:last] - frame)


class FrameGraph(nn.Module):
    """Graph structure learning over frames, then one graph convolution; residual.

    Nodes are one summary a frame, the reference, and the memory of earlier windows. An edge's score is the learned similarity of
    its ends plus a learned bias of their distance in time. Each frame keeps its strongest edges, and always itself and the frames
    next to it, so the clip stays one connected chain. The message goes back to every cell through a gate that starts at zero.
    Source: EAD-Net abstract (graph structure learning over frames); the form is ours.
    """

    def __init__(self, channels: int, config: FrameGraphConfig) -> None:
        super().__init__()
        self.config = config
        self.norm = nn.LayerNorm(channels)
        self.reference = nn.Sequential(nn.LayerNorm(channels), nn.Linear(channels, channels))
        self.to_query = nn.Linear(channels, config.key_width)
        self.to_key = nn.Linear(channels, config.key_width)
        self.log_sharpness = nn.Parameter(torch.tensor(math.log(8.0)))
        distance = torch.arange(-config.max_distance, config.max_distance + 1)
        self.time_bias = nn.Parameter(-0.2 * distance.abs().float())
        self.reference_bias = nn.Parameter(torch.zeros(()))
        self.convolve = nn.Sequential(nn.Linear(channels, channels), nn.GELU(), nn.Linear(channels, channels))
        self.gate = nn.Parameter(torch.zeros(channels))

    def summaries(self, x: Tensor) -> Tensor:
        """[B, T, C]: the node of each frame of x [B, T, H, W, C], averaged in float32."""
        return self.norm(x.mean((2, 3), dtype=torch.float32).to(self.norm.weight.dtype))

    def adjacency(self, nodes: Tensor, candidates: Tensor, times: Tensor | None) -> Tensor:
        """The edges: rows sum to one; frames keep themselves, their chain and their strongest candidates.

        Args:
            nodes: [B, T, C], the window's frames.
            candidates: [B, T + 1 + M, C]: the same frames, the reference, the memory.
            times: int64 [M]: times of the memory's frames; None: there is no memory.

        Returns:
            float32 [B, T, T + 1 + M].
        """
        num_frames, reach = nodes.shape[1], self.config.max_distance
        query = F.normalize(self.to_query(nodes).float(), dim=-1)
        key = F.normalize(self.to_key(candidates).float(), dim=-1)
        now = torch.arange(num_frames, device=nodes.device)
        then = torch.cat([now, now.new_zeros(1)] if times is None else [now, now.new_zeros(1), times])
        distance = then - now[:, None]  # [T, T + 1 + M]
        bias = self.time_bias.float()[distance.clamp(-reach, reach) + reach]
        chain = distance.abs() <= 1
        is_reference = torch.arange(distance.shape[1], device=nodes.device) == num_frames
        bias = torch.where(is_reference, self.reference_bias.float(), bias)
        score = query.matmul(key.mT) * self.log_sharpness.float().exp() + bias
        num_kept = min(self.config.num_neighbours, score.shape[-1])
        weakest = score.topk(num_kept, -1).values[..., -1:]
        kept = (score >= weakest) | (chain & ~is_reference)
        return score.masked_fill(~kept, float("-inf")).softmax(-1)

    def forward(self, x: Tensor, reference: Tensor, memory: Tensor | None, times: Tensor | None) -> tuple[Tensor, Tensor]:
        """x with its graph's message added, and the nodes that a later window may remember.

        Args:
            x: [B, T, H, W, C].
            reference: [B, C], summary of the portrait at this level.
            memory: [B, M, C], nodes of earlier windows; None: there were none.
            times: int64 [M], or None with it.

        Returns:
            [B, T, H, W, C], and [B, T, C].
        """
        nodes = self.summaries(x)
        portrait = self.reference(reference.to(self.norm.weight.dtype))[:, None].to(nodes.dtype)
        candidates = torch.cat([nodes, portrait] if memory is None else [nodes, portrait, memory], 1)
        gathered = self.adjacency(nodes, candidates, times).to(candidates.dtype) @ candidates  # [B, T, C]
        message = self.gate * self.convolve(gathered)
        return x + message.to(x.dtype)[:, :, None, None], nodes


class NoFrameGraph(nn.Module):
    """Stands where a frame graph would: what frame graphs are measured against."""

    def forward(self, x: Tensor, reference: Tensor, memory: Tensor | None, times: Tensor | None) -> tuple[Tensor, Tensor]:
        """x itself, and nodes [B, T, 0] that say nothing."""
        return x, x.new_zeros(*x.shape[:2], 0)

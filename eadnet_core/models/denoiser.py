"""The denoiser: from noisy frames, portrait and conditions to the warp that makes the clean clip."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..config import LATER
from ..types import Conditions, Warp
from .attention import AttentionFunction, torch_attention
from .blocks import FullBlock, ResBlock
from .conditioning import Conditioning, ConditioningConfig, ConditionState
from .face_rig import rig_pose, rig_warp
from .frame_graph import FrameGraphConfig, FrameMemory
from .reference_encoder import ReferenceEncoder
from .warp_head import WarpHead


@dataclass(frozen=True, kw_only=True)
class DenoiserConfig:
    """Attributes:
    patch: Side of the pixel blocks that become one cell of the first level.
    channels: Channels of each level; each level's grid is half of the one before.
    down_blocks: Blocks of each level on the way down; the last level's are the middle.
    up_blocks: Blocks of each level but the last on the way up.
    reference_blocks: Blocks of each level in the portrait's encoder.
    full_from: First level with full blocks; before it there are ResBlocks only. At 32 x 32 the strips of a 16-frame window have
        512 cells, attention would cost more than all convolutions there, and a cell's cross at 16 x 16 says as much of a head's motion.
    num_heads: Attention heads of each level, even: half go along rows, half along columns.
    fine_channels: Channels of the portrait's encoder at twice the first level's grid.
    position_waves: Sinusoids of each axis of a position.
    mlp_ratio: Width of the MLPs over their channels.
    num_shapes: Shapes of the portrait that the controls drive, see WarpHead.
    directions: What cells attend along, see strip_attention.DIRECTIONS.
    """

    patch: int = 4
    channels: tuple[int, ...] = (64, 128, 192)
    down_blocks: tuple[int, ...] = (1, 1, 2)
    up_blocks: tuple[int, ...] = (1, 1)
    reference_blocks: tuple[int, ...] = (1, 1, 0)
    full_from: int = 1
    num_heads: tuple[int, ...] = (2, 2, 4)
    fine_channels: int = 32
    position_waves: int = 16
    mlp_ratio: int = 2
    num_shapes: int = 32
    graph: FrameGraphConfig = field(default_factory=FrameGraphConfig)
    conditioning: ConditioningConfig = field(default_factory=ConditioningConfig)
    directions: str = field(default="strips", metadata=LATER)


@dataclass(frozen=True)
class DenoiserOutput:
    """Attributes:
    warp: What x0 is made of.
    visemes: float32 [B, T, 5], 0 to 1: what the speech encoder hears; 0 without speech.
    memory: Summaries of earlier windows and of this one; `memory.before(frame, limit)` is what the next window takes.
    """

    warp: Warp
    visemes: Tensor
    memory: FrameMemory


class Denoiser(nn.Module):
    """A small spatio-temporal U-Net that says the clean clip as a warp. Source: STDA and TFRM EAD-Net abstract, the rest ours."""

    def __init__(self, config: DenoiserConfig, attention: AttentionFunction = torch_attention) -> None:
        super().__init__()
        self.config = config
        channels, last = config.channels, len(config.channels) - 1
        self.conditioning = Conditioning(config.conditioning)
        self.reference_encoder = ReferenceEncoder(config.fine_channels, channels, config.reference_blocks, config.patch)
        self.first = nn.Conv2d(3 * config.patch**2, channels[0], 3, padding=1)
        self.join_reference = nn.ModuleList(nn.Conv2d(c, c, 1) for c in channels)

        def stage(level: int, num_blocks: int) -> nn.ModuleList:
            return nn.ModuleList(self._block(level, attention) for _ in range(num_blocks))

        self.down = nn.ModuleList(stage(level, n) for level, n in enumerate(config.down_blocks))
        self.up = nn.ModuleList(stage(level, n) for level, n in enumerate(config.up_blocks))
        self.shrink = nn.ModuleList(nn.Conv2d(channels[i], channels[i + 1], 3, stride=2, padding=1) for i in range(last))
        self.grow = nn.ModuleList(nn.Conv2d(channels[i + 1], channels[i], 1) for i in range(last))
        self.skip = nn.ModuleList(nn.Conv2d(channels[i], channels[i], 1) for i in range(last))
        self.head = WarpHead(channels[0], config.fine_channels, config.patch, config.conditioning.width, config.num_shapes)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def _block(self, level: int, attention: AttentionFunction) -> nn.Module:
        config = self.config
        channels, condition_width = config.channels[level], config.conditioning.width
        if level < config.full_from:
            return ResBlock(channels, condition_width)
        return FullBlock(
            channels=channels,
            condition_width=condition_width,
            token_width=config.conditioning.token_width,
            num_heads=config.num_heads[level],
            position_waves=config.position_waves,
            mlp_ratio=config.mlp_ratio,
            graph=config.graph,
            directions=config.directions,
            attention=attention,
        )

    def forward(self, x_t: Tensor, sigma: Tensor, conditions: Conditions, memory: FrameMemory | None = None) -> DenoiserOutput:
        """The warp of the clean clip.

        Args:
            x_t: [B, T, 3, S, S], (1 - sigma) * x0 + sigma * noise.
            sigma: [B, T], noise level of each frame, 0 (clean, known) to 1 (noise: then x_t itself is not looked at).
            conditions: Portrait and controls.
            memory: What earlier windows left; None at a clip's start.
        """
        num_frames, dtype = x_t.shape[1], self.first.weight.dtype
        rounded = conditions.to(x_t.device, dtype)  # the rig takes the exact ones: a landmark is a position
        state = self.conditioning(rounded, sigma)
        fine, *references = self.reference_encoder(rounded.reference, rounded.landmark_maps)
        portraits = [r.mean((2, 3), dtype=torch.float32) for r in references]
        nodes: list[Tensor] = []

        seen = (x_t * (1 - sigma)[:, :, None, None, None]).flatten(0, 1).to(dtype)
        x = self.first(F.pixel_unshuffle(seen, self.config.patch).contiguous(memory_format=torch.channels_last))
        skips = []
        for level, blocks in enumerate(self.down):
            # A convolution over [frame, portrait] is the sum of two, and the portrait's half is the same for all frames.
            joined = self.join_reference[level](references[level])[:, None]
            x = (x.unflatten(0, (-1, num_frames)) + joined).flatten(0, 1)
            x = self._through(blocks, x, state, portraits[level], memory, nodes)
            if level < len(self.shrink):
                skips.append(x)
                x = self.shrink[level](x)
        for level in reversed(range(len(self.up))):
            x = F.interpolate(self.grow[level](x), scale_factor=2.0) + self.skip[level](skips[level])
            x = self._through(self.up[level], x, state, portraits[level], memory, nodes)
        with torch.autocast(x.device.type, enabled=False):
            pose = rig_pose(conditions, state.visemes.detach().float(), state.units.detach().float())
            rig = rig_warp(conditions.reference, conditions.landmarks, pose, num_frames)
        warp = self.head(x, fine, state.drive, rig)
        return DenoiserOutput(warp, state.visemes, self._remember(nodes, num_frames, memory))

    @staticmethod
    def _through(
        blocks: nn.Module, x: Tensor, state: ConditionState, portrait: Tensor, memory: FrameMemory | None, nodes: list[Tensor]
    ) -> Tensor:
        """x [B * T, C, H, W] through a stage; the nodes of its frame graphs are appended to `nodes`, which counts the graphs passed."""
        condition = state.vector.flatten(0, 1)
        for block in blocks.children():
            if isinstance(block, FullBlock):
                past = None if memory is None else memory.nodes[len(nodes)]
                times = None if memory is None else memory.times
                x, summary = block(x, condition, state.tokens, portrait, past, times)
                nodes.append(summary)
            else:
                x = block(x, condition)
        return x

    def _remember(self, nodes: list[Tensor], num_frames: int, memory: FrameMemory | None) -> FrameMemory:
        """The memory with this window's frames added."""
        stride = self.config.graph.memory_stride
        kept = tuple(n[:, ::stride].detach() for n in nodes)
        times = torch.arange(0, num_frames, stride, device=nodes[0].device)
        if memory is None:
            return FrameMemory(kept, times)
        both = tuple(torch.cat([past, new], 1) for past, new in zip(memory.nodes, kept, strict=True))
        return FrameMemory(both, torch.cat([memory.times, times]))

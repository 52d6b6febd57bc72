"""One block of the denoiser: strips, graph, conditions, layer; each beside the stream, with a norm before it."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from .config import DenoiserConfig
from .frame_graph import FrameGraph
from .strips import StripAttention


class CrossAttention(nn.Module):
    """Every cell of a moment asks what is heard around it, felt and wanted."""

    def __init__(self, width: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.to_query = nn.Linear(width, width)
        self.to_key_value = nn.Linear(width, 2 * width)
        self.to_out = nn.Linear(width, width)

    def forward(self, x: Tensor, tokens: Tensor, bias: Tensor) -> Tensor:
        """[B, T, 16, D], of x alike, tokens [B, T, M, D] and bias [B, T, M]."""
        query = self.to_query(x).unflatten(-1, (self.num_heads, -1)).flatten(0, 1).transpose(1, 2)  # [BT, heads, 16, d]
        key, value = self.to_key_value(tokens).unflatten(-1, (2, self.num_heads, -1)).flatten(0, 1).permute(2, 0, 3, 1, 4)
        read = F.scaled_dot_product_attention(query, key, value, attn_mask=bias.flatten(0, 1)[:, None, None].to(query.dtype))
        return self.to_out(read.transpose(1, 2).flatten(2)).view_as(x)


class Block(nn.Module):
    """Source: pre-norm residual blocks with shifts and scales from the noise level, as in DiT (Peebles & Xie, 2022)."""

    def __init__(self, config: DenoiserConfig) -> None:
        super().__init__()
        width = config.width
        self.norms = nn.ModuleList(nn.LayerNorm(width, elementwise_affine=False) for _ in range(4))
        self.modulation = nn.Linear(width, 6 * width)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)
        self.strips = StripAttention(width, config.num_heads, config.attention)
        self.graph = FrameGraph(width, config.num_neighbours) if config.graph else None
        self.cross = CrossAttention(width, config.num_heads)
        self.mlp = nn.Sequential(nn.Linear(width, 3 * width), nn.GELU(), nn.Linear(3 * width, width))

    def forward(self, x: Tensor, level: Tensor, memory: Tensor, remembered: Tensor, tokens: Tensor, bias: Tensor) -> Tensor:
        """The stream [B, T, 16, D] one block further.

        Args:
            x: The stream.
            level: [B, T, D], of each moment's noise.
            memory, remembered: See FrameGraph.
            tokens, bias: See CrossAttention.
        """
        scale, shift, gate, scale_mlp, shift_mlp, gate_mlp = self.modulation(F.silu(level))[:, :, None].chunk(6, -1)
        x = x + (1 + gate) * self.strips(self.norms[0](x) * (1 + scale) + shift)
        if self.graph is not None:
            x = x + self.graph(self.norms[1](x).mean(2), memory, remembered)[:, :, None]
        x = x + self.cross(self.norms[2](x), tokens, bias)
        return x + (1 + gate_mlp) * self.mlp(self.norms[3](x) * (1 + scale_mlp) + shift_mlp)

"""STDA: attention along strips of the face through all time. One row of cells through all frames, one column through all frames."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..motion.space import COLUMNS, ROWS
from .rotary import rotary_table, rotated

NUM_ROWS, NUM_COLUMNS = len(ROWS), len(COLUMNS)


class StripAttention(nn.Module):
    """Spatio-temporal directional attention over cells [rows, columns] and the head, through time.

    Every row of three cells attends to itself through all frames, and so does every column of five; the head's cell takes part in each
    strip. A gate weighs the two for each token. What EAD-Net calls strip attention over space and time; its equations are not public, so
    this is a reconstruction.

    Args of the constructor:
        width, num_heads: Channels and heads.
        kind: "strips"; "space_time" attends within a frame and through time of each cell instead, "time" through time only, with the
            same parameters: for comparisons.
    """

    def __init__(self, width: int, num_heads: int, kind: str = "strips") -> None:
        super().__init__()
        self.num_heads, self.kind = num_heads, kind
        self.nearby = nn.Conv1d(width, width, 5, padding=2, groups=width)
        self.to_qkv = nn.Linear(width, 3 * width)
        self.gate = nn.Linear(width, 2)
        self.to_out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, 16, D] of tokens alike."""
        batch, time, cells, width = x.shape
        x = x + self.nearby(x.permute(0, 2, 3, 1).reshape(-1, width, time)).reshape(batch, cells, width, time).permute(0, 3, 1, 2)
        qkv = self.to_qkv(x)
        table = rotary_table(time, width // self.num_heads, qkv)
        if self.kind == "strips":
            first, second = self._strips(qkv, table, NUM_ROWS), self._strips(qkv, table, NUM_COLUMNS)
        else:
            second = (
                self._attend(qkv.transpose(1, 2).flatten(0, 1)[:, :, None], table).squeeze(2).unflatten(0, (batch, cells)).transpose(1, 2)
            )
            if self.kind == "time":
                first = second
            else:
                first = self._attend(qkv.flatten(0, 1)[:, None], (table[0][:1], table[1][:1])).squeeze(1).unflatten(0, (batch, time))
        weight = self.gate(x).softmax(-1)
        return self.to_out(first * weight[..., :1] + second * weight[..., 1:])

    def _strips(self, qkv: Tensor, table: tuple[Tensor, Tensor], count: int) -> Tensor:
        """Attention in each of `count` strips: rows if there are as many as rows, else columns."""
        batch, time, _, width = qkv.shape
        grid = qkv[:, :, :-1].unflatten(2, (NUM_ROWS, NUM_COLUMNS))  # [B, T, rows, columns, 3D]
        by_strip = grid.permute(0, 2, 1, 3, 4) if count == NUM_ROWS else grid.permute(0, 3, 1, 2, 4)  # [B, strips, T, cells, 3D]
        head = qkv[:, None, :, -1:].expand(-1, count, -1, -1, -1)
        out = self._attend(torch.cat([by_strip, head], 3).flatten(0, 1), table).unflatten(0, (batch, count))  # [B, strips, T, cells + 1, D]
        cells = out[:, :, :, :-1]
        cells = cells.permute(0, 2, 1, 3, 4) if count == NUM_ROWS else cells.permute(0, 2, 3, 1, 4)
        return torch.cat([cells.flatten(2, 3), out[:, :, :, -1].mean(1)[:, :, None]], 2)

    def _attend(self, qkv: Tensor, table: tuple[Tensor, Tensor]) -> Tensor:
        """Attention among all tokens of [G, T, cells, 3D], positions by time: [G, T, cells, D]."""
        groups, time, cells, _ = qkv.shape
        query, key, value = qkv.unflatten(-1, (3, self.num_heads, -1)).permute(3, 0, 4, 2, 1, 5)  # each [G, heads, cells, T, d]
        query, key = rotated(query, table), rotated(key, table)
        read = F.scaled_dot_product_attention(query.flatten(2, 3), key.flatten(2, 3), value.flatten(2, 3))
        return read.unflatten(2, (cells, time)).permute(0, 3, 2, 1, 4).flatten(3)

"""What decides the shape of the denoiser."""

from __future__ import annotations

from dataclasses import dataclass

FRAMES_PER_TOKEN = 2
"""Strips at 25 Hz cost 2.6 times as much as at 12.5."""


@dataclass(frozen=True, kw_only=True)
class DenoiserConfig:
    """Attributes:
    num_channels: C, of a frame of motion.
    num_phones: Phones that are heard.
    num_prosody: Numbers of a frame's prosody.
    num_emotions, num_units: Classes of emotion and Action Units.
    text_width: Channels of a caption's vector.
    num_manner: Numbers that say in what manner.
    width: Channels of a token.
    num_blocks, num_heads: Of the denoiser and its attention.
    heard_tokens: Half of how far a token listens, in frames.
    num_neighbours: Edges that a frame keeps in the graph, besides its chain.
    memory_frames: Frames of the past behind one node of memory.
    num_memory: Nodes of memory.
    attention: "strips" (STDA), "space_time" (within a frame and through time) or "time" (through time only): for comparisons.
    graph: Whether the frame graph (TFRM) is there: for comparisons.
    """

    num_channels: int = 80
    num_phones: int = 42
    num_prosody: int = 3
    num_emotions: int = 8
    num_units: int = 24
    text_width: int = 256
    num_manner: int = 3
    width: int = 128
    num_blocks: int = 5
    num_heads: int = 4
    heard_tokens: int = 8
    num_neighbours: int = 12
    memory_frames: int = 25
    num_memory: int = 16
    attention: str = "strips"
    graph: bool = True

"""Whole performances out of parts, on the device that trains: lips, feelings put onto them, head, eyes, brows; and what is told of them.

Everything is drawn from one generator, so the same seed gives the same batch. What a window does is known exactly, so every condition is
true: of each, a share is told and the rest has to be guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..denoiser.conditions import Conditions
from ..denoiser.config import DenoiserConfig
from ..denoiser.denoiser import Past
from ..emotion.meaning import ACTION_UNITS_OF_EMOTIONS
from ..emotion.vocabulary import ACTION_UNITS
from ..motion.by_rule import LIDS_OF_UNITS, MOUTH_UNDER_SPEECH
from ..motion.face_motion import PARTS
from ..motion.latent import LIDS, LatentLayout
from ..motion.mouth_maps import MouthMaps
from ..speech.phones import SHUT
from .performances import LIPS_STEP, PRIOR_STEP, Performances

HELD_FRAMES = 28
"""Frames of a window that continue the one before."""
_WIDE_GAP = 0.30
"""Parting of the lips, eye distances, of a mouth that is wide open."""
SOURCE_SHARES = {"grid_1": 0.50, "facegood": 0.04, "rule": 0.40, "idle": 0.06}
"""FACEGOOD's lips stay apart in p, b and m, so there is little of them."""
ARTICULATION_OF_SOURCES = {"grid_1": -0.17, "facegood": -0.06, "rule": 0.19}
"""Logarithm of how far the lips of each source part, against the mean: told as articulation, so that it need not be guessed."""
OTHER_SHARE = 0.3
NEUTRAL_SHARE, SWITCH_SHARE = 0.25, 0.35
LABEL_ONLY, TEXT_ONLY = 0.25, 0.25
UNITS_GIVEN_SHARE = 0.3
MANNER_TOLD = 0.5
START_SHARE, HELD_PART_SHARE = 0.2, 0.2
MIRRORED = 0.5
DOUBT, MISHEARING, LEAST_LIKELY = (0.8, 1.1), 2.0, 0.005
"""What makes voices of the corpus as uncertain to hear as people who were never heard: there the best phone has 0.5, here 0.8."""
UNIT_VARIATION = 0.12
"""Deviation of how strongly a feeling shows at a moment, of itself."""
_MIRRORED_UNITS = [ACTION_UNITS.index(u[:-1] + {"L": "R", "R": "L"}[u[-1]] if u[-1] in "LR" else u) for u in ACTION_UNITS]
_AU45 = [ACTION_UNITS.index("AU45R"), ACTION_UNITS.index("AU45L")]


@dataclass(frozen=True)
class Batch:
    """B windows of N frames.

    Attributes:
        motion: float [B, N, C], clean latent.
        held: float [B, N, C], 1 where it is given.
        given: What is told.
        past: What happened before.
        said: float [B, 2 * N, P], the phones as they are heard best.
    """

    motion: Tensor
    held: Tensor
    given: Conditions
    past: Past
    said: Tensor


class Composer:
    """Draws batches of performances."""

    def __init__(
        self, data: Performances, config: DenoiserConfig, num_frames: int, device: torch.device, tracks: np.ndarray | None = None
    ) -> None:
        """Args:
        data: Parts.
        config: Of the denoiser: how much past it remembers.
        num_frames: N of a window.
        device: Where all is done.
        tracks: Those that may be drawn; None: all.
        """
        self.config, self.num_frames, self.device = config, num_frames, device
        self.layout = LatentLayout.of_face()

        def put(array: np.ndarray) -> Tensor:
            return torch.from_numpy(np.ascontiguousarray(array)).to(device)

        self.phones, self.prosody, self.lips, self.prior = put(data.phones), put(data.prosody), put(data.lips), put(data.prior)
        self.blinks = put(data.blinks)
        self.text, self.text_emotion, self.text_units = put(data.text).float(), put(data.text_emotion).float(), put(data.text_units).float()
        lengths = np.diff(data.ends, prepend=0)
        chosen = np.arange(len(data.ends)) if tracks is None else tracks
        chosen = chosen[lengths[chosen] > num_frames]
        self.tracks, self.starts, self.lengths = put(chosen), put((data.ends - lengths)[chosen]), put(lengths[chosen])
        share = lengths[chosen].astype(np.float64)
        for source in set(data.sources[chosen]):
            mask = data.sources[chosen] == source
            share[mask] *= SOURCE_SHARES.get(source, OTHER_SHARE) / share[mask].sum()
        self.shares = put(share / share.sum()).float()
        self.articulation = put(np.array([ARTICULATION_OF_SOURCES.get(source, 0.0) for source in data.sources[chosen]], np.float32))
        maps = MouthMaps.of_face()
        self.felt, self.parting, self.brows, self.gap = put(maps.felt), put(maps.parting), put(maps.brows), put(maps.gap)
        self.closing, self.mirror = put(maps.closing), put(maps.mirror)
        self.shut = put(np.flatnonzero(SHUT))
        self.of_emotion = put(ACTION_UNITS_OF_EMOTIONS)
        lids = np.zeros(len(ACTION_UNITS), np.float32)
        for unit, value in LIDS_OF_UNITS.items():
            lids[ACTION_UNITS.index(unit)] = value
        self.lids = put(lids)
        self.parts = put(np.stack([self.layout.of_part(part) for part in PARTS])).float()  # [4, C]

    def draw(self, generator: torch.Generator, batch: int) -> Batch:
        """A random batch.

        Args:
            generator: On the device.
            batch: B.
        """
        config, frames, dev = self.config, self.num_frames, self.device

        def uniform(*shape: int) -> Tensor:
            return torch.rand(*shape, generator=generator, device=dev)

        def normal(*shape: int) -> Tensor:
            return torch.randn(*shape, generator=generator, device=dev)

        which = torch.multinomial(self.shares, batch, replacement=True, generator=generator)
        room = (self.lengths[which] - frames).clamp(min=0)
        first = torch.where(uniform(batch) < START_SHARE, torch.zeros_like(room), (uniform(batch) * (room + 1)).long())
        first = torch.minimum(first, room)
        reach = config.num_memory * config.memory_frames
        offset = torch.arange(-reach, frames, device=dev)
        at = first[:, None] + offset  # [B, R + N], frame within its track
        there = at >= 0
        index = (self.starts[which, None] + at.clamp(min=0)).clamp(max=len(self.lips) - 1)

        draw = (uniform(batch) * len(self.prior)).long()
        prior = self.prior[draw[:, None], index].float()
        lips = self.lips[index].float() * LIPS_STEP
        manner = torch.stack([0.35 * normal(batch), 0.22 * normal(batch), self.blinks[draw, self.tracks[which]]], -1)
        lively, articulate = manner[:, 0].exp()[:, None, None], manner[:, 1].exp()[:, None, None]

        manner = manner + torch.stack([torch.zeros_like(lively[:, 0, 0]), self.articulation[which], torch.zeros_like(lively[:, 0, 0])], -1)

        emotion, text, weights, units = self._feeling(uniform, batch, reach + frames, reach)
        wave = self._slow(normal, batch, reach + frames, 1)
        shown = units * (1 + UNIT_VARIATION * wave).clamp(0.4, 1.6)
        curves, given = self._curves(uniform, normal, batch, reach + frames)
        shown = torch.where(given > 0, curves, shown)
        said = self.phones[0][(2 * index)[..., None] + torch.arange(2, device=dev)]  # [B, R + N, 2, P]
        shut = (said[..., self.shut].float().sum(-1) / 255).amax(-1, keepdim=True)
        expression = self._expression(lips * articulate, shown, prior[..., 9:] / 127 * lively, shut)
        lids = prior[..., 8:9] / 127
        lids = lids + (shown @ self.lids)[..., None] * (1 - lids)
        lids = torch.maximum(lids.clamp(-1, 1).expand(-1, -1, 2), shown[..., _AU45])
        head = prior[..., :6] * PRIOR_STEP * lively
        motion = torch.cat([expression, head, prior[..., 6:8] * PRIOR_STEP, lids / LIDS], -1)

        sided = (units - units[..., _MIRRORED_UNITS]).abs().amax((1, 2)) > 0.05  # a feeling on one side stays there: it is told by its name
        flip = ((uniform(batch) < MIRRORED) & ~sided)[:, None, None]
        motion = torch.where(flip, self._mirrored(motion), motion)
        curves, given = (torch.where(flip, part[..., _MIRRORED_UNITS], part) for part in (curves, given))

        window = slice(reach, None)
        heard = (uniform(batch) * len(self.phones)).long()
        fifty = (2 * index[:, window, None] + torch.arange(2, device=dev)).flatten(1)
        phones = self.phones[heard[:, None], fifty].float() / 255
        told = torch.where(uniform(batch, 3) < MANNER_TOLD, manner, torch.full_like(manner, torch.nan))
        conditions = Conditions(
            self._misheard(uniform, normal, phones), self.prosody[index[:, window]].float() / 255, emotion[:, window], text,
            weights[:, window], (curves * given)[:, window], given[:, window], told,
        )  # fmt: skip
        seconds = there[:, :reach].unflatten(1, (-1, config.memory_frames)).all(-1)
        past = Past(motion[:, :reach] * there[:, :reach, None], seconds)
        said = self.phones[0][fifty].float() / 255
        return Batch(motion[:, window], self._held(uniform, batch, first), conditions, past, said)

    def _misheard(self, uniform, normal, phones: Tensor) -> Tensor:  # noqa: ANN001
        """Phones [B, M, P] as surely as strangers' are heard, and now and then mistaken for others that are likely."""
        batch, length, count = phones.shape
        sure = DOUBT[0] + (DOUBT[1] - DOUBT[0]) * uniform(batch, 1, 1)
        wave = torch.nn.functional.interpolate(normal(batch, count, length // 3 + 2), scale_factor=3, mode="linear")[..., :length].mT
        logits = sure * (phones + LEAST_LIKELY).log() + MISHEARING * uniform(batch, 1, 1) * wave
        spoken = logits[..., 1:].softmax(-1) * (1 - phones[..., :1])  # silence is silence
        return torch.cat([phones[..., :1], spoken], -1)

    def _expression(self, lips: Tensor, units: Tensor, brows: Tensor, shut: Tensor) -> Tensor:
        """Lips [B, L, K] with a feeling put on; where p, b or m shuts them, as surely as `shut` [B, L, 1], it does not part them."""
        opened = ((lips @ self.gap) / _WIDE_GAP).clamp(0, 1).sqrt()[..., None]
        yields = 1 - MOUTH_UNDER_SPEECH * torch.maximum(opened, shut)
        felt = units @ self.felt + yields * (units @ self.parting)
        return lips + felt + shut * (felt @ self.closing) + brows * self.brows

    def _feeling(self, uniform, batch: int, length: int, reach: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:  # noqa: ANN001
        """One feeling, or one after another: emotion told [B, L, 8], texts [B, 2, D] and weights told [B, L, 2], units [B, L, 24]."""
        pick = (uniform(batch, 2) * len(self.text)).long()
        scale = torch.where(uniform(batch, 2) < 0.4, torch.ones(batch, 2, device=self.device), uniform(batch, 2) * 1.2)
        scale = torch.where(uniform(batch, 2) < NEUTRAL_SHARE, torch.zeros_like(scale), scale)
        kind = uniform(batch, 1)
        label_only = (kind < LABEL_ONLY).float()[..., None]
        emotion = self.text_emotion[pick] * scale[..., None]  # [B, 2, 8]
        by_label = emotion @ self.of_emotion
        units = label_only * by_label + (1 - label_only) * self.text_units[pick] * scale[..., None]
        switch = reach + (uniform(batch) * (length - reach)).long()
        switch = torch.where(uniform(batch) < SWITCH_SHARE, switch, torch.full_like(switch, 2 * length))
        ramp = 3 + (uniform(batch) * 8).long()
        after = ((torch.arange(length, device=self.device) - switch[:, None]) / ramp[:, None]).clamp(0, 1)[..., None]  # [B, L, 1]

        def over_time(values: Tensor) -> Tensor:
            return values[:, None, 0] * (1 - after) + values[:, None, 1] * after

        text_only = ((kind >= LABEL_ONLY) & (kind < LABEL_ONLY + TEXT_ONLY)).float()[..., None]
        strength = torch.cat([(1 - after) * scale[:, None, :1], after * scale[:, None, 1:]], -1).clamp(
            max=1
        )  # a caption fades with its intensity
        return over_time(emotion) * (1 - text_only), self.text[pick], strength * (1 - label_only), over_time(units).clamp(0, 1.5)

    def _curves(self, uniform, normal, batch: int, length: int) -> tuple[Tensor, Tensor]:  # noqa: ANN001
        """Action Units drawn over time, and which are given: [B, L, 24] each."""
        count = len(ACTION_UNITS)
        some = (uniform(batch, 1) < UNITS_GIVEN_SHARE) & (uniform(batch, count) < uniform(batch, 1) ** 2)
        level = (uniform(batch, count) * 1.6 - 0.5).clamp(0, 1)
        curves = (level[:, None] * (1 + 0.5 * self._slow(normal, batch, length, count))).clamp(0, 1.5)
        return curves, some[:, None].expand(-1, length, -1).float()

    def _slow(self, normal, batch: int, length: int, columns: int) -> Tensor:  # noqa: ANN001
        """Noise of unit deviation that changes within a second: [B, L, columns]."""
        knots = normal(batch, columns, length // 12 + 3)
        wave = torch.nn.functional.interpolate(knots, scale_factor=12, mode="linear")[..., :length]
        return 1.2 * wave.mT

    def _mirrored(self, motion: Tensor) -> Tensor:
        lay = self.layout
        sign = torch.ones(lay.num_channels, device=self.device)
        sign[[lay.rotation.start, lay.rotation.start + 2, lay.translation.start, lay.gaze.start]] = -1
        other = motion * sign
        lids = motion[..., lay.lids].flip(-1)
        return torch.cat([motion[..., lay.expression] @ self.mirror, other[..., lay.expression.stop : lay.lids.start], lids], -1)

    def _held(self, uniform, batch: int, first: Tensor) -> Tensor:  # noqa: ANN001
        """What is given of the motion itself: the end of the window before; now and then a part of the face through all time."""
        frames = torch.arange(self.num_frames, device=self.device)
        continued = (first >= HELD_FRAMES) & (uniform(batch) < 0.9)
        held = (continued[:, None] & (frames < HELD_FRAMES)).float()[..., None]
        part = (uniform(batch, len(PARTS)) < 0.4).float() * (uniform(batch, 1) < HELD_PART_SHARE).float()
        return torch.maximum(held, (part @ self.parts).clamp(max=1)[:, None]).expand(-1, self.num_frames, -1)

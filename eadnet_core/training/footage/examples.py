"""Training batches from prepared footage: a reference frame, a stretch of the same clip, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...emotion.tokenizer import encode_captions
from ...emotion.track import NEUTRAL_CAPTION
from ...emotion.vocabulary import EMOTIONS
from ...errors import InputError
from ...face.align import apply_similarity, crop_square, crop_transform
from ...face.landmarks import draw_landmark_maps
from ...types import Conditions
from ..base.recipe import BaseRecipe
from ..base.recorded_clip import RecordedClip
from ..base.train import Example
from ..base.world import World
from .clip import STORED_SIZE, ClipInfo
from .head_pose import fit_head_pose
from .library import Stretch

AHEAD = 3
"""Batches that are read while the network works on one."""
BY_TEXT, LABEL_TOO = 0.5, 0.6
"""Share of the clips with a known feeling that are told its name as text, and of those the share that is told the label as well."""


@dataclass(frozen=True)
class Shot:
    """What a batch takes of a clip.

    Attributes:
        stretch: The clip.
        first: First frame, counted in the clip.
        num_frames: T.
        reference: Frame that is the portrait.
    """

    stretch: Stretch
    first: int
    num_frames: int
    reference: int


class FootageExamples:
    """Batches of real clips, see base.train.Recordings.

    Batch `index` is the same whenever it is asked for, so that a resumed training sees what it would have seen; each process of a
    training has its own.
    """

    def __init__(self, stretches: Sequence[Stretch], recipe: BaseRecipe, world: World) -> None:
        """Args:
        stretches: What to train on.
        recipe: Says sizes, shares and the seed.
        world: The processes that train.

        Raises:
            InputError: No stretch is as long as the recipe's longest clips.
        """
        longest = max(frames + past for _, frames, past in recipe.clips)
        self._stretches = [stretch for stretch in stretches if stretch.num_frames >= longest]
        if not self._stretches:
            most = max((stretch.num_frames for stretch in stretches), default=0)
            raise InputError(f"The recipe draws clips of {longest} frames, and the footage's longest has {most}; add longer videos.")
        self._recipe, self._world = recipe, world
        self._pool = ThreadPoolExecutor(2, "footage")
        self._coming: dict[int, Future[Example]] = {}

    def example(self, index: int) -> Example | None:
        """Batch number `index` on the training's device; None where that batch is to be drawn."""
        if not self._is_footage(index):
            return None
        for coming in [i for i in range(index, index + AHEAD + 1) if i not in self._coming and self._is_footage(i)]:
            self._coming[coming] = self._pool.submit(self._read, coming)
        return self._coming.pop(index).result()

    def _is_footage(self, index: int) -> bool:
        """The same answer in all processes, so that none waits for another's slower kind of batch."""
        return float(np.random.default_rng([self._recipe.seed, index]).random()) < self._recipe.footage_share

    def _read(self, index: int) -> Example:
        rng = np.random.default_rng([self._recipe.seed, index, self._world.rank])
        batch, num_frames, past = self._recipe.clips[index % len(self._recipe.clips)]
        shots = draw_shots(self._stretches, batch, past + num_frames, rng)
        example = read_example(shots, self._recipe.size, self._recipe.drop, rng)
        return Example(example.conditions.to(self._world.device), example.clip.to(self._world.device))


def draw_shots(stretches: Sequence[Stretch], batch: int, num_frames: int, rng: np.random.Generator) -> list[Shot]:
    """Random shots; every moment of the footage is as likely as any other.

    Args:
        stretches: Of `num_frames` or more.
        batch: B.
        num_frames: T.
        rng: Drawn from.
    """
    choices = np.array([stretch.num_frames - num_frames + 1 for stretch in stretches])
    which = rng.choice(len(stretches), batch, p=choices / choices.sum())
    return [
        Shot(s, s.start + int(rng.integers(s.num_frames - num_frames + 1)), num_frames, int(rng.integers(s.start, s.stop)))
        for s in (stretches[i] for i in which)
    ]


def read_example(shots: Sequence[Shot], size: int, drop: float, rng: np.random.Generator) -> Example:
    """A batch of shots, all of one length, on the CPU.

    The reference's own alignment cuts out all frames, as at use, where the portrait is aligned once and the head moves in its crop.
    Told are speech, the head's pose against the reference, and the feeling where it is known; nothing else is known of a film.

    Args:
        shots: B of them.
        size: Side of the frames in pixels.
        drop: Share of samples without each control.
        rng: Drawn from.
    """
    read = [_read_shot(shot, size) for shot in shots]
    pictures = torch.from_numpy(np.stack([pictures for pictures, _ in read]))
    pixels = pictures.permute(0, 1, 4, 2, 3).float() / 127.5 - 1  # [B, 1 + T, 3, S, S]
    landmarks = torch.from_numpy(np.stack([points for _, points in read]))  # [B, 1 + T, 29, 2]
    reference, seen = pixels[:, 0], landmarks[:, 0]
    feeling, given = _feelings([shot.stretch.info for shot in shots], shots[0].num_frames, drop, rng)
    given |= {name: torch.from_numpy(rng.random(len(shots)) >= drop) for name in ("mel", "head_pose")}
    conditions = Conditions(
        reference,
        draw_landmark_maps(seen, size),
        seen,
        mel=torch.from_numpy(np.stack([shot.stretch.mel(shot.first, shot.num_frames) for shot in shots])),
        head_pose=fit_head_pose(seen, landmarks[:, 1:]),
        **feeling,
        given=given,
    )
    return Example(conditions, RecordedClip(reference, pixels[:, 1:], seen))


def _read_shot(shot: Shot, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Reference and frames, uint8 [1 + T, size, size, 3], and their landmarks in the reference's crop units, float32 [1 + T, 29, 2]."""
    frames = [shot.reference, *range(shot.first, shot.first + shot.num_frames)]
    landmarks = torch.from_numpy(shot.stretch.landmarks()[frames].astype(np.float64))
    to_crop = crop_transform(landmarks[0])  # from the stored pictures' unit
    from_pixels = to_crop.numpy().copy()
    from_pixels[:, :2] /= STORED_SIZE
    pictures = [crop_square(picture, from_pixels, size) for picture in shot.stretch.pictures(frames)]
    return np.stack(pictures), apply_similarity(to_crop, landmarks).float().numpy()


def _feelings(
    infos: Sequence[ClipInfo], num_frames: int, drop: float, rng: np.random.Generator
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Label and caption of clips whose feeling is known, by the names of Conditions, and which of them are told; nothing where none is."""
    known = np.array([info.emotion is not None for info in infos])
    by_text = rng.random(len(infos)) < BY_TEXT
    by_label = (~by_text | (rng.random(len(infos)) < LABEL_TOO)) & (rng.random(len(infos)) >= drop)
    if not known.any():
        return {}, {}
    strength = torch.tensor([info.intensity for info in infos])[:, None, None].expand(-1, num_frames, -1)  # [B, T, 1]
    emotion = torch.zeros(len(infos), num_frames, len(EMOTIONS))
    for row, info in enumerate(infos):
        emotion[row, :, EMOTIONS.index(info.emotion or EMOTIONS[0])] = info.intensity
    captions = [encode_captions([info.emotion or NEUTRAL_CAPTION, NEUTRAL_CAPTION]) for info in infos]
    values = {"emotion": emotion, "text_ids": torch.stack(captions), "text_weights": torch.cat([strength, 1 - strength], -1)}
    return values, {"emotion": torch.from_numpy(known & by_label), "text_ids": torch.from_numpy(known & by_text)}

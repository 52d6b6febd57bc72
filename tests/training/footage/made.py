"""Prepared footage made by program, without videos: drawn people who speak and turn their heads."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import torch

from eadnet_core.synthetic.clip import ClipControls, draw_clip
from eadnet_core.training.footage.clip import SOUND_MARGIN, STORED_SIZE, Clip, ClipInfo, store_picture
from eadnet_core.training.footage.manifest import FilmRecord, GroupRecord, Manifest
from eadnet_core.training.footage.passage import STORED_EXTENT
from eadnet_core.training.footage.shard import write_shard

IDENTITY = np.array([[1 / STORED_SIZE, 0, 0], [0, 1 / STORED_SIZE, 0]])


def info(source: str = "own/a.mp4", num_frames: int = 64, **changes: object) -> ClipInfo:
    return replace(ClipInfo(source, "anna", 0, 0, num_frames, 0, None, 0.0), **changes)


@lru_cache
def drawn_clip(num_frames: int = 64, seed: int = 0) -> Clip:
    """Somebody who speaks with a still head; the log-mel of frame f (of the film) says f in all its bands."""
    generator = torch.Generator().manual_seed(seed)
    visemes = torch.rand(1, num_frames, 5, generator=generator)
    controls = ClipControls(visemes, *(torch.zeros(1, num_frames, n) for n in (24, 6, 2, 2)))
    drawn = draw_clip(controls, 64, generator)
    side = round(STORED_SIZE / STORED_EXTENT)
    border = (STORED_SIZE - side) // 2, STORED_SIZE - side - (STORED_SIZE - side) // 2
    pictures = []
    for frame in drawn.frames[0]:
        crop = ((frame + 1) * 127.5).clamp(0, 255).byte().permute(1, 2, 0).numpy()
        crop = cv2.resize(crop, (side, side), interpolation=cv2.INTER_CUBIC)
        pictures.append(store_picture(cv2.copyMakeBorder(crop, *border, *border, cv2.BORDER_REPLICATE), IDENTITY))
    landmarks = (drawn.landmarks.numpy() * side + border[0]) / STORED_SIZE
    mel = np.repeat(np.arange(-SOUND_MARGIN, num_frames + SOUND_MARGIN), 4)[:, None].repeat(64, 1) / 64
    return Clip(pictures, landmarks.repeat(num_frames, 0).astype(np.float32), mel.astype(np.float16))


def make_footage(folder: Path, *infos: ClipInfo) -> Path:
    """A folder as `prepare` leaves it, with one shard; clips are told apart by their place in it."""
    manifest = Manifest(folder)
    manifest.open()
    numbered = [replace(one, number=number) for number, one in enumerate(infos)]
    write_shard(manifest.shards / "x-000.safetensors", [drawn_clip(one.num_frames, one.number) for one in numbered])
    films = tuple(FilmRecord(one.source, one.person, one.num_frames, one.num_frames, one.num_frames, 1, 0, 0.5, (), ()) for one in infos)
    manifest.add("x", GroupRecord(films, {"x-000.safetensors": tuple(numbered)}))
    return folder

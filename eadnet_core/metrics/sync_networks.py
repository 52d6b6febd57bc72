"""The public SyncNet, whose file the user has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ..face.align import crop_square, face_box
from .mfcc import mfcc
from .networks.state_file import fingerprint
from .networks.syncnet_v2 import COLUMNS, FACE_SIZE, WINDOW, SyncNetV2, load_syncnet_v2

COLUMNS_A_FRAME = 4
_CROP_SCALE = 0.4
"""How much larger than the face's box the public network's crops are. Source: syncnet_python, run_pipeline.py, --crop_scale."""


@dataclass(frozen=True)
class PublicSync:
    """The SyncNet of 2016, after the protocol that papers follow; its face box comes from this pack's points instead of S3FD.

    Attributes:
        net: The network, on the device where it shall run.
        name: See SyncNetwork.
    """

    net: SyncNetV2
    name: str

    @staticmethod
    def from_file(path: Path, device: torch.device | str = "cpu") -> PublicSync:
        """The network with the weights of a user's file.

        Raises:
            InputError: See load_syncnet_v2.
        """
        return PublicSync(load_syncnet_v2(path).to(device), f"SyncNet v2 ({path.name}, sha256 {fingerprint(path)})")

    @property
    def window(self) -> int:
        return WINDOW

    @property
    def zeros_beyond(self) -> bool:
        return True

    def crop(self, frame: np.ndarray, points: np.ndarray) -> np.ndarray:
        """uint8 [3, 224, 224], blue first: the face's box, 40 % larger to the sides and downwards, and less above."""
        left, top, right, bottom = face_box(points)
        half = max(right - left, bottom - top) / 2
        side = 2 * half * (1 + _CROP_SCALE)
        corner = np.array([(left + right - side) / 2, (top + bottom) / 2 - half])
        to_square = np.column_stack([np.eye(2) / side, -corner / side])
        return np.ascontiguousarray(crop_square(frame, to_square, FACE_SIZE)[..., ::-1].transpose(2, 0, 1))

    @torch.inference_mode()
    def embed_lips(self, crops: np.ndarray) -> np.ndarray:
        device = next(self.net.parameters()).device
        frames = torch.from_numpy(crops).movedim(0, 1).float()  # [3, T, 224, 224]
        windows = frames.unfold(1, WINDOW, 1).movedim(1, 0).movedim(-1, 2)  # [T - 4, 3, 5, 224, 224]
        return torch.cat([self.net.embed_lips(window[None].to(device)) for window in windows]).cpu().numpy()

    @torch.inference_mode()
    def embed_speech(self, mono16k: np.ndarray) -> np.ndarray:
        device = next(self.net.parameters()).device
        columns = torch.from_numpy(mfcc(mono16k))
        windows = columns.unfold(1, COLUMNS, COLUMNS_A_FRAME).movedim(1, 0)[:, None]  # [N, 1, 13, 20]
        parts = [self.net.embed_speech(part.to(device)) for part in windows.split(64)]
        return torch.cat(parts).cpu().numpy()

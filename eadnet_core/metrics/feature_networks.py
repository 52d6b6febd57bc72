"""Networks whose features are compared: the Inception-v3 of FID, the I3D of FVD, and any model of pictures or clips in a folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import InputError
from .features import FeatureExtractor
from .networks import i3d, inception
from .networks.state_file import fingerprint

CONFIG, PICTURES = "config.json", "preprocessor_config.json"
_ASK = "give the folder of a model that transformers has built in, with config.json, preprocessor_config.json and .safetensors files"


@dataclass(frozen=True)
class StateFeatures:
    """A network of a single file, fed with RGB from -1 to 1; see FeatureExtractor.

    Attributes:
        net: [N, 3, S, S], or [N, 3, T, S, S] for clips, to [N, D]; on the device where it shall run.
        num_frames: See FeatureExtractor.
        size: See FeatureExtractor.
        name: See FeatureExtractor.
    """

    net: nn.Module
    num_frames: int
    size: int
    name: str

    @torch.inference_mode()
    def extract(self, samples: np.ndarray) -> np.ndarray:
        device = next(self.net.parameters()).device
        pixels = torch.from_numpy(samples).to(device).movedim(-1, 1).float() / 127.5 - 1  # [N, 3, T, S, S]
        return self.net(pixels[:, :, 0] if self.num_frames == 1 else pixels).cpu().numpy()


@dataclass(frozen=True)
class FolderFeatures:
    """A model of `transformers`; a sample's feature is the mean of its last layer over all places and times.

    Attributes:
        net: The model, on the device where it shall run.
        num_frames: See FeatureExtractor.
        size: See FeatureExtractor.
        mean: float32 [3], of the pictures that it was trained on.
        deviation: float32 [3], likewise.
        name: See FeatureExtractor.
    """

    net: nn.Module
    num_frames: int
    size: int
    mean: Tensor
    deviation: Tensor
    name: str

    @torch.inference_mode()
    def extract(self, samples: np.ndarray) -> np.ndarray:
        device = next(self.net.parameters()).device
        pixels = (torch.from_numpy(samples).float() / 255 - self.mean) / self.deviation
        pixels = pixels.movedim(-1, 2).to(device)  # [N, T, 3, S, S]
        last = self.net(pixel_values=pixels[:, 0] if self.num_frames == 1 else pixels).last_hidden_state
        places = last.flatten(2).mT if last.dim() == 4 else last  # [N, places, D]; convolutional networks give [N, D, h, w]
        return places.mean(1).float().cpu().numpy()


def load_frame_features(path: Path, device: torch.device | str = "cpu") -> FeatureExtractor:
    """What FID compares: the Inception-v3 of a file, or the picture model of a folder.

    Raises:
        InputError: It cannot be used, or sees clips.
    """
    if not path.is_dir():
        net = inception.load_inception(path).to(device)
        return StateFeatures(net, 1, inception.SIZE, f"Inception-v3 of 2015 ({path.name}, sha256 {fingerprint(path)})")
    folder = load_folder(path, device)
    if folder.num_frames != 1:
        raise InputError(f"Model {path} sees clips of {folder.num_frames} frames; give it for clips, and a model of pictures for frames.")
    return folder


def load_clip_features(path: Path, device: torch.device | str = "cpu") -> FeatureExtractor:
    """What FVD compares: the I3D of a file, or the video model of a folder.

    Raises:
        InputError: It cannot be used, or sees single pictures.
    """
    if not path.is_dir():
        net = i3d.load_i3d(path).to(device)
        return StateFeatures(net, i3d.FRAMES, i3d.SIZE, f"I3D, Kinetics-400 ({path.name}, sha256 {fingerprint(path)})")
    folder = load_folder(path, device)
    if folder.num_frames == 1:
        raise InputError(f"Model {path} sees single pictures; give it for frames, and a model of videos such as VideoMAE for clips.")
    return folder


def load_folder(path: Path, device: torch.device | str = "cpu") -> FolderFeatures:
    """The model of a folder, from safetensors only and without running code of the folder.

    Raises:
        InputError: A file is missing or damaged, or the model is of another kind.
    """
    config, pictures = _read(path / CONFIG), _read(path / PICTURES)
    mean, deviation = pictures.get("image_mean"), pictures.get("image_std")
    size, num_frames = config.get("image_size"), config.get("num_frames", 1)
    if not (isinstance(size, int) and isinstance(num_frames, int) and _is_colour(mean) and _is_colour(deviation)):
        raise InputError(f"Model {path} does not say image_size, image_mean and image_std; {_ASK}.")
    import transformers

    try:
        net, told = transformers.AutoModel.from_pretrained(
            str(path), local_files_only=True, trust_remote_code=False, use_safetensors=True, output_loading_info=True
        )
    except Exception as error:  # the libraries behind raise whatever they please
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise InputError(f"Model {path} cannot be loaded ({reason}); {_ASK}.") from error
    if net.main_input_name != "pixel_values":
        raise InputError(f"Model {path} is a {type(net).__name__}, which sees no pictures; {_ASK}.")
    missing = sorted(name for name in told["missing_keys"] if "pooler" not in name)
    if missing:
        raise InputError(f"Model {path} lacks {len(missing)} tensors such as {missing[0]}; download it again.")
    net = net.float().eval().requires_grad_(False).to(device)
    name = f"{type(net).__name__}, mean of the last layer (folder {path.name})"
    return FolderFeatures(net, num_frames, size, torch.tensor(mean), torch.tensor(deviation), name)


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path.name} of model {path.parent} is missing or cannot be read; {_ASK}.") from error
    if not isinstance(values, dict):
        raise InputError(f"{path.name} of model {path.parent} holds no settings; {_ASK}.")
    return values


def _is_colour(value: object) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(isinstance(number, float | int) for number in value)

"""The motion model in ComfyUI's care: found through folder_paths, loaded, offloaded and freed by its model management."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import comfy.model_management
import comfy.model_patcher
import folder_paths
import torch
from comfy.cli_args import args

from ...eadnet_core.errors import InputError

if TYPE_CHECKING:
    from ...eadnet_core.model import MotionModel

FOLDER = "eadnet"
"""Name of the folder under ComfyUI's models, and of the entry in extra_model_paths.yaml."""
BUILT_IN = "eadnet-base (built-in)"
PRECISIONS = {"auto": None, "fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
ACTIVATION_BYTES = 128 * 2**20
"""What a recording takes beside the weights, with some room."""

Patcher = getattr(comfy.model_patcher, "CoreModelPatcher", comfy.model_patcher.ModelPatcher)


def register_model_folder() -> None:
    """Makes models/eadnet known to ComfyUI, beside whatever extra_model_paths.yaml names under `eadnet`."""
    folder_paths.add_model_folder_path(FOLDER, str(Path(folder_paths.models_dir) / FOLDER))
    folder_paths.folder_names_and_paths[FOLDER][1].add(".safetensors")


def weight_names() -> list[str]:
    """What the loader offers: the weights in the pack, then the files in models/eadnet."""
    register_model_folder()
    return [BUILT_IN, *folder_paths.get_filename_list(FOLDER)]


def load_model(name: str, precision: str) -> comfy.model_patcher.ModelPatcher:
    """The motion model in a patcher, on the device where models wait.

    Raises:
        InputError: The weights are missing, damaged or of another version.
    """
    from ...eadnet_core.checkpoint import BASE_WEIGHTS
    from ...eadnet_core.checkpoint import load_model as load_checkpoint
    from ...eadnet_core.device import choose_dtype

    path = BASE_WEIGHTS if name == BUILT_IN else folder_paths.get_full_path(FOLDER, name)
    if path is None:
        raise InputError(f"weights is '{name}', which is not in models/{FOLDER}; put the file there or choose another.")
    device = comfy.model_management.get_torch_device()
    dtype = PRECISIONS[precision] or (torch.float32 if args.force_fp32 else choose_dtype(device))
    waiting = comfy.model_management.unet_offload_device()
    return Patcher(load_checkpoint(path).to(waiting, dtype).eval(), load_device=device, offload_device=waiting)


@contextmanager
def loaded(patcher: comfy.model_patcher.ModelPatcher) -> Iterator[MotionModel]:
    """The model on the device where it computes; when what is done with it fails or is cancelled, it leaves the device.

    It is loaded whole even with --lowvram, where it stays only until another model needs the room: 10 MB are less than what
    ComfyUI keeps in reserve, and a part of it would be no use. With --novram it goes back at once.
    """
    management = comfy.model_management
    management.load_models_gpu([patcher], memory_required=ACTIVATION_BYTES, force_full_load=True)
    keep = management.vram_state != management.VRAMState.NO_VRAM
    if not keep:
        patcher.model.to(patcher.load_device)
    try:
        yield patcher.model
    except BaseException:
        keep = False
        raise
    finally:
        if not keep:
            _unload(patcher)


def _unload(patcher: comfy.model_patcher.ModelPatcher) -> None:
    entries = comfy.model_management.current_loaded_models
    for entry in [entry for entry in entries if entry.model is patcher]:
        entry.model_unload()
        entries.remove(entry)
    comfy.model_management.soft_empty_cache()

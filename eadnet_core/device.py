"""Where the model runs, and in which number format it runs fastest there."""

from __future__ import annotations

import torch

from .errors import InputError


def choose_device(name: str = "auto") -> torch.device:
    """The device of that name; "auto" is CUDA, else Apple's MPS, else the CPU.

    Raises:
        InputError: There is no such device on this machine.
    """
    found = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, there in found.items() if there))
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or not found.get(device.type) or (device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count()):
        there = ", ".join(kind for kind, there in found.items() if there)
        raise InputError(f"device is {name}; this machine has {there}. Choose one of them, or auto.")
    return device


def choose_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the hardware multiplies it (CUDA since Ampere, CPUs with AMX or AVX-512 BF16), else float32."""
    if device.type == "cuda":
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        features = torch.cpu.get_capabilities() if device.type == "cpu" else {}
        fast = bool(features.get("amx_bf16") or features.get("avx512_bf16"))
    return torch.bfloat16 if fast else torch.float32

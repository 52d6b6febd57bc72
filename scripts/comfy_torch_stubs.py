"""Lets PyPI's torchvision and torchaudio load beside CPU torch: their compiled operators, which ComfyUI does not need, are left out."""

from __future__ import annotations

import sys
from types import ModuleType


def _stub(name: str, **attributes: object) -> None:
    module = ModuleType(name)
    module.__dict__.update(attributes)
    sys.modules[name] = module


_stub("torchvision._meta_registrations")
_stub("torchvision._autograd_registrations")
_stub(
    "torchaudio._extension",
    _IS_TORCHAUDIO_EXT_AVAILABLE=False,
    _IS_ALIGN_AVAILABLE=False,
    _check_cuda_version=lambda: None,
    fail_if_no_align=lambda function: function,
)

"""Whether each advertised part of a model moves the motion: how much the curves change when it is switched off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch
from torch import Tensor, nn

from ..denoiser.conditions import Conditions
from ..denoiser.denoiser import Denoiser
from ..denoiser.frame_graph import FrameGraph
from ..denoiser.strips import StripAttention
from .sampler import sample

PARTS = ("STDA", "TFRM", "memory", "speech", "text", "label", "Action Units", "manner")


def relative_changes(net: Denoiser, given: Conditions, seed: int = 0) -> dict[str, float]:
    """For each of PARTS: the norm of the change of a clip's latent motion, over the norm of the motion, when it is switched off.

    Strips and graph are switched off by silencing what they add to the stream; memory by forgetting all that was before; conditions by
    not giving them.

    Args:
        net: Any weights.
        given: Of a clip of more than one window, with a label, a caption, Action Units and a manner, one of a batch of 1.
        seed: Of the noise.
    """
    whole = sample(net, given, seed)

    def without(conditions: Conditions) -> Tensor:
        return sample(net, conditions, seed)

    def silenced(kind: type[nn.Module]) -> Tensor:
        with _silent([part for part in net.modules() if isinstance(part, kind)]):
            return sample(net, given, seed)

    changed = {
        "STDA": silenced(StripAttention),
        "TFRM": silenced(FrameGraph),
        "memory": _forgetful(net, given, seed),
        "speech": without(replace(given, phones=given.without_speech().phones, prosody=torch.zeros_like(given.prosody))),
        "text": without(replace(given, text_weights=torch.zeros_like(given.text_weights))),
        "label": without(replace(given, emotion=torch.zeros_like(given.emotion))),
        "Action Units": without(given.without_units()),
        "manner": without(replace(given, manner=torch.full_like(given.manner, torch.nan))),
    }
    return {name: float((motion - whole).norm() / whole.norm()) for name, motion in changed.items()}


def _forgetful(net: Denoiser, given: Conditions, seed: int) -> Tensor:
    """The motion of a model that remembers nothing before the window."""

    def forget(module: nn.Module, args: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        nodes, memory, remembered = args
        return nodes, memory, torch.zeros_like(remembered)

    handles = [part.register_forward_pre_hook(forget) for part in net.modules() if isinstance(part, FrameGraph)]
    try:
        return sample(net, given, seed)
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def _silent(parts: list[nn.Module]) -> Iterator[None]:
    handles = [part.register_forward_hook(lambda module, args, out: torch.zeros_like(out)) for part in parts]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()

"""AUDIO to and from the recordings of eadnet_core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from ...eadnet_core.errors import InputError

if TYPE_CHECKING:
    from ...eadnet_core.audio.sound import Sound


def to_sound(audio: dict[str, Any] | None) -> Sound:
    """The recording in an AUDIO, with all its channels.

    Args:
        audio: {"waveform": [B, C, N], "sample_rate": int}, or None where the source had no sound.

    Raises:
        InputError: There is no sound, or more than one.
    """
    from ...eadnet_core.audio.sound import Sound

    if audio is None:
        raise InputError("audio is empty: what is connected has no sound. Connect a recording, for example Load Audio.")
    waveform = audio["waveform"]
    if waveform.ndim == 3 and waveform.shape[0] != 1:
        raise InputError(
            f"audio holds {waveform.shape[0]} recordings; EAD-Net speaks one at a time. Connect one Load Audio to each, "
            "or join them with Audio Concat."
        )
    samples = waveform.detach().float().cpu().flatten(0, -2)  # [C, N]
    return Sound(samples.clamp(-1, 1).numpy(), int(audio["sample_rate"]))


def to_audio(sound: Sound) -> dict[str, Any]:
    """The AUDIO of a recording."""
    return {"waveform": torch.from_numpy(sound.samples)[None], "sample_rate": sound.rate}

"""Where the speech encoder begins: the weights of hama's phone recogniser, which was trained on people (PyPI hama, Apache-2.0)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from importlib import resources

import numpy as np
import torch
from torch import Tensor

from ..audio.features import log_mel
from ..audio.mel_scale import FLOOR_DB, UNIT_PER_DB
from ..errors import InputError
from ..speech.encoder import SpeechEncoder, SpeechEncoderConfig
from ..speech.phones import PAUSE, PHONES
from ..timebase import SPEECH_RATE

_MAGIC = b"HAMAPK"
_DTYPES = {0: np.float32, 1: np.float16, 2: np.int64, 3: np.int32, 4: np.uint8}
_FFT_LENGTH, _HOP_LENGTH = 400, 160
_ZERO_DB = -40.0
"""Level in decibels of full scale as which the recogniser hears our features' 0 dB, 8 dB over active speech: it agrees best with itself
there."""
_NATS_PER_DB = float(np.log(10) / 10)
_FIRST_MATMUL, _MATMULS_A_BLOCK = 829, 9
_FIRST_CONVOLUTION, _CONVOLUTIONS_A_BLOCK = 804, 3
"""Numbers of what the recogniser's archive names by number alone, in the order of its layers."""


def recogniser_encoder() -> SpeechEncoder:
    """A speech encoder that hears what the recogniser hears; its phones are the recogniser's, named when it names them.

    Raises:
        InputError: hama is not installed, or is of another version.
    """
    parts, names = _installed()
    encoder = SpeechEncoder(SpeechEncoderConfig())
    try:
        encoder.load_state_dict(_translated(parts, names), strict=True)
    except (KeyError, RuntimeError) as error:
        raise InputError(f"the recogniser of this hama is of another kind ({error}); install hama 1.7.0.") from error
    return encoder


def _installed() -> tuple[dict[str, np.ndarray], list[str]]:
    try:
        from hama.vocab import Vocabulary
    except ImportError as error:
        raise InputError("the package hama is not installed; install it with: pip install hama") from error
    archive = resources.files("hama.assets").joinpath("asr_waveform.hama").read_bytes()
    return read_archive(archive), [*Vocabulary.load(None).decoder, "<wb>", "<blank>"]


def read_archive(data: bytes) -> dict[str, np.ndarray]:
    """The arrays of a `.hama` archive, by name.

    Raises:
        InputError: It is no such archive.
    """
    if not data.startswith(_MAGIC):
        raise InputError(f"the recogniser's archive begins with {data[:6]!r}, not {_MAGIC!r}; install hama 1.7.0.")
    count, place = struct.unpack_from("<I", data, len(_MAGIC) + 2)[0], len(_MAGIC) + 6
    entries = []
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, place)
        name, place = data[place + 2 : place + 2 + length].decode(), place + 2 + length
        code, dimensions = struct.unpack_from("<BB", data, place)
        shape = struct.unpack_from(f"<{dimensions}I", data, place + 2)
        place += 2 + 4 * dimensions
        offset, size = struct.unpack_from("<QQ", data, place)
        place += 16
        entries.append((name, _DTYPES[code], shape, offset, size))
    base = -(-place // 16) * 16
    return {name: np.frombuffer(data[base + at : base + at + size], kind).reshape(shape) for name, kind, shape, at, size in entries}


def _translated(parts: dict[str, np.ndarray], names: list[str]) -> dict[str, Tensor]:
    """The recogniser's weights under our names."""

    def take(name: str) -> Tensor:
        return torch.from_numpy(parts[name].astype(np.float32))

    state: dict[str, Tensor] = {}
    for block in range(SpeechEncoderConfig().blocks):
        theirs, ours = f"acoustic_model.model.blocks.{block}", f"blocks.{block}"
        matmul = iter(range(_FIRST_MATMUL + _MATMULS_A_BLOCK * block, _FIRST_MATMUL + _MATMULS_A_BLOCK * (block + 1)))
        before = (next(matmul), next(matmul))
        attention = (next(matmul), [next(matmul) for _ in range(4)][-1])  # between them: the products of the attention itself
        after = (next(matmul), next(matmul))
        for half, name, (widen, narrow) in (("ffn1", "before", before), ("ffn2", "after", after)):
            state |= _norm(take, f"{theirs}.{half}.norm", f"{ours}.{name}.norm")
            for layer, number, bias in (("widen", widen, "fc1"), ("narrow", narrow, "fc2")):
                state[f"{ours}.{name}.{layer}.weight"] = take(f"onnx::MatMul_{number}").T
                state[f"{ours}.{name}.{layer}.bias"] = take(f"{theirs}.{half}.{bias}.bias")
        state |= _norm(take, f"{theirs}.attn_norm", f"{ours}.attention.norm")
        for layer, number, bias in (("to_qkv", attention[0], "in_proj_bias"), ("out", attention[1], "out_proj.bias")):
            state[f"{ours}.attention.{layer}.weight"] = take(f"onnx::MatMul_{number}").T
            state[f"{ours}.attention.{layer}.bias"] = take(f"{theirs}.attn.{bias}")
        state |= _norm(take, f"{theirs}.conv.norm", f"{ours}.convolution.norm")
        for layer, pointwise in (("gate", "pointwise1"), ("out", "pointwise2")):
            state[f"{ours}.convolution.{layer}.weight"] = take(f"{theirs}.conv.{pointwise}.weight")[..., 0]
            state[f"{ours}.convolution.{layer}.bias"] = take(f"{theirs}.conv.{pointwise}.bias")
        number = _FIRST_CONVOLUTION + _CONVOLUTIONS_A_BLOCK * block
        state[f"{ours}.convolution.through_time.weight"] = take(f"onnx::Conv_{number}")
        state[f"{ours}.convolution.through_time.bias"] = take(f"onnx::Conv_{number + 1}")
        state |= _norm(take, f"{theirs}.norm", f"{ours}.norm")
    state |= _first_layer(parts, take("onnx::Conv_801"), take("onnx::Conv_802"))
    rows = [names.index("<blank>" if index == PAUSE else phone.name) for index, phone in enumerate(PHONES)]
    state["to_phones.weight"] = take("acoustic_model.model.proj.weight")[rows, :, 0]
    state["to_phones.bias"] = take("acoustic_model.model.proj.bias")[rows]
    return state


def _norm(take: Callable[[str], Tensor], theirs: str, ours: str) -> dict[str, Tensor]:
    return {f"{ours}.{part}": take(f"{theirs}.{part}") for part in ("weight", "bias")}


def _first_layer(parts: dict[str, np.ndarray], weight: Tensor, bias: Tensor) -> dict[str, Tensor]:
    """The first layer for features instead of the natural logarithm of the recogniser's bands, which differ by a constant each."""
    noise = np.random.default_rng(0).normal(0, 0.1, 10 * SPEECH_RATE).astype(np.float32)
    theirs = np.median(_their_bands(parts, noise), 0)
    ours = np.median(log_mel(noise)[10:-10], 0)
    silence = theirs + (FLOOR_DB - ours + _ZERO_DB) * _NATS_PER_DB  # what they would hear where a feature is SILENCE
    return {
        "halve.weight": weight * (_NATS_PER_DB / UNIT_PER_DB),
        "halve.bias": bias + (weight * torch.from_numpy(silence.astype(np.float32))[:, None]).sum((1, 2)),
    }


def _their_bands(parts: dict[str, np.ndarray], samples: np.ndarray) -> np.ndarray:
    """What the recogniser hears: natural logarithm of the power in its bands, [cols, bands]."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, _FFT_LENGTH)[::_HOP_LENGTH]
    real, imaginary = windows @ parts["stft_real_kernel"][:, 0].T, windows @ parts["stft_imag_kernel"][:, 0].T
    return np.log(np.maximum((real**2 + imaginary**2) @ parts["mel_fb"], 1e-10))

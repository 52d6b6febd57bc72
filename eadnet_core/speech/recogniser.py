"""Somebody else's phone recogniser from a local folder, in place of the speech encoder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..audio.features import mix_down
from ..audio.sound import Sound
from ..errors import InputError
from ..model_folder import check_weights, read_config
from ..timebase import SPEECH_RATE
from ..types import SpeechFeatures
from .phones import PAUSE, phones_of
from .timed import between_spikes, surely_said

WHAT = "phone recogniser"
_ASK = "give the folder of a CTC model of phones with config.json, preprocessor_config.json, vocab.json and model.safetensors"
LATENESS_S = 0.05
"""How long after a phone's start such networks name it, roughly; hama takes 67 ms."""
_BLOCK_S, _OVERLAP_S = 20, 2
"""How much is heard at once, and beside it on either side."""
_LEAST_PHONES = 10
"""Names that must be phones beyond the Latin letters, which spelling has as well."""


@dataclass(frozen=True, eq=False)
class PhoneRecogniser:
    """A network of connectionist temporal classification (Graves et al., 2006).

    Attributes:
        net: From 16 kHz to the names of phones; it may be moved between devices.
        extractor: What prepares sound for it.
        names: Of its outputs.
        blank: The output that says nothing.
        name: Of its folder.
    """

    net: nn.Module
    extractor: Any
    names: tuple[str, ...]
    blank: int
    name: str

    @torch.inference_mode()
    def phones(self, sound: Sound, speech: SpeechFeatures) -> Tensor:
        """How likely each phone is, float32 [2 * N, P] at 50 Hz, 0 or 1 but at the borders: as SpeechFeatures.phones wants it.

        Args:
            sound: What is said.
            speech: Its features.

        Raises:
            InputError: Its weights give no numbers.
        """
        samples = mix_down(sound)
        block, overlap = _BLOCK_S * SPEECH_RATE, _OVERLAP_S * SPEECH_RATE
        spikes: list[tuple[float, str]] = []
        for first in range(0, len(samples), block):
            begin = max(0, first - overlap)
            told = self._told(samples[begin : first + block + overlap])
            for index in np.flatnonzero((told != self.blank) & (told != np.roll(told, 1))):
                at_s = begin / SPEECH_RATE + (index + 0.5) * len(samples[begin : first + block + overlap]) / len(told) / SPEECH_RATE
                if first <= at_s * SPEECH_RATE < first + block and phones_of(self.names[told[index]]) not in ((), (PAUSE,)):
                    spikes.append((max(0.0, at_s - LATENESS_S), self.names[told[index]]))
        timed = between_spikes(spikes, speech.activity.numpy(), len(samples) / SPEECH_RATE)
        return torch.from_numpy(surely_said(timed, speech.num_frames))

    def _told(self, samples: np.ndarray) -> np.ndarray:
        """The likeliest output of each step, int64."""
        least = SPEECH_RATE // 10
        given = self.extractor(np.pad(samples, (0, max(0, least - len(samples)))), sampling_rate=SPEECH_RATE, return_tensors="pt")
        place = next(self.net.parameters())
        logits = self.net(**{key: value.to(place) if value.is_floating_point() else value.to(place.device) for key, value in given.items()})
        told = logits.logits[0].float().cpu().numpy()
        if not np.isfinite(told).all():
            raise InputError(f"{WHAT} {self.name} answers with no numbers; its weights are damaged, or its precision too low.")
        return told.argmax(-1)


def load_phone_recogniser(path: str | Path, device: str | torch.device = "cpu") -> PhoneRecogniser:
    """The recogniser in a folder; nothing is downloaded, and no code of the folder is run.

    Args:
        path: Such as a copy of facebook/wav2vec2-lv-60-espeak-cv-ft with safetensors.
        device: Where it computes.

    Raises:
        InputError: The folder is missing, half downloaded, holds pickles, or a model that does not tell phones.
    """
    from transformers import AutoFeatureExtractor, AutoModelForCTC
    from transformers.models.auto.modeling_auto import MODEL_FOR_CTC_MAPPING_NAMES

    folder = Path(path)
    config = read_config(folder, WHAT, _ASK)
    if config.get("model_type") not in MODEL_FOR_CTC_MAPPING_NAMES:
        raise InputError(f"{WHAT} {folder} is of type '{config.get('model_type')}', which is no CTC model; {_ASK}.")
    check_weights(folder, WHAT)
    names = _names(folder)
    if sum(bool(phones_of(name)) and not name.isascii() for name in names) < _LEAST_PHONES:
        raise InputError(f"{WHAT} {folder} tells {', '.join(names[5:10])} ..., which are no phones; {_ASK}.")
    try:
        extractor = AutoFeatureExtractor.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        net = AutoModelForCTC.from_pretrained(folder, local_files_only=True, use_safetensors=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
        raise InputError(f"{WHAT} {folder} cannot be loaded ({str(error).splitlines()[0]}); download it again.") from error
    if net.config.vocab_size != len(names):
        raise InputError(f"{WHAT} {folder} has {net.config.vocab_size} outputs and {len(names)} names; download it again.")
    return PhoneRecogniser(net.to(device).eval(), extractor, names, int(net.config.pad_token_id or 0), folder.name)


def _names(folder: Path) -> tuple[str, ...]:
    """Names of the outputs, in order; marks in brackets are none."""
    try:
        numbers = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        names = {int(number): str(name) for name, number in numbers.items()}
        return tuple("" if names[index].startswith(("<", "[", "|")) else names[index] for index in range(len(names)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"vocab.json of {WHAT} {folder} cannot be read ({error}); {_ASK}.") from error

"""What a published phone recogniser hears: labels for speech that nobody has labelled, people's above all."""

from __future__ import annotations

import numpy as np

from ..audio.features import log_mel
from ..audio.level import speech_activity
from ..errors import InputError
from ..speech.phones import phones_of
from ..speech.timed import TimedPhones, between_spikes
from ..timebase import SPEECH_RATE

LATENESS_S = 0.067
"""How long after a phone's start the recogniser names it: the median of 304 phones of espeak-ng, whose times are exact."""
_NO_PHONES = ("<wb>", " ", "<unk>", "<pad>")


class Teacher:
    """hama's phone recogniser: connectionist temporal classification, 20 ms a step, trained on people. Source: PyPI hama, Apache-2.0."""

    def __init__(self) -> None:
        """Raises:
        InputError: hama is not installed.
        """
        try:
            from hama import ASRModel
        except ImportError as error:
            raise InputError("the package hama is not installed; install it with: pip install hama") from error
        self._model = ASRModel()
        self._names = self._model.decoder_tokens

    def phones(self, samples: np.ndarray) -> TimedPhones:
        """Start, end and name of what is said, in order, pauses with empty names; empty where nothing was understood.

        Args:
            samples: float32 [N], 16 kHz, -1 to 1.
        """
        heard = self._model.transcribe_waveform(samples, SPEECH_RATE)
        tokens = heard.frame_token_ids
        step_s = len(samples) / SPEECH_RATE / max(1, len(tokens))
        spikes: list[tuple[float, str]] = []
        for index, token in enumerate(tokens):
            name = self._names[token]
            if token == self._model.blank_id or (index and tokens[index - 1] == token) or name in _NO_PHONES or not phones_of(name):
                continue
            spikes.append((max(0.0, (index + 0.5) * step_s - LATENESS_S), name))
        return between_spikes(spikes, speech_activity(log_mel(samples)), len(samples) / SPEECH_RATE)

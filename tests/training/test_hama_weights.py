"""The weights that the speech encoder begins with say what their own engine says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from eadnet_core.audio.features import log_mel, mix_down
from eadnet_core.audio.mel_scale import FLOOR_DB, SILENCE, UNIT_PER_DB
from eadnet_core.audio.sound import read_sound
from eadnet_core.errors import InputError
from eadnet_core.speech.phones import PAUSE, PHONES
from eadnet_core.timebase import SPEECH_RATE
from eadnet_core.training import hama_weights

hama = pytest.importorskip("hama")
SOUND = mix_down(read_sound(Path(__file__).parents[2] / "assets" / "demo_speech.wav"))[: 4 * SPEECH_RATE]


def their_log_probabilities() -> np.ndarray:
    """[T, names] of the recogniser's own engine."""
    model = hama.ASRModel()
    feeds = {model._waveform_input_name: SOUND[None], model._waveform_lengths_input_name: np.array([len(SOUND)])}
    return np.asarray(model.session.run(["log_probs", "out_lengths"], feeds)[0])[0]


def test_the_same_is_heard_in_the_same_bands() -> None:
    parts, names = hama_weights._installed()
    noise = np.random.default_rng(0).normal(0, 0.1, 10 * SPEECH_RATE).astype(np.float32)
    theirs, ours = np.median(hama_weights._their_bands(parts, noise), 0), np.median(log_mel(noise)[10:-10], 0)
    silence = theirs + (FLOOR_DB - ours + hama_weights._ZERO_DB) * hama_weights._NATS_PER_DB
    bands = hama_weights._their_bands(parts, np.pad(SOUND, 200, mode="reflect"))[: len(SOUND) // 160]
    features = (bands - silence) * UNIT_PER_DB / hama_weights._NATS_PER_DB + SILENCE
    with torch.inference_mode():
        logits = hama_weights.recogniser_encoder().eval()(torch.from_numpy(features.astype(np.float32))[None])[0].numpy()
    rows = [names.index("<blank>" if index == PAUSE else phone.name) for index, phone in enumerate(PHONES)]
    told = their_log_probabilities()[: len(logits)][:, rows]
    ours_told, theirs_told = (torch.from_numpy(np.array(x)).softmax(-1).numpy() for x in (logits, told))
    apart = np.abs(ours_told - theirs_told).sum(1)[5:-5] / 2
    assert apart.mean() < 0.02 and (apart < 0.1).mean() > 0.97, "the ends are padded in other ways, which attention sees everywhere"
    assert (told.argmax(1) != PAUSE).sum() > 20, "the sound is speech"


def test_another_archive_is_said() -> None:
    with pytest.raises(InputError, match="begins with b'PK"):
        hama_weights.read_archive(b"PK\x03\x04" + bytes(40))

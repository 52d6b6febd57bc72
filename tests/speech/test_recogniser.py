"""Somebody else's phone recogniser: a small random one listens, spikes become phones, and what cannot be used is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2ForCTC

from eadnet_core.audio.features import speech_features
from eadnet_core.audio.sound import Sound
from eadnet_core.errors import InputError
from eadnet_core.speech.phones import NUM_PHONES, PAUSE, PHONES
from eadnet_core.speech.recogniser import PhoneRecogniser, load_phone_recogniser

NAMES = ["<pad>", "<s>", "</s>", "<unk>", *(phone.name for phone in PHONES if phone.name), "tʃ", "ɜː"]


def save_recogniser(folder: Path, names: list[str] = NAMES) -> Path:
    """A wav2vec 2.0 with two small layers and random weights, as model hubs lay it out."""
    torch.manual_seed(0)
    config = Wav2Vec2Config(
        vocab_size=len(names), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48, conv_dim=(16,) * 7,
        num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4, pad_token_id=0, initializer_range=0.5,
    )  # fmt: skip
    Wav2Vec2ForCTC(config).save_pretrained(folder, safe_serialization=True)
    Wav2Vec2FeatureExtractor().save_pretrained(folder)
    (folder / "vocab.json").write_text(json.dumps({name: index for index, name in enumerate(names)}), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_recogniser(tmp_path_factory.mktemp("recogniser"))


def voice(seconds: float, rate: int = 16_000) -> Sound:
    rng = np.random.default_rng(0)
    loud = np.repeat(rng.uniform(0, 1, int(seconds * 8) + 1), rate // 8)[: int(seconds * rate)]
    return Sound((0.2 * loud * rng.standard_normal(len(loud))).astype(np.float32)[None], rate)


@pytest.mark.parametrize("seconds", [0.03, 3.3, 45.0])
def test_a_random_recogniser_hears_something_of_any_length(folder: Path, seconds: float) -> None:
    sound = voice(seconds, 22_050)
    phones = load_phone_recogniser(folder).phones(sound, speech_features(sound))
    assert phones.shape == (2 * -(-sound.num_samples * 25 // sound.rate), NUM_PHONES)
    assert torch.allclose(phones.sum(1), torch.ones(len(phones)))
    assert seconds < 1 or phones[:, PAUSE].mean() < 1


class Spelling(torch.nn.Module):
    """Tells a given phone in the step in which it is loud."""

    def __init__(self, phone: int) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.phone = phone

    def forward(self, input_values: torch.Tensor) -> object:
        loud = input_values[0].unfold(0, 320, 320).abs().amax(1) > 0.5
        logits = torch.zeros(1, len(loud), len(NAMES))
        logits[0, ~loud, 0] = 1
        logits[0, loud, self.phone] = 1
        return type("Told", (), {"logits": logits})()


def test_a_phone_is_told_where_it_is_heard_and_a_block_does_not_repeat_it() -> None:
    samples = np.zeros(30 * 16_000, np.float32)
    for at_s in (2.0, 19.98, 20.02, 25.0):
        samples[int(at_s * 16_000) : int((at_s + 0.02) * 16_000)] = 0.9

    def extract(given: np.ndarray, **_: object) -> dict[str, torch.Tensor]:
        return {"input_values": torch.from_numpy(given)[None]}

    recogniser = PhoneRecogniser(Spelling(NAMES.index("m")), extract, tuple("" if n.startswith("<") else n for n in NAMES), 0, "spelling")
    m = next(index for index, phone in enumerate(PHONES) if phone.name == "m")
    sound = Sound(samples[None], 16_000)
    heard = recogniser.phones(sound, speech_features(sound))[:, m] > 0.5
    starts = (torch.nonzero(heard[1:] & ~heard[:-1]).flatten() + 1) / 50
    assert starts.tolist() == pytest.approx([1.96, 19.94, 24.96], abs=0.05)


def test_letters_are_no_phones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no phones"):
        load_phone_recogniser(save_recogniser(tmp_path, ["<pad>", "<unk>", *"abcdefghijklmnopqrstuvwxyz"]))


def test_what_is_no_recogniser_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no folder"):
        load_phone_recogniser(tmp_path / "nothing")
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(InputError, match="no CTC model"):
        load_phone_recogniser(tmp_path)
    (tmp_path / "config.json").write_text((folder / "config.json").read_text())
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80")
    with pytest.raises(InputError, match="a pickle"):
        load_phone_recogniser(tmp_path)

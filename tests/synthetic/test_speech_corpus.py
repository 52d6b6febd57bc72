"""The corpus gives true stretches of speech, keeps its held-out part apart, and is the same for the same seed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from eadnet_core.audio.mel_scale import LOUDEST, NUM_MELS, SILENCE
from eadnet_core.errors import InputError
from eadnet_core.synthetic.speech_corpus import SpeechCorpus, load_corpus, make_corpus, vary_mel
from eadnet_core.synthetic.visemes import VISEMES


def counted(lengths: tuple[int, ...] = (40, 25, 10, 60)) -> SpeechCorpus:
    """A corpus in which each frame's first viseme and mel bytes are its own number."""
    num_frames = sum(lengths)
    numbers = torch.arange(num_frames, dtype=torch.uint8)
    visemes = numbers[:, None].repeat(1, len(VISEMES))
    mel = numbers.repeat_interleave(4)[:, None].repeat(1, NUM_MELS)
    return SpeechCorpus(mel, visemes, torch.tensor(lengths).cumsum(0), torch.arange(len(lengths)))


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_mel_and_visemes_of_a_stretch_belong_together() -> None:
    mel, visemes = counted().draw(generator(), 64, 16, 3, augment=False)
    assert mel.shape == (64, 4 * (16 + 6), NUM_MELS) and visemes.shape == (64, 16, len(VISEMES))
    heard = (mel[:, 12:-12:4, 0] - SILENCE) / (LOUDEST - SILENCE) * 255
    torch.testing.assert_close(heard, visemes[..., 0] * 255, atol=1e-3, rtol=0)


def test_stretches_stay_inside_an_utterance_and_silence_lies_outside() -> None:
    corpus = counted()
    mel, visemes = corpus.draw(generator(), 500, 16, 3, augment=False)
    first = (visemes[:, 0, 0] * 255).round().long()
    starts = torch.tensor([0, 40, 75])
    ends = torch.tensor([40, 65, 135])
    home = torch.bucketize(first, torch.tensor([40, 65]), right=True)
    assert ((first >= starts[home]) & (first + 16 <= ends[home])).all()  # the utterance of 10 frames is never drawn
    before = torch.arange(-12, 0)[None] + 4 * first[:, None]
    outside = before < 4 * starts[home][:, None]
    assert outside.any()
    assert (mel[:, :12, 0][outside] == SILENCE).all()
    assert (mel[:, :12, 0][~outside] > SILENCE).all() or (first == 0).any()


def test_every_place_is_drawn_equally_often() -> None:
    first = (counted((20, 30)).draw(generator(), 20_000, 16, 0, augment=False)[1][:, 0, 0] * 255).round().long()
    counts = torch.bincount(first, minlength=50)
    possible = torch.tensor([i <= 4 or 20 <= i <= 34 for i in range(50)])
    assert (counts[~possible] == 0).all()
    assert counts[possible].min() > 0.85 * 1000 and counts[possible].max() < 1.15 * 1000


def test_the_same_generator_draws_the_same() -> None:
    one, other = (counted().draw(generator(4), 8, 16, 3) for _ in range(2))
    assert torch.equal(one[0], other[0]) and torch.equal(one[1], other[1])


def test_held_out_and_training_share_nothing_and_are_everything() -> None:
    corpus = counted(tuple([2] * 40))
    training, held_out = corpus.training, corpus.held_out
    assert len(held_out.ends) == 2 and len(training.ends) == 38
    assert torch.equal(torch.cat([training.visemes, held_out.visemes]), corpus.visemes)
    assert torch.equal(torch.cat([training.mel, held_out.mel]), corpus.mel)
    assert int(training.ends[-1]) == training.num_frames and held_out.ends.tolist() == [2, 4]


def test_stretches_longer_than_any_utterance_are_refused() -> None:
    with pytest.raises(InputError, match="61 frames"):
        counted().draw(generator(), 1, 61, 0)


def test_variation_keeps_time_and_scale_but_not_timbre() -> None:
    mel = torch.full((32, 80, NUM_MELS), SILENCE)
    mel[:, 40:44] = 1.0
    varied = vary_mel(mel, generator())
    assert varied.min() >= SILENCE and varied.max() <= LOUDEST
    assert (varied.mean(2)[:, 40:44].amin(1) > varied.mean(2)[:, :36].amax(1)).all()
    assert varied[:, 41].std(0).mean() > 0.1


def test_noise_adds_as_powers_do() -> None:
    loud = torch.full((16, 40, NUM_MELS), 2.0)
    assert (vary_mel(loud, generator()) - 2).abs().mean() < 0.5  # far above the noise, only level and tilt change


def test_what_is_no_corpus_is_refused_by_name(tmp_path: Path) -> None:
    text, other = tmp_path / "a.npz", tmp_path / "b.npz"
    text.write_text("no corpus")
    np.savez(other, mel=np.zeros((8, 80), np.uint8), visemes=np.zeros((2, 5), np.uint8), ends=np.array([2]))
    for path in (text, other, tmp_path / "missing.npz"):
        with pytest.raises(InputError, match=path.name):
            load_corpus(path)


def test_minutes_must_be_positive(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="0 minutes"):
        make_corpus(tmp_path / "a.npz", 0)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SpeechCorpus:
    pytest.importorskip("espeakng_loader", reason="espeakng-loader is not installed (extra: train)")
    return make_corpus(tmp_path_factory.mktemp("corpus") / "small.npz", 1.0, seed=3)


def test_a_made_corpus_is_as_long_as_asked_and_small(small: SpeechCorpus) -> None:
    assert 1500 <= small.num_frames < 2200
    assert len(small.mel) == 4 * small.num_frames == 4 * int(small.ends[-1])
    assert (small.ends.diff() > 0).all()
    assert len(small.voices) == len(small.ends) and len(small.voices.unique()) > 5


def test_a_made_corpus_shuts_lips_opens_and_rounds_them(small: SpeechCorpus) -> None:
    share = (small.visemes > 200).float().mean(0)
    for name, least in (("open", 0.03), ("wide", 0.02), ("round", 0.05), ("close", 0.06), ("teeth", 0.005)):
        assert share[VISEMES.index(name)] > least, name


def test_mouths_rest_at_the_ends_of_utterances(small: SpeechCorpus) -> None:
    last = small.visemes[small.ends - 1].float() / 255
    assert last.max() < 0.1


def test_the_same_seed_makes_the_same_corpus(tmp_path: Path) -> None:
    pytest.importorskip("espeakng_loader", reason="espeakng-loader is not installed (extra: train)")
    line = "import sys; from eadnet_core.synthetic.speech_corpus import make_corpus; make_corpus(sys.argv[1], 0.1, 3)"
    made = []
    for name in ("one", "same"):  # new processes: espeak-ng's voice goes on from what it said before
        path = tmp_path / f"{name}.npz"
        subprocess.run([sys.executable, "-c", line, str(path)], check=True, cwd=Path(__file__).parents[2])
        made.append(load_corpus(path))
    for name in ("mel", "visemes", "ends", "voices"):
        assert torch.equal(*(getattr(corpus, name) for corpus in made)), name

from __future__ import annotations

import functools
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from eadnet_core.emotion.language_model import LanguageModel, load_language_model
from eadnet_core.emotion.vocabulary import EMOTIONS
from eadnet_core.errors import InputError
from tests.emotion.tiny_models import picture, save_gpt2, save_llama, save_llava, save_mamba

PROMPT = 'The line: "I cannot stop crying."\nFeeling:'


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("LLM")
    savers = {"llama": save_llama, "gpt2": save_gpt2, "mamba": save_mamba, "llava": save_llava}
    return {name: save(root / name) for name, save in savers.items()}


@pytest.fixture(scope="module")
def models(folders: dict[str, Path]) -> dict[str, LanguageModel]:
    return {name: load_language_model(folder) for name, folder in folders.items()}


def chain_rule(folder: Path, text: str, answer: str) -> float:
    """log p(answer | text), one token after the other, each from a run of the model on all that is before it."""
    tokenizer, net = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder).eval()
    start = tokenizer(text, add_special_tokens=False)["input_ids"]
    whole = tokenizer(text + answer, add_special_tokens=False)["input_ids"]
    assert whole[: len(start)] == start and len(whole) > len(start)
    total = 0.0
    for end in range(len(start), len(whole)):
        with torch.no_grad():
            logits = net(torch.tensor([whole[:end]])).logits[0, -1].double()
        total += float(logits[whole[end]] - logits.logsumexp(0))
    return total


@pytest.mark.parametrize("name", ["llama", "gpt2", "mamba"])
def test_score_is_the_log_probability_of_the_answer(name: str, folders: dict[str, Path], models: dict[str, LanguageModel]) -> None:
    asked, gap = (f"<user>{PROMPT}</s><bot>", "") if name == "llama" else (PROMPT, " ")
    scores = models[name].score(PROMPT, EMOTIONS)
    assert scores == pytest.approx([chain_rule(folders[name], asked, gap + answer) for answer in EMOTIONS], abs=1e-3)
    assert (scores < 0).all() and scores.std() > 0.1


def test_answers_to_pictures_are_scored_as_in_one_piece(models: dict[str, LanguageModel]) -> None:
    model, seen = models["llava"], [picture(0)]
    text = model._as_asked(PROMPT, 1)
    start = model._encode(text, seen)["input_ids"].shape[1]
    for answer, score in zip(EMOTIONS, model.score(PROMPT, EMOTIONS, seen), strict=True):
        inputs = model._encode(text + answer, seen)
        with torch.no_grad():
            logits = model.net(**inputs).logits[0, start - 1 : -1].double()
        wanted = logits.log_softmax(-1).gather(1, inputs["input_ids"][0, start:, None]).sum()
        assert score == pytest.approx(float(wanted), abs=1e-3)


def test_a_picture_changes_the_scores_of_a_model_that_sees(models: dict[str, LanguageModel]) -> None:
    seeing = models["llava"]
    assert seeing.sees and not models["llama"].sees
    one, same, other = (seeing.score(PROMPT, EMOTIONS[:3], [picture(seed)]) for seed in (0, 0, 1))
    assert np.allclose(one, same) and not np.allclose(one, other, atol=1e-3)
    assert np.isfinite(seeing.score(PROMPT, EMOTIONS[:3])).all()
    assert np.isfinite(seeing.score(PROMPT, EMOTIONS[:3], [picture(0), picture(1)])).all()
    assert isinstance(seeing.write(PROMPT, 5, None, [picture(0)]), str)


@pytest.mark.parametrize("name", ["llama", "gpt2", "llava"])
def test_writing_is_bounded_and_follows_its_seed(name: str, models: dict[str, LanguageModel]) -> None:
    model = models[name]
    likeliest = model.write(PROMPT, 12)
    assert likeliest == model.write(PROMPT, 12)
    drawn = [model.write(PROMPT, 12, seed) for seed in (1, 1, 2, 3)]
    assert drawn[0] == drawn[1] and len(set(drawn)) > 1
    assert len(model.tokenizer(likeliest)["input_ids"]) <= 40


def test_the_likeliest_words_are_those_of_a_greedy_search(folders: dict[str, Path], models: dict[str, LanguageModel]) -> None:
    tokenizer, net = AutoTokenizer.from_pretrained(folders["gpt2"]), AutoModelForCausalLM.from_pretrained(folders["gpt2"]).eval()
    tokens = tokenizer(PROMPT)["input_ids"]
    for _ in range(6):
        with torch.no_grad():
            tokens.append(int(net(torch.tensor([tokens])).logits[0, -1].argmax()))
    start = len(tokenizer(PROMPT)["input_ids"])
    assert models["gpt2"].write(PROMPT, 6) == tokenizer.decode(tokens[start:], skip_special_tokens=True)


def test_the_global_seed_is_left_alone(models: dict[str, LanguageModel]) -> None:
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    models["llama"].write(PROMPT, 4, seed=9)
    assert torch.equal(torch.rand(3), wanted)


def test_every_step_can_be_cancelled(models: dict[str, LanguageModel]) -> None:
    calls = []

    def heed() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        models["llama"].score(PROMPT, EMOTIONS, heed=heed)
    calls.clear()
    with pytest.raises(KeyboardInterrupt):
        models["llama"].write(PROMPT, 50, heed=heed)
    assert len(calls) == 3


def test_precision_is_that_of_the_files_or_as_asked(folders: dict[str, Path]) -> None:
    assert next(load_language_model(folders["gpt2"]).net.parameters()).dtype == torch.float32
    half = load_language_model(folders["gpt2"], torch.bfloat16)
    assert {parameter.dtype for parameter in half.net.parameters()} == {torch.bfloat16}
    assert np.isfinite(half.score(PROMPT, EMOTIONS)).all()


def test_half_precision_files_are_read_for_the_device_that_computes(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "half"
    shutil.copytree(folders["gpt2"], folder)
    AutoModelForCausalLM.from_pretrained(folders["gpt2"]).half().save_pretrained(folder)
    assert next(load_language_model(folder).net.parameters()).dtype == torch.bfloat16
    assert next(load_language_model(folder, device=torch.device("cuda")).net.parameters()).dtype == torch.float16
    assert next(load_language_model(folder, torch.float16).net.parameters()).dtype == torch.float16


def test_a_prompt_is_read_once_for_all_answers(models: dict[str, LanguageModel], monkeypatch: pytest.MonkeyPatch) -> None:
    model, lengths = models["llama"], []
    forward = model.net.forward

    @functools.wraps(forward)
    def counted(*args: object, **options: object) -> object:
        lengths.append(options["input_ids"].shape[1])  # type: ignore[attr-defined]
        return forward(*args, **options)

    monkeypatch.setattr(model.net, "forward", counted)
    model.score(PROMPT, EMOTIONS)
    assert lengths[0] > 20 and max(lengths[1:], default=0) < 10


def test_a_question_longer_than_the_model_reads_is_refused(tmp_path: Path) -> None:
    small = load_language_model(save_llama(tmp_path / "small", room=64))
    with pytest.raises(InputError, match="small reads 64 tokens, and the question has"):
        small.score("word " * 200, EMOTIONS)
    with pytest.raises(InputError, match="reads 64 tokens"):
        small.write("word " * 200, 10)


def test_weights_that_give_no_numbers_are_named(tmp_path: Path) -> None:
    broken = load_language_model(save_gpt2(tmp_path / "broken"))
    with torch.no_grad():
        next(broken.net.parameters()).fill_(float("nan"))
    with pytest.raises(InputError, match="broken answers with no numbers"):
        broken.score(PROMPT, EMOTIONS)

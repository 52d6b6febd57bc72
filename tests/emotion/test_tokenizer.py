from __future__ import annotations

import subprocess
import sys
import zlib

import pytest
import torch

from eadnet_core.emotion.tokenizer import NUM_BUCKETS, encode_captions


def bucket(gram: str) -> int:
    return zlib.crc32(gram.encode()) % (NUM_BUCKETS - 1) + 1


def shared(one: str, other: str) -> float:
    a, b = (set(encode_captions([word]).flatten().tolist()) - {0} for word in (one, other))
    return len(a & b) / min(len(a), len(b))


def test_short_word_keeps_all_its_grams() -> None:
    ids = encode_captions(["sad"])
    assert ids.shape == (1, 24, 12) and ids.dtype == torch.int64
    expected = ["<sa", "sad", "ad>", "<sad", "sad>", "<sad>"]
    assert ids[0, 0].tolist() == [bucket(g) for g in expected] + [0] * 6
    assert not ids[0, 1:].any()


def test_case_accents_and_punctuation_do_not_matter() -> None:
    assert torch.equal(encode_captions(["Fiancé, DON\u2019T!"]), encode_captions(["fiance don't"]))


@pytest.mark.parametrize(("one", "other"), [("terrified", "terified"), ("contempt", "contemptuous"), ("disgusted", "desgusted")])
def test_relatives_and_misspellings_share_ids(one: str, other: str) -> None:
    assert shared(one, other) > 0.4 > shared(one, "laughing")


def test_ids_stay_inside_the_table_and_long_captions_are_cut() -> None:
    ids = encode_captions(["word" + "x" * i for i in range(50)] + [" ".join(f"w{i}" for i in range(40))], num_words=6, num_grams=4)
    assert ids.shape == (51, 6, 4) and ids.min() >= 0 and ids.max() < NUM_BUCKETS
    assert ids[-1].ne(0).any(-1).all()


@pytest.mark.parametrize("empty", ["", "  ", "!?...", "\u0301"])
def test_nothing_to_read_is_padding(empty: str) -> None:
    assert not encode_captions([empty]).any()
    assert encode_captions([]).shape == (0, 24, 12)


def test_other_scripts_have_ids() -> None:
    assert encode_captions(["\u5b09\u3057\u3044", "\u0441\u0447\u0430\u0441\u0442\u043b\u0438\u0432"]).ne(0).any(-1).any(-1).all()


def test_hash_is_the_same_in_another_process() -> None:
    code = "from eadnet_core.emotion.tokenizer import encode_captions as e; print(e(['overjoyed, brows raised']).flatten().tolist())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"}, cwd=".")
    assert run.stdout.strip() == str(encode_captions(["overjoyed, brows raised"]).flatten().tolist())

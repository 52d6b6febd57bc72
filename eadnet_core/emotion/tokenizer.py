"""Captions as hashed character n-grams: no vocabulary to ship, and spelling or inflection hardly matter."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

NUM_BUCKETS = 8192
"""Size of the embedding table; id 0 is padding, n-grams take 1 to NUM_BUCKETS - 1."""
NUM_WORDS = 24
"""Words of a caption that are encoded; later ones are left out."""
NUM_GRAMS = 12
"""N-grams of a word that are encoded."""
GRAM_LENGTHS = (3, 4, 5)

_WORD = r"[^\W_]+(?:'[^\W_]+)*"


def fold(text: str) -> str:
    """Text without case and accents: what two spellings of one word share."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("\u2019", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def split_words(text: str, marks: str = "") -> list[str]:
    """Folded words of a text in order, apostrophes dropped ("Don't" is "dont"), and of punctuation only `marks`."""
    pattern = f"{_WORD}|[{re.escape(marks)}]" if marks else _WORD
    return [word.replace("'", "") for word in re.findall(pattern, fold(text))]


def encode_captions(captions: Sequence[str], num_words: int = NUM_WORDS, num_grams: int = NUM_GRAMS) -> Tensor:
    """Hashed character n-grams of captions.

    A word is wrapped in < and > and cut into n-grams, the shortest first and from the left, until `num_grams` are
    taken: a short word keeps all of its 3- to 5-grams, a long one all of its trigrams. "terrified", "terified" and
    "Terrifying" thus share most ids. The hash is CRC-32, the same on every machine and in every run.

    Args:
        captions: K texts in any script; one without a letter or digit becomes padding alone.
        num_words: W, words of a caption that count.
        num_grams: G, n-grams of a word that count.

    Returns:
        int64 [K, W, G], 0 (padding) to NUM_BUCKETS - 1.

    Source: fastText's subword units; the order in which they are taken is ours.
    """
    ids = np.zeros((len(captions), num_words, num_grams), np.int64)
    for i, caption in enumerate(captions):
        for j, word in enumerate(split_words(caption)[:num_words]):
            grams = hash_word(word)[:num_grams]
            ids[i, j, : len(grams)] = grams
    return torch.from_numpy(ids)


@lru_cache(maxsize=1 << 16)
def hash_word(word: str) -> tuple[int, ...]:
    """Ids of all n-grams of a folded word, shortest n-grams first, each from the left, without repeats."""
    wrapped = f"<{word}>"
    grams = [wrapped[i : i + n] for n in GRAM_LENGTHS for i in range(len(wrapped) - n + 1)]
    return tuple(dict.fromkeys(zlib.crc32(gram.encode()) % (NUM_BUCKETS - 1) + 1 for gram in grams))

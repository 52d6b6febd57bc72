from __future__ import annotations

import pytest
import torch
from torch.nn.functional import pad

from eadnet_core.models.text_encoder import TextEncoder, TextEncoderConfig


@pytest.fixture
def encoder() -> TextEncoder:
    torch.manual_seed(0)
    return TextEncoder(TextEncoderConfig(num_buckets=64, word_width=12, width=10)).eval()


def test_one_vector_a_caption(encoder: TextEncoder) -> None:
    assert encoder(torch.randint(1, 64, (2, 3, 5, 4))).shape == (2, 3, 10)


def test_padding_changes_nothing(encoder: TextEncoder) -> None:
    ids = torch.randint(1, 64, (2, 3, 5, 4))
    ids[0, 1, 3:] = 0
    plain = encoder(ids)
    padded = encoder(pad(ids, (0, 6, 0, 9, 0, 1)))  # more n-grams, more words, one more caption
    torch.testing.assert_close(padded[:, :3], plain)


def test_an_empty_caption_has_a_vector_and_a_gradient(encoder: TextEncoder) -> None:
    vector = encoder(torch.zeros(1, 2, 4, 3, dtype=torch.int64))
    assert torch.isfinite(vector).all()
    torch.testing.assert_close(vector[:, 0], vector[:, 1])
    vector.sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in encoder.parameters() if p.grad is not None)


def test_grams_have_no_order_and_words_have(encoder: TextEncoder) -> None:
    ids = torch.randint(1, 64, (1, 1, 5, 4))
    torch.testing.assert_close(encoder(ids.flip(-1)), encoder(ids))
    assert (encoder(ids.flip(-2)) - encoder(ids)).abs().max() > 1e-4


def test_units_are_read_from_the_vector_between_none_and_all(encoder: TextEncoder) -> None:
    encoder.bfloat16()
    units = encoder.units(encoder(torch.randint(1, 64, (2, 3, 5, 4))))
    assert units.shape == (2, 3, 24) and units.dtype == torch.float32
    assert ((units > 0) & (units < 1)).all()

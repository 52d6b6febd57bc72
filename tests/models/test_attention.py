from __future__ import annotations

import torch

from eadnet_core.models.attention import CrossAttention, torch_attention


def _dense(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    score = torch.einsum("bhld,bhnd->bhln", query, key) / query.shape[-1] ** 0.5
    return torch.einsum("bhln,bhnd->bhld", score.exp() / score.exp().sum(-1, keepdim=True), value)


def test_training_and_inference_are_the_same_attention() -> None:
    query, key, value = (torch.randn(2, 3, n, 8) for n in (5, 7, 7))
    torch.testing.assert_close(torch_attention(query, key, value), _dense(query, key, value))
    query.requires_grad_()
    torch.testing.assert_close(torch_attention(query, key, value), _dense(query, key, value))


def test_a_frame_reads_only_its_own_tokens() -> None:
    torch.manual_seed(0)
    layer = CrossAttention(8, 6, 2, torch_attention)
    x, tokens = torch.randn(1, 2, 3, 3, 8), torch.randn(1, 2, 4, 6)
    torch.testing.assert_close(layer(x, tokens), x)  # it starts as nothing
    torch.nn.init.normal_(layer.to_out.weight)
    before = layer(x, tokens)
    tokens[:, 1] += 1
    after = layer(x, tokens)
    torch.testing.assert_close(after[:, 0], before[:, 0])
    assert (after[:, 1] - before[:, 1]).abs().max() > 1e-3

from __future__ import annotations

import torch

from eadnet_core.models.attention import torch_attention
from eadnet_core.models.strip_attention import StripAttention, horizontal_strips, through_time, vertical_strips, within_frames

BATCH, FRAMES, HEIGHT, WIDTH, HEADS, DIM = 2, 3, 4, 5, 2, 6


def _dense(qkv: torch.Tensor) -> torch.Tensor:
    """Multi-head attention among L tokens, [L, 3 * HEADS * DIM] to [L, HEADS * DIM], one head and one query at a time."""
    query, key, value = qkv.reshape(len(qkv), 3, HEADS, DIM).unbind(1)
    out = torch.empty(len(qkv), HEADS, DIM)
    for head in range(HEADS):
        for i in range(len(qkv)):
            weight = torch.softmax(key[:, head] @ query[i, head] / DIM**0.5, 0)
            out[i, head] = weight @ value[:, head]
    return out.flatten(1)


def _qkv(height: int = HEIGHT) -> torch.Tensor:
    return torch.randn(BATCH, FRAMES, height, WIDTH, 3 * HEADS * DIM, generator=torch.Generator().manual_seed(0))


def test_horizontal_is_dense_attention_over_a_row_through_time() -> None:
    qkv = _qkv()
    found = horizontal_strips(torch_attention, qkv, HEADS)
    for b in range(BATCH):
        for y in range(HEIGHT):
            strip = _dense(qkv[b, :, y].flatten(0, 1))
            torch.testing.assert_close(found[b, :, y].flatten(0, 1), strip)


def test_vertical_is_dense_attention_over_a_column_through_time() -> None:
    qkv = _qkv()
    found = vertical_strips(torch_attention, qkv, HEADS)
    for b in range(BATCH):
        for x in range(WIDTH):
            strip = _dense(qkv[b, :, :, x].flatten(0, 1))
            torch.testing.assert_close(found[b, :, :, x].flatten(0, 1), strip)


def test_within_frames_is_dense_attention_over_each_frame() -> None:
    qkv = _qkv()
    found = within_frames(torch_attention, qkv, HEADS)
    for b in range(BATCH):
        for t in range(FRAMES):
            torch.testing.assert_close(found[b, t].flatten(0, 1), _dense(qkv[b, t].flatten(0, 1)))


def test_through_time_is_dense_attention_of_each_cell_to_itself() -> None:
    qkv = _qkv()
    found = through_time(torch_attention, qkv, HEADS)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            torch.testing.assert_close(found[1, :, y, x], _dense(qkv[1, :, y, x]))


def test_space_and_time_have_the_parameters_of_strips() -> None:
    strips, space_time = (StripAttention(8, 1, 4, torch_attention, name) for name in ("strips", "space_time"))
    assert {k: v.shape for k, v in strips.state_dict().items()} == {k: v.shape for k, v in space_time.state_dict().items()}


def test_with_height_one_horizontal_is_dense_attention_over_the_clip() -> None:
    qkv = _qkv(height=1)
    found = horizontal_strips(torch_attention, qkv, HEADS)
    torch.testing.assert_close(found[0].flatten(0, 2), _dense(qkv[0].flatten(0, 2)))


def _block() -> StripAttention:
    torch.manual_seed(0)
    block = StripAttention(8, 1, 4, torch_attention)
    torch.nn.init.normal_(block.to_out.weight)
    return block


def test_a_cell_sees_its_row_and_its_column_through_all_frames() -> None:
    x = torch.randn(1, FRAMES, HEIGHT, WIDTH, 8, requires_grad=True)
    (gradient,) = torch.autograd.grad(_block()(x)[0, 1, 2, 3].sum(), x)
    seen = gradient[0].abs().sum(-1) > 0
    expected = torch.zeros(FRAMES, HEIGHT, WIDTH, dtype=torch.bool)
    expected[:, 2] = True
    expected[:, :, 3] = True
    assert torch.equal(seen, expected)


def test_the_gate_chooses_a_direction() -> None:
    block = _block()
    with torch.no_grad():
        block.to_gate.bias.copy_(torch.tensor([40.0, -40.0]))  # rows only
    x = torch.randn(1, FRAMES, HEIGHT, WIDTH, 8, requires_grad=True)
    (gradient,) = torch.autograd.grad(block(x)[0, 1, 2, 3].sum(), x)
    seen = gradient[0].abs().sum(-1) > 1e-9
    assert seen[:, 2].all() and not seen[:, :2].any() and not seen[:, 3:].any()


def test_it_starts_as_nothing_and_takes_the_host_s_attention() -> None:
    calls: list[tuple[int, ...]] = []

    def host(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        calls.append(tuple(query.shape))
        return torch_attention(query, key, value)

    x = torch.randn(1, FRAMES, HEIGHT, WIDTH, 8)
    torch.testing.assert_close(StripAttention(8, 1, 4, host)(x), x)
    assert calls == [(1, HEIGHT, FRAMES * WIDTH, 4), (1, WIDTH, FRAMES * HEIGHT, 4)]

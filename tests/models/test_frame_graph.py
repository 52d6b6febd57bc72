from __future__ import annotations

import pytest
import torch

from eadnet_core.models.frame_graph import FrameGraph, FrameGraphConfig, FrameMemory

FRAMES, MEMORY = 9, 5


@pytest.fixture
def graph() -> FrameGraph:
    torch.manual_seed(0)
    return FrameGraph(8, FrameGraphConfig(key_width=4, num_neighbours=3, max_distance=6))


@pytest.fixture
def edges(graph: FrameGraph) -> torch.Tensor:
    """[2, FRAMES, FRAMES + 1 + MEMORY] of random nodes; the memory's last frame is right before the window."""
    nodes = torch.randn(2, FRAMES, 8)
    candidates = torch.cat([nodes, torch.randn(2, 1 + MEMORY, 8)], 1)
    return graph.adjacency(nodes, candidates, torch.arange(-MEMORY, 0))


def test_rows_sum_to_one(edges: torch.Tensor) -> None:
    assert edges.shape == (2, FRAMES, FRAMES + 1 + MEMORY)
    torch.testing.assert_close(edges.sum(-1), torch.ones(2, FRAMES))


def test_itself_and_the_chain_are_always_kept(edges: torch.Tensor) -> None:
    for frame in range(FRAMES):
        for other in (frame - 1, frame, frame + 1):
            if 0 <= other < FRAMES:
                assert (edges[:, frame, other] > 0).all(), (frame, other)
    assert (edges[:, 0, -1] > 0).all()  # the frame before the window's first


def test_only_the_strongest_edges_besides_the_chain(graph: FrameGraph, edges: torch.Tensor) -> None:
    assert ((edges > 0).sum(-1) <= graph.config.num_neighbours + 3).all()
    assert (edges == 0).any()
    for sample in range(2):
        for frame in range(FRAMES):
            row = edges[sample, frame]
            strongest = row.topk(graph.config.num_neighbours).indices
            beyond = set((row > 0).nonzero()[:, 0].tolist()) - set(strongest.tolist())
            chain = {frame - 1, frame, frame + 1} | ({FRAMES + MEMORY} if frame == 0 else set())
            assert beyond <= chain


def test_edges_follow_similarity_and_distance_in_time(graph: FrameGraph) -> None:
    alike = torch.ones(1, FRAMES, 8)
    with torch.no_grad():
        graph.time_bias.copy_(-torch.arange(-6, 7).abs().float())
        graph.reference_bias.fill_(-20)
    row = graph.adjacency(alike, torch.ones(1, FRAMES + 1, 8), None)[0, 4]
    expected = torch.softmax(torch.tensor([-1.0, 0.0, -1.0]), 0)
    torch.testing.assert_close(row[3:6], expected)  # all are alike: the nearest three win, by their bias alone


def test_nothing_changes_while_the_gate_is_zero(graph: FrameGraph) -> None:
    x, reference = torch.randn(2, FRAMES, 3, 4, 8), torch.randn(2, 8)
    same, nodes = graph(x, reference, torch.randn(2, MEMORY, 8), torch.arange(-MEMORY, 0))
    assert torch.equal(same, x)
    assert nodes.shape == (2, FRAMES, 8)
    torch.nn.init.ones_(graph.gate)
    changed, _ = graph(x, reference, None, None)
    message = changed - x
    assert message.abs().max() > 1e-3
    torch.testing.assert_close(message, message[:, :, :1, :1].expand_as(message))  # one message a frame, for all its cells


def test_memory_reaches_the_frames(graph: FrameGraph) -> None:
    torch.nn.init.ones_(graph.gate)
    x, reference = torch.randn(1, FRAMES, 2, 2, 8), torch.randn(1, 8)
    memory = torch.randn(1, 1, 8, requires_grad=True)
    out, _ = graph(x, reference, memory, torch.tensor([-1]))
    (gradient,) = torch.autograd.grad(out[0, 0].sum(), memory)
    assert gradient.abs().max() > 0


def test_memory_keeps_the_latest_frames_before_the_next_window() -> None:
    nodes = torch.arange(6.0)[None, :, None]
    memory = FrameMemory((nodes, 10 * nodes), torch.tensor([-8, -4, 0, 4, 8, 12])).before(12, limit=3)
    assert memory.times.tolist() == [-12, -8, -4]
    assert memory.nodes[0][0, :, 0].tolist() == [2, 3, 4]
    assert memory.nodes[1][0, :, 0].tolist() == [20, 30, 40]
    assert memory.before(0, limit=0).times.tolist() == []

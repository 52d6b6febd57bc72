"""SyncNet on motion tells lips of these words from lips of others; TREPA is nothing for the same motion and grows with what differs."""

from __future__ import annotations

import torch

from eadnet_core.training.critics import MotionEncoder, MotionSyncNet, contrast, trepa


def test_syncnet_learns_to_tell_pairs() -> None:
    torch.manual_seed(0)
    net = MotionSyncNet()
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3)
    opened = torch.nn.functional.one_hot(torch.randint(0, 2, (64, 8)), 2).float().repeat_interleave(2, 1)  # [64, 16, 2]
    phones = torch.zeros(64, 32, 42)
    phones[..., 1:3] = opened.repeat_interleave(2, 1)
    motion = torch.zeros(64, 16, 80)
    motion[..., net.mouth] = opened[..., :1] - 0.5
    for _ in range(80):
        optimizer.zero_grad()
        loss = contrast(net, motion[:48], phones[:48])
        loss.backward()
        optimizer.step()
    own, other = net(motion[48:], phones[48:]), net(motion[48:], phones[48:].roll(1, 0))
    assert own.mean() > other.mean() + 0.3, "of pairs it has not seen"


def test_a_smile_that_stays_does_not_count_for_sync() -> None:
    net, motion = MotionSyncNet(), torch.randn(4, 16, 80)
    torch.testing.assert_close(net.embed_lips(motion), net.embed_lips(motion + 3.0), atol=1e-4, rtol=1e-3)


def test_trepa_grows_with_what_differs() -> None:
    torch.manual_seed(0)
    net, motion = MotionEncoder(), torch.randn(2, 32, 80)
    noise = torch.randn_like(motion)
    near, far = (trepa(net, motion + size * noise, motion).item() for size in (0.1, 1.0))
    assert trepa(net, motion, motion).item() < 1e-6 < near < far

"""Several processes train one network: each draws batches of its own, and all end with the same weights."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import json, sys
from pathlib import Path
import torch
from accelerate import PartialState
from eadnet_core.training.fit import Optimisation, fit, own_seed

processes = PartialState(cpu=True)
torch.manual_seed(processes.process_index)
net = torch.nn.Linear(1, 1)
generator = torch.Generator().manual_seed(own_seed(0))
first = []

def losses(step):
    x = torch.randn(8, 1, generator=generator)
    first.append(float(x[0]))
    return {"square": (net(x) - 3 * x).square().mean()}

how = Optimisation(learning_rate=0.05, weight_decay=0.0, ema_decay=0.9, warmup_steps=5)
made = fit(net, losses, {"square": 1.0}, how, 0.05)
report = {"weight": made.net.weight.item(), "bias": made.net.bias.item(), "steps": made.steps, "first": first[0]}
Path(sys.argv[1], f"{processes.process_index}.json").write_text(json.dumps(report))
"""


def test_two_processes_draw_apart_and_agree(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    root = Path(__file__).parents[2]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2",
              "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "GLOO_SOCKET_IFNAME": "lo"}  # fmt: skip
    processes = [
        subprocess.Popen(
            [sys.executable, str(program), str(tmp_path)], cwd=root, env={**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stderr=subprocess.PIPE, text=True,
        )
        for rank in range(2)
    ]  # fmt: skip
    for process in processes:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said[-2000:]
    one, other = (json.loads((tmp_path / f"{index}.json").read_text()) for index in (0, 1))
    assert one["first"] != other["first"], "each draws something else"
    assert [one[k] for k in ("weight", "bias", "steps")] == pytest.approx([other[k] for k in ("weight", "bias", "steps")])
    assert one["weight"] == pytest.approx(3, abs=0.5)

"""Two processes, as `accelerate launch` starts them, train as one."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from eadnet_core.errors import InputError
from eadnet_core.training.base.world import Accelerated, Alone, open_world

ROOT = Path(__file__).parents[3]

PROGRAM = """
import json, sys
from dataclasses import replace
from pathlib import Path
import torch
from eadnet_core.cli import RECIPES
from eadnet_core.models.denoiser import DenoiserConfig
from eadnet_core.synthetic.speech_corpus import SpeechCorpus
from eadnet_core.training.base.recipe import BaseRecipe
from eadnet_core.training.base.train import train_base
from eadnet_core.training.base.world import open_world

world, folder = open_world("cpu"), Path(sys.argv[1])
one, other = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2))
(one * (world.rank + 1)).sum().backward()
if world.rank:
    other.sum().backward()
world.average_gradients([one, other])
found = {"rank": world.rank, "size": world.size, "agreed": world.agreed(7 + world.rank)}
found |= {"mean": one.grad.tolist(), "half": other.grad.tolist()}

small = DenoiserConfig(channels=(16, 32, 32), down_blocks=(1, 1, 1), num_heads=(2, 2, 2), fine_channels=8, num_shapes=4)
recipe = replace(BaseRecipe.read(RECIPES / "base.json"), size=32, clips=((1, 2, 0),), speech_clips=1, speech_frames=8)
mel, visemes = (torch.full(shape, 90, dtype=torch.uint8) for shape in ((160, 64), (40, 5)))
corpus = SpeechCorpus(mel, visemes, torch.tensor([40]), torch.tensor([0]))


def train(name, steps):
    state = train_base(recipe, corpus, 1.0, folder / name, small, world, max_steps=steps)
    weights = torch.cat([value.flatten() for value in state.net.state_dict().values()])
    return weights.double().sum().item(), int(state.generator.get_state().long().sum())


through = train("a.state", 4)
train("b.state", 2)
print(json.dumps(found | {"through": through, "resumed": train("b.state", 4)}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """What each of two processes had to say."""
    pytest.importorskip("accelerate")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("world")
    # what `accelerate launch --cpu --num_processes 2` sets
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder)],
            cwd=ROOT,
            env=os.environ | shared | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    said = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said[0][1][-2000:] + said[1][1][-2000:]
    return [json.loads(out.splitlines()[-1]) for out, _ in said]


def test_gradients_are_the_mean_of_all_processes(told: list[dict]) -> None:
    assert [(one["rank"], one["size"]) for one in told] == [(0, 2), (1, 2)]
    for one in told:
        assert one["mean"] == [1.5, 1.5] and one["half"] == [0.5, 0.5]  # a weight that one process did not reach counts there as 0
        assert one["agreed"] == 7


def test_processes_keep_the_same_weights_and_a_chance_of_their_own(told: list[dict]) -> None:
    (weights, chance), (other_weights, other_chance) = (one["through"] for one in told)
    assert weights == other_weights and chance != other_chance


def test_both_resume_where_they_stopped(told: list[dict]) -> None:
    for one in told:
        assert one["resumed"] == one["through"]


def test_one_process_needs_no_accelerate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "accelerate", None)  # as if it were not installed
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert isinstance(open_world("cpu"), Alone)
    value = torch.arange(3, dtype=torch.uint8)
    assert open_world("cpu").gathered(value).tolist() == [[0, 1, 2]]
    with pytest.raises(InputError, match="install"):
        Accelerated("cpu")

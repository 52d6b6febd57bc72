"""The state of a training, kept in one file so that it can go on where it stopped."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Generator, Tensor
from torch.optim.swa_utils import AveragedModel

from ...errors import InputError
from ...models.denoiser import Denoiser
from .world import World


@dataclass
class TrainingState:
    """Everything that changes from step to step.

    Attributes:
        net: The weights that learn.
        average: Their moving average, which is what is kept in the end.
        optimizer: AdamW with its moments.
        generator: Source of all randomness of this process, on the training device.
        world: The processes that train together.
        step: Steps made.
        steps: Steps to make, once they are known; 0 before.
        spent_s: Seconds spent on them.
    """

    net: Denoiser
    average: AveragedModel
    optimizer: torch.optim.AdamW
    generator: Generator
    world: World
    step: int = 0
    steps: int = 0
    spent_s: float = 0.0

    def save(self, path: Path) -> None:
        """Writes the state; a file already there is replaced only by a whole one. All processes call it, the first one writes.

        Raises:
            InputError: The file cannot be written, as on a full disk.
        """
        tensors: dict[str, Tensor] = {"generators": self.world.gathered(self.generator.get_state())}
        if self.world.rank == 0:
            self._write(path, tensors)
        self.world.agreed(0)  # nobody goes on, perhaps to read it, before it is written

    def _write(self, path: Path, tensors: dict[str, Tensor]) -> None:
        for name, value in self.net.state_dict().items():
            tensors[f"net/{name}"] = value
        for name, value in self.average.module.state_dict().items():
            tensors[f"average/{name}"] = value
        for index, moments in self.optimizer.state_dict()["state"].items():
            for name, value in moments.items():
                tensors[f"optimizer/{index}/{name}"] = value
        said = {"step": self.step, "steps": self.steps, "spent_s": self.spent_s}
        temporary = path.with_suffix(".partial")
        try:
            save_file({k: v.contiguous() for k, v in tensors.items()}, temporary, {"state": json.dumps(said)})
            os.replace(temporary, path)
        except (OSError, SafetensorError) as error:
            raise InputError(f"Training state {path} cannot be written ({error}); free space on that disk and train on.") from error
        finally:
            temporary.unlink(missing_ok=True)

    def load(self, path: Path) -> None:
        """Goes on from a saved state.

        Raises:
            InputError: The file is no state of this network, or this machine does not see it.
        """
        try:
            with safe_open(path, "pt") as file:
                said = json.loads(file.metadata()["state"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except (OSError, KeyError, TypeError, ValueError, SafetensorError) as error:
            raise InputError(f"{path} is no training state ({error}); remove it to begin anew.") from error
        parts: dict[str, dict[str, Tensor]] = {"net": {}, "average": {}, "optimizer": {}}
        for name, value in tensors.items():
            part, _, rest = name.partition("/")
            if part in parts:
                parts[part][rest] = value
        try:
            self.net.load_state_dict(parts["net"])
            self.average.module.load_state_dict(parts["average"])
        except RuntimeError as error:
            raise InputError(f"{path} belongs to another network; remove it to begin anew.") from error
        moments: dict[int, dict[str, Tensor]] = {}
        for name, value in parts["optimizer"].items():
            index, _, kind = name.partition("/")
            moments.setdefault(int(index), {})[kind] = value
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": moments})
        for parameter, kept in self.optimizer.state.items():
            # files hold plain layouts; the fused step walks moments and weights side by side in memory, so both must lie alike
            kept.update({k: torch.empty_like(parameter).copy_(v) for k, v in kept.items() if v.shape == parameter.shape})
        self.average.n_averaged.fill_(said["step"])
        if self.world.rank < len(tensors["generators"]):  # a process more than last time begins with chance of its own
            own = tensors["generators"][self.world.rank].clone()  # a generator reads from the start of the storage
            self.generator.set_state(own)
        self.step, self.steps, self.spent_s = said["step"], said["steps"], said["spent_s"]

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


@dataclass
class TrainingState:
    """Everything that changes from step to step.

    Attributes:
        net: The weights that learn.
        average: Their moving average, which is what is kept in the end.
        optimizer: AdamW with its moments.
        generator: Source of all randomness, on the training device.
        step: Steps made.
        steps: Steps to make, once they are known; 0 before.
        spent_s: Seconds spent on them.
    """

    net: Denoiser
    average: AveragedModel
    optimizer: torch.optim.AdamW
    generator: Generator
    step: int = 0
    steps: int = 0
    spent_s: float = 0.0

    def save(self, path: Path) -> None:
        """Writes the state; a file already there is replaced only by a whole one."""
        tensors: dict[str, Tensor] = {"generator": self.generator.get_state()}
        for name, value in self.net.state_dict().items():
            tensors[f"net/{name}"] = value
        for name, value in self.average.module.state_dict().items():
            tensors[f"average/{name}"] = value
        for index, moments in self.optimizer.state_dict()["state"].items():
            for name, value in moments.items():
                tensors[f"optimizer/{index}/{name}"] = value
        said = {"step": self.step, "steps": self.steps, "spent_s": self.spent_s}
        temporary = path.with_suffix(".partial")
        save_file({k: v.contiguous() for k, v in tensors.items()}, temporary, {"state": json.dumps(said)})
        os.replace(temporary, path)

    def load(self, path: Path) -> None:
        """Goes on from a saved state.

        Raises:
            InputError: The file is not a state of this network.
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
        self.generator.set_state(tensors["generator"])
        self.step, self.steps, self.spent_s = said["step"], said["steps"], said["spent_s"]

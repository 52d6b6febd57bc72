"""The state of a training that was interrupted, as one file of tensors; nothing in it can run code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.training_utils import EMAModel
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from ..errors import InputError


@dataclass(frozen=True)
class TrainingState:
    """What a training is made of, by reference.

    Attributes:
        net: What learns.
        optimizer: Of its parameters, one group.
        average: Of its parameters.
    """

    net: nn.Module
    optimizer: torch.optim.Optimizer
    average: EMAModel

    def save(self, path: Path, step: int, spent_s: float) -> None:
        """Writes it, whole or not at all."""
        tensors: dict[str, Tensor] = {f"net/{name}": value for name, value in self.net.state_dict().items()}
        for index, values in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{index}/{name}": value for name, value in values.items()}
        tensors |= {f"average/{index}": value for index, value in enumerate(self.average.shadow_params)}
        about = {"step": step, "spent_s": spent_s, "averaged": self.average.optimization_step}
        partial = path.with_name(path.name + ".partial")
        save_file({name: value.detach().cpu().contiguous() for name, value in tensors.items()}, partial, {"about": json.dumps(about)})
        partial.replace(path)

    def load(self, path: Path) -> tuple[int, float]:
        """Goes back to the state in a file; its step, and the seconds spent until then.

        Raises:
            InputError: The file is damaged, or of another network.
        """
        try:
            with safe_open(path, "pt") as file:
                about = json.loads(file.metadata()["about"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            self.net.load_state_dict({name[4:]: value for name, value in tensors.items() if name.startswith("net/")})
            state: dict[int, dict[str, Any]] = {}
            for name, value in tensors.items():
                if name.startswith("optimizer/"):
                    _, index, what = name.split("/")
                    state.setdefault(int(index), {})[what] = value
            self.optimizer.load_state_dict({"state": state, "param_groups": self.optimizer.state_dict()["param_groups"]})
            for index, shadow in enumerate(self.average.shadow_params):
                shadow.copy_(tensors[f"average/{index}"])
        except (SafetensorError, OSError, KeyError, TypeError, RuntimeError, ValueError) as error:
            raise InputError(f"{path} is no state of this training ({error}); give another file, or begin anew.") from error
        self.average.optimization_step = about["averaged"]
        return about["step"], about["spent_s"]

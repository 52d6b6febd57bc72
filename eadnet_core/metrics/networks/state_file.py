"""Weights that others published, as a file on the user's disk: a plain state dict in safetensors, checked name by name."""

from __future__ import annotations

import hashlib
from pathlib import Path

from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from ...errors import InputError

COUNTER = "num_batches_tracked"
"""A counter that batch norms of newer PyTorch keep; published files lack it, and nothing measured depends on it."""
_DIGITS = 12


def read_state(path: Path, what: str) -> dict[str, Tensor]:
    """The tensors of a file by name, float32, without counters.

    Args:
        path: A .safetensors file.
        what: What errors call it, such as "SyncNet file".

    Raises:
        InputError: The file is missing, of another kind (a pickle is never opened), or damaged.
    """
    if not path.is_file():
        raise InputError(f"{what} {path} does not exist or is no file; give the path of a .safetensors file.")
    if path.suffix.lower() != ".safetensors":
        raise InputError(f"{what} {path} is no .safetensors file, and pickles are never opened; convert it as docs/evaluation.md says.")
    try:
        with safe_open(path, "pt") as file:
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise InputError(f"{what} {path} cannot be read ({error}); convert it again as docs/evaluation.md says.") from error
    return {name: value.float() for name, value in state.items() if not name.endswith(COUNTER)}


def load_strictly(net: nn.Module, state: dict[str, Tensor], path: Path, what: str) -> None:
    """Puts a state into a network, which is ready to run afterwards; every name and shape must be the network's.

    Raises:
        InputError: A tensor is missing, not known, or of another shape.
    """
    wanted = {name: value for name, value in net.state_dict().items() if not name.endswith(COUNTER)}
    missing, unknown = sorted(set(wanted) - set(state)), sorted(set(state) - set(wanted))
    if missing or unknown:
        wrong = f"lacks {len(missing)} tensors ({_some(missing)}) and has {len(unknown)} others ({_some(unknown)})"
        raise InputError(f"{what} {path} {wrong}; give the file that docs/evaluation.md names.")
    misshapen = [name for name, value in wanted.items() if value.shape != state[name].shape]
    if misshapen:
        name = misshapen[0]
        shapes = f"{name} as {list(state[name].shape)}, not {list(wanted[name].shape)}"
        raise InputError(f"{what} {path} holds {shapes}; give the file that docs/evaluation.md names.")
    net.load_state_dict(state, strict=False)
    net.eval().requires_grad_(False)


def fingerprint(path: Path) -> str:
    """The first digits of a file's SHA-256, by which a report says which weights were used."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest()[:_DIGITS]


def _some(names: list[str]) -> str:
    return ", ".join(names[:2]) + (", ..." if len(names) > 2 else "") if names else "none"

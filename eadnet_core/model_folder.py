"""Folders of models as transformers saves them: what is in one, and whether it can be read without running anything it brings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .errors import InputError

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")


def read_config(folder: Path, what: str, ask: str) -> dict[str, Any]:
    """The settings in a folder's config.json.

    Args:
        folder: Of a model, as transformers saves it.
        what: What errors call it, such as "language model".
        ask: What to give instead, such as "give the folder of ...".

    Raises:
        InputError: The folder is missing, or holds no settings.
    """
    if not folder.is_dir():
        raise InputError(f"{what} {folder} is no folder; {ask}.")
    path = folder / "config.json"
    if not path.is_file():
        found = "only a .gguf file, which other nodes read" if list(folder.glob("*.gguf")) else "no config.json"
        raise InputError(f"{what} {folder} holds {found}; {ask}.")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"config.json of {what} {folder} cannot be read; download the model again.") from error
    if not isinstance(config, dict):
        raise InputError(f"config.json of {what} {folder} holds no settings; download the model again.")
    return config


def check_weights(folder: Path, what: str) -> None:
    """Sees that the weights of a folder are all there, readable, and no pickles.

    Raises:
        InputError: They are not.
    """
    files = _weight_files(folder, what)
    if not files:
        pickles = [path.name for pattern in PICKLES for path in sorted(folder.glob(pattern))]
        if pickles:
            raise InputError(
                f"{what} {folder} holds {pickles[0]}, a pickle, which can run code when it is opened; "
                "download the model's .safetensors files instead."
            )
        raise InputError(f"{what} {folder} holds no {WEIGHTS}; download the rest of the model.")
    missing = [path.name for path in files if not path.is_file()]
    if missing:
        raise InputError(f"{what} {folder} is half downloaded: {missing[0]} is missing; download the rest of the model.")
    from safetensors import SafetensorError, safe_open

    for path in files:
        try:
            with safe_open(path, "pt") as opened:
                opened.keys()
        except (SafetensorError, OSError) as error:
            raise InputError(f"{path.name} of {what} {folder} is damaged or half downloaded; download it again.") from error


def _weight_files(folder: Path, what: str) -> list[Path]:
    """The files that the weights are in, whether they are there or not; empty where nothing says so."""
    index = folder / INDEX
    if not index.is_file():
        return [folder / WEIGHTS] if (folder / WEIGHTS).is_file() else []
    try:
        names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{INDEX} of {what} {folder} cannot be read; download it again.") from error
    wrong = [name for name in names if not isinstance(name, str) or Path(name).name != name or not name.endswith(".safetensors")]
    if wrong or not names:
        raise InputError(f"{INDEX} of {what} {folder} names {str(wrong)[:60]}, no .safetensors files; download it again.")
    return [folder / name for name in names]

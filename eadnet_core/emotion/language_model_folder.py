"""Folders of language models: what is in one, and whether it can be used without running anything it brings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
PROCESSORS = ("preprocessor_config.json", "processor_config.json")
_ASK = "give the folder of a causal language model with config.json, a tokenizer and .safetensors files"


@dataclass(frozen=True)
class ModelFolder:
    """A folder that can be loaded.

    Attributes:
        path: Where it is.
        sees: Whether the model takes pictures.
    """

    path: Path
    sees: bool


def check_model_folder(path: str | Path) -> ModelFolder:
    """What kind of model a folder holds; nothing is loaded and nothing of it is run.

    Raises:
        InputError: The folder is missing, half downloaded, of another kind of model, holds weights only as pickles, or brings
            code of its own that would have to be run.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise InputError(f"language model {folder} is no folder; {_ASK}.")
    config = _read_config(folder)
    sees = _check_kind(folder, config)
    _check_weights(folder)
    return ModelFolder(folder, sees and any((folder / name).is_file() for name in PROCESSORS))


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    if not path.is_file():
        found = "only a .gguf file, which other nodes read" if list(folder.glob("*.gguf")) else "no config.json"
        raise InputError(f"language model {folder} holds {found}; {_ASK}.")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"config.json of language model {folder} cannot be read; download the model again.") from error
    if not isinstance(config, dict):
        raise InputError(f"config.json of language model {folder} holds no settings; download the model again.")
    return config


def _check_kind(folder: Path, config: dict[str, Any]) -> bool:
    """Whether the model takes pictures, besides continuing text."""
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES

    kind = str(config.get("model_type", "unknown"))
    if kind not in CONFIG_MAPPING:
        if "auto_map" in config:
            raise InputError(
                f"language model {folder} of type '{kind}' wants to run code of its own, which is never done here; "
                "choose a model whose type transformers has built in."
            )
        raise InputError(f"language model {folder} is of type '{kind}', which the installed transformers does not know; update it.")
    causal, seeing = MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES
    named = config.get("architectures") or [causal.get(kind) or seeing.get(kind)]
    architecture = str(named[0]) if isinstance(named, list) and named else "None"
    sees = architecture in _names(seeing.get(kind))
    if config.get("is_encoder_decoder") or not (sees or architecture in _names(causal.get(kind))):
        raise InputError(f"language model {folder} is a {architecture}, which does not continue text; choose a causal language model.")
    return sees


def _names(entry: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (entry,) if isinstance(entry, str) else tuple(entry or ())


def _check_weights(folder: Path) -> None:
    files = _weight_files(folder)
    if not files:
        pickles = [path.name for pattern in PICKLES for path in sorted(folder.glob(pattern))]
        if pickles:
            raise InputError(
                f"language model {folder} holds {pickles[0]}, a pickle, which can run code when it is opened; "
                "download the model's .safetensors files instead."
            )
        raise InputError(f"language model {folder} holds no {WEIGHTS}; download the rest of the model.")
    missing = [path.name for path in files if not path.is_file()]
    if missing:
        raise InputError(f"language model {folder} is half downloaded: {missing[0]} is missing; download the rest of the model.")
    from safetensors import SafetensorError, safe_open

    for path in files:
        try:
            with safe_open(path, "pt") as opened:
                opened.keys()
        except (SafetensorError, OSError) as error:
            raise InputError(f"{path.name} of language model {folder} is damaged or half downloaded; download it again.") from error


def _weight_files(folder: Path) -> list[Path]:
    """The files that the weights are in, whether they are there or not; empty where nothing says so."""
    index = folder / INDEX
    if not index.is_file():
        return [folder / WEIGHTS] if (folder / WEIGHTS).is_file() else []
    try:
        names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{INDEX} of language model {folder} cannot be read; download it again.") from error
    wrong = [name for name in names if not isinstance(name, str) or Path(name).name != name or not name.endswith(".safetensors")]
    if wrong or not names:
        raise InputError(f"{INDEX} of language model {folder} names {str(wrong)[:60]}, no .safetensors files; download it again.")
    return [folder / name for name in names]

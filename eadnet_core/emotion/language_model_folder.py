"""Folders of language models: what is in one, and whether it can be used without running anything it brings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..model_folder import check_weights, read_config

PROCESSORS = ("preprocessor_config.json", "processor_config.json")
WHAT = "language model"
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
    config = read_config(folder, WHAT, _ASK)
    sees = _check_kind(folder, config)
    check_weights(folder, WHAT)
    return ModelFolder(folder, sees and any((folder / name).is_file() for name in PROCESSORS))


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

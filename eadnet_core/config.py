"""Configurations as JSON: nested frozen dataclasses, strict both ways but for fields that were added later."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, is_dataclass
from typing import Any, TypeVar, get_type_hints

from .errors import InputError

Config = TypeVar("Config")
LATER = {"later": True}
"""Metadata of a field that was added after checkpoints had been written: where it is missing, its default is what they were."""


def to_json(config: Any) -> str:  # noqa: ANN401
    """A dataclass of numbers, strings, tuples and further dataclasses as a JSON object."""
    return json.dumps(asdict(config))


def from_json(kind: type[Config], text: str) -> Config:
    """The dataclass whose `to_json` is `text`.

    Raises:
        InputError: It is no JSON object, or a name is missing or not known.
    """
    try:
        return _build(kind, json.loads(text), kind.__name__)
    except json.JSONDecodeError as error:
        raise InputError(f"{kind.__name__} is no JSON ({error}); take weights of this version of the pack.") from error


def _build(kind: type[Config], values: Any, where: str) -> Config:  # noqa: ANN401
    names = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    later = {f.name for f in fields(kind) if f.metadata.get("later")}  # type: ignore[arg-type]
    if not isinstance(values, dict):
        raise InputError(f"{where} is {values!r}; it needs {sorted(names)}.")
    missing, unknown = sorted(names - later - set(values)), sorted(set(values) - names)
    if missing or unknown:
        raise InputError(f"{where} lacks {missing} and has {unknown} besides; take weights of this version of the pack.")
    types = get_type_hints(kind)

    def value_of(name: str) -> Any:  # noqa: ANN401
        value = values[name]
        if is_dataclass(types[name]):
            return _build(types[name], value, f"{where}.{name}")
        return tuple(value) if isinstance(value, list) else value

    return kind(**{name: value_of(name) for name in names & set(values)})

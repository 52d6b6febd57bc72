"""What every recipe has, and how it is read: a JSON file whose keys are exactly the fields."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import ClassVar, TypeVar

from ..errors import InputError

Kind = TypeVar("Kind", bound="Recipe")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What decides the weights of a network, besides the code.

    Attributes:
        CALLED: What errors call recipes of this kind, with its article.
        seed: Of all that is drawn by chance.
        minutes: Budget when the command line gives none.
        learning_rate, weight_decay: Of AdamW; the rate warms up and then falls as half a cosine.
        ema_decay: Of the averaged weights that are kept in the end.
    """

    CALLED: ClassVar[str]

    seed: int
    minutes: float
    learning_rate: float
    weight_decay: float
    ema_decay: float

    @classmethod
    def read(cls: type[Kind], path: str | Path) -> Kind:
        """The recipe in a JSON file.

        Raises:
            InputError: The file's keys are not exactly the fields.
        """
        values = json.loads(Path(path).read_text())
        wrong = set(values) ^ {field.name for field in fields(cls)}
        if wrong:
            raise InputError(f"{path} has missing or unknown keys {sorted(wrong)}; {cls.CALLED} has the fields of {cls.__name__}.")
        return cls(**values)

    def to_dict(self) -> dict[str, object]:
        """The recipe as plain values, for a checkpoint's provenance."""
        return asdict(self)

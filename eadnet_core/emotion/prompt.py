"""The prompts: text files with $places, filled in for one passage or a whole script."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from string import Template

from .vocabulary import ACTION_UNITS, EMOTIONS

_FOLDER = Path(__file__).parent / "prompts"
ALWAYS = {"classes": ", ".join(EMOTIONS), "units": ", ".join(ACTION_UNITS)}
"""Places that every prompt may have."""


def fill_prompt(name: str, **places: str) -> str:
    """The text of prompts/NAME.txt with its $places filled in; places that the file lacks are passed over."""
    return _template(name).substitute({**ALWAYS, **places}).strip()


@lru_cache(maxsize=8)
def _template(name: str) -> Template:
    return Template((_FOLDER / f"{name}.txt").read_text(encoding="utf-8"))

"""Which speech sound is said when, as a file beside a recording."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError

ENDING = ".phones.json"
_FORM = 'a JSON list of [start in seconds, end in seconds, ARPAbet name], such as [0.19, 0.22, "b"]'


@dataclass(frozen=True)
class Phone:
    """A speech sound.

    Attributes:
        start_s: When it begins.
        end_s: When it ends, later.
        name: ARPAbet, small letters, without stress: "p", "aa", "pau".
    """

    start_s: float
    end_s: float
    name: str


def phones_beside(path: Path) -> Path | None:
    """The file of phones that lies beside a video or a recording, if there is one: NAME.phones.json."""
    beside = path.with_name(path.stem + ENDING)
    return beside if beside.is_file() else None


def read_phones(path: Path) -> tuple[Phone, ...]:
    """The phones of a file, in order of time.

    Raises:
        InputError: It is missing, is no such list, or is empty.
    """
    if not path.is_file():
        raise InputError(f"Phones {path} does not exist or is no file; give {_FORM}.")
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        phones = [Phone(float(start), float(end), str(name).lower().rstrip("012")) for start, end, name in rows]
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise InputError(f"Phones {path} cannot be read ({error}); give {_FORM}.") from error
    if not phones:
        raise InputError(f"Phones {path} is empty; give {_FORM}.")
    wrong = next((phone for phone in phones if not 0 <= phone.start_s < phone.end_s < float("inf")), None)
    if wrong is not None:
        raise InputError(f"Phones {path} has {wrong.name} from {wrong.start_s:g} to {wrong.end_s:g} s; give {_FORM}.")
    return tuple(sorted(phones, key=lambda phone: phone.start_s))

"""Scripts in, descriptions out: all files of a description are written, or none."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from .describer import Description
from .timeline import write_timeline

MAX_SCRIPT_BYTES = 4 * 2**20


def read_script(path: str | Path, thing: str = "script") -> str:
    """The text of a script, or of another thing that errors name.

    Raises:
        InputError: The file cannot be read, is no UTF-8 text, is empty or longer than MAX_SCRIPT_BYTES.
    """
    try:
        if Path(path).stat().st_size > MAX_SCRIPT_BYTES:
            raise InputError(f"{thing} {path} is larger than {MAX_SCRIPT_BYTES // 2**20} MiB; give the text alone.")
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise InputError(f"{thing} {path} cannot be read ({reason}); give a text file.") from error
    if not text.strip():
        raise InputError(f"{thing} {path} is empty; write text into it.")
    return text


@dataclass(frozen=True)
class DescriptionFiles:
    """Where a description goes.

    Attributes:
        timeline: A text file; the exact track goes beside it, with the ending .json.
        plan: A text file for a plan of Action Units; None: there is none.
    """

    timeline: Path
    plan: Path | None = None

    @property
    def track(self) -> Path:
        return self.timeline.with_suffix(".json")

    def check(self) -> None:
        """Raises InputError unless all files can be written."""
        if self.timeline.suffix == ".json":
            raise InputError(f"Output {self.timeline} ends in .json, where the exact track goes; let it end in .txt.")
        for path in filter(None, (self.timeline, self.plan)):
            if not path.parent.is_dir():
                raise InputError(f"Output {path} lies in {path.parent}, which is no folder; create it or choose another.")
            if path.is_dir():
                raise InputError(f"Output {path} is a folder; give the name of a file in it.")
        if self.plan is not None and self.plan in (self.timeline, self.track):
            raise InputError(f"Plan {self.plan} would overwrite the timeline; give it another name.")

    def write(self, description: Description, plan: str = "") -> None:
        """Writes the files, or none of them where one cannot be written.

        Raises:
            InputError: The disk is full, or a file may not be written.
        """
        texts = {self.timeline: write_timeline(description.track, description.notes), self.track: description.track.to_json()}
        if self.plan is not None:
            texts[self.plan] = plan
        partial = {path: path.with_name(f".{path.name}.partial") for path in texts}
        try:
            for path, text in texts.items():
                partial[path].write_text(text + "\n", encoding="utf-8")
            for path in texts:
                os.replace(partial[path], path)
        except OSError as error:
            raise InputError(f"Output {path} cannot be written ({error.strerror}); choose another place.") from error
        finally:
            for path in partial.values():
                path.unlink(missing_ok=True)

"""Small files: text of the user is read, results are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from .errors import InputError


def read_text(path: str | Path, what: str, ask: str) -> str:
    """A text file, UTF-8.

    Args:
        path: Of the file.
        what: What errors call it, such as "timeline".
        ask: What to give instead, such as "give a text file with lines ...".

    Raises:
        InputError: It cannot be read as text.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise InputError(f"{what} {path} cannot be read ({reason}); {ask}.") from error


def write_whole(path: Path, content: bytes, what: str) -> None:
    """Writes a file, whole or not at all.

    Raises:
        InputError: It cannot be written; `what` is what the error calls it.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise InputError(f"{what} {path} cannot be written ({error.strerror}); choose another place.") from error

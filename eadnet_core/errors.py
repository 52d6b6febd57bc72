"""The one error that a user is meant to read."""

from __future__ import annotations


class InputError(ValueError):
    """Something the user gave cannot be used; the message is one sentence: the thing, its value, the remedy."""

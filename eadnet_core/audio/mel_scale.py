"""The scale of log-mel values: how decibels, features and stored bytes relate. Needs nothing but numbers."""

from __future__ import annotations

NUM_MELS = 80
"""Bands of the log-mel spectrum (F)."""
FLOOR_DB = -60.0
"""Lowest level on the scale; nothing below it is heard."""
CEILING_DB = 12.0
_CENTER_DB = -30.0
_UNIT_DB = 15.0

SILENCE = (FLOOR_DB - _CENTER_DB) / _UNIT_DB
"""The feature of silence, -2: what stands before the start and after the end of a recording."""
LOUDEST = (CEILING_DB - _CENTER_DB) / _UNIT_DB
"""The largest feature, 2.8."""
UNIT_PER_DB = 1 / _UNIT_DB
"""How much a feature changes with a decibel."""

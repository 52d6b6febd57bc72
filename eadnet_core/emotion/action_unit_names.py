"""Action Units for people: where on the face each is, and what it does."""

from __future__ import annotations

ACTION_UNIT_PARTS: dict[str, dict[str, str]] = {
    "brow": {
        "AU1": "inner ends of the brows up",
        "AU2L": "outer end of the left brow up",
        "AU2R": "outer end of the right brow up",
        "AU4": "brows down and together",
    },
    "eye": {
        "AU5": "upper lids up: wide eyes",
        "AU6": "cheeks up, crow's feet: a smile that reaches the eyes",
        "AU7": "lids tight: narrow eyes",
        "AU45L": "left eye closed",
        "AU45R": "right eye closed",
    },
    "nose": {"AU9": "nose wrinkled"},
    "mouth": {
        "AU10": "upper lip up",
        "AU12L": "left corner of the mouth up: a smile",
        "AU12R": "right corner of the mouth up: a smile",
        "AU14L": "left corner of the mouth drawn in: a dimple",
        "AU14R": "right corner of the mouth drawn in: a dimple",
        "AU15": "corners of the mouth down",
        "AU16": "lower lip down",
        "AU17": "chin raised, lower lip pushed up",
        "AU18": "lips puckered",
        "AU20": "lips stretched sideways",
        "AU23": "lips tight",
        "AU24": "lips pressed together",
        "AU25": "lips parted, besides what speech does",
        "AU26": "jaw dropped, besides what speech does",
    },
}
"""What each unit does, by part of the face; left and right are the person's own. Source: FACS, in plain words."""

PART_OF_ACTION_UNIT = {unit: part for part, units in ACTION_UNIT_PARTS.items() for unit in units}

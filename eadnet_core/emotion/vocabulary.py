"""The words of feeling: emotion classes, Action Units, and how the one shows in the other."""

from __future__ import annotations

EMOTIONS = ("neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised", "contemptuous")
"""The eight classes of MEAD, in the order of every 8-vector in this project. Source: MEAD."""

ACTION_UNITS = (
    "AU1", "AU2L", "AU2R", "AU4", "AU5", "AU6", "AU7", "AU9", "AU10", "AU12L", "AU12R", "AU14L",
    "AU14R", "AU15", "AU16", "AU17", "AU18", "AU20", "AU23", "AU24", "AU25", "AU26", "AU45L", "AU45R",
)  # fmt: skip
"""The 24 FACS channels, in the order of every 24-vector; L and R are the person's own. Source: AUHead, FEAFA+."""

EMOTION_ACTION_UNITS: dict[str, dict[str, float]] = {
    "neutral": {},
    "happy": {"AU6": 0.7, "AU12L": 1.0, "AU12R": 1.0, "AU7": 0.2, "AU25": 0.15},
    "sad": {"AU1": 1.0, "AU4": 0.25, "AU15": 1.0, "AU17": 0.5, "AU7": 0.15},
    "angry": {"AU4": 1.0, "AU7": 0.9, "AU23": 0.6, "AU24": 0.3, "AU17": 0.2},
    "fearful": {"AU1": 1.0, "AU2L": 0.35, "AU2R": 0.35, "AU4": 0.45, "AU5": 0.9, "AU20": 1.0, "AU25": 0.25, "AU26": 0.15},
    "disgusted": {"AU9": 1.0, "AU10": 1.0, "AU4": 0.6, "AU7": 0.6, "AU15": 0.1, "AU17": 0.3},
    "surprised": {"AU1": 0.6, "AU2L": 1.0, "AU2R": 1.0, "AU5": 0.9, "AU25": 0.1, "AU26": 0.35},
    "contemptuous": {"AU12R": 1.0, "AU14R": 1.0, "AU7": 0.1},
}
"""Full-intensity Action Units of each class; intensity scales them. Source: EMFACS prototypes, weights ours."""

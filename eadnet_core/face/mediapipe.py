"""MediaPipe's models in OpenCV: the one place that knows how versions of OpenCV load them."""

from __future__ import annotations

from pathlib import Path

import cv2

from ..errors import InputError

FOLDER = Path(__file__).resolve().parent.parent / "weights" / "mediapipe"
"""Models by Google, Apache-2.0; ORIGIN.md there says where they come from."""


def load_net(name: str) -> cv2.dnn.Net:
    """The model `name`.tflite, ready to run; each has buffers of its own, so one serves one thread.

    OpenCV 5's default engine answers with one output of three, so the classic one is asked for, and by path: given the bytes, OpenCV 5
    forgets which engine was asked for. OpenCV 4 knows no engines.

    Raises:
        InputError: The file is missing: the pack was not copied whole.
    """
    path = FOLDER / f"{name}.tflite"
    if not path.is_file():
        raise InputError(f"Model {path.name} is missing from {path.parent}; install the pack again.")
    engine = getattr(cv2.dnn, "ENGINE_CLASSIC", None)
    return cv2.dnn.readNetFromTFLite(str(path)) if engine is None else cv2.dnn.readNetFromTFLite(str(path), engine)

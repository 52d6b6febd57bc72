"""Files for other programs, in ComfyUI's output folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import folder_paths

from ...eadnet_core.errors import InputError
from ...eadnet_core.files import write_whole
from .models import loaded

if TYPE_CHECKING:
    from comfy.model_patcher import ModelPatcher

    from ...eadnet_core.motion.face_motion import FaceMotion
    from ...eadnet_core.types import SpeechFeatures

def exported(kind: str, motion: FaceMotion | None, speech: SpeechFeatures | None, model: ModelPatcher | None) -> tuple[str, str]:
    """The text of a file of the kind, and how its name ends.

    Raises:
        InputError: What it is made of is not connected.
    """
    from ...eadnet_core.motion.export import OF_MOTION, OF_SPEECH

    if kind in OF_MOTION:
        if motion is None:
            raise InputError(f"format {kind} is made of a motion; connect EADNetSampler or EADNetMotionFromVideo to motion.")
        suffix, made = OF_MOTION[kind]
        return made(motion), suffix
    if speech is None or (speech.phones is None and model is None):
        raise InputError(f"format {kind} is made of what is said; connect EADNetSpeech to speech and EADNetLoader to model.")
    suffix, told = OF_SPEECH[kind]
    phones = speech.phones
    if phones is None:
        assert model is not None
        with loaded(model) as net:
            phones = net.phones(speech.mel)
    return told(phones.numpy(), float(speech.duration_s), ""), suffix


def save_text(text: str, prefix: str, suffix: str) -> str:
    """Writes a text into the output folder under a name with the next free number; the name, as the browser shows it."""
    folder, name, _, subfolder, _ = folder_paths.get_save_image_path(prefix, folder_paths.get_output_directory())
    taken = [int(path.stem.rsplit("_", 1)[1]) for path in Path(folder).glob(f"{name}_*{suffix}") if path.stem.rsplit("_", 1)[1].isdigit()]
    path = Path(folder) / f"{name}_{max(taken, default=0) + 1:05}{suffix}"
    write_whole(path, text.encode(), "Output")
    return str(Path(subfolder) / path.name)

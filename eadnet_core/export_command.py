"""The command `export`: a motion or a recording in; a file for another program out."""

from __future__ import annotations

import argparse

from .audio.features import speech_features
from .audio.sound import read_sound
from .checkpoint import BASE_WEIGHTS, load_model
from .errors import InputError
from .files import write_whole
from .motion.export import OF_MOTION, OF_SPEECH
from .motion.motion_file import read_motion


def export(options: argparse.Namespace) -> None:
    """Writes the file, whole or not at all."""
    suffix = (OF_MOTION | OF_SPEECH)[options.format][0]
    if options.out.suffix.lower() != suffix:
        raise InputError(f"Output {options.out} is not named as {options.format} is; let it end in {suffix}.")
    if options.format in OF_MOTION:
        if options.motion is None:
            raise InputError(f"{options.format} is made of a motion; give --motion, a file of `capture` or `animate --save-motion`.")
        text = OF_MOTION[options.format][1](read_motion(options.motion))
    else:
        if options.audio is None:
            raise InputError(f"{options.format} is made of what is said; give --audio, the recording.")
        sound = read_sound(options.audio)
        phones = load_model(options.weights or BASE_WEIGHTS).phones(speech_features(sound).mel).numpy()
        text = OF_SPEECH[options.format][1](phones, sound.num_samples / sound.rate, options.audio.name)
    write_whole(options.out, text.encode(), "Output")
    print(options.out)

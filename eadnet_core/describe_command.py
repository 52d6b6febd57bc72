"""The commands `describe` and `prompt`: scenes in, timelines and plans out."""

from __future__ import annotations

import argparse
import logging
import sys
from dataclasses import replace

from tqdm import tqdm

from .audio.features import speech_features
from .audio.sound import read_sound
from .device import choose_device
from .emotion.action_unit_tokens import ActionUnitTokens
from .emotion.describer import Describer
from .emotion.describer_answer import AnswerDescriber, build_prompt
from .emotion.describer_built_in import BuiltInDescriber
from .emotion.describer_model import ModelDescriber
from .emotion.description_file import DescriptionFiles, read_script
from .emotion.language_model import load_language_model
from .emotion.planner import plan_action_units
from .emotion.scene import Scene
from .emotion.video_frames import read_frames
from .errors import InputError


def describe(options: argparse.Namespace) -> None:
    """Writes the timeline of a scene, and a plan of Action Units if asked for."""
    files = DescriptionFiles(options.out, options.au)
    files.check()
    recording = options.audio or options.video
    if options.au is not None and recording is None:
        raise InputError(f"Plan --au {options.au} needs a voice to go with; give --audio or --video.")
    describer = _describer(options)
    script = "" if options.script is None else read_script(options.script)
    sound = None if recording is None else read_sound(recording)
    scene = Scene.of(script, sound, () if options.video is None else read_frames(options.video))
    with tqdm(total=len(scene.passages), unit="passage", file=sys.stderr, delay=0.5) as bar:
        description = describer.describe(scene, lambda done, total: bar.update(done - bar.n))
    for note in description.notes:
        logging.getLogger(__name__).info(note)
    plan = None if options.au is None or sound is None else plan_action_units(description.track, speech_features(sound))
    files.write(description, "" if plan is None else ActionUnitTokens.from_track(plan).to_text())
    print(options.out)


def print_prompt(options: argparse.Namespace) -> None:
    """Prints what to ask another language model."""
    script = "" if options.script is None else read_script(options.script)
    scene = Scene.of(script, None if options.audio is None else read_sound(options.audio))
    print(build_prompt(scene, BuiltInDescriber().describe(scene).track))


def _describer(options: argparse.Namespace) -> Describer:
    if options.answer is not None and options.model is not None:
        raise InputError(f"Both --answer {options.answer} and --model {options.model} are given; give one of them.")
    if options.answer is not None:
        return AnswerDescriber(read_script(options.answer, "answer"), options.strict)
    if options.model is None:
        return BuiltInDescriber()
    device = choose_device(options.device)
    model = load_language_model(options.model, device=device)
    return ModelDescriber(replace(model, net=model.net.to(device)), options.seed)

"""The command `animate`: portrait, sound and feeling, or a motion, in; a video file out."""

from __future__ import annotations

import argparse
import sys

from tqdm import tqdm

from .audio.sound import read_sound
from .emotion.action_unit_file import read_action_units
from .emotion.timeline import read_timeline
from .emotion.track import EmotionTrack
from .errors import InputError
from .motion.directions import read_directions
from .motion.motion_file import read_motion, write_motion
from .performance import HeldMotion
from .pipeline import EADNetPipeline
from .render.video import check_output
from .speech.recogniser import load_phone_recogniser
from .types import MotionControl, MotionOptions


def animate(options: argparse.Namespace) -> None:
    """Makes the video, and keeps its motion where that was asked."""
    check_output(options.out)
    if options.timeline is not None and options.emotion is not None:
        raise InputError(f"Both --emotion {options.emotion} and --timeline {options.timeline} are given; give one of them.")
    if options.audio is None and options.motion is None:
        raise InputError("Neither --audio nor --motion is given; give what the portrait shall say, or a performance to play.")
    sound = None if options.audio is None else read_sound(options.audio)
    motion = None if options.motion is None else read_motion(options.motion)
    pipe = EADNetPipeline.from_pretrained(options.weights, options.device)
    clip = pipe(
        options.portrait,
        sound,
        "neutral" if motion is not None or sound is None else _emotion(options, sound.num_samples / sound.rate),
        options.intensity,
        motion=motion,
        action_units=None if options.au is None else read_action_units(options.au),
        control=MotionControl(
            head=options.head, blinks=options.blinks, gaze=options.gaze, liveliness=options.liveliness, articulation=options.articulation
        ),
        options=MotionOptions(
            audio_scale=options.audio_guidance,
            emotion_scale=options.emotion_guidance,
            action_unit_scale=options.au_guidance,
            seed=options.seed,
            steps=options.steps,
        ),
        recogniser=None if options.recogniser is None else load_phone_recogniser(options.recogniser, next(pipe.model.parameters()).device),
        held=None if options.hold is None else HeldMotion(read_motion(options.hold), tuple(options.held)),
        directions=None if options.directions is None else read_directions(options.directions),
        size=options.size,
        face=options.face,
        keep_expression=options.keep_expression,
    )
    if options.save_motion is not None:
        write_motion(options.save_motion, clip.motion)
    with tqdm(total=clip.num_frames, unit="frame", file=sys.stderr) as bar:
        clip.save(options.out, lambda done, total, preview: bar.update())
    print(options.out)


def _emotion(options: argparse.Namespace, duration_s: float) -> str | EmotionTrack:
    if options.timeline is None:
        return "neutral" if options.emotion is None else options.emotion
    return read_timeline(options.timeline, duration_s)

"""From what is heard, felt, wanted and held to a performance: the one place where all that becomes what the denoiser is told."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d, grey_closing, maximum_filter1d
from torch import Tensor

from .audio.prosody import prosody_channels, read_prosody
from .denoiser.conditions import Conditions
from .diffusion.guidance import Guidance
from .diffusion.sampler import Held, sample
from .emotion.action_units import ActionUnitTrack
from .emotion.meaning import ACTION_UNITS_OF_EMOTIONS
from .emotion.tokenizer import encode_captions
from .emotion.track import NEUTRAL_CAPTION, EmotionTrack
from .emotion.vocabulary import ACTION_UNITS
from .errors import InputError
from .model import MotionModel
from .motion.by_rule import mouth_felt
from .motion.directions import Directions
from .motion.face_motion import PARTS, FaceMotion
from .motion.latent import LatentLayout, from_latent, to_latent
from .motion.mouth_maps import MouthMaps
from .speech.phones import PAUSE
from .speech.visemes import CLOSE, viseme_curves
from .timebase import FRAME_RATE
from .types import MotionControl, MotionOptions, SpeechFeatures, WatchMotion

CLOSES_FROM, CLOSES_AT = 0.05, 0.3
"""Closures heard this surely begin, and are whole."""
BLINK_FROM, BLINK_GAIN = 0.25, 1.8
"""Lids beyond this are those of a blink, and go so many times as far."""
WIDTH_GAIN, FELT_S = 2.0, 1.0
"""Expected lips purse and stretch half as far as people's, as a tracker sees them; what lasts longer is a feeling's, and stays."""
VOICE_FROM, VOICE_AT, VOICE_FRAMES = 0.05, 0.2, 7
"""A phone heard this surely, so many frames away at most, is somebody who begins to speak, and who surely does."""
SPREAD = 0x9E3779B97F4A7C15
"""Spreads fingerprints of sounds over all seeds. Source: Knuth's multiplicative hashing."""
LEAST_MANNER = 0.2
"""Liveliness and articulation are told as logarithms; below this they are as at this."""


@dataclass(frozen=True)
class HeldMotion:
    """A performance of which some parts are given, so that the rest is made to fit.

    Attributes:
        motion: Any rate.
        parts: Out of face_motion.PARTS.
    """

    motion: FaceMotion
    parts: tuple[str, ...]


def perform(
    model: MotionModel,
    speech: SpeechFeatures,
    track: EmotionTrack,
    control: MotionControl,
    options: MotionOptions,
    action_units: ActionUnitTrack | None = None,
    held: HeldMotion | None = None,
    watch: WatchMotion | None = None,
    directions: Directions | None = None,
) -> FaceMotion:
    """The performance of a recording.

    Args:
        model: Hears, reads and decides.
        speech: What is said, N frames.
        track: What is felt.
        control: How head, eyes and lids move where nothing else says so, and in what manner.
        options: Steps, seed, and how much sound, feeling and Action Units count.
        action_units: Given curves of the Action Units that it names; the others do what goes with the feeling.
        held: Parts of a performance that are given.
        watch: Told of each step: done, total, and the motion as it is estimated by then; raising in it cancels.
        directions: What head, eyes, lids and brows do at given times.

    Raises:
        InputError: The track has a span, the curves their first row, or a direction begins after the sound's end; a number is out of its
            range; or directions move what is held.
    """
    _check(control, options)
    track.check_within(float(speech.duration_s))
    track = neutral() if options.emotion_scale == 0 else track.scaled(control.expressiveness)
    if action_units is not None:
        action_units.check_within(float(speech.duration_s))
    given, asked = _told(model, speech, track, control, action_units)
    guidance = Guidance(options.audio_scale, options.emotion_scale, options.action_unit_scale)
    if directions is not None:
        directions.check_within(float(speech.duration_s))
    fixed = _fixed(control, held, directions, speech.num_frames)
    keep = 1 - mouth_felt(asked * min(options.emotion_scale, 1.0))

    def scaled(latent: np.ndarray, first: int = 0) -> np.ndarray:
        return _scaled_head(latent, control, None if fixed is None else fixed.mask[first : first + len(latent)].numpy())

    def tell(done: int, total: int, first: int, estimate: Tensor) -> None:
        if watch is not None:
            span = slice(first, min(first + len(estimate), speech.num_frames))
            latent = scaled(estimate[: span.stop - first].numpy(), first)
            watch(done, total, from_latent(latent, keep[span], (span.stop - first) / FRAME_RATE))

    seed = (options.seed + speech.fingerprint * SPREAD) % 2**63
    latent = sample(model.denoiser, given, seed, options.steps, guidance, fixed, tell).numpy()
    if held is None or "mouth" not in held.parts:
        latent = _shut(_widened(latent), viseme_curves(given.phones[0].numpy())[:, CLOSE] * min(options.audio_scale, 1.0))
    motion = from_latent(scaled(latent), keep, speech.duration_s)
    motion = replace(motion, lids=whole_blinks(motion.lids))
    wanted = (given.units * given.units_given)[0][:, [ACTION_UNITS.index("AU45R"), ACTION_UNITS.index("AU45L")]].numpy()
    return replace(motion, lids=np.where(wanted > motion.lids.clip(0), wanted, motion.lids))  # an eye that is told to shut shuts


def _told(
    model: MotionModel, speech: SpeechFeatures, track: EmotionTrack, control: MotionControl, action_units: ActionUnitTrack | None
) -> tuple[Conditions, np.ndarray]:
    """Conditions of the whole clip, and the Action Units that are asked for, float [N, 24]."""
    frames = speech.num_frames
    emotion, captions, weights = track.sample(frames)
    intensity = emotion.sum(1, keepdim=True).clamp(max=1)
    asked = emotion @ torch.from_numpy(ACTION_UNITS_OF_EMOTIONS)
    units, units_given = asked, (asked > 0).float()  # told by its class alone, a feeling is shown at four fifths of what is asked
    named = track.sample_action_units(frames)
    if named is not None:
        units, units_given, asked = named, torch.ones_like(named), named
    if action_units is not None:
        curves = action_units.sample(frames, units)
        chosen = torch.from_numpy(action_units.chosen())
        units_given = torch.where(chosen, torch.ones_like(units_given), units_given)
        units, asked = torch.where(chosen, curves, units), torch.where(chosen, curves, asked)
    phones = model.phones(speech.mel) if speech.phones is None else speech.phones
    manner = [np.log(max(value, LEAST_MANNER)) for value in (control.liveliness, control.articulation)]
    conditions = Conditions(
        phones=phones,
        prosody=torch.from_numpy(prosody_channels(read_prosody(speech)) * _spoken(phones.numpy())[:, None]),
        emotion=emotion,
        text=model.captions(encode_captions(captions)),
        text_weights=weights * intensity,
        units=units,
        units_given=units_given,
        manner=torch.tensor([*manner, control.blinks], dtype=torch.float32),
    )
    return Conditions(*(getattr(conditions, name)[None] for name in conditions.__dataclass_fields__)), asked.numpy()


def _spoken(phones: np.ndarray) -> np.ndarray:
    """Whether anybody speaks around each frame, float32 [N], 0 to 1, of phones [2 * N, P]: music has no prosody. A rule."""
    voice = 1 - phones[:, PAUSE].reshape(-1, 2).min(1)
    around = maximum_filter1d(voice, 2 * VOICE_FRAMES + 1, mode="nearest")
    return np.clip((around - VOICE_FROM) / (VOICE_AT - VOICE_FROM), 0, 1).astype(np.float32)


def _fixed(control: MotionControl, held: HeldMotion | None, directions: Directions | None, frames: int) -> Held | None:
    """What of the latent is given."""
    layout = LatentLayout.of_face()
    motion, mask = (np.zeros((frames, layout.num_channels), np.float32) for _ in range(2))
    if held is not None:
        unknown = [part for part in held.parts if part not in PARTS]
        if unknown:
            raise InputError(f"held part is '{unknown[0]}'; give any of {', '.join(PARTS)}.")
        at_rate = held.motion.resampled(FRAME_RATE)
        if at_rate.num_frames < frames:
            raise InputError(
                f"held motion lasts {float(at_rate.duration_s):.2f} s, the sound {frames / float(FRAME_RATE):.2f} s; "
                "give a longer motion, or cut the sound."
            )
        channels = np.any([layout.of_part(part) for part in held.parts], axis=0) if held.parts else np.zeros(layout.num_channels, bool)
        motion[:, channels] = to_latent(at_rate.frames(0, frames))[:, channels]
        mask[:, channels] = 1
    if control.gaze is not None:
        still = FaceMotion.still(1)
        looking = FaceMotion(
            still.expression, still.rotation, still.translation, np.array([control.gaze], np.float32), still.lids, still.keep
        )
        motion[:, layout.gaze], mask[:, layout.gaze] = to_latent(looking)[:, layout.gaze], 1
    if directions is not None:
        directed, where = directions.latent(frames)
        twice = [part for part in (held.parts if held is not None else ()) if (where[:, layout.of_part(part)] > 0).any()]
        if twice:
            raise InputError(f"directions move the {twice[0]}, which is held by a motion; leave out those lines, or hold other parts.")
        motion, mask = np.where(where > 0, directed, motion), np.maximum(mask, where)
    return Held(torch.from_numpy(motion), torch.from_numpy(mask)) if mask.any() else None


def whole_blinks(lids: np.ndarray) -> np.ndarray:
    """Lids [N, 2] whose blinks shut the eye: what few steps draw by halves is meant whole; squints stay. A rule."""
    beyond = (lids - BLINK_FROM).clip(0)
    return (lids + (BLINK_GAIN - 1) * beyond).clip(-1, 1).astype(np.float32)


def _shut(latent: np.ndarray, close: np.ndarray) -> np.ndarray:
    """The latent with lips brought together where p, b or m is heard, [N], and in a single frame between, whatever parts them. A rule."""
    surely = grey_closing(np.clip((close - CLOSES_FROM) / (CLOSES_AT - CLOSES_FROM), 0, 1), 3)[:, None]
    expression, shut = LatentLayout.of_face().expression, latent.copy()
    shut[:, expression] += surely * (latent[:, expression] @ MouthMaps.of_face().closing)
    return shut


def _widened(latent: np.ndarray) -> np.ndarray:
    """The latent with corners of the mouth that move as far as people's, around where a feeling has them. A rule."""
    expression, wider = LatentLayout.of_face().expression, latent.copy()
    quick = latent[:, expression] - gaussian_filter1d(latent[:, expression], FELT_S * float(FRAME_RATE), axis=0, mode="nearest")
    wider[:, expression] += (WIDTH_GAIN - 1) * quick @ MouthMaps.of_face().widening
    return wider


def _scaled_head(latent: np.ndarray, control: MotionControl, mask: np.ndarray | None) -> np.ndarray:
    """The latent with as much head motion as is wanted, where none is given."""
    head = LatentLayout.of_face().of_part("head")
    return np.where(head & (True if mask is None else mask == 0), control.head * latent, latent)


def _check(control: MotionControl, options: MotionOptions) -> None:
    for name, value in (("head", control.head), ("blinks", control.blinks)):
        if not 0 <= value <= 3:
            raise InputError(f"{name} is {value}; give 0 (none) to 3, 1 is a person talking.")
    for name, value in (("liveliness", control.liveliness), ("articulation", control.articulation)):
        if not 0 <= value <= 2:
            raise InputError(f"{name} is {value}; give 0 to 2, 1 is a person talking.")
    if control.gaze is not None and not all(-1 <= value <= 1 for value in control.gaze):
        raise InputError(f"gaze is {control.gaze}; give x and y from -1 to 1, or none for eyes that move by themselves.")
    if options.seed < 0:
        raise InputError(f"seed is {options.seed}; give 0 or more.")
    if not 1 <= options.steps <= 20:
        raise InputError(f"steps is {options.steps}; give 1 to 20.")


def neutral() -> EmotionTrack:
    """Nothing felt."""
    return EmotionTrack.from_text(NEUTRAL_CAPTION)

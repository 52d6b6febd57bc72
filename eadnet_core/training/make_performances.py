"""From recordings, utterances and sounds to performances that the denoiser can learn from."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from torch import Tensor

from ..audio.features import log_mel
from ..audio.level import normalise_level, speech_activity
from ..audio.prosody import prosody_channels, read_prosody
from ..emotion.captions import draw_captions
from ..model import MotionModel
from ..motion.by_rule import motion_by_rule
from ..motion.latent import LatentLayout, to_latent
from ..motion.mouth_maps import MouthMaps
from ..motion.prior import PriorMotion, draw_motion, still
from ..motion.space import MotionSpace
from ..speech.timed import surely_said
from ..speech.visemes import viseme_curves
from ..synthetic.acoustics import heard
from ..synthetic.make_corpus import Spoken
from ..synthetic.sounds import draw_sound
from ..timebase import FRAME_RATE, SPEECH_RATE
from ..types import MotionControl, SpeechFeatures
from .motion_data.recording import MotionRecording
from .performances import LIPS_STEP, PRIOR_CHANNELS, PRIOR_STEP, Performances

logger = logging.getLogger(__name__)
TRACK_S = 24.0
CROSSFADE_FRAMES = 4
BLINK_SCALES = (0.0, 0.5, 1.0, 1.0, 1.0, 2.0, 3.0)
NUM_HEARD, NUM_DRAWS = 3, 4
NUM_CAPTIONS = 12_000
STRANGENESS = 2.0
"""The speech encoder has heard these voices before; changed beyond recognition they are heard as a stranger's would be."""
UNITS = 24


@dataclass(frozen=True)
class _Piece:
    samples: np.ndarray  # float32 [S], whole frames
    lips: np.ndarray  # float32 [N, K]
    source: str


def recorded(recordings: Iterable[MotionRecording], source: str | None = None) -> Iterator[_Piece]:
    """Recorded lips with their sound; long takes in parts. Their source is the speaker, if no other is given."""
    mouth, samples_a_frame = MouthMaps.of_face().mouth, SPEECH_RATE // int(FRAME_RATE)
    for recording in recordings:
        lips, samples = recording.expression * mouth, recording.samples.astype(np.float32) / 32768
        for first in range(0, len(lips), int(TRACK_S * float(FRAME_RATE))):
            part = lips[first : first + int(TRACK_S * float(FRAME_RATE))]
            sound = samples[first * samples_a_frame : (first + len(part)) * samples_a_frame]
            yield _Piece(np.pad(sound, (0, len(part) * samples_a_frame - len(sound))), part, source or recording.speaker)


def by_rule(spoken: Iterable[Spoken], rng: np.random.Generator) -> Iterator[_Piece]:
    """Lips by rule for speech whose phones are known, for words and languages that nobody was recorded in."""
    samples_a_frame = SPEECH_RATE // int(FRAME_RATE)
    for utterance in spoken:
        if not utterance.phones:
            continue
        frames = -(-len(utterance.samples) // samples_a_frame)
        said = surely_said(utterance.phones, frames)
        lips = motion_by_rule(viseme_curves(said), np.zeros((frames, UNITS)), still(frames), Fraction(frames, 25)).expression
        pause = int(rng.exponential(12))
        sound = np.pad(utterance.samples, (0, (frames + pause) * samples_a_frame - len(utterance.samples)))
        yield _Piece(sound, np.pad(lips, ((0, pause), (0, 0))), "rule")


def idle(minutes: float, rng: np.random.Generator) -> Iterator[_Piece]:
    """Sounds in which nobody speaks, and lips at rest."""
    for _ in range(int(minutes * 60 / TRACK_S)):
        samples = draw_sound(rng, TRACK_S)[1] * np.float32(10 ** rng.uniform(-2.5, -0.3))
        yield _Piece(samples, np.zeros((int(TRACK_S * 25), MotionSpace.from_pretrained().num_coefficients), np.float32), "idle")


def make_performances(
    pieces: Sequence[_Piece], model: MotionModel, seed: int, sounds_beside: Sequence[np.ndarray], num_captions: int = NUM_CAPTIONS
) -> Performances:
    """Tracks of pieces of one source each, what is heard with them, and what else a person does.

    Args:
        pieces: In any order; they are joined as they come.
        model: Hears, and reads captions.
        seed: Of all that is drawn.
        sounds_beside: Levels float [cols, 80] of sounds that may play beside a voice.
        num_captions: Drawn by the grammar.
    """
    rng = np.random.default_rng(seed)
    layout = LatentLayout.of_face()
    parts: list[tuple[list[np.ndarray], np.ndarray, np.ndarray, np.ndarray, list[float]]] = []
    sources = []
    for samples, lips, source in _tracks(pieces):
        level = log_mel(samples)
        speech = SpeechFeatures(
            torch.from_numpy(normalise_level(level)), torch.from_numpy(speech_activity(level)), Fraction(len(lips)) / FRAME_RATE
        )
        variants = [speech.mel] + [_elsewhere(rng, level, sounds_beside) for _ in range(NUM_HEARD - 1)]
        phones = [np.round(model.phones(mel).numpy() * 255).astype(np.uint8) for mel in variants]
        draws, scales = [], []
        for _ in range(NUM_DRAWS):
            scales.append(float(rng.choice(BLINK_SCALES)))
            prior = draw_motion(speech, MotionControl(blinks=scales[-1]), int(rng.integers(2**31)))
            draws.append(_stored_prior(prior, layout))
        prosody = np.round(prosody_channels(read_prosody(speech)).clip(0, 1) * 255).astype(np.uint8)
        parts.append((phones, prosody, np.round(lips / LIPS_STEP).clip(-127, 127).astype(np.int8), np.stack(draws), scales))
        sources.append(source)
        if len(parts) % 20 == 0:
            logger.info("%d tracks", len(parts))
    text, emotion, units = _captions(model, seed, num_captions)
    return Performances(
        phones=np.stack([np.concatenate([part[0][k] for part in parts]) for k in range(NUM_HEARD)]),
        prosody=np.concatenate([part[1] for part in parts]), lips=np.concatenate([part[2] for part in parts]),
        prior=np.concatenate([part[3] for part in parts], 1), blinks=np.array([part[4] for part in parts], np.float32).T,
        ends=np.cumsum([len(part[1]) for part in parts]), sources=np.array(sources),
        text=text.half().numpy(), text_emotion=emotion.half().numpy(), text_units=units.half().numpy(),
    )  # fmt: skip


def _tracks(pieces: Sequence[_Piece]) -> Iterator[tuple[np.ndarray, np.ndarray, str]]:
    """Sound, lips and source of tracks; where two pieces meet, lips pass from one to the other in between."""
    waiting: dict[str, list[_Piece]] = {}
    for piece in pieces:
        line = waiting.setdefault(piece.source, [])
        line.append(piece)
        if sum(len(p.lips) for p in line) >= TRACK_S * float(FRAME_RATE):
            yield _joined(waiting.pop(piece.source))
    for line in waiting.values():
        yield _joined(line)


def _joined(pieces: list[_Piece]) -> tuple[np.ndarray, np.ndarray, str]:
    lips = np.concatenate([piece.lips for piece in pieces])
    for at in np.cumsum([len(piece.lips) for piece in pieces])[:-1]:
        before, after = max(0, at - CROSSFADE_FRAMES), min(len(lips) - 1, at + CROSSFADE_FRAMES - 1)
        share = np.linspace(0, 1, after - before + 1)[:, None]
        lips[before : after + 1] = lips[before] * (1 - share) + lips[after] * share
    return np.concatenate([piece.samples for piece in pieces]), lips, pieces[0].source


def _elsewhere(rng: np.random.Generator, level: np.ndarray, sounds: Sequence[np.ndarray]) -> Tensor:
    """Features of the same sound in another room, with its own pace kept."""
    beside = sounds[int(rng.integers(len(sounds)))] if len(sounds) and rng.random() < 0.5 else None
    varied, _ = heard(rng, level, np.zeros(len(level), np.int8), beside, keeps_pace=True, strangeness=STRANGENESS)
    return torch.from_numpy(normalise_level(varied))


def _stored_prior(prior: PriorMotion, layout: LatentLayout) -> np.ndarray:
    from ..motion.face_motion import FaceMotion

    frames = len(prior.brows)
    zeros = np.zeros((frames, layout.expression.stop), np.float32)
    latent = to_latent(FaceMotion(zeros, prior.rotation, prior.translation, prior.gaze, prior.lids, np.ones(frames, np.float32)))
    shown = np.concatenate([latent[:, layout.rotation], latent[:, layout.translation], latent[:, layout.gaze]], 1) / PRIOR_STEP
    whole = np.stack([prior.lids[:, 0], prior.brows], 1) * 127
    stored = np.round(np.concatenate([shown, whole], 1)).clip(-127, 127).astype(np.int8)
    assert stored.shape == (frames, PRIOR_CHANNELS)
    return stored


def _captions(model: MotionModel, seed: int, count: int) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    ids, emotion, units = draw_captions(count, generator)
    with torch.inference_mode():
        text = torch.cat([model.text(part)[:, 0].float() for part in ids.split(500)])
    return text, emotion, units

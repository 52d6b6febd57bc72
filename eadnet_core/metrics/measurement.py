"""One video measured: read twice, frame by frame, once to find the face and once for everything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..audio.features import speech_features
from ..audio.prosody import read_prosody
from ..audio.sound import Sound
from ..errors import InputError
from ..face.finder import FaceFinder
from ..face.track import FaceTrack, track_face
from ..render.footage import Footage
from ..timebase import FRAME_RATE
from ..types import SpeechFeatures
from .acceleration import AccelerationMeter
from .emotion import EmotionReading, PointReader
from .features import FeatureMeter
from .heard_lips import HeardLips
from .identity import SHORTEST_S, IdentityMeter, IdentityNetwork
from .lips import closure_at_phones, closure_in_pauses, lip_curves
from .phones import Phone
from .report import Figure, Row
from .sync import SyncMeter, SyncNetwork, SyncScore

Advance = Callable[[], None]
"""Called after each frame that was read; raising in it cancels."""
Seams = Callable[[int], np.ndarray]
"""seams(num_frames): frames at which windows of the generator begin, int64."""


@dataclass(frozen=True)
class Subject:
    """A video to measure.

    Attributes:
        footage: The video.
        emotion: Class that was asked for or filmed, of EMOTIONS; None: not known.
        phones: What is said when; None: not known.
    """

    footage: Footage
    emotion: str | None = None
    phones: tuple[Phone, ...] | None = None


@dataclass(frozen=True)
class Networks:
    """What looks at a video; whatever is None is left out of the report.

    Attributes:
        finder: Finds the face.
        emotion: Reads its expression.
        identity: Says whose face it is.
        sync: Compare lips and sound; each gives the figures PREFIX_c, PREFIX_d and PREFIX_offset, by prefix.
    """

    finder: FaceFinder
    emotion: PointReader | None
    identity: IdentityNetwork | None
    sync: dict[str, SyncNetwork | HeardLips] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Measurement:
    """What one video gave.

    Attributes:
        row: Its row of the report.
        track: Where its face is.
        reading: Its expressions; None: not read.
    """

    row: Row
    track: FaceTrack
    reading: EmotionReading | None


def find_face(footage: Footage, finder: FaceFinder, advance: Advance) -> FaceTrack:
    """The track of a video's face.

    Raises:
        InputError: The video cannot be read, or shows no face.
    """
    track = track_face(footage.frames(), FRAME_RATE, 0, finder, footage.expected_frames, lambda done, total, preview: advance())
    if not track.present.any():
        raise InputError(
            f"no face found in {footage.name} ({track.num_frames} frames of {footage.width}x{footage.height}); "
            "give a video that shows a face from the front or half from the side."
        )
    return track


def measure_sync(footage: Footage, network: SyncNetwork | HeardLips, finder: FaceFinder, advance: Advance) -> SyncScore:
    """The sync of a video, and nothing else.

    Args:
        footage: The video.
        network: What compares lips and sound.
        finder: Finds the face.
        advance: Called twice for each frame.

    Raises:
        InputError: The video cannot be read, shows no face, has no sound, or is too short.
    """
    sound = footage.sound()
    track = find_face(footage, finder, advance)
    if isinstance(network, HeardLips):
        return network.score(sound, track)
    meter = SyncMeter(network, sound, track)
    for index, frame in enumerate(footage.frames()):
        meter.add(index, frame)
        advance()
    return meter.result()


def measure(subject: Subject, networks: Networks, features: list[FeatureMeter], seams: Seams, advance: Advance) -> Measurement:
    """Measures a video.

    Args:
        subject: The video.
        networks: What looks at it.
        features: Take in its frames, too.
        seams: Where its generator's windows begin.
        advance: Called twice for each frame.

    Raises:
        InputError: The video cannot be read, or shows no face.
    """
    footage = subject.footage
    track = find_face(footage, networks.finder, advance)
    sound = footage.sound() if footage.has_sound else None
    meters = _Meters(subject, networks, track, sound, seams(track.num_frames))
    for index, frame in enumerate(footage.frames()):
        meters.add(index, frame)
        for meter in features:
            meter.add(frame)
        advance()
    for meter in features:
        meter.finish()
    return meters.result()


class _Meters:
    """All measures of one video, fed together."""

    def __init__(self, subject: Subject, networks: Networks, track: FaceTrack, sound: Sound | None, seams: np.ndarray) -> None:
        self._subject, self._track = subject, track
        self._notes: list[str] = []
        self._figures: dict[str, Figure] = {"face_seen": float(track.found.mean()), "cuts": track.num_cuts}
        self._curves: dict[str, np.ndarray] = {}
        self._speech: SpeechFeatures | None = None
        if sound is None:
            self._notes.append("The video has no sound: sync was not measured.")
        else:
            self._speech = speech_features(sound)
        self._sync: dict[str, SyncMeter] = {}
        self._scores: dict[str, SyncScore] = {}
        if sound is not None:
            for prefix, network in networks.sync.items():
                self._add_sync(prefix, network, sound)
        self._reading = None if networks.emotion is None else networks.emotion.read(track)
        self._identity = None if networks.identity is None else IdentityMeter(networks.identity, track)
        self._acceleration = AccelerationMeter(track, seams)
        self._seams = tuple(int(seam) for seam in seams)

    def _add_sync(self, prefix: str, network: SyncNetwork | HeardLips, sound: Sound) -> None:
        try:
            if isinstance(network, HeardLips):
                self._scores[prefix] = network.score(sound, self._track)
            else:
                self._sync[prefix] = SyncMeter(network, sound, self._track)
        except InputError as error:
            self._notes.append(f"Sync was not measured: {error}")

    def add(self, index: int, frame: np.ndarray) -> None:
        for meter in (*self._sync.values(), self._identity, self._acceleration):
            if meter is not None:
                meter.add(index, frame)

    def result(self) -> Measurement:
        for prefix, score in (self._scores | {prefix: meter.result() for prefix, meter in self._sync.items()}).items():
            self._take_sync(prefix, score)
        self._take_lips()
        reading = self._reading
        units = {} if reading is None else reading.mean_units
        if reading is not None:
            self._take_emotion(reading)
        self._take_identity()
        acceleration = self._acceleration.result()
        self._figures |= {"shake": acceleration.shake, "jerk": acceleration.jerk, "seam_ratio": acceleration.seam_ratio}
        self._curves["acceleration"] = acceleration.curve
        footage, length = self._subject.footage, self._track.num_frames
        size = (footage.width, footage.height)
        row = Row(footage.name, float(length / FRAME_RATE), size, self._figures, self._curves, units, self._seams, tuple(self._notes))
        return Measurement(row, self._track, reading)

    def _take_sync(self, prefix: str, score: SyncScore) -> None:
        figures = {"c": score.confidence, "d": score.distance, "offset": score.offset}
        self._figures |= {f"{prefix}_{name}": value for name, value in figures.items()}
        self._curves[prefix] = score.distances

    def _take_lips(self) -> None:
        curves = lip_curves(self._track)
        self._curves["opening"] = curves.opening
        self._figures["lips_span"] = curves.span
        closure = None
        if self._subject.phones is not None:
            closure = closure_at_phones(curves, self._subject.phones)
        elif self._speech is not None:
            closure = closure_in_pauses(curves, self._speech.activity.numpy())
        if self._speech is not None:
            self._curves["level"] = read_prosody(self._speech).loudness_db[: self._track.num_frames]
        if closure is None:
            return
        self._figures |= {"lips_closed": closure.closed, "lips_closed_gain": closure.gain}
        self._figures |= {"open_auc": closure.open_above_shut, "round_auc": closure.wide_above_round}
        if closure.closed is None:
            self._notes.append("Lip closure was not measured: nothing in the sound asks for shut lips.")
        elif not closure.labelled:
            self._notes.append("Lip closure is that of pauses: no .phones.json lies beside the video.")

    def _take_emotion(self, reading: EmotionReading) -> None:
        asked = self._subject.emotion
        self._figures |= {"emotion_seen": reading.label, "emotion_asked": asked}
        if asked is not None:
            self._figures["emotion_probability"] = reading.probability(asked)

    def _take_identity(self) -> None:
        if self._identity is None:
            return
        drift = self._identity.result()
        if drift is None:
            self._notes.append(f"Identity drift was not measured: the face is seen for less than {SHORTEST_S:g} s.")
            return
        self._figures |= {"identity_drift": drift.drift, "identity_noise": drift.noise}
        self._curves["identity"] = drift.curve

"""The whole way: portrait, sound and feeling in; a motion, frames or a video file out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from .audio.features import speech_features
from .audio.sound import Sound, read_sound
from .checkpoint import BASE_WEIGHTS, load_model
from .device import choose_device, choose_dtype
from .emotion.action_units import ActionUnitTrack
from .emotion.track import EmotionTrack
from .face.finder import FaceFinder
from .face.picture import MAX_SIDE, read_picture
from .face.portrait import Portrait, make_portrait
from .model import MotionModel
from .motion.directions import Directions
from .motion.face_motion import FaceMotion
from .performance import HeldMotion, perform
from .render.in_order import in_order
from .render.renderer import Renderer
from .render.video import VideoWriter
from .speech.recogniser import PhoneRecogniser
from .timebase import FRAME_RATE
from .types import MotionControl, MotionOptions, Report, WatchMotion

logger = logging.getLogger(__name__)

@dataclass(frozen=True)
class Clip:
    """A performance on a portrait; nothing is drawn until frames are asked for.

    Attributes:
        portrait: Whose face it is.
        motion: How it moves.
        sound: What is heard; None: silence.
        size: Long side of the frames in pixels; None: the portrait's own.
    """

    portrait: Portrait
    motion: FaceMotion
    sound: Sound | None
    size: int | None = None

    @property
    def num_frames(self) -> int:
        return self.motion.num_frames

    def frames(self, report: Report | None = None) -> Iterator[np.ndarray]:
        """The frames in order, uint8 [H, W, 3], RGB, 25 a second.

        Args:
            report: Called after each frame with the frame as preview; raising in it cancels.
        """
        return self._rendered(Renderer(self.portrait, self.size), report)

    def save(self, path: str | Path, report: Report | None = None) -> None:
        """Writes the video with its sound; an error or a cancel leaves no file.

        Raises:
            InputError: The path cannot be written; said before any frame is made.
        """
        renderer = Renderer(self.portrait, self.size)
        with VideoWriter(path, renderer.size, self.sound) as writer:
            for note in writer.notes:
                logger.info(note)
            for frame in self._rendered(renderer, report):
                writer.write(frame)

    def _rendered(self, renderer: Renderer, report: Report | None) -> Iterator[np.ndarray]:
        frames = in_order(lambda index: renderer.render(self.motion, index), self.num_frames)
        for done, frame in enumerate(frames, 1):
            if report is not None:
                report(done, self.num_frames, frame)
            yield frame


@dataclass(frozen=True)
class EADNetPipeline:
    """Portraits that speak. Weights are loaded once and serve any number of clips.

    Example:
        ```python
        pipe = EADNetPipeline.from_pretrained()
        pipe("portrait.jpg", "speech.wav", emotion="quietly amused").save("out.mp4")
        ```
    """

    model: MotionModel
    finder: FaceFinder

    @classmethod
    def from_pretrained(cls, path: str | Path | None = None, device: str = "auto", dtype: torch.dtype | None = None) -> EADNetPipeline:
        """The pipeline with weights loaded.

        Args:
            path: A checkpoint of the motion model; None: the one that ships with the package.
            device: "auto" (CUDA, else Apple's MPS, else CPU) or any torch device.
            dtype: Of the model; None: what the device computes fastest.

        Raises:
            InputError: The weights are missing, damaged or of another version, or there is no such device.
        """
        place = choose_device(device)
        model = load_model(BASE_WEIGHTS if path is None else Path(path))
        return cls(model.to(place, choose_dtype(place) if dtype is None else dtype).eval(), FaceFinder())

    def portrait(self, picture: str | Path | np.ndarray, face: int = 0, max_side: int = MAX_SIDE, keep_expression: float = 1.0) -> Portrait:
        """The portrait in a picture: a file or uint8 [H, W, 3], RGB.

        Args:
            face: Which face, counted from 0 at the largest; equal ones from left to right.
            max_side: Long side in pixels that a picture file keeps.
            keep_expression: How much of the face's own expression stays beneath a performance, 0 to 1.
        """
        if isinstance(picture, np.ndarray):
            return make_portrait(picture, self.finder, face, keep_expression=keep_expression)
        image, notes = read_picture(picture, max_side)
        for note in notes:
            logger.info(note)
        return make_portrait(image, self.finder, face, str(picture), keep_expression)

    def __call__(
        self,
        portrait: str | Path | np.ndarray | Portrait,
        audio: str | Path | Sound | None = None,
        emotion: str | EmotionTrack = "neutral",
        intensity: float = 1.0,
        *,
        motion: FaceMotion | None = None,
        action_units: ActionUnitTrack | None = None,
        control: MotionControl | None = None,
        options: MotionOptions | None = None,
        size: int | None = None,
        face: int = 0,
        keep_expression: float = 1.0,
        held: HeldMotion | None = None,
        recogniser: PhoneRecogniser | None = None,
        watch: WatchMotion | None = None,
        directions: Directions | None = None,
    ) -> Clip:
        """A clip, ready to be iterated over or saved.

        Args:
            portrait: Picture file, uint8 [H, W, 3] RGB, or a Portrait.
            audio: Any file with sound, a video's too, or a Sound; None only with a motion.
            emotion: A label, free text, or a track over time.
            intensity: Of a label or text, 0 to 1; a track brings its own.
            motion: A performance to be played instead of one made from sound and feeling; a sound goes with it unaltered.
            action_units: Curves that override what the emotion asks of these Action Units.
            control: How head, eyes and lids move by themselves.
            options: Guidance, seed and steps.
            size: Long side of the frames in pixels; None: the portrait's own, at most 2160.
            face: Which face of a picture, counted from 0 at the largest.
            keep_expression: Of a picture's face, see `portrait`; a Portrait brings its own.
            held: Parts of a performance that are given, so that the rest is made to fit.
            recogniser: Hears the phones instead of the model's speech encoder.
            watch: Told of each step of the denoising; raising in it cancels.
            directions: What head, eyes, lids and brows do at given times.

        Raises:
            InputError: Something given cannot be used.
        """
        sound = audio if isinstance(audio, Sound) or audio is None else read_sound(audio)
        if not isinstance(portrait, Portrait):
            portrait = self.portrait(portrait, face, max(MAX_SIDE, size or 0), keep_expression)
        if motion is None:
            if sound is None:
                raise ValueError("neither audio nor motion is given")
            track = emotion if isinstance(emotion, EmotionTrack) else EmotionTrack.from_text(emotion, intensity)
            speech = speech_features(sound)
            if recogniser is not None:
                speech = replace(speech, phones=recogniser.phones(sound, speech))
            motion = perform(
                self.model, speech, track, control or MotionControl(), options or MotionOptions(), action_units, held, watch, directions
            )
        return Clip(portrait, motion.resampled(FRAME_RATE), sound, size)

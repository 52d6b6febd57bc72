"""The whole way: portrait, sound and feeling in; frames or a video file out, one window at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .audio.features import speech_features
from .audio.sound import Sound, read_sound
from .checkpoint import BASE_WEIGHTS, load_denoiser
from .device import choose_device, choose_dtype
from .diffusion.motion_prior import draw_motion
from .diffusion.sampler import SamplerOptions, sample_motion
from .emotion.action_units import ActionUnitTrack
from .emotion.meaning import ACTION_UNITS_OF_EMOTIONS
from .emotion.tokenizer import encode_captions
from .emotion.track import NEUTRAL_CAPTION, EmotionTrack
from .face.locator import FaceLocator
from .face.picture import MAX_SIDE, read_picture
from .face.portrait import make_portrait
from .models.denoiser import Denoiser
from .render.renderer import Renderer
from .render.video import VideoWriter
from .types import MotionControl, Performance, Portrait, Report, SpeechFeatures

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Clip:
    """A performance that is ready to be made; nothing is computed until frames are asked for.

    Attributes:
        denoiser: What makes motion.
        portrait: Whose face it is.
        sound: What is said.
        speech: The same as the denoiser hears it.
        performance: Emotion, head pose, gaze and blinks of every frame.
        options: How to sample.
        size: Long side of the frames in pixels; None: the portrait's own.
    """

    denoiser: Denoiser
    portrait: Portrait
    sound: Sound
    speech: SpeechFeatures
    performance: Performance
    options: SamplerOptions
    size: int | None = None

    @property
    def num_frames(self) -> int:
        return self.speech.num_frames

    def motion(self) -> Iterator[np.ndarray]:
        """Parts of the MotionField in order, float16 [t, 6, S, S] each: a window at a time, never the whole."""
        return sample_motion(self.denoiser, self.portrait, self.speech, self.performance, self.options)

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
        done = 0
        for part in self.motion():
            for channels in part:
                frame = renderer.render(channels)
                done += 1
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

    denoiser: Denoiser
    locator: FaceLocator

    @classmethod
    def from_pretrained(cls, path: str | Path | None = None, device: str = "auto", dtype: torch.dtype | None = None) -> EADNetPipeline:
        """The pipeline with weights loaded.

        Args:
            path: A denoiser's checkpoint; None: the one that ships with the package.
            device: "auto" (CUDA, else Apple's MPS, else CPU) or any torch device.
            dtype: Of the denoiser; None: what the device computes fastest.

        Raises:
            InputError: The weights are missing, damaged or of another version, or there is no such device.
        """
        place = choose_device(device)
        denoiser = load_denoiser(BASE_WEIGHTS if path is None else Path(path))
        return cls(denoiser.to(place, choose_dtype(place) if dtype is None else dtype).eval(), FaceLocator.from_pretrained())

    def portrait(self, picture: str | Path | np.ndarray, face: int = 0, max_side: int = MAX_SIDE) -> Portrait:
        """The portrait in a picture: a file or uint8 [H, W, 3], RGB.

        Args:
            face: Which face, counted from 0 at the largest.
            max_side: Long side in pixels that a picture file keeps.
        """
        if isinstance(picture, np.ndarray):
            return make_portrait(picture, self.locator, face)
        image, notes = read_picture(picture, max_side)
        for note in notes:
            logger.info(note)
        return make_portrait(image, self.locator, face, str(picture))

    def __call__(
        self,
        portrait: str | Path | np.ndarray | Portrait,
        audio: str | Path | Sound,
        emotion: str | EmotionTrack = "neutral",
        intensity: float = 1.0,
        *,
        action_units: ActionUnitTrack | None = None,
        control: MotionControl | None = None,
        options: SamplerOptions | None = None,
        size: int | None = None,
        face: int = 0,
    ) -> Clip:
        """A clip, ready to be iterated over or saved.

        Args:
            portrait: Picture file, uint8 [H, W, 3] RGB, or a Portrait.
            audio: Any file with sound, a video's too, or a Sound.
            emotion: A label, free text, or a track over time.
            intensity: Of a label or text, 0 to 1; a track brings its own.
            action_units: Curves that override what the emotion asks of these Action Units.
            control: How head, eyes and lids move by themselves.
            options: Steps, guidance and seed.
            size: Long side of the frames in pixels; None: the portrait's own, at most 2160.
            face: Which face of a picture, counted from 0 at the largest.

        Raises:
            InputError: Something given cannot be used.
        """
        control, options = control or MotionControl(), options or SamplerOptions()
        sound = audio if isinstance(audio, Sound) else read_sound(audio)
        if not isinstance(portrait, Portrait):
            portrait = self.portrait(portrait, face, max(MAX_SIDE, size or 0))
        track = emotion if isinstance(emotion, EmotionTrack) else EmotionTrack.from_text(emotion, intensity)
        speech = speech_features(sound)
        performance = perform(speech, track, control, options, action_units)
        return Clip(self.denoiser, portrait, sound, speech, performance, options, size)


def perform(
    speech: SpeechFeatures,
    track: EmotionTrack,
    control: MotionControl,
    options: SamplerOptions,
    action_units: ActionUnitTrack | None = None,
) -> Performance:
    """What every frame of a clip is made from: the track's emotion, and head, gaze and blinks drawn to go with the speech.

    Args:
        speech: What is said, N frames.
        track: What is felt.
        control: How head, eyes and lids move by themselves, and how much of the feeling shows.
        options: The seed of all that is drawn by chance, and the guidance: at an emotion scale of 0 the track is taken for neutral,
            so that nothing of it is left in the Action Units either.
        action_units: Overrides the Action Units that it names; the others do what the emotion asks of them. None: Action
            Units are given only where the track's words name some.

    Raises:
        InputError: The track has a span, or the curves their first row, after the sound's end.
    """
    track.check_within(float(speech.duration_s))
    track = EmotionTrack.from_text(NEUTRAL_CAPTION) if options.emotion_scale == 0 else track.scaled(control.expressiveness)
    emotion, captions, text_weights = track.sample(speech.num_frames)
    units = track.sample_action_units(speech.num_frames)
    if action_units is not None:
        action_units.check_within(float(speech.duration_s))
        felt = emotion @ torch.from_numpy(ACTION_UNITS_OF_EMOTIONS) if units is None else units  # [N, 24]
        units = action_units.sample(speech.num_frames, felt)
    head_pose, gaze, blink = draw_motion(speech, control, options.seed)
    return Performance(
        text_ids=encode_captions(captions),
        text_weights=text_weights,
        emotion=emotion,
        action_units=units,
        head_pose=head_pose,
        gaze=gaze,
        blink=blink,
    )

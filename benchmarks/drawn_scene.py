"""Drawn faces that speak and move one Action Unit: as the drawing program does it, and as the sampler does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor

from eadnet_core.diffusion.sampler import SamplerOptions, sample_motion
from eadnet_core.emotion.action_units import ActionUnitTrack
from eadnet_core.emotion.track import EmotionTrack
from eadnet_core.emotion.vocabulary import ACTION_UNITS
from eadnet_core.errors import InputError
from eadnet_core.face.deformation import Pose
from eadnet_core.face.locator import FaceLocator
from eadnet_core.face.portrait import make_portrait
from eadnet_core.models.denoiser import Denoiser
from eadnet_core.pipeline import perform
from eadnet_core.render.renderer import Renderer
from eadnet_core.synthetic.clip import ClipControls, draw_clip
from eadnet_core.synthetic.speech_corpus import SpeechCorpus
from eadnet_core.timebase import FRAME_RATE
from eadnet_core.types import CROP_SIZE, MotionControl, Portrait, SpeechFeatures

PEAK = 0.8
NUM_FRAMES = 32
"""Three windows."""
LEAST_SPEECH = 0.15
"""Standard deviation of the viseme "open" over a clip; below it lips hardly move, and nothing can be said of what disturbs them."""
OPEN = 0


def asked_curve() -> Tensor:
    """What is asked of an Action Unit, [T]: 0, smoothly to PEAK, and back to 0."""
    share = (torch.arange(NUM_FRAMES) + 0.5) / NUM_FRAMES
    return PEAK * torch.sin(math.pi * share).square()


@dataclass(frozen=True)
class Shown:
    """A clip of T frames as it can be seen.

    Attributes:
        frames: float32 [T, 3, S, S], -1 to 1.
        flow: float32 [T, 2, S, S]: where each pixel comes from in the portrait's crop, crop units.
        mask: float32 [T, S, S], 0 to 1: what is painted.
    """

    frames: Tensor
    flow: Tensor
    mask: Tensor

    @property
    def opening(self) -> Tensor:
        """[T], crop units: height of the mouth's visible inside where it is highest; shut lids lie in the crop's upper half."""
        mouth = self.mask[:, self.mask.shape[1] // 2 :]
        return mouth.sum(1).amax(1) / self.mask.shape[1]


@dataclass(frozen=True)
class DrawnScene:
    """A drawn face that says something, with head and eyes moving as the motion prior has it and lids open.

    Attributes:
        seed: Of the face.
        reference: float32 [3, S, S], -1 to 1: the picture, which is its own crop.
        landmarks: float32 [29, 2], exact, as shares of the picture.
        portrait: The same picture as the locator sees it.
        speech: T frames of speech that was never trained on.
        visemes: float32 [T, 5]: what its lips do.
        head_pose: float32 [T, 6]. gaze: float32 [T, 2].
    """

    seed: int
    reference: Tensor
    landmarks: Tensor
    portrait: Portrait
    speech: SpeechFeatures
    visemes: Tensor
    head_pose: Tensor
    gaze: Tensor

    @property
    def located_landmarks(self) -> Tensor:
        """The exact landmarks in the units of the crop that the locator cut, [29, 2]."""
        to_crop = torch.from_numpy(self.portrait.to_crop).float()
        return self.landmarks * CROP_SIZE @ to_crop[:, :2].T + to_crop[:, 2]

    def pose(self, action_units: Tensor) -> Pose:
        """The scene's T moments with Action Units [T, 24]."""
        return Pose(action_units, self.visemes, self.head_pose, self.gaze, torch.zeros(NUM_FRAMES, 2))

    def drawn(self, action_units: Tensor) -> Shown:
        """What the drawing program makes of Action Units [T, 24]."""
        controls = ClipControls(self.visemes, action_units, self.head_pose, self.gaze, torch.zeros(NUM_FRAMES, 2))
        clip = draw_clip(_as_batch(controls), CROP_SIZE, Generator().manual_seed(self.seed))
        return Shown(clip.frames[0], clip.flow[0], clip.mask[0, :, 0])

    def made(self, denoiser: Denoiser, action_units: Tensor) -> Shown:
        """What the sampler and the renderer make of Action Units [T, 24]; flow and mask are those of the locator's crop."""
        track = ActionUnitTrack.from_frames(action_units)
        options = SamplerOptions(seed=self.seed)
        performance = perform(self.speech, EmotionTrack.from_text("neutral"), _CONTROL, options, track)
        channels = np.concatenate(list(sample_motion(denoiser, self.portrait, self.speech, performance, options)))
        renderer = Renderer(self.portrait)
        frames = torch.from_numpy(np.stack([renderer.render(frame) for frame in channels])).permute(0, 3, 1, 2)
        field = torch.from_numpy(channels).float()
        return Shown(frames / 127.5 - 1, field[:, :2], torch.sigmoid(field[:, 2]))


_CONTROL = MotionControl(blinks=0)


def draw_scenes(corpus: SpeechCorpus, count: int, first_seed: int, locator: FaceLocator) -> Iterator[DrawnScene]:
    """`count` scenes; faces that the locator does not find are passed over."""
    generator = Generator().manual_seed(first_seed)
    seed = first_seed
    while count:
        seed += 1
        mel, visemes = corpus.draw(generator, 1, NUM_FRAMES, context=0, augment=False)
        if visemes[0, :, OPEN].std() < LEAST_SPEECH:
            continue
        rest = ClipControls(*(torch.zeros(1, 1, width) for width in (5, len(ACTION_UNITS), 6, 2, 2)))
        clip = draw_clip(rest, CROP_SIZE, Generator().manual_seed(seed))
        picture = ((clip.reference[0] + 1) * 127.5).round().clamp(0, 255).byte().permute(1, 2, 0).numpy()
        try:
            portrait = make_portrait(np.ascontiguousarray(picture), locator)
        except InputError:
            continue
        speech = SpeechFeatures(mel[0], torch.ones(NUM_FRAMES), NUM_FRAMES / FRAME_RATE)
        moving = perform(speech, EmotionTrack.from_text("neutral"), _CONTROL, SamplerOptions(seed=seed))
        assert moving.head_pose is not None and moving.gaze is not None
        yield DrawnScene(seed, clip.reference[0], clip.landmarks[0], portrait, speech, visemes[0], moving.head_pose, moving.gaze)
        count -= 1


def _as_batch(controls: ClipControls) -> ClipControls:
    return ClipControls(*(v[None] for v in (controls.visemes, controls.action_units, controls.head_pose, controls.gaze, controls.blink)))

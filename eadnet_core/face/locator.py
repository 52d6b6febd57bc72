"""The face locator: from a picture of any size to boxes and landmarks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from .align import MIRRORED, apply_similarity, crop_square, crop_transform, face_box, invert_similarity
from .landmarks import CANONICAL
from .locator_net import EYE_DISTANCE_UNIT, FACE_CENTER, PROPOSAL_STRIDE, LocatorNet
from .locator_weights import load_locator

WEIGHTS = Path(__file__).resolve().parent.parent / "weights" / "eadnet-locator.safetensors"

FINEST_SIDE = 640
"""Long side in pixels of the pyramid's finest level; a face 4 % as high as the picture still has an eye distance of 8 pixels there."""
COARSEST_SIDE = 36
MARGIN = 32
"""Pixels of repeated border around each level, so that a face which fills the picture has surroundings."""
PROPOSAL_THRESHOLD = 0.1
NUM_PROPOSALS = 10
FACE_THRESHOLD = 0.5
"""Least probability of a face, after refinement, for it to be reported."""
DISAGREEMENT_COST = 70.0
"""Log-odds that a face loses when its framings' answers lie one eye distance apart: on a true face they agree within 0.05."""
KEPT_ODDS = math.log(0.99 / 0.01)
"""Log-odds that a face which was there a frame ago has over a proposal: people stay."""
SMALLEST_EYE_DISTANCE = 6.0
"""Pixels of the picture; what is smaller shows no face that could be made to speak."""
REFINEMENTS = 3
JITTER = ((0.0, 1.0, 0.0, 0.0), (0.14, 1.08, 0.02, 0.0), (-0.14, 1.08, -0.02, 0.0), (0.07, 0.92, 0.0, 0.02), (-0.07, 0.92, 0.0, -0.02))
"""Framings (roll in radians, scale, shift x, y in crop units) whose estimates are averaged in the end."""
FOLLOWING = JITTER[:3]
"""Framings for a face that was there a moment ago; its points shake a tenth more than with all of JITTER, at half the cost."""


@dataclass(frozen=True)
class Face:
    """A face in a picture.

    Attributes:
        box: (left, top, right, bottom) in pixels, from the hairline to the chin.
        landmarks: float32 [29, 2], x and y in pixels, in the order of face.landmarks.LANDMARKS.
        score: Probability that this is a face, 0 to 1.
    """

    box: tuple[float, float, float, float]
    landmarks: np.ndarray
    score: float


class FaceLocator:
    """Finds faces in photographs, paintings, drawings and statues.

    A small network proposes places over an image pyramid; another one places 29 landmarks in a rough crop, is aligned by its own
    answer and asked again, and in the end the answers for several framings and their mirror images are averaged. Source: ours.
    """

    def __init__(self, net: LocatorNet) -> None:
        self.net = net.eval()

    @staticmethod
    def from_pretrained(path: str | Path | None = None) -> FaceLocator:
        """The locator with the weights at `path`, or with those of the pack.

        Raises:
            InputError: The weights are missing, damaged or of another version.
        """
        return FaceLocator(load_locator(WEIGHTS if path is None else Path(path)))

    @torch.inference_mode()
    def find(self, image: np.ndarray) -> list[Face]:
        """All faces in a picture, largest first.

        Args:
            image: uint8 [H, W, 3], RGB.
        """
        frames = self._propose(image)
        if not len(frames):
            return []
        for _ in range(REFINEMENTS - 1):
            answers, logit = self._place(image, frames, JITTER[:1])
            frames = crop_transform(answers.mean(1))
            plausible = (logit > 0) & (_eye_distance(frames) > SMALLEST_EYE_DISTANCE)
            frames = frames[plausible]
            frames = frames[_distinct(frames, logit[plausible])]
            if not len(frames):
                return []
        faces = self._confirm(image, frames, JITTER)
        return sorted(faces, key=lambda face: (face.box[0] - face.box[2]) * (face.box[3] - face.box[1]))

    @torch.inference_mode()
    def follow(self, image: np.ndarray, landmarks: np.ndarray) -> Face | None:
        """The face that was at `landmarks` a frame ago, or None where it is no more; several times faster than `find`.

        Args:
            image: uint8 [H, W, 3], RGB.
            landmarks: float [29, 2] in pixels, finite.
        """
        frames = crop_transform(torch.from_numpy(landmarks).double()[None])
        if _eye_distance(frames) <= SMALLEST_EYE_DISTANCE:
            return None
        return next(iter(self._confirm(image, frames, FOLLOWING, KEPT_ODDS)), None)

    def _confirm(
        self, image: np.ndarray, frames: Tensor, framings: tuple[tuple[float, float, float, float], ...], odds: float = 0.0
    ) -> list[Face]:
        """What is a face of N alignments [N, 2, 3], with the mean landmarks over all framings; `odds` speak for each beforehand."""
        answers, logit = self._place(image, frames, framings)
        score = (logit - DISAGREEMENT_COST * _disagreement(answers) + odds).sigmoid().tolist()
        landmarks = answers.mean(1).float().numpy()
        return [Face(face_box(p), p, s) for p, s in zip(landmarks, score, strict=True) if s >= FACE_THRESHOLD]

    def _propose(self, image: np.ndarray) -> Tensor:
        """Rough alignments: float64 [N, 2, 3], from pixels of the picture to crop units."""
        height, width = image.shape[:2]
        side = max(COARSEST_SIDE, min(FINEST_SIDE, 2 * max(height, width)))
        found, scores = [], []
        while side >= COARSEST_SIDE:
            scale = side / max(height, width)
            size = max(1, round(width * scale)), max(1, round(height * scale))
            level = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
            matrices, logits = self._propose_at(level)
            zoom = torch.tensor([size[0] / width, size[1] / height], dtype=torch.float64).mean()
            matrices[..., :2] *= zoom
            found.append(matrices)
            scores.append(logits)
            side //= 2
        frames, score = torch.cat(found), torch.cat(scores)
        return frames[_distinct(frames, score)[:NUM_PROPOSALS]]

    def _propose_at(self, level: np.ndarray) -> tuple[Tensor, Tensor]:
        """Alignments [N, 2, 3] in the level's pixels, and their scores [N]."""
        height, width = level.shape[:2]
        below, right = MARGIN + -height % 16, MARGIN + -width % 16
        padded = cv2.copyMakeBorder(level, MARGIN, below, MARGIN, right, cv2.BORDER_REPLICATE)
        pixels = torch.from_numpy(padded).permute(2, 0, 1)[None].float() / 255  # [1, 3, h, w]
        logit, shape = self.net.proposal(pixels)
        probability = logit.sigmoid()[0, 0]
        peak = torch.nn.functional.max_pool2d(probability[None, None], 3, 1, 1)[0, 0] == probability
        rows, columns = torch.nonzero(peak & (probability > PROPOSAL_THRESHOLD), as_tuple=True)
        dx, dy, log_size, cosine, sine = shape[0, :, rows, columns].double()
        cells = (torch.stack([columns, rows], -1).double() + 0.5) * PROPOSAL_STRIDE - MARGIN
        center = cells + torch.stack([dx, dy], -1) * EYE_DISTANCE_UNIT
        unit = EYE_DISTANCE_UNIT * log_size.exp() / (CANONICAL["left_eye"][0] - CANONICAL["right_eye"][0])
        norm = torch.hypot(cosine, sine).clamp(min=1e-6) * unit
        linear = torch.stack([torch.stack([cosine, sine], -1), torch.stack([-sine, cosine], -1)], -2) / norm[:, None, None]
        shift = torch.tensor(FACE_CENTER, dtype=torch.float64) - (linear @ center[..., None])[..., 0]
        return torch.cat([linear, shift[..., None]], -1), probability[rows, columns]

    def _place(self, image: np.ndarray, frames: Tensor, framings: tuple[tuple[float, float, float, float], ...]) -> tuple[Tensor, Tensor]:
        """What the landmark network says of N alignments [N, 2, 3], in each framing and mirrored.

        Returns:
            Landmarks float64 [N, 2 * framings, 29, 2] in pixels, and the mean face logit [N].
        """
        config = self.net.config
        squares = torch.stack([_framed(frame, framing, config.crop_extent, config.crop_center) for frame in frames for framing in framings])
        crops = np.stack([crop_square(image, square.numpy(), config.crop_size) for square in squares])
        pixels = torch.from_numpy(crops).permute(0, 3, 1, 2).float() / 255  # [N * framings, 3, s, s]
        estimate = self.net.landmark(torch.cat([pixels, pixels.flip(-1)]))
        straight, mirrored = estimate.points.double().chunk(2)
        mirrored = mirrored[:, MIRRORED] * mirrored.new_tensor([-1.0, 1.0]) + mirrored.new_tensor([1.0, 0.0])
        to_picture = invert_similarity(squares)
        answers = torch.stack([apply_similarity(to_picture, straight), apply_similarity(to_picture, mirrored)], 1)
        logit = estimate.logit.view(2, len(frames), len(framings)).mean((0, 2))
        return answers.view(len(frames), 2 * len(framings), *answers.shape[2:]), logit


def _eye_distance(frames: Tensor) -> Tensor:
    """Pixels [N] between the eyes that alignments [N, 2, 3] bring to their canonical places."""
    return (CANONICAL["left_eye"][0] - CANONICAL["right_eye"][0]) / frames[:, :, 0].norm(dim=-1)


def _disagreement(answers: Tensor) -> Tensor:
    """How far the answers [N, A, 29, 2] for one face lie apart: the points' mean standard deviation in eye distances, [N]."""
    return answers.std(1).norm(dim=-1).mean(-1) / _eye_distance(crop_transform(answers.mean(1)))


def _framed(frame: Tensor, framing: tuple[float, float, float, float], extent: float, center: tuple[float, float]) -> Tensor:
    """From pixels to the network's square: `frame` [2, 3], then turned, scaled and shifted by a framing of JITTER."""
    roll, scale, shift_x, shift_y = framing
    a, b = math.cos(roll) * scale / extent, math.sin(roll) * scale / extent
    linear = torch.tensor([[a, -b], [b, a]], dtype=frame.dtype)
    middle = torch.tensor([center[0] + shift_x, center[1] + shift_y], dtype=frame.dtype)
    return torch.cat([linear @ frame[:, :2], (linear @ (frame[:, 2] - middle) + 0.5)[:, None]], -1)


def _distinct(frames: Tensor, score: Tensor) -> Tensor:
    """Indices of alignments, best first, without those that lie on a better one (non-maximum suppression).

    Two are the same face when each one's centre lies within a quarter of the larger crop's side of the other's, whatever their sizes.
    """
    side = 1 / frames[:, :, 0].norm(dim=-1)  # pixels of the picture for each crop unit
    centers = apply_similarity(invert_similarity(frames), frames.new_tensor([FACE_CENTER]))[:, 0]  # [N, 2]
    kept: list[int] = []
    for i in score.argsort(descending=True).tolist():
        apart = [(centers[i] - centers[j]).norm() / torch.maximum(side[i], side[j]) for j in kept]
        if all(distance > 0.25 for distance in apart):
            kept.append(i)
    return torch.tensor(kept, dtype=torch.long)

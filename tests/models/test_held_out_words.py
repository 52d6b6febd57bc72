"""Words that no training caption has, read by the weights that ship: they must move the face the right way.

The text is all that the denoiser is told: no label, no Action Units, no sound. What each class looks like is drawn, exactly.
"""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from eadnet_core.checkpoint import load_denoiser
from eadnet_core.emotion.lexicon import FEELING_FORMS, load_lexicon
from eadnet_core.emotion.tokenizer import encode_captions
from eadnet_core.emotion.vocabulary import EMOTIONS
from eadnet_core.face.landmarks import draw_landmark_maps
from eadnet_core.models.denoiser import Denoiser
from eadnet_core.synthetic.clip import ClipControls, draw_clip, emotion_action_units
from eadnet_core.training.base.report import measure_words
from eadnet_core.types import Conditions

SIZE, FACE, BATCH = 128, 4, 12
CLASSES = EMOTIONS[1:]

Word = tuple[str, int]


def words(held_out: bool) -> list[Word]:
    """Words of feeling that mean one class alone, each once, with its index into CLASSES."""
    found: dict[str, int] = {}
    for entry in load_lexicon().entries:
        felt = [i for i, share in enumerate(entry.meaning.emotion) if share > 0]
        if entry.form in FEELING_FORMS and entry.held_out == held_out and len(felt) == 1:
            found.setdefault(entry.phrase, felt[0] - 1)
    return list(found.items())


@pytest.fixture(scope="module")
def denoiser() -> Denoiser:
    return load_denoiser()


def directions(flow: Tensor) -> Tensor:
    """Flows [N, 2, S, S] as unit vectors [N, 2 * S * S]."""
    return torch.nn.functional.normalize(flow.flatten(1), dim=1)


@pytest.fixture(scope="module")
def likeness(denoiser: Denoiser) -> Tensor:
    """Cosine of the flow that each held-out word adds to a neutral face with the exact one of each class, [words, 7]."""
    units = torch.stack([torch.zeros(24), *(emotion_action_units(name) for name in CLASSES)])[None]  # [1, 8, 24]
    still = {name: torch.zeros(1, 8, width) for name, width in (("visemes", 5), ("head_pose", 6), ("gaze", 2), ("blink", 2))}
    drawn = draw_clip(ClipControls(action_units=units, **still), SIZE, torch.Generator().manual_seed(FACE))
    seen = drawn.flow_known[0, 1:]
    exact = (drawn.flow[0, 1:] - drawn.flow[0, :1]) * seen

    def flow(captions: list[str]) -> Tensor:
        count = len(captions)
        at_rest = {name: torch.zeros(count, 1, width) for name, width in (("head_pose", 6), ("gaze", 2), ("blink", 2))}
        told = Conditions(
            drawn.reference.expand(count, -1, -1, -1),
            draw_landmark_maps(drawn.seen_landmarks, SIZE).expand(count, -1, -1, -1),
            drawn.seen_landmarks.expand(count, -1, -1),
            text_ids=encode_captions(captions)[:, None],
            text_weights=torch.ones(count, 1, 1),
            **at_rest,
        )
        noise = torch.randn(1, 1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0)).expand(count, -1, -1, -1, -1)
        with torch.inference_mode():
            return denoiser(noise, torch.ones(count, 1), told).warp.flow[:, 0]

    phrases = [phrase for phrase, _ in words(held_out=True)]
    parts = [flow(phrases[i : i + BATCH]) for i in range(0, len(phrases), BATCH)]
    return directions(torch.cat(parts) - flow(["neutral"])) @ directions(exact).T


def test_there_are_held_out_words_of_every_class() -> None:
    owners = [own for _, own in words(held_out=True)]
    assert len(owners) > 50 and set(owners) == set(range(len(CLASSES)))


def test_held_out_words_move_the_face_as_their_own_class_does(likeness: Tensor) -> None:
    owners = torch.tensor([own for _, own in words(held_out=True)])
    own = likeness.gather(1, owners[:, None])[:, 0]
    others = likeness.scatter(1, owners[:, None], torch.nan)
    nearest = (own > others.nan_to_num(-1).amax(1)).float().mean().item()
    above_most = (own > others.nanmedian(1).values).float().mean().item()
    assert nearest > 0.4, f"{nearest:.2f} of the words are nearest to their own class of 7; by chance it is 0.14"
    assert above_most > 0.65, f"{above_most:.2f} of the words are nearer to their own class than to most others; by chance it is 0.5"


def test_units_are_read_from_words_never_read(denoiser: Denoiser) -> None:
    found = measure_words(denoiser)
    assert found.trained > 0.75 and found.held_out > 0.4, found

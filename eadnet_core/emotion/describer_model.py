"""Feelings read by a language model of your own: labels and strengths by scoring answers, captions by writing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .describer import DEGREES, Description, Progress, open_ended, strongest, to_span
from .describer_answer import read_caption
from .language_model import Heed, LanguageModel
from .meaning import Meaning
from .prompt import fill_prompt
from .reader import read_text
from .scene import Scene
from .track import EmotionSpan
from .vocabulary import EMOTIONS

ATTEMPTS = 3
"""How often a caption is asked for, before the names of the classes stand in for it."""
CAPTION_TOKENS = 40
FRAMES_OF_A_PASSAGE = 4
"""Pictures of a passage that a vision-language model looks at."""
NOTHING = {"before": "nothing", "line": "...", "after": "nothing", "voice": "not known"}
"""A passage without content, by which a model's liking for certain words is found out."""

Likings = dict[tuple[str, str], np.ndarray]
"""Scores behind NOTHING, by question and label."""


@dataclass(frozen=True, eq=False)
class ModelDescriber:
    """A language model, or a vision-language model, as describer.

    The class is the candidate answer whose log-probability rises most over that behind a passage without content, so that
    rare or long words are not at a loss and any causal model gives a valid answer. The strength is the mean of DEGREES under
    the same. A caption is asked for at most ATTEMPTS times; one that cannot be read, says no feeling or another, is not taken.

    Attributes:
        model: What answers.
        seed: Of the later attempts at captions.

    Source: scores against a content-free input as in Zhao et al., Calibrate Before Use (2021); the prompts are ours.
    """

    model: LanguageModel
    seed: int = 0

    def describe(self, scene: Scene, progress: Progress | None = None) -> Description:
        spans: list[EmotionSpan] = []
        likings: Likings = {}
        notes = [f"The frames were not looked at: {self.model.name} reads text alone."] if scene.frames and not self.model.sees else []
        for index in range(len(scene.passages)):

            def heed(done: int = index) -> None:
                if progress is not None:
                    progress(done, len(scene.passages))

            span, attempts = self._describe_passage(scene, index, likings, heed)
            spans.append(span)
            if attempts > ATTEMPTS:
                notes.append(f"Passage {index + 1}: no caption in {ATTEMPTS} attempts, so the names of the classes stand in for it.")
        if progress is not None:
            progress(len(scene.passages), len(scene.passages))
        return Description(open_ended(spans), tuple(notes))

    def _describe_passage(self, scene: Scene, index: int, likings: Likings, heed: Heed) -> tuple[EmotionSpan, int]:
        """The span, and which attempt gave its caption."""
        passage = scene.passages[index]
        places = {"before": scene.before(index), "line": passage.text or "...", "after": scene.after(index), "voice": scene.voice(index)}
        pictures = scene.frames_of(index, FRAMES_OF_A_PASSAGE) if self.model.sees else []
        felt = self._likeliest("label", EMOTIONS, places, pictures, likings, heed)
        meaning = Meaning((0.0, *(float(share) for share in felt[1:])))
        if felt.argmax() == 0:
            return to_span(passage.start_s, passage.end_s, Meaning()), 0
        kept = dict(strongest(meaning))
        label = next(iter(kept))
        asked = {**places, "label": label, "degrees": ", ".join(DEGREES)}
        degrees = self._likeliest("intensity", tuple(DEGREES), asked, pictures, likings, heed)
        intensity = float(degrees @ np.array(list(DEGREES.values())))
        meaning = Meaning(tuple(kept.get(name, 0.0) * intensity for name in EMOTIONS))
        degree = tuple(DEGREES)[int(degrees.argmax())]
        for attempt in range(ATTEMPTS):
            seed = None if attempt == 0 else self.seed + index * ATTEMPTS + attempt
            prompt = fill_prompt("caption", **places, label=label, degree=degree)
            caption = read_caption(self.model.write(prompt, CAPTION_TOKENS, seed, pictures, heed))
            if caption is not None and _agrees(caption, kept):
                named = replace(meaning, action_units=read_text(caption).meaning.action_units)
                return to_span(passage.start_s, passage.end_s, named, caption), attempt + 1
        return to_span(passage.start_s, passage.end_s, meaning), ATTEMPTS + 1

    def _likeliest(
        self,
        question: str,
        answers: Sequence[str],
        places: dict[str, str],
        pictures: Sequence[np.ndarray],
        likings: Likings,
        heed: Heed,
    ) -> np.ndarray:
        """Probability of each answer, float64 [K], summing to 1."""
        empty = (question, places.get("label", ""))
        if empty not in likings:
            likings[empty] = self.model.score(fill_prompt(question, **{**places, **NOTHING}), answers, (), heed)
        scores = self.model.score(fill_prompt(question, **places), answers, pictures, heed) - likings[empty]
        shares = np.exp(scores - scores.max())
        return shares / shares.sum()


def _agrees(caption: str, kept: dict[str, float]) -> bool:
    """Whether the built-in reader knows a word of a caption, and finds one of the classes in it or none at all ("brows raised")."""
    reading = read_text(caption)
    return bool(reading.words) and reading.meaning.top in ("neutral", *kept)

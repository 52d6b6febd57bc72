"""The describers without a model: the lexicon for words, prosody for sound."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import InputError
from .describer import Description, Progress, open_ended, to_span, to_track
from .meaning import Meaning
from .reader import read_text, understand
from .scene import Scene
from .vocabulary import EMOTIONS
from .voice import Voice

CARRIED = 0.6
"""What is left of a mood in the next sentence that names no feeling: people do not drop it with a full stop."""
VOICE_SHARE = 0.35
"""How much the arousal of the voice raises or lowers what the words say."""
USUAL_STRENGTH = 0.55
"""Intensity of a named feeling in a voice that is as usual."""
AROUSED_STRENGTH = 0.45
"""What the most aroused voice adds to it."""
QUIET_FEELINGS = frozenset({"sad", "contemptuous"})
"""Classes that show more where the voice falls."""
CAUTION = "The feelings are a guess: sound alone tells how aroused a voice is better than whether it is pleased or not."


@dataclass(frozen=True)
class BuiltInDescriber:
    """The reader without a model: the lexicon for words, prosody for sound.

    Words decide the class and sound the strength; a direction in brackets, "(furious)", outweighs what is said. A sentence that
    names no feeling keeps some of the mood before it. Where only a recording is known, see VoiceDescriber.

    Source: ours.
    """

    def describe(self, scene: Scene, progress: Progress | None = None) -> Description:
        if not scene.is_said and not scene.voices:
            raise InputError("the scene is only pictures, which the built-in reader cannot see; give a script or a recording, too.")
        notes = ("The frames were not looked at: the built-in reader cannot see.",) if scene.frames else ()
        if not scene.is_said:
            heard = VoiceDescriber().describe(scene, progress)
            return replace(heard, notes=(*notes, *heard.notes))
        meanings: list[Meaning] = []
        mood = Meaning()
        for index, passage in enumerate(scene.passages):
            arousal = scene.voices[index].arousal if scene.voices else 0.0
            directed = read_text(passage.directions)
            reading = directed if directed.words else read_text(passage.text)
            carried = mood.scaled(CARRIED).emotion if any(mood.emotion) else reading.meaning.emotion
            mood = reading.meaning.scaled(1 + VOICE_SHARE * arousal) if reading.words else Meaning(carried)
            meanings.append(mood)
            if progress is not None:
                progress(index + 1, len(scene.passages))
        return Description(to_track(scene, meanings), notes)


@dataclass(frozen=True)
class VoiceDescriber:
    """Prosody alone: how aroused a voice is, against its speaker's own average.

    Attributes:
        feeling: A label or free text that rises and falls with the voice; empty: the class is guessed, too, and the notes say so.
        strength: Scale of the intensity, 0 to 2.

    Source: ours.
    """

    feeling: str = ""
    strength: float = 1.0

    def describe(self, scene: Scene, progress: Progress | None = None) -> Description:
        if not scene.voices:
            raise InputError("there is no recording, so no voice can be heard; connect one.")
        feeling = " ".join(self.feeling.split())
        named = understand(feeling) if feeling else None
        spans = []
        for index, (passage, voice) in enumerate(zip(scene.passages, scene.voices, strict=True)):
            meaning = voice.meaning if named is None else named.scaled(_strength(named, voice))
            spans.append(to_span(passage.start_s, passage.end_s, meaning, feeling))
            if progress is not None:
                progress(index + 1, len(scene.passages))
        return Description(open_ended(spans).scaled(self.strength), (CAUTION,) if named is None else ())


def _strength(named: Meaning, voice: Voice) -> float:
    label = EMOTIONS[named.emotion.index(max(named.emotion))]
    return USUAL_STRENGTH + AROUSED_STRENGTH * (-voice.arousal if label in QUIET_FEELINGS else voice.arousal)

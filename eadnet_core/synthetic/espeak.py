"""Speech from espeak-ng with the exact time of every phoneme; the one place that knows its C interface."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ..errors import InputError

_SYNCHRONOUS_OUTPUT = 2
_PHONEME_EVENTS_IN_IPA = 0x1 | 0x2
_DO_NOT_EXIT = 0x8000
_UTF8 = 1
_PHONEME_EVENT = 7
_RATE, _PITCH, _PITCH_RANGE = 1, 3, 4

BILABIALS = "pbɓʙm"
"""Letters of the phonemes in which the lips are shut."""
RELEASE = "ʰ"
"""Name of the stretch after the lips part and before the vowel has settled."""
_SILENCE = 12 / 32768
_LONGEST_CLOSURE_S = 0.14
_SHORTEST_CLOSURE_S = 0.04
_LEAD_S = 0.09
_SHORTEST_PAUSE_S = 0.03
_BURST_S = 0.014
_VOICED_SHARE = 0.75


@dataclass(frozen=True)
class Phone:
    """One phoneme: [start_s, end_s) in seconds and its IPA name; an empty name is a pause."""

    start_s: float
    end_s: float
    ipa: str


@dataclass(frozen=True)
class SpokenText:
    """What espeak-ng said.

    Attributes:
        samples: float32 [N], -1 to 1.
        rate: Samples a second.
        phones: In order, without gaps, from 0 to the end of the sound; stops start where their closure starts.
    """

    samples: np.ndarray
    rate: int
    phones: tuple[Phone, ...]


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int), ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int), ("sample", ctypes.c_int), ("user_data", ctypes.c_void_p), ("id", _Id),
    ]  # fmt: skip


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class _Library:
    """The loaded library. espeak-ng keeps one state for the whole process, so there is one of these (see `_library`)."""

    def __init__(self) -> None:
        try:
            import espeakng_loader
        except ImportError as error:
            raise InputError("The package espeakng-loader is not installed; install it with: pip install 'eadnet[train]'.") from error
        self.c = ctypes.CDLL(espeakng_loader.get_library_path())
        self.c.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
        self.c.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
        self.c.espeak_Synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int,
            ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        options = _PHONEME_EVENTS_IN_IPA | _DO_NOT_EXIT
        self.rate: int = self.c.espeak_Initialize(_SYNCHRONOUS_OUTPUT, 0, espeakng_loader.get_data_path().encode(), options)
        if self.rate <= 0:
            raise InputError(f"espeak-ng did not start (it answered {self.rate}); install espeakng-loader again.")
        self.blocks: list[np.ndarray] = []
        self.events: list[tuple[int, str]] = []
        self.callback = _Callback(self._collect)  # a reference must live as long as the library may call it
        self.c.espeak_SetSynthCallback(self.callback)

    def _collect(self, samples: ctypes._Pointer[ctypes.c_short], count: int, events: ctypes._Pointer[_Event]) -> int:
        if count > 0 and samples:
            self.blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        i = 0
        while events[i].type:
            if events[i].type == _PHONEME_EVENT:
                self.events.append((events[i].sample, events[i].id.string.decode("utf-8", "ignore")))
            i += 1
        return 0


@lru_cache(maxsize=1)
def _library() -> _Library:
    return _Library()


def speak(text: str, voice: str, words_per_minute: int = 160, pitch: int = 50, pitch_range: int = 50) -> SpokenText:
    """The sound of a text, and when each phoneme of it is said.

    espeak-ng reports a stop at its burst, after the silence of its closure, and a vowel after a nasal or voiced stop only
    when the lips have long parted; both are put right here, from the (noiseless) sound. The same words come out the same up to
    a fraction of a millisecond: the phase of espeak-ng's voice goes on from what the process said before.

    Args:
        text: What to say, in the script of the voice's language.
        voice: Language and variant, e.g. "en-us+f2".
        words_per_minute: 80 to 450.
        pitch: 0 to 99.
        pitch_range: 0 (monotone) to 99.

    Raises:
        InputError: espeak-ng is not installed, knows no such voice, or says nothing.

    Source: espeak-ng's speak_lib.h; the boundaries of closures are ours.
    """
    library = _library()
    library.blocks.clear()
    library.events.clear()
    if library.c.espeak_SetVoiceByName(voice.encode()) != 0:
        raise InputError(f"espeak-ng has no voice {voice!r}; take a language code it knows, such as en-us.")
    for parameter, value in ((_RATE, words_per_minute), (_PITCH, pitch), (_PITCH_RANGE, pitch_range)):
        library.c.espeak_SetParameter(parameter, value, 0)
    data = text.encode()
    library.c.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8, None, None)
    library.c.espeak_Synchronize()
    if not library.blocks:
        raise InputError(f"espeak-ng said nothing for {text[:40]!r} as {voice}; give it words in the script of that language.")
    samples = np.concatenate(library.blocks).astype(np.float32) / 32768
    events = [(at, name) for at, name in library.events if not name.startswith("(")]  # "(en)" marks a change of language
    times = [at / library.rate for at, _ in events]
    ends = [*times[1:], len(samples) / library.rate]
    phones: list[Phone] = []
    for start, end, (_, name) in zip(times, ends, events, strict=True):
        if phones and not name and end - start < _SHORTEST_PAUSE_S:
            phones[-1] = replace(phones[-1], end_s=end)
        elif end > start:
            phones.append(Phone(start, end, name))
    return SpokenText(samples, library.rate, tuple(_articulated(phones, samples, library.rate)))


def is_bilabial(phone: Phone) -> bool:
    """Whether the lips are shut in this phoneme."""
    return phone.ipa.strip("ˈˌ")[:1] in tuple(BILABIALS)


def _articulated(phones: list[Phone], samples: np.ndarray, rate: int) -> list[Phone]:
    """The same phonemes with stops from the start of their closure, and lips that part when they do."""
    result: list[Phone] = []
    for i, phone in enumerate(phones):
        following = phones[i + 1] if i + 1 < len(phones) else None
        name = phone.ipa.strip("ˈˌ")
        if name and result:
            closure = _silence_before(phone.start_s, samples, rate, _LONGEST_CLOSURE_S)
            if not result[-1].ipa:
                closure = min(closure, _LEAD_S)  # lips come together shortly before they are needed
            if is_bilabial(phone) and not name.startswith("m"):
                closure = max(closure, _SHORTEST_CLOSURE_S if name.startswith("p") else 0)
            start = max(phone.start_s - closure, result[-1].start_s + 0.3 * (phone.start_s - result[-1].start_s))
            result[-1] = replace(result[-1], end_s=start)
        else:
            start = phone.start_s
        if is_bilabial(phone) and following is not None and following.ipa and not is_bilabial(following):
            parted = phone.start_s + (_BURST_S if name.startswith("p") else _VOICED_SHARE * (phone.end_s - phone.start_s))
            parted = min(parted, phone.end_s)
            result += [Phone(start, parted, phone.ipa), Phone(parted, phone.end_s, RELEASE)]
        else:
            result.append(replace(phone, start_s=start))
    return [phone for phone in result if phone.end_s > phone.start_s]


def _silence_before(time_s: float, samples: np.ndarray, rate: int, limit_s: float) -> float:
    """Seconds of silence that end at `time_s`, at most `limit_s`."""
    end = round(time_s * rate)
    loud = np.flatnonzero(np.abs(samples[max(0, end - round(limit_s * rate)) : end]) > _SILENCE)
    return limit_s if not len(loud) else (min(end, round(limit_s * rate)) - 1 - int(loud[-1])) / rate

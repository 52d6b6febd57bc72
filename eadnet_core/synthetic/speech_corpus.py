"""The speech that training hears: log-mel and viseme curves of many synthetic voices, made once and kept in one small file."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..audio.mel_scale import LOUDEST, NUM_MELS, SILENCE, UNIT_PER_DB
from ..errors import InputError
from ..timebase import FRAME_RATE, MELS_PER_FRAME, SPEECH_RATE, frames_in
from .visemes import VISEMES

_log = logging.getLogger(__name__)
_BYTE = 255
_HELD_OUT_SHARE = 0.05

_VARIANTS = (
    "",
    *(
        "m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 f1 f2 f3 f4 f5 klatt klatt2 klatt3 klatt4 klatt5 klatt6 klatt klatt2 klatt4 "
        "Alex Alicia Andrea Andy Annie Denis Diogo Gene Hugo Jacky Lee Marco Mario Michael Mike Nguyen Reed adam anika antonio "
        "aunty belinda benjamin boris caleb david ed edward gustave ian john linda max miguel pablo paul pedro quincy rob "
        "robert sandro shelby steph travis victor zac grandpa grandma"
    ).split(),
)
"""Voice variants of espeak-ng that sound like people, men and women; women and the other synthesiser (klatt) twice."""
_SILENT_SHARE = 0.05
SILENT = -1
"""The voice of utterances in which nobody speaks."""


@dataclass(frozen=True)
class SpeechCorpus:
    """Utterances one after another.

    Attributes:
        mel: uint8 [4N, 64]; 0 is SILENCE, 255 is LOUDEST (see audio.mel_scale).
        visemes: uint8 [N, 5]; 255 is 1.
        ends: int64 [U]: frame after the last of each utterance.
        voices: int64 [U]: number of the voice that says it; SILENT where none does.
    """

    mel: Tensor
    visemes: Tensor
    ends: Tensor
    voices: Tensor

    @property
    def num_frames(self) -> int:
        return self.visemes.shape[0]

    @property
    def training(self) -> SpeechCorpus:
        """All but the last twentieth of the utterances."""
        return self._part(torch.arange(len(self.ends)) < self._first_held_out)

    @property
    def held_out(self) -> SpeechCorpus:
        """The last twentieth of the utterances, at least one; never trained on."""
        return self._part(torch.arange(len(self.ends)) >= self._first_held_out)

    def to(self, device: torch.device | str) -> SpeechCorpus:
        """The same corpus on another device."""
        return SpeechCorpus(self.mel.to(device), self.visemes.to(device), self.ends.to(device), self.voices.to(device))

    def draw(self, generator: torch.Generator, batch: int, num_frames: int, context: int, augment: bool = True) -> tuple[Tensor, Tensor]:
        """Random stretches of speech, each heard through a slightly different throat, microphone and noise.

        Args:
            generator: On the device of the corpus.
            batch: B.
            num_frames: T, the frames of visemes; utterances shorter than this are never drawn.
            context: Frames of log-mel before and after those; SILENCE where the utterance has ended.
            augment: Whether to vary the log-mel.

        Returns:
            Log-mel float32 [B, 4 * (T + 2 * context), 64] and visemes float32 [B, T, 5], 0 to 1.

        Raises:
            InputError: Every utterance is shorter than `num_frames`.
        """
        device = self.ends.device
        starts = torch.cat([self.ends.new_zeros(1), self.ends[:-1]])
        choices = (self.ends - starts - num_frames + 1).clamp(min=0)
        if int(choices.sum()) == 0:
            raise InputError(f"Stretches of {num_frames} frames are longer than any utterance of the corpus; draw shorter ones.")
        which = torch.multinomial(choices.double(), batch, replacement=True, generator=generator)  # [B]
        shift = torch.rand(batch, generator=generator, device=device) * choices[which]
        first = starts[which] + torch.minimum(shift.long(), choices[which] - 1)  # [B]
        frames = first[:, None] + torch.arange(num_frames, device=device)  # [B, T]
        lead = MELS_PER_FRAME * context
        columns = MELS_PER_FRAME * first[:, None] + torch.arange(-lead, MELS_PER_FRAME * num_frames + lead, device=device)
        inside = (columns >= MELS_PER_FRAME * starts[which, None]) & (columns < MELS_PER_FRAME * self.ends[which, None])
        mel = self.mel[columns.clamp(0, len(self.mel) - 1)].float() / _BYTE * (LOUDEST - SILENCE) + SILENCE  # [B, 4(T+2c), F]
        mel = torch.where(inside[..., None], mel, torch.full_like(mel, SILENCE))
        visemes = self.visemes[frames].float() / _BYTE
        return (vary_mel(mel, generator) if augment else mel), visemes

    @property
    def _first_held_out(self) -> int:
        return len(self.ends) - max(1, round(_HELD_OUT_SHARE * len(self.ends)))

    def _part(self, chosen: Tensor) -> SpeechCorpus:
        """The utterances of which `chosen`, bool [U], is true."""
        chosen = chosen.to(self.ends.device)
        lengths = self.ends.diff(prepend=self.ends.new_zeros(1))
        frames = chosen.repeat_interleave(lengths)
        mel = self.mel[frames.repeat_interleave(MELS_PER_FRAME)]
        return SpeechCorpus(mel, self.visemes[frames], lengths[chosen].cumsum(0), self.voices[chosen])


def vary_mel(mel: Tensor, generator: torch.Generator) -> Tensor:
    """The same speech from a longer or shorter throat, another microphone, at another level, in other noise.

    Args:
        mel: float [B, columns, 64], features.
        generator: On the same device.

    Returns:
        [B, columns, 64], features.
    """
    num, columns, bands = mel.shape

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(num, *shape, generator=generator, device=mel.device)

    band = torch.arange(bands, device=mel.device, dtype=mel.dtype)
    source = (band * uniform(0.95, 1.06, 1)).clamp(0, bands - 1)  # [B, F]
    below = source.floor().long().clamp(max=bands - 2)
    share = (source - below)[:, None]
    index = below[:, None].expand(-1, columns, -1)
    warped = mel.gather(2, index) * (1 - share) + mel.gather(2, index + 1) * share
    place = band / (bands - 1)
    mean = warped.mean(1, keepdim=True)
    warped = mean + uniform(0.8, 1.15, 1, 1) * (warped - mean)
    gain_db = uniform(-4, 4, 1) + uniform(-4, 4, 1) * (place - 0.5)
    for waves in (1, 2, 4):
        gain_db = gain_db + uniform(-1, 1, 1) * 2.5 / waves**0.5 * torch.cos(torch.pi * (waves * place + uniform(0, 2, 1)))
    filtered = warped + UNIT_PER_DB * gain_db[:, None]
    noise_db = uniform(-80, -25, 1) + uniform(-12, 12, 1) * (place - 0.5)  # [B, F]
    flutter = torch.randn(num, columns, bands, generator=generator, device=mel.device) * 4
    noise = SILENCE + UNIT_PER_DB * (60 + noise_db[:, None] + flutter)
    unit = 0.1 * torch.log(torch.tensor(10.0)).item() / UNIT_PER_DB  # features add as powers do
    return (torch.logaddexp(filtered * unit, noise * unit) / unit).clamp(SILENCE, LOUDEST)


def load_corpus(path: str | Path) -> SpeechCorpus:
    """The corpus in a file that `make_corpus` wrote.

    Raises:
        InputError: The file is missing or is no corpus.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"The speech corpus {path} does not exist; make it with: python -m eadnet_core synth speech --out {path}")
    try:
        with np.load(path, allow_pickle=False) as stored:
            mel, visemes, ends, voices = (torch.from_numpy(stored[name]) for name in ("mel", "visemes", "ends", "voices"))
    except (ValueError, KeyError, OSError) as error:
        raise InputError(f"The file {path} is no speech corpus ({error}); make it again with: python -m eadnet_core synth") from error
    if mel.shape != (MELS_PER_FRAME * len(visemes), NUM_MELS) or visemes.shape[1:] != (len(VISEMES),) or int(ends[-1]) != len(visemes):
        raise InputError(f"The file {path} is a speech corpus of another version; make it again with: python -m eadnet_core synth")
    return SpeechCorpus(mel, visemes, ends, voices)


def make_corpus(path: str | Path, minutes: float = 50, seed: int = 0) -> SpeechCorpus:
    """Many voices saying random sentences in many languages, recorded in as many ways, and what their lips do.

    Args:
        path: Where the .npz is written; 50 minutes are about 15 MB.
        minutes: How much, more than 0.
        seed: The same seed in a new process gives the same corpus with the same version of espeak-ng.

    Raises:
        InputError: espeak-ng is not installed, or `minutes` is not positive.
    """
    if not minutes > 0:
        raise InputError(f"The corpus should last {minutes} minutes; give more than 0.")
    rng = np.random.default_rng(seed)
    wanted = int(minutes * 60 * FRAME_RATE)
    mels, visemes, voices, made = [], [], [], 0
    while made < wanted:
        voice, mel, curves = _quiet_utterance(rng) if rng.random() < _SILENT_SHARE else _spoken_utterance(rng)
        mels.append(mel)
        visemes.append(curves)
        voices.append(voice)
        made += len(curves)
        if len(mels) % 50 == 0:
            _log.info("%.1f of %.1f minutes of speech", made / wanted * minutes, minutes)
    ends = np.cumsum([len(curves) for curves in visemes])
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path, mel=np.concatenate(mels), visemes=np.concatenate(visemes), ends=ends.astype(np.int64), voices=np.array(voices, np.int64)
    )
    return load_corpus(path)


def _spoken_utterance(rng: np.random.Generator) -> tuple[int, np.ndarray, np.ndarray]:
    # What makes speech is imported here, so that training on a bare machine needs only torch and numpy.
    from .espeak import Phone, speak
    from .recording import another_throat, record, uneven
    from .texts import draw_text, draw_voice
    from .visemes import viseme_curves

    language = draw_voice(rng)
    variant = str(rng.choice(_VARIANTS))
    text = draw_text(rng, language, int(rng.choice([rng.integers(2, 8), rng.integers(8, 22)], p=[0.2, 0.8])))
    said = speak(
        text,
        f"{language}+{variant}" if variant else language,
        words_per_minute=int(rng.integers(105, 215)),
        pitch=int(rng.integers(5, 95)),
        pitch_range=int(rng.integers(20, 95)),
    )
    voice, stretch = another_throat(rng, uneven(rng, said), said.rate)
    lead, trail = rng.uniform(0.1, 0.9), rng.uniform(0.2, 1.2)
    phones = [Phone(p.start_s * stretch + lead, p.end_s * stretch + lead, p.ipa) for p in said.phones]
    before, after = round(lead * SPEECH_RATE), round(trail * SPEECH_RATE)
    sound = record(rng, np.pad(voice, (before, after)))
    phones = [Phone(0.0, phones[0].start_s, ""), *phones, Phone(phones[-1].end_s, len(sound) / SPEECH_RATE, "")]
    return _VARIANTS.index(variant), *_stored(sound, viseme_curves(phones, frames_in(len(sound), SPEECH_RATE)))


def _quiet_utterance(rng: np.random.Generator) -> tuple[int, np.ndarray, np.ndarray]:
    from .recording import room_noise

    sound = room_noise(rng, int(rng.uniform(2, 5) * SPEECH_RATE))
    return SILENT, *_stored(sound, np.zeros((frames_in(len(sound), SPEECH_RATE), len(VISEMES)), np.float32))


def _stored(sound: np.ndarray, curves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from ..audio.features import log_mel, normalise_level

    mel = normalise_level(log_mel(sound))
    stored = np.round((mel - SILENCE) / (LOUDEST - SILENCE) * _BYTE)
    return stored.astype(np.uint8), np.round(curves * _BYTE).astype(np.uint8)

"""Sets of videos, made and real: a row for each, distances of pairs, distances of the sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import InputError
from ..timebase import FRAME_RATE
from ..types import Report as Progress
from .emotion import Confusion
from .features import FeatureExtractor, FeatureMeter
from .frechet import GaussianFit, frechet_distance
from .landmark_distance import landmark_distance
from .measurement import Advance, Measurement, Networks, Seams, Subject, measure
from .networks.lpips import Lpips
from .picture_similarity import SimilarityMeter
from .report import Figure, Report, Row, SetFigures

ENOUGH_SAMPLES = 10
"""Samples for each dimension of a feature below which a Frechet distance comes out clearly too large."""
FACE_NETWORKS = "MediaPipe Face Landmarker v2 (478 points)"
_PRINTED = {"fid": "FID", "fvd": "FVD", "e_fid": "E-FID"}


@dataclass(frozen=True)
class Comparison:
    """What compares made videos with real ones; whatever is None is left out of the report.

    Attributes:
        frames: Features of FID.
        clips: Features of FVD.
        lpips: Network of LPIPS.
        lpips_name: What a report calls it.
    """

    frames: FeatureExtractor | None = None
    clips: FeatureExtractor | None = None
    lpips: Lpips | None = None
    lpips_name: str = ""


def evaluate(
    made: Sequence[Subject],
    real: Sequence[Subject],
    networks: Networks,
    comparison: Comparison,
    seam_every: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """The report of videos.

    Args:
        made: Videos to judge, one or more.
        real: Real videos, none or more. A made one is compared frame by frame with the real one of the same name, or with the
            only real one; sets are compared with sets.
        networks: What looks at each video.
        comparison: What compares them.
        seam_every: Frames from one window of the generator to the next; None: there are none.
        progress: Told of frames that were read; raising in it cancels.

    Raises:
        InputError: Not one made video could be measured.
    """
    pairs = _pairs(made, real)
    advance = _counter([*made, *real], [subject for pair in pairs for subject in pair], progress)
    seams = seams_of(seam_every)
    failures: list[str] = []
    fits = {"made": _Fits(comparison), "real": _Fits(comparison)}
    found: dict[str, dict[int, Measurement]] = {"made": {}, "real": {}}
    for kind, subjects in (("made", made), ("real", real)):
        for subject in subjects:
            try:
                found[kind][id(subject)] = measure(subject, networks, fits[kind].meters(), seams, advance)
            except InputError as error:
                failures.append(str(error))
    if not found["made"]:
        raise InputError(failures[0])
    for one, other in pairs:
        if id(one) in found["made"] and id(other) in found["real"]:
            measured = found["made"][id(one)]
            row = _compared(measured, found["real"][id(other)], one, other, comparison, advance)
            found["made"][id(one)] = replace(measured, row=row)
    rows = {kind: tuple(measured.row for measured in those.values()) for kind, those in found.items()}
    sets = _set_figures(made, real, found, fits)
    return Report(_names(networks, comparison), rows["made"], rows["real"], sets, tuple(failures))


def seams_of(every: int | None) -> Seams:
    """Where a generator's windows begin: each `every` frames; None: nowhere, as in this pack, whose motion is made in one piece."""
    return lambda num_frames: np.arange(every, num_frames, every) if every is not None else np.zeros(0, np.int64)


class _Fits:
    """Gaussians of a set's features."""

    def __init__(self, comparison: Comparison) -> None:
        extractors = {"fid": comparison.frames, "fvd": comparison.clips}
        self._extractors = {name: extractor for name, extractor in extractors.items() if extractor is not None}
        self.fits = {name: GaussianFit() for name in self._extractors}

    def meters(self) -> list[FeatureMeter]:
        """What takes in the next video."""
        return [FeatureMeter(extractor, self.fits[name]) for name, extractor in self._extractors.items()]


def _pairs(made: Sequence[Subject], real: Sequence[Subject]) -> list[tuple[Subject, Subject]]:
    by_name = {Path(subject.footage.name).with_suffix(""): subject for subject in real}
    only = real[0] if len(real) == 1 else None
    matches = ((one, by_name.get(Path(one.footage.name).with_suffix(""), only)) for one in made)
    return [(one, other) for one, other in matches if other is not None]


def _counter(read_twice: Sequence[Subject], read_again: Sequence[Subject], progress: Progress | None) -> Advance:
    """Counts frames that were read, of all that will be as far as files say it."""
    total = sum(2 * subject.footage.expected_frames for subject in read_twice)
    total += sum(subject.footage.expected_frames for subject in read_again)
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, max(done, total), None)

    return advance


def _compared(made: Measurement, real: Measurement, one: Subject, other: Subject, comparison: Comparison, advance: Advance) -> Row:
    """The made video's row with its distances from the real one."""
    figures, notes = dict[str, Figure](made.row.figures), list(made.row.notes)
    distance = landmark_distance(made.track, real.track)
    if distance is None:
        notes.append(f"Landmarks were not compared: it and {other.footage.name} never show a face at the same time.")
    else:
        figures |= {"m_lmd": distance.mouth, "f_lmd": distance.face}
    apart = abs(made.row.seconds - real.row.seconds)
    if apart > 1 / FRAME_RATE:
        notes.append(f"It and {other.footage.name} differ by {apart:.2f} s in length; what both have was compared.")
    try:
        meter = SimilarityMeter(made.row.size, real.row.size, comparison.lpips)
        for ours, theirs in zip(one.footage.frames(), other.footage.frames(), strict=False):
            meter.add(ours, theirs)
            advance()
            advance()
    except InputError as error:
        notes.append(f"Pixels were not compared with {other.footage.name}: {error}")
        return replace(made.row, figures=figures, notes=tuple(notes))
    similarity = meter.result()
    if similarity is not None:
        figures |= {"psnr": similarity.psnr, "ssim": similarity.ssim, "lpips": similarity.lpips}
        if similarity.ssim is None:
            notes.append("SSIM was not measured: install scikit-image.")
    return replace(made.row, figures=figures, notes=tuple(notes))


def _set_figures(
    made: Sequence[Subject], real: Sequence[Subject], found: dict[str, dict[int, Measurement]], fits: dict[str, _Fits]
) -> SetFigures:
    expressions = {kind: _expressions(found[kind].values()) for kind in found}
    confusion = {kind: _confusion(subjects, found[kind]) for kind, subjects in (("made", made), ("real", real))}
    confusion = {kind: table for kind, table in confusion.items() if table.num_videos}
    if not found["real"]:
        return SetFigures(confusion=confusion)
    sides = {name: (fits["made"].fits[name], fits["real"].fits[name]) for name in fits["made"].fits}
    if expressions["made"].count:
        sides["e_fid"] = expressions["made"], expressions["real"]
    values: dict[str, float] = {}
    notes: list[str] = []
    for name, (ours, theirs) in sides.items():
        try:
            one, other = ours.result(), theirs.result()
        except InputError as error:
            notes.append(f"{_PRINTED[name]} was not measured: {error}")
            continue
        values[name] = frechet_distance(one, other)
        least, width = min(one.count, other.count), len(one.mean)
        if least < ENOUGH_SAMPLES * width:
            notes.append(f"{_PRINTED[name]} is of {least} samples of {width} numbers and comes out too large; compare only with as many.")
    samples = {name: {"made": ours.count, "real": theirs.count} for name, (ours, theirs) in sides.items()}
    return SetFigures(values.get("fid"), values.get("fvd"), values.get("e_fid"), samples, confusion, tuple(notes))


def _expressions(measured: Iterable[Measurement]) -> GaussianFit:
    fit = GaussianFit()
    for one in measured:
        if one.reading is not None:
            fit.add(one.reading.units[~np.isnan(one.reading.units[:, 0])])
    return fit


def _confusion(subjects: Sequence[Subject], found: dict[int, Measurement]) -> Confusion:
    seen = [(subject.emotion, found[id(subject)].reading) for subject in subjects if id(subject) in found]
    return Confusion.of([(emotion, reading.label) for emotion, reading in seen if emotion is not None and reading is not None])


def _names(networks: Networks, comparison: Comparison) -> dict[str, str]:
    """What measured what."""
    names = {"face": FACE_NETWORKS, **{prefix: network.name for prefix, network in networks.sync.items()}}
    for key, network in (("emotion", networks.emotion), ("identity", networks.identity)):
        if network is not None:
            names[key] = network.name
    for key, extractor in (("fid", comparison.frames), ("fvd", comparison.clips)):
        if extractor is not None:
            names[key] = extractor.name
    if networks.emotion is not None:
        names["e_fid"] = f"24 Action Units by {networks.emotion.name}"
    if comparison.lpips is not None:
        names["lpips"] = comparison.lpips_name
    return names

"""The command `evaluate`: videos in, a report out as JSON with a picture beside it."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from .charts.report import draw_report
from .device import choose_device
from .emotion.vocabulary import EMOTIONS
from .errors import InputError
from .face.finder import FaceFinder
from .metrics.emotion import PointReader, emotion_of_path
from .metrics.evaluation import Comparison, evaluate
from .metrics.feature_networks import load_clip_features, load_frame_features
from .metrics.heard_lips import HeardLips
from .metrics.identity import ArcFace, UpperFace
from .metrics.measurement import Networks, Subject
from .metrics.networks.lpips import load_lpips
from .metrics.networks.state_file import fingerprint
from .metrics.phones import phones_beside, read_phones
from .metrics.sync import SyncNetwork
from .metrics.sync_networks import PublicSync
from .render.footage import open_footage

logger = logging.getLogger(__name__)
VIDEOS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".wmv", ".flv")
"""Names that are taken for videos in a folder."""


def run(options: argparse.Namespace) -> None:
    """Measures, writes the report and its picture, and prints the figures."""
    report_path, picture_path = _check_output(options.out)
    if options.real is None and (wanted := [flag for flag in ("frame_features", "clip_features", "lpips") if getattr(options, flag)]):
        flag = wanted[0].replace("_", "-")
        raise InputError(f"--{flag} {getattr(options, wanted[0])} compares with real videos; give them with --real.")
    _check_emotion(options.emotion)
    made = _subjects(options.video, options.phones, options.emotion)
    real = _subjects(options.real or [], options.phones, None)
    networks, comparison = _networks(options), _comparison(options)
    with tqdm(total=0, unit="frame", file=sys.stderr) as bar:

        def progress(done: int, total: int, preview: np.ndarray | None) -> None:
            bar.total = total
            bar.update(done - bar.n)

        report = evaluate(made, real, networks, comparison, options.seam_every, progress)
    for sentence in report.failures:
        logger.info(sentence)
    report_path.write_text(report.to_json(), encoding="utf-8")
    cv2.imwrite(str(picture_path), cv2.cvtColor(draw_report(report), cv2.COLOR_RGB2BGR))
    print(report.to_table())
    print(report_path)


def _check_output(path: Path) -> tuple[Path, Path]:
    if path.suffix.lower() != ".json":
        raise InputError(f"Output {path} is no .json file; give a name such as report.json (the picture goes beside it as .png).")
    if not path.parent.is_dir():
        raise InputError(f"Output {path} lies in {path.parent}, which is no folder; create it or choose another.")
    if path.is_dir():
        raise InputError(f"Output {path} is a folder; give the name of a file.")
    return path, path.with_suffix(".png")


def _check_emotion(emotion: str | None) -> None:
    if emotion is not None and emotion not in EMOTIONS:
        raise InputError(f"--emotion is {emotion}; give one of {', '.join(EMOTIONS)}.")


def _subjects(paths: Sequence[Path], phones: Path | None, emotion: str | None) -> list[Subject]:
    """Videos, and the videos in folders, which are called by their paths in them; each with what is known of it."""
    files = [(file, file.name) for file in paths if not file.is_dir()]
    files += [(file, file.relative_to(folder).as_posix()) for folder in paths if folder.is_dir() for file in _videos_in(folder)]
    subjects = []
    for file, name in files:
        labels = phones or phones_beside(file)
        spoken = None if labels is None else read_phones(labels)
        subjects.append(Subject(open_footage(file, name), emotion or emotion_of_path(file), spoken))
    return subjects


def _videos_in(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in VIDEOS and path.is_file())
    if not files:
        raise InputError(f"Folder {folder} holds no videos ({', '.join(VIDEOS[:5])}, ...); give another.")
    return files


def _networks(options: argparse.Namespace) -> Networks:
    device = choose_device(options.device)
    sync: dict[str, SyncNetwork | HeardLips] = {"sync": HeardLips.from_pretrained()}
    if options.syncnet is not None:
        sync["sync_v2"] = PublicSync.from_file(options.syncnet, device)
    return Networks(
        finder=FaceFinder(),
        emotion=PointReader(),
        identity=UpperFace() if options.recogniser is None else ArcFace.from_file(options.recogniser, device),
        sync=sync,
    )


def _comparison(options: argparse.Namespace) -> Comparison:
    device = choose_device(options.device)
    return Comparison(
        frames=None if options.frame_features is None else load_frame_features(options.frame_features, device),
        clips=None if options.clip_features is None else load_clip_features(options.clip_features, device),
        lpips=None if options.lpips is None else load_lpips(options.lpips).to(device),
        lpips_name="" if options.lpips is None else f"LPIPS 0.1, AlexNet ({options.lpips.name}, sha256 {fingerprint(options.lpips)})",
    )

"""`make judge-footage`: faces found in real videos, late sound noticed, held-out loss and M-LMD after five minutes of fine-tuning.

The footage is never part of the repository, and no weights made from it are kept.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from eadnet_core.audio.sound import read_sound  # noqa: E402

SHIFT = 4
LEAST_SEEN = 0.95


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--videos", type=Path, required=True, help="folder of short videos of people who speak")
    parser.add_argument("--work", type=Path, required=True, help="empty folder for everything that is made")
    parser.add_argument("--minutes", type=float, default=5.0, help="of the fine-tuning")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    found = judge_prepare(options.videos, options.work) | judge_fine_tuning(options.videos, options.work, options.minutes)
    (options.work / "figures.json").write_text(json.dumps(found, indent=1))
    print(json.dumps(found, indent=1))
    missed = [name for name, (_, reached) in found.items() if not reached]
    print(f"missed: {', '.join(missed)}" if missed else "all reached", file=sys.stderr)
    return bool(missed)


Figures = dict[str, tuple[object, bool]]
"""Each figure and whether it is what it should be."""


def judge_prepare(videos: Path, work: Path) -> Figures:
    """As they are the films are kept without a shift; with sound that comes four frames late that is found out."""
    report = prepare(videos, work / "footage")
    late = work / "late"
    late.mkdir(exist_ok=True)
    for path in sorted(videos.glob("*.mp4")):
        delay_sound(path, late / path.name, SHIFT)
    shifted = prepare(late, work / "footage_late")
    own, moved = ([film["sync_shift"] if film["clips"] else None for film in one["films"]] for one in (report, shifted))
    noticed = [late is None or abs(late - SHIFT) <= 1 for late in moved]
    return {
        "seen_share": (report["seen_share"], report["seen_share"] >= LEAST_SEEN),
        "kept_as_they_are": (own, all(shift == 0 for shift in own)),
        "late_sound_noticed": (moved, all(noticed)),
    }


def judge_fine_tuning(videos: Path, work: Path, minutes: float) -> Figures:
    """A fine-tuning on the beginning of each film alone, measured at its end."""
    speech = work / "speech.npz"
    if not speech.exists():
        run("synth", "speech", "--out", str(speech), "--minutes", "10")
    figures: Figures = {}
    for path in sorted(videos.glob("*.mp4")):
        alone = work / path.stem
        alone.mkdir(exist_ok=True)
        (alone / path.name).write_bytes(path.read_bytes())
        prepare(alone, work / f"{path.stem}_footage")
        out = work / f"{path.stem}.safetensors"
        out.with_suffix(".state").unlink(missing_ok=True)
        said = run(
            "train", "base", "--from", str(ROOT / "eadnet_core/weights/eadnet-base.safetensors"), "--device", "cpu",
            "--recipe", str(ROOT / "eadnet_core/training/recipes/person.json"), "--minutes", str(minutes),
            "--speech", str(speech), "--data", str(work / f"{path.stem}_footage"), "--out", str(out),
        )  # fmt: skip
        measured = re.findall(r"picture ([\d.]+), motion ([\d.]+), M-LMD ([\d.]+) %", said)
        before, after = (tuple(float(value) for value in one) for one in measured)
        for name, index in (("picture", 0), ("motion", 1), ("mouth", 2)):
            figures[f"{path.stem}_{name}"] = ((before[index], after[index]), name == "motion" or after[index] < before[index])
    return figures


def prepare(videos: Path, out: Path) -> dict:
    """The report of `prepare`."""
    run("prepare", "--data", str(videos), "--out", str(out))
    return json.loads((out / "report.json").read_text())


def run(*words: str) -> str:
    """What a command of the pack says on stderr."""
    done = subprocess.run([sys.executable, "-m", "eadnet_core", *words], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    sys.stderr.write(done.stderr)
    if done.returncode and "prepare" not in words:
        raise SystemExit(f"{' '.join(words)} ended with {done.returncode}.")
    return done.stderr


def delay_sound(source: Path, target: Path, frames: int) -> None:
    """The same pictures, packet by packet, with their sound some frames later."""
    sound = read_sound(source)
    samples = np.pad(sound.samples, ((0, 0), (round(frames / 25 * sound.rate), 0)))
    layout = "mono" if sound.num_channels == 1 else "stereo"
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        pictures = new.add_stream_from_template(old.streams.video[0])
        voice = new.add_stream("aac", rate=sound.rate, layout=layout)
        for packet in old.demux(old.streams.video[0]):
            if packet.dts is not None:
                packet.stream = pictures
                new.mux(packet)
        block = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[:2]), format="fltp", layout=layout)
        block.sample_rate, block.pts, block.time_base = sound.rate, 0, Fraction(1, sound.rate)
        for part in av.AudioResampler(format="fltp", layout=layout, rate=sound.rate, frame_size=1024).resample(block):
            new.mux(voice.encode(part))
        new.mux(voice.encode(None))


if __name__ == "__main__":
    sys.exit(main())

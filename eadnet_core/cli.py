"""The command line: animate, capture, describe, evaluate, bench, and how weights are made; one sentence and status 2 for what is no use."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from .errors import InputError
from .option_values import gaze, number, whole
from .types import DEFAULT_STEPS, EXPORT_FORMATS

MAX_SEED = 2**63 - 1
PARTS = ("mouth", "brows", "eyes", "head")
RECIPES = Path(__file__).parent / "training" / "recipes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status: 0 done, 2 input that cannot be used, 130 cancelled."""
    try:
        with _said_on_stderr(), _cancelled_by_sigterm():
            options = _parser().parse_args(_joined(sys.argv[1:] if arguments is None else arguments))
            options.run(options)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Cancelled.", file=sys.stderr)
        return 130
    return 0


def animate(options: argparse.Namespace) -> None:
    """Portrait, sound and feeling, or a motion, become a video file."""
    from .animate_command import animate

    animate(options)


def capture(options: argparse.Namespace) -> None:
    """A performance in a video becomes a motion file, for `animate --motion`."""
    from .capture_command import capture

    capture(options)


def export(options: argparse.Namespace) -> None:
    """A motion or a recording becomes a file for another program: ARKit, FACS, shape keys, Rhubarb, visemes."""
    _check_folder(options.out)
    from .export_command import export

    export(options)


def describe(options: argparse.Namespace) -> None:
    """A script, a recording or a video becomes a timeline of feelings, and if asked for a plan of Action Units."""
    from .describe_command import describe

    describe(options)


def prompt(options: argparse.Namespace) -> None:
    """What to ask a language model about a script or a recording; its answer is for `describe --answer`."""
    from .describe_command import print_prompt

    print_prompt(options)


def evaluate(options: argparse.Namespace) -> None:
    """Videos are measured, beside real ones where there are any: sync, lips, likeness, emotion, drift; a JSON report with a picture."""
    from .evaluate_command import run

    run(options)


def prepare(options: argparse.Namespace) -> None:
    """Videos of people become motion and sound to learn from, no picture kept; goes on where an earlier run stopped."""
    _check_folder(options.out)
    from .prepare_command import prepare

    prepare(options)


def train_speech(options: argparse.Namespace) -> None:
    """The speech encoder, on a corpus of synthetic speech."""
    _check_folder(options.out)
    _check_recipe(options.recipe)
    from .train_command import train_speech

    train_speech(options)


def train_text(options: argparse.Namespace) -> None:
    """The text encoder, on captions."""
    _check_folder(options.out)
    _check_recipe(options.recipe)
    from .train_command import train_text

    train_text(options)


def train_denoiser(options: argparse.Namespace) -> None:
    """The denoiser, after the networks that judge it; goes on where an earlier run stopped."""
    _check_folder(options.out)
    _check_recipe(options.recipe)
    from .train_command import train_denoiser

    train_denoiser(options)


def corpus(options: argparse.Namespace) -> None:
    """Voices and recordings become the file of speech that the speech encoder learns from."""
    _check_folder(options.out)
    from .corpus_command import check_inputs, corpus

    check_inputs(options.voices, options.grid, options.facegood, options.prepared)
    corpus(options)


def compose(options: argparse.Namespace) -> None:
    """Recordings and voices become the file of performances that the denoiser learns from."""
    _check_folder(options.out)
    from .corpus_command import check_inputs, compose

    check_inputs(options.voices, options.grid, options.facegood, options.prepared)
    compose(options)


def bench(options: argparse.Namespace) -> None:
    """Speed and memory, as JSON."""
    from .bench import measure

    print(measure(options.weights, options.device, options.size, options.seconds, options.repeats).to_json())


def _check_recipe(path: Path) -> None:
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"Recipe {path} cannot be read ({error}); give a JSON file such as those in {RECIPES}.") from error


def _check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise InputError(f"Output {path} lies in {path.parent}, which is no folder; create it or choose another.")


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message[0].upper()}{message[1:]}; see {self.prog} --help.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m eadnet_core", description="A portrait, a recording and a feeling become a talking-head video.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    one = _command(commands, "animate", animate)
    one.add_argument("--portrait", type=Path, required=True, metavar="IMG", help="picture with a face, any size and format")
    one.add_argument("--audio", type=Path, metavar="WAV", help="recording, any format; a video's sound works too")
    one.add_argument(
        "--motion", type=Path, metavar="FILE", help="performance to play, of `capture` or `--save-motion`; sound is then optional"
    )
    one.add_argument("--out", type=Path, required=True, metavar="OUT.mp4", help="video to write (.mp4, .mov or .mkv)")
    one.add_argument("--emotion", metavar="TEXT", help="label (happy, sad, ...) or free text; neutral if not given")
    one.add_argument("--intensity", type=number(0, 1), default=1.0, metavar="X", help="of the emotion, 0 to 1 (default 1)")
    one.add_argument(
        "--timeline", type=Path, metavar="FILE", help="emotions over time, instead of --emotion: lines, or the JSON of `describe`"
    )
    one.add_argument(
        "--au", type=Path, metavar="FILE", help="Action Unit curves over time: CSV, ARKit blendshapes, or a plan of `describe`"
    )
    one.add_argument(
        "--steps", type=whole(1, 20), default=DEFAULT_STEPS, metavar="N", help=f"of the denoising, 1 to 20 (default {DEFAULT_STEPS})"
    )
    one.add_argument("--liveliness", type=number(0, 2), default=1.0, metavar="X", help="how much head and brows go with speech, 0 to 2")
    one.add_argument("--articulation", type=number(0, 2), default=1.0, metavar="X", help="how far lips move, 0 to 2 (default 1)")
    one.add_argument("--hold", type=Path, metavar="FILE", help="performance of which parts are given, see --held")
    one.add_argument("--held", nargs="+", choices=PARTS, default=["head"], metavar="PART", help=f"of it: {', '.join(PARTS)} (default head)")
    one.add_argument("--directions", type=Path, metavar="FILE", help="lines such as `3.5 look left 0.6`, `4 nod`, `6 turn right 12 for 2`")
    one.add_argument("--recogniser", type=Path, metavar="DIR", help="CTC model of phones that listens instead of the pack's own encoder")
    one.add_argument("--save-motion", type=Path, metavar="FILE", help="also keep the performance (.npz or .json)")
    one.add_argument("--keep-expression", type=number(0, 1), default=1.0, metavar="X", help="of the portrait's own, 0 to 1 (default 1)")
    for name, thing in (("audio", "the sound"), ("emotion", "the feeling"), ("au", "Action Units")):
        said = f"how much {thing} counts, 0 (ignored) to 10 (default 1)"
        one.add_argument(f"--{name}-guidance", type=number(0, 10), default=1.0, metavar="X", help=said)
    one.add_argument("--seed", type=whole(0, MAX_SEED), default=0, metavar="N", help="of all that is drawn by chance (default 0)")
    one.add_argument("--size", type=whole(64, 8192), metavar="PX", help="long side of the video (default: the portrait's, at most 2160)")
    one.add_argument("--head", type=number(0, 3), default=1.0, metavar="X", help="head motion, 0 (still) to 3 (default 1)")
    one.add_argument("--blinks", type=number(0, 3), default=1.0, metavar="X", help="blink rate, 0 (none) to 3 (default 1)")
    one.add_argument("--gaze", type=gaze, metavar="X,Y", help="where to look, -1 to 1: right and down in the picture (default: by chance)")
    one.add_argument("--face", type=whole(0, 999), default=0, metavar="N", help="which face, counted from 0 at the largest (default 0)")
    _add_model(one)

    one = _command(commands, "capture", capture)
    one.add_argument("--video", type=Path, required=True, metavar="IN", help="video of a face, any rate, size and orientation")
    one.add_argument("--out", type=Path, required=True, metavar="MOTION", help="motion to write (.npz or .json)")
    one.add_argument("--face", type=whole(0, 999), default=0, metavar="N", help="which face of the first frame that shows any (default 0)")
    one.add_argument("--still", type=whole(0, 10**9), metavar="N", help="frame, from 0, whose still plays it (default: another face does)")
    one.add_argument("--mirror", action="store_true", help="left for right, for a video that a selfie camera has mirrored")

    one = _command(commands, "export", export)
    one.add_argument("--motion", type=Path, metavar="FILE", help="performance, for arkit, facs and shape-keys")
    one.add_argument("--audio", type=Path, metavar="WAV", help="recording, for rhubarb, rhubarb-tsv and visemes")
    one.add_argument(
        "--as", dest="format", required=True, choices=EXPORT_FORMATS, metavar="KIND",
        help="arkit (Live Link Face's CSV), facs (CSV), shape-keys (JSON for Blender), rhubarb (JSON), rhubarb-tsv, visemes (JSON, Oculus)",
    )  # fmt: skip
    one.add_argument("--out", type=Path, required=True, metavar="FILE", help="file to write (.csv, .json or .tsv)")
    one.add_argument("--weights", type=Path, metavar="FILE.safetensors", help="model that hears (default: the one that ships)")

    one = _command(commands, "describe", describe)
    _add_scene(one)
    one.add_argument("--video", type=Path, metavar="FILE", help="a real video: its sound, and its frames for a model that sees")
    one.add_argument(
        "--out", type=Path, required=True, metavar="OUT.txt", help="timeline to write; the exact track goes beside it as .json"
    )
    one.add_argument("--au", type=Path, metavar="PLAN.txt", help="plan of Action Units to write, too; needs a voice")
    one.add_argument("--model", type=Path, metavar="FOLDER", help="language model to ask (default: the built-in reader)")
    one.add_argument("--answer", type=Path, metavar="FILE", help="what another language model answered to `prompt`")
    one.add_argument("--strict", action="store_true", help="refuse an answer with mistakes, instead of mending it with the built-in reader")
    one.add_argument("--seed", type=whole(0, MAX_SEED // 2), default=0, metavar="N", help="of a model's second attempts (default 0)")
    one.add_argument("--device", default="auto", metavar="NAME", help="of a model: auto, cpu, cuda, cuda:1, mps, ... (default auto)")

    _add_scene(_command(commands, "prompt", prompt))

    one = _command(commands, "evaluate", evaluate)
    one.add_argument("--video", type=Path, nargs="+", required=True, metavar="PATH", help="videos to judge, or folders of them")
    one.add_argument("--real", type=Path, nargs="+", metavar="PATH", help="real ones: of the same name, or one for all, or a set")
    one.add_argument("--out", type=Path, required=True, metavar="REPORT.json", help="report to write; its picture goes beside it as .png")
    one.add_argument("--emotion", metavar="LABEL", help="class that was asked for (default: what names of files and folders say)")
    one.add_argument("--phones", type=Path, metavar="FILE", help="what is said when (default: NAME.phones.json beside a video)")
    one.add_argument(
        "--seam-every", type=whole(2, 9999), metavar="N", help="frames from seam to seam of the generator's windows (default: none)"
    )
    one.add_argument("--syncnet", type=Path, metavar="FILE", help="public SyncNet, syncnet_v2.safetensors: Sync-C and Sync-D as in papers")
    one.add_argument("--recogniser", type=Path, metavar="FILE", help="ArcFace IResNet, for identity (default: upper-face appearance)")
    one.add_argument("--frame-features", type=Path, metavar="PATH", help="for FID: Inception-v3 of 2015, or a picture model's folder")
    one.add_argument("--clip-features", type=Path, metavar="PATH", help="for FVD: I3D, or the folder of a video model such as VideoMAE")
    one.add_argument("--lpips", type=Path, metavar="FILE", help="LPIPS over AlexNet")
    one.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, cuda, cuda:1, mps, ... (default auto)")

    one = _command(commands, "bench", bench)
    one.add_argument("--size", type=whole(64, 8192), default=512, metavar="PX", help="side of the video (default 512)")
    one.add_argument("--seconds", type=number(1, 600), default=8.0, metavar="S", help="length of the clip (default 8)")
    one.add_argument("--repeats", type=whole(1, 99), default=3, metavar="N", help="runs; medians are printed (default 3)")
    _add_model(one)

    one = _command(commands, "prepare", prepare)
    one.add_argument("--data", type=Path, nargs="+", required=True, metavar="DIR", help="folders of videos of people who talk")
    one.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of motion to make, or to go on with")
    one.add_argument("--workers", type=whole(1, 999), metavar="N", help="videos at a time (default: one for each processor)")

    kinds = commands.add_parser("train", help="New weights from a recipe.").add_subparsers(required=True, metavar="NAME")
    for name, run in (("speech", train_speech), ("text", train_text), ("denoiser", train_denoiser)):
        one = _command(kinds, name, run)
        one.add_argument("--recipe", type=Path, default=RECIPES / f"{name}.json", metavar="FILE", help="default: the one that ships")
        one.add_argument("--out", type=Path, required=True, metavar="FILE.safetensors", help="weights to write")
        one.add_argument("--minutes", type=number(0.01, 100_000), metavar="M", help="budget (default: the recipe's)")
        one.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, cuda, cuda:1, ... (default auto)")
        one.add_argument("--commit", default="unknown", metavar="NAME", help="version of the code, for the weights' header")
        one.add_argument(
            "--from", dest="start", type=Path, metavar="FILE.safetensors", help="weights to go on from (default: those that ship)"
        )
        one.add_argument("--state", type=Path, metavar="FILE", help="where an interrupted training is kept, and goes on from")
    speech, denoiser = kinds.choices["speech"], kinds.choices["denoiser"]
    speech.add_argument("--speech", type=Path, required=True, metavar="FILE.npz", help="what `corpus` made")
    speech.add_argument("--from-hama", action="store_true", help="begin with hama's recogniser of people (pip install hama)")
    speech.add_argument("--workers", type=whole(0, 999), default=0, metavar="N", help="processes that prepare speech (default: none)")
    denoiser.add_argument("--performances", type=Path, required=True, metavar="FILE.npz", help="what `compose` made")
    denoiser.add_argument("--critics", type=Path, required=True, metavar="DIR", help="folder of the judging networks; trained if not there")

    for name, run in (("corpus", corpus), ("compose", compose)):
        one = _command(commands, name, run)
        one.add_argument("--voices", type=Path, nargs="+", metavar="DIR", help="utterances of scripts/make_voices.py")
        one.add_argument("--grid", type=Path, metavar="DIR", help="motion of talker 1 of the GRID corpus")
        one.add_argument("--facegood", type=Path, metavar="DIR", help="takes of FACEGOOD-Audio2Face")
        one.add_argument("--prepared", type=Path, metavar="DIR", help="what `prepare` made of your own videos")
        one.add_argument("--sounds", type=number(0, 600), default=10.0, metavar="M", help="minutes in which nobody speaks (default 10)")
        one.add_argument("--seed", type=whole(0, MAX_SEED), default=0, metavar="N")
        one.add_argument("--out", type=Path, required=True, metavar="FILE.npz", help="file to write")
        if run is compose:
            one.add_argument("--speech", type=Path, required=True, metavar="FILE.npz", help="what `corpus` made: sounds beside voices")
            one.add_argument("--captions", type=whole(1, 10**6), default=12_000, metavar="N", help="drawn by the grammar (default 12000)")
            one.add_argument("--weights", type=Path, metavar="FILE", help="whose speech encoder hears (default: that which ships)")
    return parser


def _command(commands: argparse._SubParsersAction, name: str, run: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
    parser.set_defaults(run=run)
    return parser


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weights", type=Path, metavar="FILE", help="checkpoint of the motion model (default: the one that ships with the package)"
    )
    parser.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, cuda, cuda:1, mps, ... (default auto)")


def _add_scene(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--script", type=Path, metavar="FILE", help="text of what is said")
    parser.add_argument("--audio", type=Path, metavar="WAV", help="recording of it, any format")


def _joined(arguments: Sequence[str]) -> list[str]:
    """The arguments with `--gaze -0.3,0` as one word: argparse takes it for two options otherwise."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] == "--gaze":
            joined[-1] = f"--gaze={argument}"
        else:
            joined.append(argument)
    return joined


@contextmanager
def _said_on_stderr() -> Iterator[None]:
    """What the library has to say (a picture brought down, several faces) goes to stderr as it is."""
    handler, logger = logging.StreamHandler(sys.stderr), logging.getLogger("eadnet_core")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)


@contextmanager
def _cancelled_by_sigterm() -> Iterator[None]:
    """Ends as Ctrl-C does, without a half-written file, when a terminal or a service asks the process to stop."""

    def cancel(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

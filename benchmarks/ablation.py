"""What the parts of the denoiser are worth: arms trained alike from nothing, measured alike; one JSON file, a table and a plot.

    python -m benchmarks.ablation --performances performances.npz --critics critics --minutes 60

An arm that is trained or measured is not done again; a stopped one goes on where it was. Figures are of windows of recordings that were
held out of training (`compose` keeps each twelfth clip of GRID), and of minutes made of them:
    lips_r    correlation of the made gap of the lips with the recorded one
    sync      share of windows whose sound fits better than when it is shifted by more than a frame, of 15 shifts, by a SyncNet that
              took part in no training; beside it the same of the recordings
    felt      correlation of a window's mean brows, eyes and mouth with the true ones: is the feeling shown that is told?
    turns     deviation of the head's yaw, pitch and roll against that of true windows, 1 is alike
    seam      change of motion's speed where windows of a minute meet, against elsewhere;  wander: of the head, last against first ten
              seconds, degrees
    alike     correlation of the gap of two seeds
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import matplotlib as mpl
import numpy as np
import torch
from matplotlib import pyplot as plt
from torch import Generator, Tensor

from eadnet_core.corpus_command import HELD_OUT
from eadnet_core.denoiser.conditions import Conditions
from eadnet_core.denoiser.config import DenoiserConfig
from eadnet_core.denoiser.denoiser import Denoiser
from eadnet_core.device import choose_device
from eadnet_core.diffusion.sampler import HELD_FRAMES, WINDOW_FRAMES, sample
from eadnet_core.motion.by_rule import motion_by_rule
from eadnet_core.motion.latent import LatentLayout, to_latent
from eadnet_core.motion.mouth_maps import MouthMaps
from eadnet_core.motion.prior import still
from eadnet_core.speech.visemes import viseme_curves
from eadnet_core.train_command import judging_networks
from eadnet_core.training.composition import Batch, Composer
from eadnet_core.training.critics import SYNC_FRAMES, MotionSyncNet
from eadnet_core.training.denoiser import DenoiserRecipe, train_denoiser
from eadnet_core.training.performances import Performances
from eadnet_core.training.progress import print_losses

ROOT = Path(__file__).resolve().parent.parent
RECIPE = ROOT / "eadnet_core/training/recipes/denoiser.json"
WINDOWS, MINUTE_WINDOWS, SHIFTS = 48, 15, 7
Motion = Callable[[Conditions, int], Tensor]
"""Latent motion [N, C] of conditions of one clip and a seed."""


class Wordless(Composer):
    """Draws what a composer draws, with captions left out."""

    def draw(self, generator: Generator, batch: int) -> Batch:
        drawn = super().draw(generator, batch)
        return replace(drawn, given=replace(drawn.given, text_weights=torch.zeros_like(drawn.given.text_weights)))


ARMS: dict[str, tuple[dict[str, object], dict[str, object], type[Composer]]] = {
    "full": ({}, {}, Composer),
    "full, another seed": ({}, {"seed": 1}, Composer),
    "without STDA": ({"attention": "space_time"}, {}, Composer),
    "through time only": ({"attention": "time"}, {}, Composer),
    "without TFRM": ({"graph": False}, {}, Composer),
    "without SyncNet": ({}, {"sync": 0.0}, Composer),
    "without TREPA": ({}, {"trepa": 0.0}, Composer),
    "without text": ({}, {}, Wordless),
}
"""What is different of the denoiser's configuration, of the recipe, and of what is drawn."""
BY_RULE = "by rule"


def main() -> int:
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    device, data = choose_device(options.device), Performances.load(options.performances)
    held, heard = (np.flatnonzero((data.sources == HELD_OUT) == kept_out) for kept_out in (True, False))
    recipe = replace(DenoiserRecipe.read(RECIPE), windows=options.windows)
    every = Composer(data, DenoiserConfig(), recipe.frames, device, heard)
    sync, encoder, measuring = judging_networks(options.critics, every, recipe, options.minutes / 8)
    tests = Composer(data, DenoiserConfig(), WINDOW_FRAMES, device, held)
    path = options.work / "figures.json"
    figures = json.loads(path.read_text()) if path.is_file() else {}
    for name in options.arms:
        if name not in figures:
            if name == BY_RULE:
                motion: Motion = ruled
                steps = 0
            else:
                shape, change, kind = ARMS[name]
                torch.manual_seed(int(str(change.get("seed", 0))))
                net = Denoiser(replace(DenoiserConfig(), **shape))  # type: ignore[arg-type]
                composer = kind(data, net.config, recipe.frames, device, heard)
                made = train_denoiser(
                    composer, net, (sync, encoder), replace(recipe, **change), options.minutes, print_losses,  # type: ignore[arg-type]
                    options.work / f"{name.replace(' ', '_').replace(',', '')}.state",
                )  # fmt: skip
                motion, steps = drawn(made.net), made.steps
            figures[name] = {"steps": steps, **measure(motion, tests, measuring.to(device))}
            path.write_text(json.dumps(figures, indent=1, ensure_ascii=False))
            print(name, figures[name], file=sys.stderr, flush=True)
    print(table(figures))
    plot(figures, options.work / "ablation.png")
    return 0


def drawn(net: Denoiser) -> Motion:
    """Motion out of a trained denoiser."""
    return lambda given, seed: sample(net, given, seed)


def ruled(given: Conditions, seed: int) -> Tensor:
    """Motion by rule from what is heard alone, the head at rest."""
    frames = given.prosody.shape[1]
    motion = motion_by_rule(viseme_curves(given.phones[0].cpu().numpy()), given.units[0].cpu().numpy(), still(frames), Fraction(frames, 25))
    return torch.from_numpy(to_latent(motion))


def measure(motion: Motion, tests: Composer, measuring: MotionSyncNet) -> dict[str, float]:
    """Figures of one arm; what each is stands at the top."""
    generator = Generator(tests.device).manual_seed(0)
    batch = tests.draw(generator, WINDOWS)
    layout, gap = LatentLayout.of_face(), torch.from_numpy(MouthMaps.of_face().gap)
    made = [torch.stack([motion(given, seed).float() for given in _singly(batch.given)]) for seed in (0, 1)]
    true = batch.motion.float().cpu()
    parted, other, wanted = (m[..., layout.expression] @ gap for m in (*made, true))
    felt = torch.from_numpy(layout.of_part("mouth") | layout.of_part("brows") | layout.of_part("eyes"))
    minute = motion(_joined(batch.given, MINUTE_WINDOWS), 0)
    jolt = minute.diff(n=2, dim=0).norm(dim=1)
    fresh = WINDOW_FRAMES - HELD_FRAMES
    seams = torch.arange(WINDOW_FRAMES, len(minute) - 2, fresh) - 1
    turned = minute[:, layout.rotation]
    return {
        "lips_r": _r(parted, wanted),
        "sync": _fits(made[0], batch.said, measuring),
        "sync_true": _fits(true, batch.said, measuring),
        "felt": _r(made[0][..., felt].mean(1).T, true[..., felt].mean(1).T),
        "turns": float((made[0][..., layout.rotation].std(1) / true[..., layout.rotation].std(1).clamp(min=1e-3)).median()),
        "seam": float(jolt[seams].mean() / jolt.mean()),
        "wander": float(3 * (turned[-250:].mean(0) - turned[:250].mean(0)).abs().max()),
        "alike": _r(parted, other),
    }


def _singly(given: Conditions) -> Iterator[Conditions]:
    """Each clip of a batch as a batch of one, on the CPU."""
    names = given.__dataclass_fields__
    for row in range(len(given.prosody)):
        yield Conditions(*(getattr(given, name)[row : row + 1].cpu() for name in names))


def _joined(given: Conditions, count: int) -> Conditions:
    """Clips of a batch one after another, with the words and the manner of the first."""
    clips = list(_singly(given))[:count]
    names = [name for name in given.__dataclass_fields__ if name not in ("text", "manner")]
    parts = {name: torch.cat([getattr(clip, name) for clip in clips], 1) for name in names}
    return Conditions(**parts, text=clips[0].text, manner=clips[0].manner)


def _r(one: Tensor, other: Tensor) -> float:
    """Mean correlation of rows [B, N]."""
    a, b = (x - x.mean(1, keepdim=True) for x in (one, other))
    return float(((a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1)).clamp(min=1e-6)).mean())


@torch.inference_mode()
def _fits(motion: Tensor, said: Tensor, net: MotionSyncNet) -> float:
    """Share of stretches whose own sound, or that of a frame beside, fits best of 15 shifts."""
    device = next(net.parameters()).device
    first = (motion.shape[1] - SYNC_FRAMES) // 2
    lips = motion[:, first : first + SYNC_FRAMES].to(device)
    scores = []
    for shift in range(-SHIFTS, SHIFTS + 1):
        start = 2 * (first + shift)
        scores.append(net(lips, said[:, start : start + 2 * SYNC_FRAMES].to(device).float()))
    best = torch.stack(scores).argmax(0) - SHIFTS
    return float((best.abs() <= 1).float().mean())


def table(figures: dict[str, dict[str, float]]) -> str:
    """The figures in Markdown."""
    names = list(next(iter(figures.values())))
    lines = ["| arm | " + " | ".join(names) + " |", "|" + "---|" * (len(names) + 1)]
    for arm, row in figures.items():
        lines.append(f"| {arm} | " + " | ".join(f"{row[name]:.0f}" if name == "steps" else f"{row[name]:.3f}" for name in names) + " |")
    return "\n".join(lines)


def plot(figures: dict[str, dict[str, float]], path: Path) -> None:
    """Bars of the figures that are shares or correlations, an arm a colour."""
    mpl.use("Agg")
    shown = ("lips_r", "alike", "sync", "felt", "turns")
    figure, axes = plt.subplots(figsize=(11, 4), layout="constrained")
    for place, (arm, row) in enumerate(figures.items()):
        at = np.arange(len(shown)) + (place - len(figures) / 2) * 0.8 / len(figures)
        axes.bar(at, [row[name] for name in shown], 0.75 / len(figures), label=arm)
    axes.set_xticks(np.arange(len(shown)), shown)
    axes.legend(fontsize=8)
    figure.savefig(path, dpi=110)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--performances", type=Path, required=True, help="what `compose` made")
    parser.add_argument("--critics", type=Path, required=True, help="folder of the judging networks; trained if not there")
    parser.add_argument("--minutes", type=float, default=60, help="for each arm")
    parser.add_argument("--windows", type=int, default=16, help="in a batch")
    parser.add_argument("--arms", nargs="+", choices=[*ARMS, BY_RULE], default=[*ARMS, BY_RULE])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--work", type=Path, default=ROOT / "output/ablation", help="states and figures are kept here")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""What each idea is worth: `python -m benchmarks.ablation --speech CORPUS.npz --out FOLDER`.

Trains the arms of ablation_arms one after another, all for as many steps and with the same seed as the full one, and judges each on the
same held-out drawn clips, as well as the full one with a network that adds nothing to its rig. What is finished is kept in the folder and
not made again; a training that was stopped goes on. With --judge each arm also goes through real_eval.py on real portraits.
"""

from __future__ import annotations

import argparse
import json
import math
import shlex
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import torch
from torch import Tensor

from eadnet_core.checkpoint import SYNCNET_JUDGE_WEIGHTS, SYNCNET_WEIGHTS, load_denoiser, load_syncnet, read_header, save_checkpoint
from eadnet_core.models.denoiser import Denoiser, DenoiserConfig
from eadnet_core.synthetic.speech_corpus import SpeechCorpus, load_corpus
from eadnet_core.training.base.recipe import BaseRecipe
from eadnet_core.training.base.supervision import load_supervision
from eadnet_core.training.base.train import train_base
from eadnet_core.training.video.recipe import VideoRecipe
from eadnet_core.training.video.train import train_video

from .ablation_arms import RIG_ALONE, Arm, make_arms, rig_alone
from .ablation_measures import draw_held_out, measure, measure_truth, window_cpu_ms
from .ablation_report import draw_plot, write_judged_table, write_table

RECIPE = Path(__file__).with_name("ablation.json")
VIDEO_RECIPE = Path(__file__).parents[1] / "eadnet_core" / "training" / "recipes" / "video.json"
HELD_OUT_SEED = 987


@dataclass(frozen=True, kw_only=True)
class Ablation:
    """All that decides what comes out.

    Attributes:
        speech: The corpus's file.
        out: Folder for what is made.
        recipe: Of the full arm; its minutes are those of the full arm's training, and the others make as many steps.
        config: The full arm's network.
        video_minutes: Of the video encoder's training.
        num_clips: Held-out clips.
        judge: How to call real_eval.py, but for --command, --work and --json; None: not at all.
    """

    speech: Path
    out: Path
    recipe: BaseRecipe
    config: DenoiserConfig
    video_minutes: float
    num_clips: int
    judge: str | None

    def run(self) -> None:
        """Trains, judges, and writes ablation.json, ablation.md and ablation.png."""
        self.out.mkdir(parents=True, exist_ok=True)
        corpus = load_corpus(self.speech)
        self._train_video_encoder(corpus)
        arms = make_arms(self.recipe, self.config)
        steps: int | None = None
        for arm in arms:
            if not self._weights(arm).exists():
                self._train(arm, corpus, steps)
            steps = steps or int(read_header(self._weights(arm)).provenance["steps"])
        if self.judge is not None:
            for arm in arms:
                self._judge(arm, self.judge)
        self._report(arms, corpus)

    def _weights(self, arm: Arm) -> Path:
        return self.out / f"{arm.name.replace(' ', '-')}.safetensors"

    @property
    def _video_encoder(self) -> Path:
        return self.out / "video-encoder.safetensors"

    def _train_video_encoder(self, corpus: SpeechCorpus) -> None:
        if not self._video_encoder.exists():
            recipe = VideoRecipe.read(VIDEO_RECIPE)
            fit = train_video(recipe, corpus.training, self.video_minutes, progress=_say)
            provenance = {"recipe": recipe.to_dict(), "steps": fit.steps, "losses": fit.losses}
            save_checkpoint(self._video_encoder, fit.net, fit.net.config, provenance)

    def _train(self, arm: Arm, corpus: SpeechCorpus, steps: int | None) -> None:
        """Trains for `steps`, or for the recipe's minutes where None; goes on where it was stopped."""
        print(arm.name, file=sys.stderr)
        path = self._weights(arm)
        supervision = load_supervision(arm.recipe, SYNCNET_WEIGHTS, self._video_encoder, torch.device("cpu"))
        state_path = path.with_suffix(".state")
        state = train_base(
            arm.recipe, corpus.training, arm.recipe.minutes, state_path, arm.config, supervision=supervision, steps=steps, progress=_say
        )
        net = state.average.module
        assert isinstance(net, Denoiser)
        provenance = {"recipe": arm.recipe.to_dict(), "steps": state.step, "minutes": round(state.spent_s / 60, 1)}
        save_checkpoint(path, net, net.config, provenance)
        state_path.unlink()

    def _judge(self, arm: Arm, judge: str) -> None:
        weights = self._weights(arm)
        figures, videos = weights.with_suffix(".judged.json"), weights.with_suffix("")
        if not figures.exists():
            animate = f"{shlex.quote(sys.executable)} -m eadnet_core animate --weights {shlex.quote(str(weights))} --seed 0"
            places = "--portrait {portrait} --audio {audio} --emotion {emotion} --out {out}"
            words = ["--command", f"{animate} {places}", "--work", str(videos), "--json", str(figures)]
            subprocess.run([*shlex.split(judge), *words], check=True)

    def _report(self, arms: list[Arm], corpus: SpeechCorpus) -> None:
        judge = load_syncnet(SYNCNET_JUDGE_WEIGHTS)
        examples = draw_held_out(corpus.held_out, self.num_clips, self.recipe.size, HELD_OUT_SEED)
        nets = {arm.name: load_denoiser(self._weights(arm)) for arm in arms}
        measured = nets | {RIG_ALONE: rig_alone(nets[arms[0].name])}
        found = {name: _plain(measure(net, judge, examples, HELD_OUT_SEED)) for name, net in measured.items()}
        truth = _plain(measure_truth(judge, examples))
        costs = {name: round(window_cpu_ms(net, examples[0])) for name, net in nets.items()}
        table = write_table(found, truth, costs)
        if self.judge is not None:
            judged = {arm.name: json.loads(self._weights(arm).with_suffix(".judged.json").read_text())["figures"] for arm in arms}
            table += "\n" + write_judged_table(judged)
        origin = read_header(self._weights(arms[0])).provenance
        kept = {"full": origin, "clips": self.num_clips, "cpu_ms": costs, "figures": found, "truth": truth}
        (self.out / "ablation.json").write_text(json.dumps(kept))
        (self.out / "ablation.md").write_text(table)
        if not cv2.imwrite(str(self.out / "ablation.png"), draw_plot(found)[:, :, ::-1]):
            raise OSError(f"{self.out / 'ablation.png'} cannot be written.")
        print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description="What each idea is worth.")
    parser.add_argument("--speech", type=Path, required=True, help="corpus that `synth speech` made")
    parser.add_argument("--out", type=Path, required=True, help="folder for what is made; a second run goes on from it")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="of the full arm (default: benchmarks/ablation.json)")
    parser.add_argument("--minutes", type=float, help="of the full arm's training (default: the recipe's); the others make as many steps")
    parser.add_argument("--video-minutes", type=float, help="of the video encoder's training (default: its recipe's)")
    parser.add_argument("--clips", type=int, default=96, help="held-out clips (default 96)")
    parser.add_argument("--judge", help="how to call real_eval.py, but for --command, --work and --json; for recipes of size 128")
    options = parser.parse_args()
    recipe = BaseRecipe.read(options.recipe)
    ablation = Ablation(
        speech=options.speech,
        out=options.out,
        recipe=recipe if options.minutes is None else replace(recipe, minutes=options.minutes),
        config=DenoiserConfig(),
        video_minutes=VideoRecipe.read(VIDEO_RECIPE).minutes if options.video_minutes is None else options.video_minutes,
        num_clips=options.clips,
        judge=options.judge,
    )
    ablation.run()


def _plain(figures: dict[str, Tensor]) -> dict[str, list[float | None]]:
    return {name: [None if math.isnan(v) else v for v in values.tolist()] for name, values in figures.items()}


def _say(step: int, steps: int, losses: dict[str, float]) -> None:
    if step % 100 == 0:
        print(f"step {step}/{steps or '?'}", *(f"{name} {value:.3f}" for name, value in losses.items()), file=sys.stderr)


if __name__ == "__main__":
    main()

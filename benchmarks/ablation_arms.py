"""The arms of the ablation: the full model, and the full model without each of the four ideas and without text."""

from __future__ import annotations

from dataclasses import dataclass, replace

from eadnet_core.models.denoiser import DenoiserConfig
from eadnet_core.training.base.recipe import BaseRecipe


@dataclass(frozen=True)
class Arm:
    """One training.

    Attributes:
        name: What it lacks.
        recipe: How it is trained.
        config: The network.
    """

    name: str
    recipe: BaseRecipe
    config: DenoiserConfig


def make_arms(recipe: BaseRecipe, config: DenoiserConfig) -> list[Arm]:
    """All arms of a recipe that has every idea; the full one comes first.

    Strip attention is replaced by spatial and temporal attention of equal parameters; frame graphs, losses and text are left out.
    """

    def without(name: str) -> BaseRecipe:
        return replace(recipe, weights={**recipe.weights, name: 0.0})

    graph = replace(config.graph, enabled=False)
    conditioning = replace(config.conditioning, reads_text=False)
    return [
        Arm("full", recipe, config),
        Arm("without SyncNet", without("sync"), config),
        Arm("without TREPA", without("trepa"), config),
        Arm("without STDA", recipe, replace(config, directions="space_time")),
        Arm("without TFRM", recipe, replace(config, graph=graph)),
        Arm("without text", replace(recipe, captions=0), replace(config, conditioning=conditioning)),
    ]

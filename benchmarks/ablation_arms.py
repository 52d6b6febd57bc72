"""The arms of the ablation: the full model, without each of the four ideas, without text, and without the network."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

from torch import nn

from eadnet_core.models.denoiser import Denoiser, DenoiserConfig
from eadnet_core.training.base.recipe import BaseRecipe

RIG_ALONE = "rig alone"


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


def rig_alone(net: Denoiser) -> Denoiser:
    """The same network with a head that adds nothing, as before its training: what the rig does with the speech and text that it reads."""
    rig = copy.deepcopy(net)
    for layer in (rig.head.to_warp, rig.head.to_shapes[-1]):
        assert isinstance(layer, nn.Conv2d) and layer.bias is not None
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
    return rig

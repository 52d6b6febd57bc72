"""Endless training batches from slowly changing pools of drawn faces and backgrounds."""

from __future__ import annotations

from dataclasses import astuple

from torch import Generator

from ...face.locator_net import LocatorConfig
from .pool import BackgroundPool, DrawFaces, FacePool
from .recipe import LocatorRecipe
from .reservoir import Reservoir
from .scenes import Crops, Scenes, draw_crops, draw_scenes, half_mirrored

FIRST_BATCHES = 4
"""Batches' worth of pictures made before the first step."""


class Supply:
    """Crops for the landmark network, or scenes for the proposal network."""

    def __init__(self, recipe: LocatorRecipe, part: str, config: LocatorConfig, draw: DrawFaces, generator: Generator) -> None:
        self.recipe, self.part, self.config, self.draw, self.generator = recipe, part, config, draw, generator
        self.faces = FacePool.drawn(draw, generator, recipe.first_faces)
        self.backgrounds = BackgroundPool.drawn(generator, recipe.first_faces, recipe.scene_size, self.faces)
        self.pictures = Reservoir(recipe.reservoir)
        for _ in range(FIRST_BATCHES):
            self._make(recipe.batch_size)

    def batch(self, step: int) -> Crops | Scenes:
        """The samples of a step."""
        recipe = self.recipe
        if step and step % recipe.steps_between_new_faces == 0:
            self.faces = self.faces.joined(FacePool.drawn(self.draw, self.generator, recipe.new_faces), recipe.num_faces)
            fresh = BackgroundPool.drawn(self.generator, recipe.new_faces, recipe.scene_size, self.faces)
            self.backgrounds = self.backgrounds.joined(fresh, recipe.num_faces)
        if step and step % recipe.steps_between_new_pictures == 0:
            self._make(recipe.new_pictures)
        drawn = self.pictures.draw(self.generator, recipe.batch_size)
        return half_mirrored(self.generator, Crops(*drawn)) if self.part == "landmark" else Scenes(*drawn)

    def _make(self, count: int) -> None:
        recipe, config = self.recipe, self.config
        source = self.generator, self.faces, self.backgrounds, count
        made: Crops | Scenes
        if self.part == "landmark":
            made = draw_crops(*source, config.crop_size, config.crop_extent, config.crop_center, recipe.no_face)
        else:
            made = draw_scenes(*source, recipe.scene_size, recipe.eye_distances, recipe.no_face)
        self.pictures.add(astuple(made))

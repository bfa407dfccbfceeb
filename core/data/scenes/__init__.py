"""A small world with known truth: pictures of things, one sentence for each, and the box that each word refers to."""

from core.data.scenes.grammar import RELATIONS, WORDS, Meaning
from core.data.scenes.things import COLOURS, NAMES, SIZES, TEXTURES, Thing
from core.data.scenes.world import HELD_OUT, SIDE, SPLITS, Box, Scene, make_scene, make_scenes, split_of

__all__ = [
    "COLOURS", "HELD_OUT", "NAMES", "RELATIONS", "SIDE", "SIZES", "SPLITS", "TEXTURES", "WORDS",
    "Box", "Meaning", "Scene", "Thing", "make_scene", "make_scenes", "split_of",
]  # fmt: skip

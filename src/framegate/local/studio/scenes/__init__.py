"""Scenes: each painter makes the layers of one kind of place from dice, a palette and a size."""

from __future__ import annotations

from collections.abc import Callable

from framegate.local.studio import words
from framegate.local.studio.layers import Canvas, Scene
from framegate.local.studio.palette import ramp_of
from framegate.local.studio.scenes.abstract import crystal, flow, silk
from framegate.local.studio.scenes.city import city
from framegate.local.studio.scenes.land import dunes, peaks
from framegate.local.studio.scenes.sea import sea
from framegate.local.studio.scenes.space import nebula
from framegate.local.studio.seeds import generator

PAINTERS: dict[str, Callable[[Canvas], Scene]] = {
    "city": city,
    "crystal": crystal,
    "dunes": dunes,
    "flow": flow,
    "nebula": nebula,
    "peaks": peaks,
    "sea": sea,
    "silk": silk,
    "portrait": silk,
    "puddle": sea,
    "burst": nebula,
    "underwater": silk,
    "winter": peaks,
    "aurora": peaks,
    "forest": peaks,
    "meadow": peaks,
    "clouds": peaks,
}

SUITING: dict[str, tuple[str, ...]] = {}


def paint(prompt: str, seed: int, width: int, height: int) -> Scene:
    """The scene that the prompt's words ask for; where they ask for none, one by the dice."""
    rng = generator("scene", prompt.strip().lower(), seed)
    place = words.choose(prompt, words.SCENES, rng, words.FAVOURITES)
    suiting = SUITING.get(place, tuple(words.PALETTES))
    colours = ramp_of(words.choose(prompt, words.PALETTES, rng, suiting), rng)
    canvas = Canvas(rng, height, width, colours, frozenset(words.tokens(prompt)))
    return PAINTERS[place](canvas)

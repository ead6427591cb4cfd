"""Scenes: each painter makes the layers of one kind of place from dice, a palette and a size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from framegate.local.studio import words
from framegate.local.studio.layers import Canvas, Scene
from framegate.local.studio.palette import ramp_of
from framegate.local.studio.scenes.abstract import crystal, flow, silk
from framegate.local.studio.scenes.aloft import clouds
from framegate.local.studio.scenes.city import city
from framegate.local.studio.scenes.garden import meadow
from framegate.local.studio.scenes.land import dunes, peaks
from framegate.local.studio.scenes.night import burst
from framegate.local.studio.scenes.north import aurora
from framegate.local.studio.scenes.portrait import portrait
from framegate.local.studio.scenes.rain import puddle
from framegate.local.studio.scenes.reef import underwater
from framegate.local.studio.scenes.sea import sea
from framegate.local.studio.scenes.snow import winter
from framegate.local.studio.scenes.space import nebula
from framegate.local.studio.scenes.woods import forest
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
    "aurora": aurora,
    "burst": burst,
    "clouds": clouds,
    "forest": forest,
    "meadow": meadow,
    "portrait": portrait,
    "puddle": puddle,
    "underwater": underwater,
    "winter": winter,
}

SUITING: dict[str, tuple[str, ...]] = {
    "aurora": ("aurora", "aurora", "space"),
    "burst": ("rose", "sunset", "space", "gold"),
    "city": ("neon", "sunset", "rose", "space"),
    "clouds": ("dawn", "sunset", "winter", "rose", "ocean"),
    "crystal": ("ocean", "space", "aurora", "rose", "gold"),
    "dunes": ("desert", "sunset", "gold"),
    "flow": ("sunset", "ocean", "aurora", "fire", "gold", "autumn", "space"),
    "forest": ("forest", "gold", "autumn", "dawn"),
    "meadow": ("spring", "sunset", "gold", "dawn", "rose"),
    "nebula": ("space", "rose", "ocean", "fire"),
    "peaks": ("dawn", "sunset", "winter", "ocean", "autumn"),
    "portrait": ("gold", "rose", "sunset", "dawn", "ocean"),
    "puddle": ("storm", "sunset", "ocean", "neon"),
    "sea": ("sunset", "dawn", "ocean", "rose"),
    "silk": ("gold", "rose", "ocean", "sunset", "space", "fire"),
    "underwater": ("ocean", "aurora"),
    "winter": ("winter", "ice", "dawn"),
}
"""Palettes that suit a scene, for prompts that name no colour; the others take any."""


def paint(prompt: str, seed: int, width: int, height: int) -> Scene:
    """The scene that the prompt's words ask for; where they ask for none, one by the dice."""
    rng = generator("scene", prompt.strip().lower(), seed)
    place = words.choose(prompt, words.SCENES, rng, words.FAVOURITES)
    suiting = SUITING.get(place, tuple(words.PALETTES))
    colours = ramp_of(words.choose(prompt, words.PALETTES, rng, suiting), rng)
    canvas = Canvas(rng, height, width, colours, frozenset(words.tokens(prompt)))
    return replace(PAINTERS[place](canvas), ramp=colours)

"""Which kind of thing a model makes, told by its public name: for formats whose requests do not say."""

from __future__ import annotations

from framegate.core.task import Kind

# The first row with a prefix of the name wins, so the narrower name stands above the wider one.
PREFIXES: tuple[tuple[str, Kind], ...] = (
    ("gpt-4o-mini-tts", Kind.SPEECH),
    ("tts", Kind.SPEECH),
    ("speech", Kind.SPEECH),
    ("eleven_", Kind.SPEECH),
    ("suno", Kind.MUSIC),
    ("chirp", Kind.MUSIC),
    ("music", Kind.MUSIC),
    ("lyria", Kind.MUSIC),
    ("riffusion", Kind.MUSIC),
    ("stable-audio", Kind.MUSIC),
    ("flux", Kind.IMAGE),
    ("gpt-image", Kind.IMAGE),
    ("gpt_image", Kind.IMAGE),
    ("gen4_image", Kind.IMAGE),
    ("dall-e", Kind.IMAGE),
    ("midjourney", Kind.IMAGE),
    ("mj", Kind.IMAGE),
    ("niji", Kind.IMAGE),
    ("photon", Kind.IMAGE),
    ("seedream", Kind.IMAGE),
    ("imagen", Kind.IMAGE),
    ("ideogram", Kind.IMAGE),
    ("recraft", Kind.IMAGE),
    ("stable-diffusion", Kind.IMAGE),
    ("stable-image", Kind.IMAGE),
    ("sd3", Kind.IMAGE),
    ("cogview", Kind.IMAGE),
    ("kolors", Kind.IMAGE),
    ("sandbox-image", Kind.IMAGE),
    ("sandbox-music", Kind.MUSIC),
    ("sandbox-speech", Kind.SPEECH),
)


def kind_of(model: str) -> Kind:
    """The kind by the name's beginning; a name with the word "image" in it makes images; any other makes videos."""
    name = model.lower()
    known = next((kind for prefix, kind in PREFIXES if name.startswith(prefix)), None)
    words = name.replace("_", "-").split("-")
    return known or (Kind.IMAGE if "image" in words or "image3" in words else Kind.VIDEO)

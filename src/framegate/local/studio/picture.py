"""Pictures: from words, or after a reference that stays recognisable."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image, PngImagePlugin

from framegate.local.studio.brief import BadMedia, Brief
from framegate.local.studio.field import bloom, blur, grid, length, mix, noise, ramp
from framegate.local.studio.layers import compose, finish
from framegate.local.studio.mark import mark_for, stamp
from framegate.local.studio.media import covering, open_picture
from framegate.local.studio.palette import ramp_of, shade
from framegate.local.studio.planes import Bytes
from framegate.local.studio.scenes import paint
from framegate.local.studio.seeds import generator
from framegate.local.studio.weather import breathe
from framegate.local.studio.words import PALETTES, WEATHERS, choose, scores

MOST_PAINTED = 2_200_000
"""Pixels that are painted; larger pictures are enlarged from that."""


LARGEST_ENLARGED = 8192
"""The longer side of an enlarged picture, at most."""


def inner_size(width: int, height: int, most: int) -> tuple[int, int]:
    """The size at which to work: even, of the same shape, at most `most` pixels."""
    if width * height <= most:
        return width, height
    factor = (most / (width * height)) ** 0.5
    return max(2, int(width * factor) & ~1), max(2, int(height * factor) & ~1)


def picture(brief: Brief) -> Bytes:
    """The picture that the brief asks for, as sRGB bytes with its watermark."""
    size = (brief.width, brief.height)
    inner = inner_size(*size, MOST_PAINTED)
    source = brief.references[0] if brief.references else brief.first
    if brief.upscale > 1:
        return _enlarged(brief, source)
    if source is None:
        scene = paint(brief.prompt, brief.seed, *inner)
        rng = generator("air", brief.prompt.strip().lower(), brief.seed)
        painted = finish(compose(scene), rng)
        painted = breathe(painted, scene, choose(brief.prompt, WEATHERS, rng, (scene.weather,)), rng)
    else:
        painted = restyled(covering(open_picture(source, inner), *inner), brief)
    if inner != size:
        painted = sharpened(cv2.resize(painted, size, interpolation=cv2.INTER_LANCZOS4), 0.35)
    if brief.watermark:
        stamp(painted, mark_for(*size), white=255, black=0)
    return painted


def _enlarged(brief: Brief, source: str | None) -> Bytes:
    if source is None:
        raise ValueError("an enlarged picture needs a reference")
    rgb = open_picture(source)
    width, height = rgb.shape[1] * brief.upscale, rgb.shape[0] * brief.upscale
    if max(width, height) > LARGEST_ENLARGED:
        raise BadMedia(
            f"enlarged {brief.upscale} times the picture is {width}x{height}; at most {LARGEST_ENLARGED} are made"
        )
    out = sharpened(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_LANCZOS4), 0.35)
    if brief.watermark:
        stamp(out, mark_for(width, height), white=255, black=0)
    return out


def sharpened(rgb: Bytes, amount: float) -> Bytes:
    """A light unsharp mask."""
    soft = cv2.GaussianBlur(rgb, (0, 0), 1.2)
    return cv2.addWeighted(rgb, 1 + amount, soft, -amount, 0)


def restyled(rgb: Bytes, brief: Brief) -> Bytes:
    """The picture painted over in the colours that the prompt asks for: smooth areas, kept edges, its own light."""
    rng = generator("style", brief.prompt.strip().lower(), brief.seed)
    height, width = rgb.shape[:2]
    colours = ramp_of(choose(brief.prompt, PALETTES, rng, tuple(PALETTES)), rng)
    half = cv2.resize(rgb, (max(2, width // 2), max(2, height // 2)), interpolation=cv2.INTER_AREA)
    for _ in range(2):
        half = cv2.bilateralFilter(half, 7, 38, 5)
    smooth = cv2.resize(half, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32) / 255
    original = rgb.astype(np.float32) / 255
    edges = original - blur(original, max(1.0, min(height, width) / 400))
    painted = smooth + edges * 0.8
    if len(brief.references) > 1:
        painted = _with_colours_of(painted, open_picture(brief.references[1], (256, 256)))
    light = cv2.cvtColor(painted.clip(0, 1).astype(np.float32), cv2.COLOR_RGB2GRAY)
    low, high = np.percentile(light[::4, ::4], (1, 99))
    level = ramp(light, float(low) - 0.05, float(high) + 0.05)
    share = 0.55 if scores(brief.prompt, PALETTES) else 0.30
    toned = mix(painted, shade(colours, 0.06 + 0.9 * (0.4 * light + 0.6 * level)), share)
    x, y = grid(height, width)
    beam = noise(rng, height, width, 1.2, 3) * np.clip(
        1.1 - length(x / width - rng.uniform(), y / height), 0, 1
    )
    toned = 1 - (1 - toned.clip(0, 1)) * (1 - 0.22 * beam.clip(0, 1)[..., None] * colours[900])
    return finish(bloom(toned.astype(np.float32), 0.78, 0.4), rng, grain=0.010, vignette=0.24)


def _with_colours_of(painted: np.ndarray, other: Bytes) -> np.ndarray:
    """Means and spreads of the Lab channels taken half-way to those of another picture."""
    small = cv2.resize(other, (128, 128), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    goal = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    lab = cv2.cvtColor(painted.clip(0, 1).astype(np.float32), cv2.COLOR_RGB2LAB)
    for channel, share in ((0, 0.3), (1, 0.7), (2, 0.7)):
        have, want = lab[..., channel], goal[..., channel]
        spread = float(np.clip((want.std() + 1e-3) / (have.std() + 1e-3), 0.6, 1.6))
        moved = (have - have.mean()) * spread + want.mean()
        lab[..., channel] = mix(have, moved, share)
    return cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)


def encoded(rgb: Bytes, form: str, words: dict[str, str]) -> bytes:
    """The bytes of a PNG, JPEG or WebP file; `words` (title, comment) go into its metadata."""
    image, out = Image.fromarray(rgb), io.BytesIO()
    text = f"{words['title']} ({words['comment']})"
    if form == "png":
        info = PngImagePlugin.PngInfo()
        info.add_itxt("Title", words["title"])
        info.add_itxt("Comment", words["comment"])
        image.save(out, "PNG", pnginfo=info, compress_level=4)
        return out.getvalue()
    exif = Image.Exif()
    exif[0x010E] = text.encode("ascii", "replace").decode()  # ImageDescription
    exif[0x0131] = "Framegate sandbox"  # Software
    if form in ("jpg", "jpeg"):
        image.save(out, "JPEG", quality=92, subsampling=0, exif=exif, comment=words["comment"].encode())
    elif form == "webp":
        image.save(out, "WEBP", quality=90, method=3, exif=exif.tobytes())
    else:
        raise ValueError(f"pictures are written as png, jpg or webp, not as {form!r}")
    return out.getvalue()

"""The small SANDBOX in the lower right corner: white with a soft shadow, readable on snow and on night."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from framegate.local.studio.field import Field
from framegate.local.studio.planes import Bytes

TEXT = "SANDBOX"


class Mark(NamedTuple):
    """Where it stands (of its upper left corner), and the shares (0 to 1) of shadow and of white."""

    left: int
    top: int
    shadow: Field
    white: Field


def mark_for(width: int, height: int) -> Mark:
    """The watermark for a picture of this size."""
    short = min(width, height)
    size = max(7, short // 34)
    font = ImageFont.load_default(size=size)
    gap = max(1, size // 6)
    wide = int(sum(font.getlength(c) + gap for c in TEXT)) + 1
    pad = max(2, size // 2)
    sheet = Image.new("L", (wide + 2 * pad, size * 2 + 2 * pad), 0)
    draw = ImageDraw.Draw(sheet)
    x = float(pad)
    for letter in TEXT:
        draw.text((x, pad), letter, 255, font=font)
        x += font.getlength(letter) + gap
    letters = np.asarray(sheet, np.float32) / 255
    shadow = cv2.GaussianBlur(letters, (0, 0), max(1.0, size / 7)) * 0.75
    left = max(0, width - letters.shape[1] - short // 48)
    top = max(0, height - letters.shape[0] - short // 60 + size // 2)
    rows, columns = min(letters.shape[0], height - top), min(letters.shape[1], width - left)
    return Mark(left, top, shadow[:rows, :columns], letters[:rows, :columns] * 0.66)


def stamp(plane: Bytes, mark: Mark, white: int = 235, black: int = 16) -> None:
    """Draw the mark into a plane of brightness, or into all channels of a picture."""
    rows, columns = mark.white.shape
    part = plane[mark.top : mark.top + rows, mark.left : mark.left + columns]
    shadow, light = mark.shadow, mark.white
    if part.ndim == 3:
        shadow, light = shadow[..., None], light[..., None]
    part[...] = (part + (black - part.astype(np.float32)) * shadow) * (1 - light) + white * light

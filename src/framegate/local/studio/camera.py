"""The camera: which moves are asked for, and where it stands at a time.

All distances are shares of the picture's short side, so that a move looks the same at every size.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

MOVES: dict[str, str] = {
    "zoom_in": r"zoom(?:s|ing)?[ _-]*in|push(?:es|ing)?[ _-]*in|dolly[ _-]*in|move(?:s)? (?:in|forward)|forward|closer|"
    r"approach(?:es|ing)?|推近|推进|放大|拉近",
    "zoom_out": r"zoom(?:s|ing)?[ _-]*out|pull(?:s|ing)?[ _-]*(?:out|back)|dolly[ _-]*out|move(?:s)? (?:out|back)|"
    r"backward|reveal(?:s|ing)?|拉远|缩小|后退",
    "left": r"(?:pan|truck|move|slide|track|turn)(?:s|ning|king|ing)?[ _-]*(?:to the )?left|左移|向左",
    "right": r"(?:pan|truck|move|slide|track|turn)(?:s|ning|king|ing)?[ _-]*(?:to the )?right|右移|向右",
    "up": r"(?:tilt|crane|pedestal|move|jib|boom)(?:s|ing)?[ _-]*up|rising shot|上移|向上",
    "down": r"(?:tilt|crane|pedestal|move|jib)(?:s|ing)?[ _-]*down|descending shot|下移|向下",
    "orbit": r"orbit(?:s|ing)?|arc (?:shot|left|right)|camera (?:circles|rotates around)|360|环绕|旋转拍摄",
    "roll": r"(?:camera )?roll(?:s|ing)? (?:left|right|clockwise|camera)|camera rolls?|dutch|barrel roll|spins|翻滚",
    "handheld": r"hand[ -]?held|shaky|documentary style|手持",
    "static": r"static (?:shot|camera)|locked[ -]?(?:off|down)?|still camera|tripod|fixed (?:shot|camera)|固定镜头|静止",
}

BARE: dict[str, str] = {
    "zoom": "zoom_in",
    "push": "zoom_in",
    "in": "zoom_in",
    "dolly": "zoom_in",
    "pull": "zoom_out",
    "out": "zoom_out",
    "pan": "right",
    "truck": "right",
    "left": "left",
    "right": "right",
    "tilt": "up",
    "crane": "up",
    "up": "up",
    "down": "down",
    "orbit": "orbit",
    "arc": "orbit",
    "roll": "roll",
    "handheld": "handheld",
    "shake": "handheld",
    "static": "static",
    "fixed": "static",
    "none": "static",
}
"""What single words mean where only a camera can be meant."""

VAGUE = frozenset(("zoom", "push", "dolly", "pull", "pan", "truck", "tilt", "crane"))
"""Words that say how to move but not whither; another word beside them may."""

NUMBERS: dict[str, tuple[str, str]] = {
    "zoom": ("zoom_out", "zoom_in"),
    "horizontal": ("left", "right"),
    "pan": ("left", "right"),
    "vertical": ("down", "up"),
    "tilt": ("down", "up"),
    "roll": ("roll", "roll"),
}
"""`name=value` with values from -10 to 10: the move below and above zero."""

SURPRISES: tuple[str, ...] = ("zoom_in", "orbit", "right", "zoom_out", "left")


@dataclass(frozen=True, slots=True)
class Pose:
    """`zoom` 1 shows the picture as it is; (x, y) moves the view; `roll` in radians; (shift_x, shift_y) moves near
    things more than far ones; `push` makes near things grow more.
    """

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    roll: float = 0.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    push: float = 0.0


def moves_of(prompt: str, camera: str, rng: np.random.Generator) -> dict[str, float]:
    """The moves asked for and their strengths (1 is usual): `camera` first, else the prompt, else by the dice."""
    surprise = SURPRISES[int(rng.integers(len(SURPRISES)))]
    pairs = re.findall(r"(\w+)\s*[=:]\s*(-?\d+(?:\.\d+)?)", camera.lower())
    found: dict[str, float] = {}
    for name, number in pairs:
        value = max(-10.0, min(10.0, float(number)))
        if name in NUMBERS and value:
            found[NUMBERS[name][value > 0]] = abs(value) / 6
    if found:
        return found
    for text in (camera, prompt):
        found = {move: 1.0 for move, words in MOVES.items() if re.search(rf"\b(?:{words})\b", text.lower())}
        if not found and any(not c.isascii() for c in text):
            found = {m: 1.0 for m, words in MOVES.items() if re.search(words, text)}
        if found:
            return found
    said = [word for word in re.findall(r"[a-z]+", camera.lower().replace("_", " ")) if word in BARE]
    plain = [word for word in said if word not in VAGUE]
    for word in plain or said:
        found[BARE[word]] = 1.0
    return found or {surprise: 1.0}


def pose_at(moves: dict[str, float], progress: float, turn: float, phases: np.ndarray, shake: float) -> Pose:
    """Where the camera stands when it has gone `progress` (0 to 1) of its way.

    `turn` counts rounds of the unsteady hand (a whole number closes a loop), `phases` are nine random angles that
    make every clip's hand its own, `shake` is how unsteady it is.
    """
    e, a = progress, 2 * progress - 1
    zoom, x, y, roll, shift_x, shift_y, push = 1.02, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for move, strength in moves.items():
        k = min(1.6, strength)
        if move == "zoom_in":
            zoom, push = zoom + 0.15 * k * e, push + 0.10 * k * e
        elif move == "zoom_out":
            zoom, push = zoom + 0.15 * k * (1 - e), push + 0.10 * k * (1 - e)
        elif move in ("left", "right"):
            sign = k if move == "right" else -k
            x, shift_x, zoom = x + sign * 0.055 * a, shift_x + sign * 0.050 * a, zoom + 0.05
        elif move in ("up", "down"):
            sign = k if move == "down" else -k
            y, shift_y, zoom = y + sign * 0.050 * a, shift_y + sign * 0.035 * a, zoom + 0.06
        elif move == "orbit":
            shift_x, x = shift_x + 0.060 * k * a, x - 0.018 * k * a
            y, zoom = y + 0.010 * math.sin(math.pi * e), zoom + 0.03 + 0.04 * e
        elif move == "roll":
            roll, zoom, push = roll + 0.09 * k * a, zoom + 0.12, push + 0.04 * e
        elif move == "handheld":
            zoom, push = zoom + 0.03 + 0.02 * e, push + 0.03 * e
    if "static" in moves:
        return Pose(zoom=1.02)
    hand = 1.0 if "handheld" in moves else shake

    def wobble(first: int, rounds: int) -> float:
        angle = 2 * math.pi * turn
        return (
            math.sin(angle * rounds + phases[first]) * 0.6
            + math.sin(angle * rounds * 2 + phases[first + 1]) * 0.3
            + math.sin(angle * rounds * 5 + phases[first + 2]) * 0.10
        )

    x += hand * 0.012 * wobble(0, 2)
    y += hand * 0.012 * wobble(3, 3)
    roll += hand * 0.007 * wobble(6, 2)
    return Pose(zoom, x, y, roll, shift_x, shift_y, push)


def matrix(
    pose: Pose, depth: float, out: tuple[int, int], source: tuple[int, int], scale: float = 1.0
) -> np.ndarray:
    """The affine map from a pixel of the output to the pixel of a sheet at `depth` (both sizes as width, height).

    `scale` is 0.5 for planes of half size (sizes are then of the full planes all the same).
    """
    short = min(out)
    near = depth - 0.30
    zoom = pose.zoom * (1 + pose.push * near * 2.0)
    c, s = math.cos(pose.roll) / zoom, math.sin(pose.roll) / zoom
    move_x = (pose.x + pose.shift_x * near) * short
    move_y = (pose.y + pose.shift_y * near) * short
    cx, cy = out[0] / 2, out[1] / 2
    mx, my = source[0] / 2, source[1] / 2
    tx, ty = mx - c * cx + s * cy + move_x, my - s * cx - c * cy + move_y
    if scale != 1.0:  # pixel centres: half-size pixel i covers full pixels 2i and 2i+1
        shift = 0.5
        tx = (tx + shift * (c - s) - shift) * scale
        ty = (ty + shift * (s + c) - shift) * scale
    return np.array([[c, -s, tx], [s, c, ty]], np.float32)

"""Pictures of nothing in particular: folded silk, streams of paint, a window of crystal."""

from __future__ import annotations

import math

import cv2
import numpy as np

from framegate.local.studio.field import bloom, blur, displace, noise, relief
from framegate.local.studio.layers import Canvas, Layer, Scene
from framegate.local.studio.palette import shade


def silk(canvas: Canvas) -> Scene:
    """Glossy folds."""
    rng, height, width, colours = canvas.rng, canvas.height, canvas.width, canvas.ramp
    unit = canvas.unit
    base = noise(rng, height, width, 1.6, 4, 0.42)
    wx = noise(rng, height, width, 1.2, 4, 0.45) - 0.5
    wy = noise(rng, height, width, 1.2, 4, 0.45) - 0.5
    far = unit * rng.uniform(0.35, 0.6)
    folded = displace(base, wx * far, wy * far)
    folded = displace(folded, (folded - 0.5) * far * 0.6, wx * far * 0.5)
    folds = np.sin(folded * rng.uniform(1.6, 2.6) * 2 * math.pi).astype(np.float32) * 0.5 + 0.5
    folds = blur(folds, unit / 300)
    diffuse, gloss = relief(folds, unit / 26, rng.uniform(0, 2 * math.pi), 30)
    value = 0.12 + 0.33 * folds + 0.245 * folded + 0.25 * (diffuse - 0.35)
    picture = shade(colours, value) * (0.35 + 0.85 * np.clip(diffuse + 0.25, 0, 1.2))[..., None]
    picture = picture + gloss[..., None] * 0.35 * colours[int(0.97 * 1023)]
    return Scene((Layer(bloom(picture, 0.8, 0.4), depth=0.3),), flows=True)


def flow(canvas: Canvas) -> Scene:
    """Thousands of strokes that follow one current."""
    rng, height, width, colours = canvas.rng, canvas.height, canvas.width, canvas.ramp
    unit, half = canvas.unit, 2
    small_h, small_w = height // half, width // half
    angle = noise(rng, small_h, small_w, 1.3, 3, 0.4) * 2 * math.pi * rng.uniform(1.0, 1.7)
    cx, sn = np.cos(angle), np.sin(angle)
    count, length = 5200, 70
    px, py = rng.uniform(-0.05, 1.05, count) * width, rng.uniform(-0.05, 1.05, count) * height
    value = 0.18 + 0.72 * rng.beta(1.3, 1.6, count) + 0.12 * (py / height - 0.5)
    colour = shade(colours, np.clip(value, 0, 1).astype(np.float32))
    paths = np.zeros((count, length, 2), np.float32)
    for step in range(length):
        paths[:, step, 0], paths[:, step, 1] = px, py
        ix = np.clip(px / half, 0, small_w - 1).astype(int)
        iy = np.clip(py / half, 0, small_h - 1).astype(int)
        px, py = px + cx[iy, ix] * unit / 260, py + sn[iy, ix] * unit / 260
    ground = shade(colours, 0.04 + 0.16 * noise(rng, height, width, 1.4, 3))
    picture = np.ascontiguousarray(np.clip(ground * 255, 0, 255).astype(np.uint8))
    thick = (1 + rng.pareto(2.2, count) * unit / 650).clip(1, max(1.0, unit / 110)).astype(int)
    fixed, inks = (paths * 16).astype(np.int32), (colour * 255).astype(int)
    for i in np.argsort(colour.sum(1) + rng.normal(0, 0.5, count)):
        cv2.polylines(picture, [fixed[i]], False, inks[i].tolist(), int(thick[i]), cv2.LINE_AA, 4)
    painted = picture.astype(np.float32) / 255
    grey = cv2.cvtColor(painted, cv2.COLOR_RGB2GRAY)
    diffuse, gloss = relief(blur(grey, unit / 700), 2.2, 2.3, 20)
    painted = painted * (0.62 + 0.65 * np.clip(diffuse, 0, 1))[..., None] + 0.10 * gloss[..., None]
    return Scene((Layer(bloom(painted, 0.78, 0.5), depth=0.3),), flows=True)


def crystal(canvas: Canvas) -> Scene:
    """Facets, each with its own slope and shade."""
    rng, height, width, colours = canvas.rng, canvas.height, canvas.width, canvas.ramp
    unit = canvas.unit
    count = int(260 * width / height)
    points = np.stack([rng.uniform(0, width, count), rng.uniform(0, height, count)], 1).astype(int)
    centre = rng.uniform(0.25, 0.75, 2) * [width, height]
    distance = np.hypot(*(points - centre).T) / unit
    points = points[rng.random(count) < np.clip(1.25 - distance * 0.6, 0.35, 1)]
    seeds = np.ones((height, width), np.uint8)
    px, py = points[:, 0].clip(0, width - 1), points[:, 1].clip(0, height - 1)
    seeds[py, px] = 0
    _, label = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    base = noise(rng, height, width, 1.5, 3)
    cells = int(label.max()) + 1
    ids = label[py, px]
    value, turn = np.zeros(cells, np.float32), np.zeros(cells, np.float32)
    home = np.zeros((cells, 2), np.float32)
    value[ids] = 0.08 + 0.46 * base[py, px] + rng.normal(0, 0.13, len(ids))
    turn[ids] = rng.uniform(0, 2 * math.pi, len(ids))
    home[ids, 0], home[ids, 1] = px, py
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    dx, dy = x - home[label, 0], y - home[label, 1]
    slope = (dx * np.cos(turn[label]) + dy * np.sin(turn[label])) * (3 / unit)
    facet = value[label] + 0.15 * np.clip(slope, -1, 1)
    edge = (label != np.roll(label, 1, 0)) | (label != np.roll(label, 1, 1))
    line = cv2.GaussianBlur(edge.astype(np.float32), (0, 0), max(0.4, unit / 900))
    picture = shade(colours, facet) * (0.60 + 0.5 * base)[..., None]
    picture = picture + (line * (0.10 + 0.34 * base))[..., None] * colours[int(0.93 * 1023)]
    return Scene((Layer(bloom(picture.astype(np.float32), 0.8, 0.45), depth=0.35),), flows=True, swirl=0.35)

"""Pictures that nobody could read: refused as they come in, before a task is made of them."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from framegate.artifacts.pictures import CUT_OFF, UNREADABLE, fault
from framegate.transport.sniff import sniff
from running import Gateway


def picture(kind: str, size: tuple[int, int] = (120, 80), mode: str = "RGB", **how: Any) -> bytes:
    image = Image.effect_noise(size, 90).convert(mode)
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


PNG, JPEG = picture("PNG"), picture("JPEG")
THUMBNAILED = JPEG[:2] + b"\xff\xe1" + (len(JPEG) + 2).to_bytes(2, "big") + JPEG + JPEG[2:]
GOOD: dict[str, bytes] = {
    "png": PNG,
    "png, palette": picture("PNG", mode="P"),
    "png, one pixel": picture("PNG", (1, 1)),
    "png with more behind it": PNG + b"x" * 100,
    "jpeg": JPEG,
    "jpeg, progressive": picture("JPEG", progressive=True),
    "jpeg, CMYK": picture("JPEG", mode="CMYK"),
    "jpeg, large": picture("JPEG", (1500, 1500), quality=95),
    "jpeg with another inside": THUMBNAILED,
    "jpeg with more behind it": JPEG + b"\0" * 100,
    "jpeg with fill bytes": JPEG[:2] + b"\xff\xff" + JPEG[2:],
    "webp": picture("WEBP"),
    "webp, lossless": picture("WEBP", lossless=True),
    "webp, with alpha": picture("WEBP", mode="RGBA"),
    "gif": picture("GIF"),
    "avif": picture("AVIF"),
}
HUGE = PNG[:16] + (100_000).to_bytes(4, "big") * 2 + PNG[24:]
BROKEN: dict[str, tuple[bytes, str]] = {
    "png, half": (PNG[: len(PNG) // 2], CUT_OFF),
    "png, no end": (PNG[:-12], CUT_OFF),
    "png, its name alone": (PNG[:8], UNREADABLE),
    "png, then junk": (PNG[:8] + b"x" * 100, UNREADABLE),
    "png of no size": (PNG[:16] + bytes(8) + PNG[24:], UNREADABLE),
    "png of too many pixels": (HUGE, "has more than 200 million pixels"),
    "jpeg, half": (JPEG[: len(JPEG) // 2], CUT_OFF),
    "jpeg, no end": (JPEG[:-2], CUT_OFF),
    "jpeg, cut off behind another inside": (THUMBNAILED[:-100], CUT_OFF),
    "jpeg, its name alone": (JPEG[:3], CUT_OFF),
    "jpeg, then junk": (JPEG[:4] + b"x" * 100, CUT_OFF),
    "webp, half": (GOOD["webp"][:-100], CUT_OFF),
    "webp, then junk": (b"RIFF\0\0\0\0WEBPVP8 " + b"x" * 50, UNREADABLE),
    "gif of no size": (b"GIF89a" + bytes(50), UNREADABLE),
    "avif, half": (GOOD["avif"][:-100], CUT_OFF),
}


def found(folder: Path, content: bytes) -> str | None:
    path = folder / "file"
    path.write_bytes(content)
    return fault(path, sniff(content[:32]) or "")


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD)
def test_a_picture_is_taken(tmp_path: Path, content: bytes) -> None:
    assert found(tmp_path, content) is None


@pytest.mark.parametrize(("content", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_picture_is_not(tmp_path: Path, content: bytes, words: str) -> None:
    assert words == found(tmp_path, content)


@pytest.mark.parametrize("content", [PNG, JPEG, GOOD["webp"], GOOD["gif"], GOOD["avif"]])
def test_no_bytes_are_too_odd(tmp_path: Path, content: bytes) -> None:
    for at in range(min(len(content), 400)):
        for value in (0, 0xFF):
            bruised = content[:at] + bytes([value]) + content[at + 1 :]
            assert found(tmp_path, bruised) in {
                None,
                CUT_OFF,
                UNREADABLE,
                BROKEN["png of too many pixels"][1],
            }


@pytest.mark.parametrize("kind", ["png, half", "jpeg, half", "webp, then junk"])
def test_it_costs_its_sender_an_answer(gateway: Gateway, kind: str) -> None:
    content = BROKEN[kind][0]
    before = gateway.admin("GET", "/accounts/default").json
    passing = set((gateway.data / "spool").iterdir())
    tasks = gateway.call("GET", "/v1/tasks").json["data"]
    uri = "data:image/png;base64," + base64.b64encode(content).decode()
    body = {"model": "gen3a_turbo", "inputs": [{"role": "first_frame", "url": uri}]}
    answer = gateway.call("POST", "/v1/tasks", body)
    assert (422, "inputs[0].url") == (answer.status, answer.json["field"])
    assert (
        f"the first frame cannot be used: this {kind[:4].strip(',').upper()} file {BROKEN[kind][1]}"
        in answer.json["detail"]
    )
    slot = gateway.call("POST", "/v1/uploads", {"filename": "a.png"}).json
    assert 422 == gateway.call("PUT", slot["put_url"], content, key="").status
    assert (before, tasks) == (
        gateway.admin("GET", "/accounts/default").json,
        gateway.call("GET", "/v1/tasks").json["data"],
    )
    assert passing == set((gateway.data / "spool").iterdir()), "nothing is left behind"

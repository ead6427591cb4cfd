"""Signed links: expired, altered and foreign ones are refused; ranges, HEAD; a gigabyte needs no memory."""

from __future__ import annotations

import hashlib
import sqlite3
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from framegate.access.vault import derive
from framegate.artifacts.links import Links
from running import Gateway, running


@pytest.fixture(scope="module")
def artifact(gateway: Gateway) -> tuple[str, bytes]:
    """The link of a video, and its bytes."""
    task = gateway.submit({"model": "gen4_turbo", "prompt": "a lake", "seconds": 5})
    url = gateway.finished(task["id"])["artifacts"][0]["url"]
    return url, gateway.call("GET", url, key="").body


def test_ranges(gateway: Gateway, artifact: tuple[str, bytes]) -> None:
    url, content = artifact
    whole = gateway.call("GET", url, key="")
    etag = whole.headers["etag"]
    assert (200, "video/mp4", "bytes") == (
        whole.status,
        whole.headers["content-type"],
        whole.headers["accept-ranges"],
    )
    assert f'"{hashlib.sha256(content).hexdigest()}"' == etag
    size = len(content)
    for asked, part in {
        "bytes=0-99": (0, 100),
        "bytes=100-": (100, size),
        "bytes=-50": (size - 50, size),
        f"bytes=0-{size * 2}": (0, size),
    }.items():
        answer = gateway.call("GET", url, key="", headers={"range": asked})
        assert (206, content[slice(*part)]) == (answer.status, answer.body), asked
        assert f"bytes {part[0]}-{part[1] - 1}/{size}" == answer.headers["content-range"]
    beyond = gateway.call("GET", url, key="", headers={"range": f"bytes={size}-"})
    assert (416, f"bytes */{size}") == (beyond.status, beyond.headers["content-range"])
    for odd in ("bytes=5-1", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6"):
        assert gateway.call("GET", url, key="", headers={"range": odd}).status in {200, 416}
    fresh = {"range": "bytes=0-9", "if-range": etag}
    assert 206 == gateway.call("GET", url, key="", headers=fresh).status
    stale = {"range": "bytes=0-9", "if-range": '"other"'}
    assert 200 == gateway.call("GET", url, key="", headers=stale).status
    assert 304 == gateway.call("GET", url, key="", headers={"if-none-match": etag}).status


def test_a_small_file_is_no_different(gateway: Gateway, artifact: tuple[str, bytes]) -> None:
    """The poster lies in the database, the film on the shelf."""
    place = artifact[0].partition("?")[0].removesuffix(".mp4") + ".poster"
    token = Links(secret_of(gateway), clock=lambda: 0).sign(
        "artifacts", place.rpartition("/")[2], expires=2**40
    )
    url = f"{place}?_jwt={token}"
    whole = gateway.call("GET", url, key="")
    assert (200, "image/webp", b"WEBP") == (whole.status, whole.headers["content-type"], whole.body[8:12])
    name = hashlib.sha256(whole.body).hexdigest()
    assert (False, f'"{name}"') == (
        (gateway.data / "artifacts" / name[:2] / name).exists(),
        whole.headers["etag"],
    )
    part = gateway.call("GET", url, key="", headers={"range": "bytes=8-11"})
    assert (206, b"WEBP") == (part.status, part.body)
    assert 416 == gateway.call("GET", url, key="", headers={"range": "bytes=99999-"}).status
    head = gateway.call("HEAD", url, key="")
    assert (200, b"", str(len(whole.body))) == (head.status, head.body, head.headers["content-length"])
    kept = {"if-none-match": whole.headers["etag"]}
    assert 304 == gateway.call("GET", url, key="", headers=kept).status


def test_head(gateway: Gateway, artifact: tuple[str, bytes]) -> None:
    url, content = artifact
    answer = gateway.call("HEAD", url, key="")
    assert (200, b"", str(len(content))) == (answer.status, answer.body, answer.headers["content-length"])
    ranged = gateway.call("HEAD", url, key="", headers={"range": "bytes=0-9"})
    assert (200, str(len(content))) == (ranged.status, ranged.headers["content-length"]), (
        "a range is of GET alone"
    )
    assert 304 == gateway.call("HEAD", url, key="", headers={"if-none-match": "*"}).status


def secret_of(gateway: Gateway) -> bytes:
    """With which this gateway signs its links."""
    return derive(derive((gateway.data / "master-key").read_bytes().strip(), "master"), "links")


def test_links_that_are_not_good(gateway: Gateway, artifact: tuple[str, bytes]) -> None:
    url = artifact[0]
    place, _, token = url.partition("?_jwt=")
    name = place.rpartition("/")[2]
    secret = secret_of(gateway)
    expired = Links(secret, clock=lambda: 0).sign("artifacts", name, expires=1)
    other = Links(secret, clock=lambda: 0).sign("artifacts", "art_other", expires=2**40)
    media = Links(secret, clock=lambda: 0).sign("media", name, expires=2**40)
    forged = Links(b"x" * 32, clock=lambda: 0).sign("artifacts", name, expires=2**40)
    altered = token[:-2] + ("AA" if not token.endswith("AA") else "BB")
    for bad, words in {
        expired: "expired",
        other: "another file",
        media: "another file",
        forged: "altered",
        altered: "altered",
        "": "no signature",
        "é.x.y": "altered",
    }.items():
        answer = gateway.call("GET", f"{place}?_jwt={urllib.parse.quote(bad)}", key="")
        assert (403, True) == (answer.status, words in answer.json["detail"]), bad
    assert 200 == gateway.call("GET", f"{place}?_jwt={token}", key="").status


@pytest.mark.slow
def test_a_gigabyte_streams_in_constant_memory(tmp_path: Path) -> None:
    """The stored file is replaced by a sparse one of 1 GB under its own name; the server must not grow by 40 MB."""
    with running(tmp_path / "data") as gateway:
        task = gateway.submit({"model": "gen4_turbo", "prompt": "a lake", "seconds": 5})
        url = gateway.finished(task["id"])["artifacts"][0]["url"]
        [stored] = [p for p in (gateway.data / "artifacts").glob("*/*") if p.stat().st_size and is_mp4(p)]
        size = 10**9
        with stored.open("r+b") as file:
            file.truncate(size)
        with sqlite3.connect(gateway.data / "framegate.db") as database:
            database.execute("UPDATE artifacts SET size = ? WHERE sha256 = ?", (size, stored.name))
        database.close()
        before = peak(gateway)
        read = 0
        with urllib.request.urlopen(url, timeout=120) as response:
            while piece := response.read(1 << 20):
                read += len(piece)
        assert size == read
        assert peak(gateway) - before < 40_000_000


def is_mp4(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[4:8] == b"ftyp"


def peak(gateway: Gateway) -> int:
    """The most memory that the server process ever held, in bytes."""
    status = Path(f"/proc/{gateway.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1000

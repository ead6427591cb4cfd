"""The pages as a browser is sent them: types, rules of safety, no address but our own, every word in both languages."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from framegate.web import pages
from running import Gateway

STATIC = Path(str(pages.STATIC))
FILES = sorted(path for path in STATIC.iterdir() if path.is_file())
TEXTS = [path for path in FILES if path.suffix in {".html", ".js", ".css"}]
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}


@pytest.mark.parametrize("path", ["/", "/docs", "/prices"])
def test_a_page_lets_the_browser_load_from_here_alone(gateway: Gateway, path: str):
    answer = gateway.call("GET", path, key="")
    assert (200, TYPES[".html"]) == (answer.status, answer.headers["content-type"])
    policy = dict(part.split(maxsplit=1) for part in answer.headers["content-security-policy"].split("; "))
    assert {
        "default-src": "'self'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    } == policy
    assert "no-referrer" == answer.headers["referrer-policy"]
    assert b"<!doctype html>" == answer.body[:15]


@pytest.mark.parametrize(
    "file", [path for path in FILES if path.suffix != ".html"], ids=lambda path: path.name
)
def test_a_file_is_served_with_its_type(gateway: Gateway, file: Path):
    answer = gateway.call("GET", f"/static/{file.name}", key="")
    assert (200, TYPES[file.suffix], "nosniff", file.read_bytes()) == (
        answer.status,
        answer.headers["content-type"],
        answer.headers["x-content-type-options"],
        answer.body,
    )


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/index.html",
        "/static/none.js",
        "/static/../pages.py",
        "/static/%2e%2e/pages.py",
        "/static/..%2fpages.py",
        "/static/..%2f..%2fapp.py",
        "/static/docs.js/",
        "/static/docs.js%00",
    ],
)
def test_nothing_else_is_served(gateway: Gateway, path: str):
    assert 404 == gateway.call("GET", path, key="").status


@pytest.mark.parametrize("path", ["/docs", "/static/docs.js", "/openapi.json"])
def test_what_did_not_change_is_not_sent_again(gateway: Gateway, path: str):
    plain = gateway.call("GET", path, key="")
    small = gateway.call("GET", path, key="", headers={"accept-encoding": "br, gzip;q=0.8"})
    assert ("gzip", plain.body) == (small.headers["content-encoding"], gzip.decompress(small.body))
    assert plain.headers["etag"] != small.headers["etag"]
    assert len(small.body) < len(plain.body) / 2
    again = gateway.call("GET", path, key="", headers={"if-none-match": plain.headers["etag"]})
    assert (304, b"", "no-cache") == (again.status, again.body, again.headers["cache-control"])
    other = gateway.call("GET", path, key="", headers={"if-none-match": '"another"'})
    assert (200, plain.body) == (other.status, other.body)
    head = gateway.call("HEAD", path, key="")
    assert (200, b"", str(len(plain.body))) == (head.status, head.body, head.headers["content-length"])


def test_gzip_that_is_refused_is_not_sent(gateway: Gateway):
    answer = gateway.call("GET", "/docs", key="", headers={"accept-encoding": "gzip; q=0, br"})
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("file", TEXTS, ids=lambda path: path.name)
def test_a_page_names_no_other_address(file: Path):
    assert [] == re.findall(r"https?://\w[^\s\"'`]*|[\"'(]//\w[^\s\"'`]*", file.read_text())


def test_every_reference_leads_somewhere(gateway: Gateway):
    found: set[str] = set()
    for file in TEXTS:
        text = file.read_text()
        found |= set(re.findall(r"(?:href|src)=\"(/[^\"#?]*)", text))
        found |= {f"/static/{name}" for name in re.findall(r"from \"\./([^\"]+)\"", text)}
        found |= set(re.findall(r"[\"'](/static/[^\"']+)[\"']", text))
    assert {"/", "/docs", "/prices", "/static/docs.js", "/static/words.js", "/static/hero.webp"} <= found
    assert {} == {path: s for path in found if (s := gateway.call("GET", path, key="").status) != 200}


@pytest.mark.parametrize("path", ["/docs", "/prices"])
def test_a_page_is_found_with_a_slash_too_many(gateway: Gateway, path: str):
    there, asked = gateway.call("GET", path, key=""), gateway.call("GET", path + "/", key="")
    assert (200, there.body) == (asked.status, asked.body)


def test_every_word_of_the_pages_is_there_in_chinese():
    source = (STATIC / "words.js").read_text()
    table = source[source.index("const ZH = {") : source.index("\n};")]
    known = {
        quoted or bare
        for quoted, bare in re.findall(r'^  (?:"((?:[^"\\]|\\.)*)"|(\w+)):', table, re.MULTILINE)
    }
    said: set[str] = set()
    for file in TEXTS:
        text = file.read_text()
        if file.suffix == ".html":
            said |= {word.strip() for word in re.findall(r"<\w+[^>]* data-t>([^<]+)<", text)}
            for mark, attribute in (("label", "aria-label"), ("alt", "alt"), ("placeholder", "placeholder")):
                for tag in re.findall(rf"<[^>]* data-t-{mark}[ >][^>]*", text):
                    said |= set(re.findall(rf' {attribute}="([^"]+)"', tag))
        elif file.suffix == ".js":
            said |= set(re.findall(r'\bt\("((?:[^"\\]|\\.)*)"', text))
            said |= {
                a or b or c
                for a, b, c in re.findall(
                    r'\bsay\("\w+", "([^"]+)"|\["\w+", "([^"]*\{n\}[^"]*)"|"(\{n\} to [^"]+)"', text
                )
            }
    assert len(said) > 80
    assert set() == said - known


def test_the_files_are_small():
    lines = {path.name: len(path.read_text().splitlines()) for path in TEXTS}
    assert {} == {name: count for name, count in lines.items() if count >= 400}
    assert (STATIC / "hero.webp").stat().st_size < 120_000


def test_every_file_has_a_type_that_is_known():
    assert set() == {path.name for path in FILES if path.suffix not in TYPES}
    assert {f"/static/{path.name}" for path in FILES if path.suffix != ".html"} | {
        "/",
        "/docs",
        "/prices",
    } == set(pages.pages())


def test_every_operation_has_a_chinese_title(gateway: Gateway):
    document = gateway.call("GET", "/openapi.json", key="").json
    summaries = {way["summary"] for ways in document["paths"].values() for way in ways.values()}
    known: set[str] = set()
    for file in ("titles.js", "words.js"):
        known |= set(re.findall(r'^  "((?:[^"\\]|\\.)*)":', (STATIC / file).read_text(), re.MULTILINE))
    assert set() == summaries - known
    stale = set(re.findall(r'^  "([^"]*)":', (STATIC / "titles.js").read_text(), re.MULTILINE)) - summaries
    assert set() == stale

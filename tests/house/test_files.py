"""Sizes, names and words of the repository's own files."""

from __future__ import annotations

import ast
import re

from house.tree import ROOT, files, modules, name, parsed

ADAPTER, OTHER = 250, 500
"""Lines that an adapter and any other Python file may have."""
LARGER: dict[str, int] = {}
"""Files that are larger, with the lines that they may have. This list only shrinks."""
VAGUE = {"base", "common", "helpers", "manager", "misc", "utils"}
# In pieces, so that this file does not find itself.
WORDS = {
    "a package registry's address": r"\b(pypi|pythonhosted|npmjs|crates)\.(org|io|com)\b|\b(deb\.debian)\.",
    "a path of somebody's machine": r"(?<![\w.:/-])/(work|root|home|Users)/[a-z]\w*|(?<![\w.:/-])/opt/(pypi|wheels)",
}
MAY_SAY: dict[str, str] = {}
"""Files that may hold such a word, with the reason."""


def most(path: str) -> int:
    return ADAPTER if path.startswith(("src/framegate/dialects/", "src/framegate/providers/")) else OTHER


def test_files_are_small():
    lines = {name(p): len(p.read_text().splitlines()) for p in files() if p.suffix == ".py"}
    too_large = {path: count for path, count in lines.items() if count > LARGER.get(path, most(path))}
    assert {} == too_large


def test_the_list_of_larger_files_only_shrinks():
    lines = {name(p): len(p.read_text().splitlines()) for p in files() if p.suffix == ".py"}
    needless = {path for path in LARGER if lines.get(path, 0) <= most(path)}
    assert set() == needless
    assert len(LARGER) <= 0


def test_no_module_has_a_vague_name():
    vague = [name(path) for path in files() if path.suffix == ".py" and path.stem in VAGUE]
    vague += [name(path) for path in files() if path.suffix == ".py" and VAGUE & set(name(path).split("/"))]
    assert [] == vague


def test_every_module_says_what_it_is():
    silent = [name(path) for path in modules() if not ast.get_docstring(parsed(path))]
    assert [] == silent


def test_no_file_names_a_registry_or_a_machine():
    found = []
    for path in files():
        if name(path) in MAY_SAY or name(path) == "tests/house/test_files.py":
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for what, pattern in WORDS.items():
            found += [f"{name(path)}: {what}: {match[0]!r}" for match in re.finditer(pattern, text)]
    assert [] == found


def test_the_word_lists_find_what_they_are_for():
    registry, machine = WORDS.values()
    assert re.search(registry, "see files." + "pythonhosted" + ".org/packages")
    assert re.search(machine, "cd /" + "home" + "/someone/framegate")
    assert not re.search(machine, "https://example.com/" + "work" + "/flow and POST /v1/" + "home" + "/x")


def test_licence_and_notice_are_whole():
    licence = (ROOT / "LICENSE").read_text()
    assert "Apache License\n                           Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    notice = (ROOT / "NOTICE").read_text()
    packages = set(
        re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / "run.txt").read_text(), re.MULTILINE)
    )
    unnamed = {p for p in packages - {"colorama"} if not re.search(rf"(?i)\b{re.escape(p)}\b", notice)}
    assert set() == unnamed

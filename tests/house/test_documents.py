"""Every setting, command and error has its place in the documents."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer.main

from framegate import settings
from framegate.core.dialect import Problem
from framegate.core.money import DIMENSIONS
from framegate.core.task import Cause
from framegate.engine.rows import UNITS
from house import status
from house.tree import ROOT, files, name

REFERENCE = ROOT / "docs" / "reference"


def test_every_setting_is_documented():
    known = {f"FRAMEGATE_{field.upper()}" for field in settings.Settings.__struct_fields__} | settings.OTHER
    written = set(re.findall(r"^\| `(FRAMEGATE_\w+)`", (REFERENCE / "settings.md").read_text(), re.MULTILINE))
    assert known == written


def test_every_section_of_the_file_is_documented():
    text = (REFERENCE / "settings.md").read_text()
    assert set(settings.SECTIONS) == set(re.findall(r"^\| `\[\[(\w+)\]\]`", text, re.MULTILINE))


def test_everything_that_a_price_can_depend_on_is_documented():
    text = (ROOT / "docs" / "reference" / "settings.md").read_text()
    assert [name for name in (*DIMENSIONS, *UNITS) if f"`{name}`" not in text] == []


def test_the_example_of_the_file_can_be_applied():
    (example,) = re.findall(r"```toml\n(.*?)```", (REFERENCE / "settings.md").read_text(), re.DOTALL)
    documents = dict(settings.documents(tomllib.loads(example), "settings.md"))
    assert {"upstream", "route", "price"} == {kind for kind, _ in documents}


@pytest.mark.parametrize("page", ["README.md", "README.zh.md", "docs/operating.md", "docs/zh/operating.md"])
def test_pieces_of_the_file_on_other_pages_can_be_applied(page: str):
    pieces = re.findall(r"```toml\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    assert pieces
    for piece in pieces:
        assert settings.documents(tomllib.loads(piece), page)


def test_every_error_is_documented_with_its_status():
    text = (REFERENCE / "errors.md").read_text()
    written = dict(re.findall(r"^\| `(\w+)` \| (\d{3}) \|", text, re.MULTILINE))
    assert {problem.code: str(problem.status) for problem in Problem} == written


def test_every_cause_of_a_failure_is_documented():
    text = (REFERENCE / "errors.md").read_text().partition("## Why a task failed")[2]
    assert {cause.value for cause in Cause} == set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with the words that call it."""
    groups = getattr(command, "commands", {})
    if not groups or getattr(command, "invoke_without_command", False):
        yield path, command
    for word, below in groups.items():
        yield from commands(below, f"{path} {word}")


@pytest.fixture
def program() -> click.Command:
    from framegate.cli import app

    return typer.main.get_command(app)


def test_every_command_is_documented(program: click.Command):
    text = (REFERENCE / "cli.md").read_text()
    missing = {path for path, _ in commands(program, "framegate") if f"`{path}" not in text}
    assert set() == missing


def test_every_option_is_documented(program: click.Command):
    text = (REFERENCE / "cli.md").read_text()
    missing = {
        f"{path} {option}"
        for path, command in commands(program, "framegate")
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and option not in text
    }
    assert set() == missing


def test_every_command_has_a_line_of_help(program: click.Command):
    silent = {path for path, command in commands(program, "framegate") if not command.help}
    assert set() == silent


def test_no_document_names_a_command_that_is_not_there(program: click.Command):
    known = {path for path, _ in commands(program, "framegate")}
    groups = {path.rpartition(" ")[0] for path in known}
    text = (REFERENCE / "cli.md").read_text()
    named = {
        " ".join(words.split())
        for words in re.findall(r"^\| `(framegate(?: [a-z]+(?:-[a-z]+)*)+)", text, re.MULTILINE)
    }
    assert set() == {words for words in named if words not in known and words not in groups}


DOCUMENTS = [path for path in files() if path.suffix == ".md"]
PAGES = [path for path in DOCUMENTS if path.parent == ROOT or path.is_relative_to(ROOT / "docs")]
MADE_UP = ("aurora", "NAME", "VENDOR")
"""What stands in a path for something that a reader names."""


def anchors(path: Path) -> set[str]:
    """What a link into a page may end in, as the sites that show Markdown make it of a heading."""
    heads = re.findall(
        r"^#+ (.*)$", re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_documents_link_to_what_is_there():
    broken: list[str] = []
    for path in DOCUMENTS:
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(), flags=re.DOTALL)
        for link, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", prose):
            if "://" in link or link.startswith(("/", "mailto:")):
                continue
            target = path.parent / link if link else path
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(f"{name(path)}: {link}#{anchor}")
    assert [] == broken


def test_every_page_is_found_from_the_first_ones():
    """A page that nobody links to is read by nobody."""
    found: set[Path] = set()
    next_ = [ROOT / "README.md", ROOT / "README.zh.md"]
    while next_:
        page = next_.pop()
        if page in found or page.suffix != ".md":
            continue
        found.add(page)
        links = re.findall(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)", page.read_text())
        next_ += [(page.parent / link).resolve() for link in links if (page.parent / link).exists()]
    assert [] == [name(path) for path in PAGES if path not in found]


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_names_only_files_that_are_there(path: Path):
    named = re.findall(r"`((?:src|tests|docs|examples|requirements|bench|\.ci)/[\w./*-]*)`", path.read_text())
    missing = {
        file
        for file in named
        if not any(word in file for word in MADE_UP) and not [*ROOT.glob(file.rstrip("/"))]
    }
    assert set() == missing


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_names_only_commands_and_targets_that_are_there(path: Path, program: click.Command):
    known = {way for way, _ in commands(program, "framegate")}
    groups = {way.rpartition(" ")[0] for way in known}
    code = "\n".join(re.findall(r"```sh\n.*?```|`[^`\n]+`", path.read_text(), re.DOTALL))
    wrong: set[str] = set()
    for words in re.findall(
        r"(?<![\w./-])(?:\.venv/bin/)?(framegate(?: [a-z]+(?:-[a-z]+)*)+)(?![\w/.])", code
    ):
        found = words.split()
        parts = [" ".join(found[:length]) for length in (3, 2)]
        if not any(part in known or part in groups for part in parts):
            wrong.add(words)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    wrong |= {
        f"make {target}"
        for target in re.findall(r"\bmake ([a-z]+(?:-[a-z]+)*)\b", code)
        if target not in targets
    }
    assert set() == wrong


def test_the_readmes_say_the_same_in_both_languages():
    english, chinese = (
        re.sub(r"(\]\([^)#\s]*)#[^)]*\)", r"\1)", path.read_text())
        for path in (ROOT / "README.md", ROOT / "README.zh.md")
    )
    for pattern in (r"^(#+) ", r"^```(\w+)", r"^\|.*", r"^[-0-9.]+ "):
        counted = [len(re.findall(pattern, text, re.MULTILINE)) for text in (english, chinese)]
        assert counted[0] == counted[1], pattern
    own = [
        {link for link in re.findall(r"\]\(([^)]*)\)", text) if "README" not in link}
        for text in (english, chinese)
    ]
    assert {link.replace("docs/zh/", "docs/") for link in own[0]} == {
        link.replace("docs/zh/", "docs/") for link in own[1]
    }


def test_the_picture_of_the_readme_is_small_and_described():
    (described, picture) = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", (ROOT / "README.md").read_text())[0]
    assert described
    assert 5_000 < (ROOT / picture).stat().st_size < 150_000


def test_every_decision_is_listed_and_has_its_four_parts():
    folder = ROOT / "docs" / "decisions"
    records = sorted(path for path in folder.glob("*.md") if path.name != "index.md")
    assert [path.name for path in records] == re.findall(
        r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "index.md").read_text()
    )
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        text = path.read_text()
        parts = ["Context", "Choice", "Consequence", "What it replaces"]
        assert parts == re.findall(r"^## (.*)$", text, re.MULTILINE), path.name
        assert len(text) < 3_500, f"{path.name} is more than a page"


@pytest.mark.parametrize("page", status.PAGES)
def test_tables_are_what_the_tree_and_its_tests_say(page: str):
    assert status.block(page) == status.held(page), "run .venv/bin/python tests/house/status.py"


def test_every_target_of_make_has_a_line_of_help():
    text = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == set(re.findall(r"^([a-z-]+):.*## \w", text, re.MULTILINE))

"""Every setting, command and error has its place in the documents."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import click
import pytest
import typer.main

from framegate import settings
from framegate.core.dialect import Problem
from framegate.core.task import Cause
from house.tree import ROOT, files, name

REFERENCE = ROOT / "docs" / "reference"


def test_every_setting_is_documented():
    known = {f"FRAMEGATE_{field.upper()}" for field in settings.Settings.__struct_fields__} | settings.OTHER
    written = set(re.findall(r"^\| `(FRAMEGATE_\w+)`", (REFERENCE / "settings.md").read_text(), re.MULTILINE))
    assert known == written


def test_every_section_of_the_file_is_documented():
    text = (REFERENCE / "settings.md").read_text()
    assert set(settings.SECTIONS) == set(re.findall(r"^\| `\[\[(\w+)\]\]`", text, re.MULTILINE))


def test_the_example_of_the_file_can_be_applied():
    (example,) = re.findall(r"```toml\n(.*?)```", (REFERENCE / "settings.md").read_text(), re.DOTALL)
    documents = dict(settings.documents(tomllib.loads(example), "settings.md"))
    assert {"upstream", "route", "price"} == {kind for kind, _ in documents}


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


def test_documents_link_to_what_is_there():
    links = [
        (path, link)
        for path in files()
        if path.suffix == ".md"
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text())
        if "://" not in link and not link.startswith(("/", "mailto:"))
    ]
    assert [] == [f"{name(path)}: {link}" for path, link in links if not (path.parent / link).exists()]


def test_every_target_of_make_has_a_line_of_help():
    text = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == set(re.findall(r"^([a-z]+):.*## \w", text, re.MULTILINE))

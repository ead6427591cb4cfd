"""The pure packages hold no I/O, no clock and no chance: what they need of these is an argument."""

from __future__ import annotations

import ast

import pytest

from house.tree import name, parsed, pure

ALLOWED = {
    *("__future__", "base64", "binascii", "collections", "contextlib", "dataclasses", "datetime", "decimal"),
    *(
        "difflib",
        "enum",
        "fnmatch",
        "fractions",
        "functools",
        "hashlib",
        "hmac",
        "html",
        "importlib",
        "ipaddress",
    ),
    *(
        "itertools",
        "json",
        "math",
        "operator",
        "pkgutil",
        "re",
        "string",
        "types",
        "typing",
        "unicodedata",
        "urllib",
    ),
    *("cryptography", "framegate", "msgspec"),
}
"""Everything else a pure package may not import: `os`, `time`, `secrets`, `uuid`, `random`, `socket`, `asyncio` ..."""
FORBIDDEN_BELOW = {"urllib.request", "hashlib.file_digest"}
CLOCKS = {"now", "utcnow", "today"}
BUILTINS = {"open", "input", "print", "exec", "eval", "id", "hash"}
LOADERS = {"src/framegate/dialects/__init__.py", "src/framegate/providers/__init__.py"}
"""The two that import the modules of their folder, so that there is no list to edit."""


def impurities(tree: ast.Module, path: str) -> list[str]:
    """What a file has that a pure one may not have."""
    found: list[str] = []
    for node in ast.walk(tree):
        where = f"{path}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [item.name for item in node.names]
            )
            found += [
                f"{where}: imports {module}"
                for module in names
                if module.partition(".")[0] not in ALLOWED or module in FORBIDDEN_BELOW
            ]
            if {"importlib", "pkgutil"} & set(names) and path not in LOADERS:
                found.append(f"{where}: imports modules by name")
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr in CLOCKS:
                found.append(f"{where}: asks the clock: {ast.unparse(node)}")
            if isinstance(called, ast.Name) and called.id in BUILTINS:
                found.append(f"{where}: calls {called.id}")
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.Global):
            found.append(f"{where}: {type(node).__name__}")
    return found


def test_pure_packages_are_pure():
    assert [] == [finding for path in pure() for finding in impurities(parsed(path), name(path))]


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "import time",
        "from secrets import token_hex",
        "import urllib.request",
        "import pkgutil",
        "datetime.now(UTC)",
        "date.today()",
        "open('x')",
        "async def f(): ...",
    ],
)
def test_what_is_not_pure_is_found(text: str):
    assert impurities(ast.parse(text), "example.py")

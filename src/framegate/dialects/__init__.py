"""What clients speak. Every module below with a `DIALECT = Dialect(...)` is one format; there is no list to edit."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module

from framegate.core.dialect import Dialect


def load() -> Mapping[str, Dialect]:
    """All dialects by name. Raises `ValueError` if two share a name."""
    found: dict[str, Dialect] = {}
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        dialect = getattr(import_module(module.name), "DIALECT", None)
        if not isinstance(dialect, Dialect):
            continue
        if dialect.name in found:
            raise ValueError(f"{module.name} and another module are both called {dialect.name!r}")
        found[dialect.name] = dialect
    return found

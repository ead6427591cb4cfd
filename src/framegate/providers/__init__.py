"""What upstreams speak. Each module below with a `PROVIDER = Provider(...)` is one format; there is no list to edit."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module

from framegate.core.provider import Provider


def load() -> Mapping[str, Provider]:
    """All providers by name. Raises `ValueError` if two share a name."""
    found: dict[str, Provider] = {}
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        provider = getattr(import_module(module.name), "PROVIDER", None)
        if not isinstance(provider, Provider):
            continue
        if provider.name in found:
            raise ValueError(f"{module.name} and another module are both called {provider.name!r}")
        found[provider.name] = provider
    return found

"""A gateway for the tests of programs that call generative models: real files, offline, and failures on request."""

from __future__ import annotations

from framegate.testing.gateway import BASES, DidNotStart, Gateway, serving

__all__ = ["BASES", "DidNotStart", "Gateway", "serving"]

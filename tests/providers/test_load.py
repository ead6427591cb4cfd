"""Providers are found by their folder; two of one name are a mistake of whoever wrote the second."""

from __future__ import annotations

from pathlib import Path

import pytest

from framegate import providers


def test_two_of_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runway_too.py").write_text("from framegate.providers.runway import PROVIDER\n")
    monkeypatch.setattr(providers, "__path__", [*providers.__path__, str(tmp_path)])
    with pytest.raises(ValueError, match="runway_too and another module are both called 'runway'"):
        providers.load()

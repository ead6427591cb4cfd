"""What `make test` says at the end: time by folder, and coverage of the pure packages and of the rest.

A folder whose tests take more than three minutes of work is a finding: split it, or mark what is slow.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from io import StringIO

import coverage
import pytest

from house.tree import PURE, ROOT, SOURCE

LONG = 180.0
"""Seconds of work in one folder that are too many."""
SLOW = (
    "crash",
    "faults",
    "fuzz",
    "loopback",
    "matrix",
    "notices",
    "plugin",
    "retention",
    "retired",
    "sandbox",
    "sdk",
    "security",
    "soak",
    "store",
    "studio",
    "transport",
    "web",
    "whole",
)
"""Folders below `tests` that `make quick` leaves out."""


class Times:
    """Seconds of work and number of tests, by folder."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.tests: dict[str, int] = defaultdict(int)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        folder = report.nodeid.partition("::")[0].rpartition("/")[0]
        self.seconds[folder] += report.duration
        self.tests[folder] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("time by folder")
        for folder, seconds in sorted(self.seconds.items(), key=lambda item: -item[1]):
            note = f"   FINDING: over {LONG:.0f} s" if seconds > LONG else ""
            terminalreporter.write_line(f"{seconds:8.1f} s  {self.tests[folder]:5} tests  {folder}{note}")


class Coverage:
    """Totals in per cent beside the goals of pyproject.toml; written when pytest-cov has gathered them."""

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        pure = [str(SOURCE / part) + ("" if part.endswith(".py") else "/*") for part in PURE]
        goals = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["framegate"]["coverage"]
        terminalreporter.section("coverage with branches, of what runs in the tests' own processes")
        for name, chosen in (("pure", {"include": pure}), ("rest", {"omit": pure})):
            measured = coverage.Coverage(
                data_file=str(ROOT / ".coverage"), config_file=str(ROOT / "pyproject.toml")
            )
            measured.load()
            try:
                total = measured.report(file=StringIO(), **chosen)
            except coverage.exceptions.NoDataError:
                continue
            verdict = "" if total >= goals[name] else "   below its goal"
            terminalreporter.write_line(f"{name:6} {total:6.2f} %  of {goals[name]:.0f} %{verdict}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts databases, servers, renderers or browsers is slow without saying so."""
    for item in items:
        if item.path.relative_to(ROOT).parts[1] in SLOW:
            item.add_marker(pytest.mark.slow)


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    config.pluginmanager.register(Times(), "framegate-times")
    if config.getoption("cov_source", None):
        config.pluginmanager.register(Coverage(), "framegate-coverage")

"""What a process has used, from /proc: processor time rather than wall time, for the machine may be shared."""

from __future__ import annotations

import os
import re
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu(pid: int) -> float:
    """Processor seconds, user and system, of all threads of a process; not of its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(pid: int) -> tuple[float, float]:
    """Megabytes: resident, and the share of it that is the process's own (PSS)."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = {name: int(size) / 1024 for name, size in re.findall(r"(?m)^(Rss|Pss):\s+(\d+) kB", text)}
    return found["Rss"], found["Pss"]


def peak(pid: int) -> float:
    """Megabytes: the most that was ever resident, since the start or the last `forget_peak`."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def machine() -> str:
    """One line about the machine."""
    info = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*:\s*(.+)", info)
    total = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    gigabytes = int(total[1]) / 1e6 if total else 0
    return f"{os.cpu_count()} x {model[1] if model else 'unknown processor'}, {gigabytes:.0f} GB"

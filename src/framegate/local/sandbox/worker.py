"""A renderer process: jobs come in on standard input, a JSON object a line, and words about them go out.

It ends when its server does: standard input ends, the kernel sends its signal (Linux), or the parent has changed. What
a library prints goes to standard error.
"""

from __future__ import annotations

import ctypes
import errno
import os
import queue
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

import msgspec

from framegate.core.task import Cause
from framegate.local.sandbox.wanted import LONGEST, fit
from framegate.local.sandbox.words import Down, Job, Up
from framegate.local.studio.brief import BadMedia, Brief, Progress, Stopped

Render = Callable[[Brief, Path, Progress], object]
NICE = 10
EVERY = 0.1
"""Seconds between two words about progress."""
AGAIN = 1.0
"""Seconds between two tries to write a file on a full disk."""
FACTOR = 2
"""By how much a medium is enlarged."""
PR_SET_PDEATHSIG = 1


def main() -> None:
    """`worker PARENT_PID MODULE:FUNCTION`."""
    parent = int(sys.argv[1])
    voice = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    bind(parent)
    module, _, function = sys.argv[2].partition(":")
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    stopped: set[str] = set()
    threading.Thread(target=listen, args=(jobs, stopped), daemon=True).start()
    render: Render = getattr(import_module(module), function)
    while True:
        job = jobs.get()
        up = work(job, render, voice, stopped)
        stopped.discard(job.fence)
        say(voice, msgspec.structs.replace(up, resident=resident()))


def bind(parent: int) -> None:
    """Be modest, and die with the parent: whichever of three ways is the first to notice."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server tells us when a terminal interrupts it
    os.nice(NICE)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def listen(jobs: queue.SimpleQueue[Job], stopped: set[str]) -> None:
    """Take in what the server says, also while rendering; the end of it is the end of us."""
    for line in sys.stdin.buffer:
        down = msgspec.json.decode(line, type=Down)
        if down.job is not None:
            jobs.put(down.job)
        if down.stop is not None:
            stopped.add(down.stop)
    os._exit(0)


def say(voice: BinaryIO, up: Up) -> None:
    voice.write(msgspec.json.encode(up) + b"\n")


def work(job: Job, render: Render, voice: BinaryIO, stopped: set[str]) -> Up:
    """One job, and how it ended. No file is left unless it is done."""
    target, helper = Path(job.target), Path(f"{job.target}.start.png")
    last = 0.0

    def progress(value: float) -> bool:
        nonlocal last
        if (now := time.monotonic()) - last >= EVERY:
            last = now
            say(voice, Up(fence=job.fence, progress=min(1.0, max(0.0, float(value)))))
        return job.fence not in stopped

    try:
        make(job, render, helper, progress)
    except Stopped:
        return _ended(target, Up(fence=job.fence, ended="stopped"))
    except BadMedia as error:
        return _ended(target, Up(fence=job.fence, ended=Cause.INVALID.value, message=str(error)[:1000]))
    except Exception as error:  # noqa: BLE001 - one bad job must not take the others with it
        traceback.print_exc()
        message = f"the renderer failed: {type(error).__name__}"
        return _ended(target, Up(fence=job.fence, ended=Cause.BROKEN.value, message=message))
    finally:
        helper.unlink(missing_ok=True)
        end_of(helper).unlink(missing_ok=True)
    seconds = source().length(job.target) if job.brief.kind != "image" else None
    return Up(fence=job.fence, ended="done", seconds=seconds)


def make(job: Job, render: Render, helper: Path, progress: Progress) -> None:
    """Render a job's file; from the start again, as often as the disk was too full for it."""
    target = Path(job.target)
    while True:
        try:
            render(ready(job, helper), target, progress)
            settle(target, job)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            target.unlink(missing_ok=True)
            time.sleep(AGAIN)
            if not progress(0.0):
                raise Stopped from None
        else:
            return


def _ended(target: Path, up: Up) -> Up:
    target.unlink(missing_ok=True)
    return up


def end_of(helper: Path) -> Path:
    """Where the last picture lies, beside the first."""
    return helper.with_suffix(".end.png")


def ready(job: Job, helper: Path) -> Brief:
    """The brief with what only the media themselves can tell."""
    brief = job.brief
    if job.continues is not None and Path(job.continues).exists():
        brief = msgspec.structs.replace(brief, first=source().last_frame(job.continues, helper))
    if job.leads_to is not None and Path(job.leads_to).exists():
        last = source().first_frame(job.leads_to, end_of(helper))
        brief = msgspec.structs.replace(brief, last=last)
    if job.like is not None and Path(job.like).exists():
        found = source().shape(job.like)
        wide, high = fit(found.width, found.height, job.area, job.short)
        brief = msgspec.structs.replace(brief, width=wide, height=high)
    if job.lasts_like is not None and Path(job.lasts_like).exists():
        seconds = source().length(job.lasts_like)
        brief = msgspec.structs.replace(brief, seconds=min(seconds, LONGEST) if seconds else brief.seconds)
    return enlarged(brief, job.enlarges) if job.enlarges is not None else brief


def enlarged(brief: Brief, path: str) -> Brief:
    """The brief for making a medium larger; how large, and whether that is too large, the renderer knows."""
    if not Path(path).exists():
        raise BadMedia("what is to be enlarged is no longer kept here")
    found = source().shape(path)
    if brief.kind != ("image" if found.seconds is None else "video"):
        raise BadMedia(
            f"only {'an' if brief.kind == 'image' else 'a'} {brief.kind} can be enlarged to another one"
        )
    if (found.seconds or 0) > LONGEST:
        raise BadMedia(f"the video is {found.seconds:.0f} seconds long; at most {LONGEST:g} are enlarged")
    if brief.kind == "image":
        return msgspec.structs.replace(brief, references=(path,), upscale=FACTOR)
    return msgspec.structs.replace(brief, video=path, upscale=FACTOR)


def source() -> ModuleType:
    """What looks at media: it loads PyAV, so it is loaded when there is something to look at."""
    return import_module("framegate.local.sandbox.source")


def settle(target: Path, job: Job) -> None:
    """Make the file as large as was asked for, and be sure that it lies on the disk."""
    with target.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        if (missing := job.pad - size) > 0:
            if (
                job.brief.format == "mp4"
            ):  # a box that players skip; other formats ignore what follows their end
                missing = max(16, missing)
                file.write((1).to_bytes(4) + b"free" + missing.to_bytes(8))
            file.truncate(size + missing)
        os.fsync(file.fileno())


def resident() -> int:
    """The memory of this process in bytes."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()

"""What a person did wrong, or what the machine lacks, in one line and without a trace; exit status 1."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Generator

from framegate.core.dialect import Trouble
from framegate.settings import BadConfiguration
from framegate.store import Occupied, TooNew, Unavailable


@contextlib.contextmanager
def plainly() -> Generator[None]:
    """Everything that is no fault of the program ends it with a sentence; the rest keeps its trace."""
    try:
        yield
    except Trouble as trouble:
        sys.exit(f"framegate: {trouble.message}")
    except (BadConfiguration, Occupied, TooNew, Unavailable) as error:
        sys.exit(f"framegate: {error}")
    except OSError as error:
        sys.exit(f"framegate: {said(error)}")


def said(error: OSError) -> str:
    """`data: Permission denied` for what is about a file."""
    words = error.strerror or str(error)
    return f"{error.filename}: {words}" if error.filename else words

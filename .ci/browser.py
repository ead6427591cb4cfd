"""See to it that a Chromium is there for the tests of the pages, where Debian's packages can be had; never fail.

Without one those tests are skipped and say so. Standard library only.
"""

import os
import shutil
import subprocess
import time

NAMES = ("chromium", "chromium-browser", "google-chrome")
LIMIT = 300
"""Seconds that each step may take."""


def main() -> None:
    if any(map(shutil.which, NAMES)):
        return
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not root or not shutil.which("apt-get"):
        print(
            "  no Chromium here: the tests of the pages are skipped (on Debian: apt-get install chromium)",
            flush=True,
        )
        return
    began = time.monotonic()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        for command in (
            ["apt-get", "update"],
            ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
        ):
            subprocess.run(command, timeout=LIMIT, check=True, env=environment, **quiet)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"  Chromium cannot be installed, so the tests of the pages are skipped: {error}", flush=True)
        return
    print(f"  Chromium for the tests of the pages  ({time.monotonic() - began:.1f} s)", flush=True)


if __name__ == "__main__":
    main()

"""`framegate doctor`: what is well here and what is not, each with what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import typer

from framegate.cli.running import Data, has_database, settings_for, with_admin
from framegate.engine.admin import Admin
from framegate.store import Store, TooNew, Unavailable

SANDBOX_CREDIT = (
    "{0} has ${1} of the first start's sandbox credit beside a real upstream: it can buy real work; "
    "take it back with `framegate accounts credit {0} -- -{1}`"
)
UNREACHED = (
    "FRAMEGATE_PUBLIC_URL is not set: links to results begin with this machine's own address, "
    "and upstreams can neither call back nor fetch input media"
)
UNOPENED = (
    "upstream {}: its credential was stored under another master key; set it again, or bring that key back"
)
READABLE = (
    "{} can be entered by every user of this machine, who can read prompts and results there: chmod 700 it"
)
Verdict = tuple[Literal["ok", "warn", "bad"], str]


def add(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(data: Data = None) -> None:
    """Check this installation; exits 1 when something is bad."""
    settings = settings_for(data)
    verdicts = [*machine(settings.data, settings.min_free_disk)]
    if has_database(settings):
        try:
            verdicts += with_admin(data, lambda store, admin: examine(store, admin, settings.public_url))
        except (TooNew, Unavailable) as error:
            verdicts.append(("bad", str(error)))
    else:
        verdicts.append(("ok", f"no database in {settings.data} yet: `framegate serve` makes it"))
    for verdict, text in verdicts:
        print(f"{verdict:4}  {text}")
    if any(verdict == "bad" for verdict, _ in verdicts):
        sys.exit(1)


def machine(data: Path, least: int) -> Iterator[Verdict]:
    yield (
        "ok",
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    )
    there = next(path for path in (data.absolute(), *data.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    enough = free >= least
    yield (
        ("ok" if enough else "bad"),
        f"{free / 1e9:.1f} GB free for {data}"
        + ("" if enough else f"; below {least / 1e9:.1f} GB new media tasks are refused: free some space"),
    )
    if os.name == "posix" and data.is_dir() and data.stat().st_mode & 0o007:
        yield "warn", READABLE.format(data)
    for secret in (data / "master-key", data / "admin-token"):
        if os.name == "posix" and secret.exists() and secret.stat().st_mode & 0o077:
            yield "bad", f"{secret} can be read by others: chmod 600 it"
    import importlib.util  # noqa: PLC0415 - only here

    for name in ("av", "cv2", "numpy", "PIL"):
        found = importlib.util.find_spec(name) is not None
        yield (
            ("ok" if found else "bad"),
            f"the sandbox's {name} is {'there' if found else 'missing: make install'}",
        )


async def examine(store: Store, admin: Admin, public_url: str) -> list[Verdict]:
    """The database, the books, the configuration."""
    found: list[Verdict] = [("ok", f"database {store.kind} answers")]
    wrong = await admin.check_ledger()
    found.append(
        ("ok", "books balanced")
        if not wrong
        else ("bad", f"books: {len(wrong)} findings: framegate ledger check")
    )
    upstreams = await admin.rows("upstream")
    real = [row.name for row in upstreams if row.document["provider"] != "sandbox"]
    if not real:
        found.append(("ok", "no real upstream: every known model leads to the sandbox"))
    elif not public_url:
        found.append(("warn", UNREACHED))
    for row in upstreams:
        credential: dict[str, str] = row.document.get("credential") or {}
        for field, value in credential.items():
            if value.startswith("env:") and not os.environ.get(value.removeprefix("env:")):
                found.append(("bad", f"upstream {row.name}: {field} is {value}, which is not set"))
            if value.startswith("file:") and not os.access(value.removeprefix("file:"), os.R_OK):
                found.append(("bad", f"upstream {row.name}: {field} is {value}, which cannot be read"))
    found.extend(("bad", UNOPENED.format(name)) for name in await admin.unopened())
    plans = {"default", *(row.name for row in await admin.rows("plan") if not row.paused)}
    found.extend(
        ("bad", f"account {account.name}: there is no plan {account.plan!r}, so it pays the default prices")
        for account in await admin.accounts()
        if account.plan not in plans
    )
    routes = {row.name: row for row in await admin.rows("route")}
    names = {row.name for row in upstreams}
    for name, row in routes.items():
        missing = [
            target["upstream"] for target in row.document.get("to", []) if target["upstream"] not in names
        ]
        found.extend(("bad", f"route {name}: there is no upstream {upstream!r}") for upstream in missing)
    if real:
        found.extend(("warn", SANDBOX_CREDIT.format(*left)) for left in (await admin.gifted()).items())
    unknown = await store.rows("unknown_tasks", limit=100)
    if unknown:
        found.append(("warn", f"{len(unknown)} sends of unknown outcome: framegate tasks unknown"))
    return found

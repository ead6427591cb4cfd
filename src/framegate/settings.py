"""Everything that is set from outside: environment variables, and the configuration file."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from framegate.access import Plan
from framegate.core.money import UNIT, USD, parse_usd
from framegate.engine.configuration import Catalogue
from framegate.ledger import Cost, Rate
from framegate.routing import Route, Upstream

DATA = Path(__file__).parent / "data"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What one process runs with. Each field is the variable of the same name with `FRAMEGATE_` before it."""

    data: Path = Path("data")  # folder of the database, artifacts and sandbox
    database_url: str = ""  # default: SQLite in the data folder; or postgresql://…
    artifacts_url: str = ""  # default: the data folder; or s3://…, gs://…, az://…
    public_url: str = ""  # how customers reach the gateway; default: as they called it, else host and port
    master_key: str = ""  # default: made once, in DATA/master-key (mode 0600)
    admin_token: str = ""  # default: made once, in DATA/admin-token (mode 0600)
    bootstrap_key: str = ""  # the first key, instead of a made one (tests)
    bootstrap_credit: str = "100"  # sandbox credit of the first account, in USD
    trusted_proxies: str = ""  # networks whose X-Forwarded-For is believed, comma-separated
    notice_hosts: str = ""  # private hosts that notices may go to all the same: patterns, comma-separated
    min_free_disk: int = 2_000_000_000  # bytes; below, new media submits get 503
    sandbox_profile: Literal["full", "tiny"] = "full"  # "tiny" renders small and quick (tests)
    sandbox_workers: int = 0  # default: one fewer than the cores, at least 1
    log_level: str = "info"


class BadConfiguration(Exception):
    """The file or the environment cannot be used; the message says where and why."""


def from_environment(environment: Mapping[str, str], **given: Any) -> Settings:  # noqa: ANN401 - values of any field
    """Settings from `FRAMEGATE_*` variables; `given` (command-line options that are not None) win.

    Raises `BadConfiguration` for a value of the wrong type or an unknown variable.
    """
    if (form := environment.get("FRAMEGATE_LOG_FORMAT", "")) not in {"", "text", "json"}:
        raise BadConfiguration(f"FRAMEGATE_LOG_FORMAT is wrong: {form[:200]!r} is not text or json")
    names = {f"FRAMEGATE_{name.upper()}": name for name in Settings.__struct_fields__}
    unknown = sorted(
        v for v in environment if v.startswith("FRAMEGATE_") and v not in names and v not in OTHER
    )
    if unknown:
        raise BadConfiguration(
            f"unknown setting {unknown[0]}; known are {', '.join(sorted({*names, *OTHER}))}"
        )
    values: dict[str, Any] = {names[v]: environment[v] for v in names if environment.get(v)}
    values |= {name: value for name, value in given.items() if value is not None}
    try:
        found = msgspec.convert(values, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        what, _, name = str(error).strip("`").partition(" - at `$.")
        right = "full or tiny" if name == "sandbox_profile" else "a whole number"
        value = environment.get(f"FRAMEGATE_{name.upper()}", what)
        raise BadConfiguration(f"FRAMEGATE_{name.upper()} is wrong: {value[:200]!r} is not {right}") from None
    for name, right in RIGHT.items():
        if (value := str(getattr(found, name))) and not right[0](value):
            raise BadConfiguration(f"FRAMEGATE_{name.upper()} is wrong: {value[:200]!r} is not {right[1]}")
    return found


def _networks(text: str) -> bool:
    try:
        return all(
            ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()
        )
    except ValueError:
        return False


def _amount(text: str) -> bool:
    try:
        return parse_usd(text) >= 0
    except ValueError:
        return False


RIGHT: dict[str, tuple[Callable[[str], object], str]] = {
    "database_url": (
        re.compile(r"(sqlite:///|postgres(ql)?://).").match,
        "postgresql://user:password@host/name",
    ),
    "artifacts_url": (re.compile(r"(s3|gs|az)://.|(?!.*://).").match, "a folder, s3://…, gs://… or az://…"),
    "public_url": (
        re.compile(r"https?://[^/\s?#]+[^\s?#]*$").match,
        "a URL such as https://gateway.example.com",
    ),
    "trusted_proxies": (_networks, "a list of networks such as 10.0.0.0/8, 192.168.1.4"),
    "bootstrap_credit": (_amount, "an amount in USD, such as 100"),
    "min_free_disk": (re.compile(r"\d+$").match, "0 or more bytes"),
    "sandbox_workers": (re.compile(r"\d+$").match, "0 or more processes"),
    "log_level": (re.compile(r"(?i)(debug|info|warning|error)$").match, "debug, info, warning or error"),
}
"""What a value must be beyond its type: whether it is, and what would be right."""


OTHER = frozenset({"FRAMEGATE_KEY", "FRAMEGATE_URL", "FRAMEGATE_PAIR", "FRAMEGATE_LOG_FORMAT"})
"""Read elsewhere: by `framegate try`, by the examples, and by the logs before there are settings."""


def _path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration file, read: documents by (kind, name)."""

    documents: dict[tuple[str, str], Any]


def read_file(path: Path) -> File:
    """Read `framegate.toml`. Raises `BadConfiguration` naming the table and the field."""
    try:
        raw = tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise BadConfiguration(f"{path}: there is no such file") from None
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(f"{path}: {error}") from None
    return File(documents=dict(documents(raw, str(path))))


SECTIONS: dict[str, str] = {
    "upstreams": "upstream",
    "routes": "route",
    "prices": "price",
    "costs": "cost",
    "plans": "plan",
}
TYPES: dict[str, type[Any]] = {
    "upstream": Upstream,
    "route": Route,
    "price": Rate,
    "cost": Cost,
    "plan": Plan,
}


def documents(raw: Mapping[str, Any], where: str) -> list[tuple[tuple[str, str], Any]]:
    """The typed documents of a configuration mapping. Raises `BadConfiguration`."""
    found: list[tuple[tuple[str, str], Any]] = []
    seen: set[tuple[str, str]] = set()
    if unknown := sorted(set(raw) - set(SECTIONS)):
        raise BadConfiguration(f"{where}: unknown section {unknown[0]!r}; known are {', '.join(SECTIONS)}")
    for section, kind in SECTIONS.items():
        tables: Any = raw.get(section, [])
        if not isinstance(tables, list):
            raise BadConfiguration(f"{where}: {section} must be tables: write [[{section}]] above each")
        for place, table in enumerate(cast("list[dict[str, Any]]", tables)):
            try:
                document = convert(kind, table)
            except (msgspec.ValidationError, ValueError, TypeError) as error:
                raise BadConfiguration(f"{where}: {section}[{place}]: {error}") from None
            key = (kind, name_of(kind, document))
            if key in seen:
                raise BadConfiguration(f"{where}: {section}[{place}]: the {kind} {key[1]!r} is above already")
            seen.add(key)
            found.append((key, document))
    return found


def convert(kind: str, table: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of TYPES
    """One table as its type; money and multipliers come as decimals. Raises ValidationError, or `BadNumber`."""
    found, table = table, dict(table)
    if "amount" in table:
        raise BadNumber("amount", 'money is written as a decimal of dollars: usd = "0.05"')
    if kind in {"price", "cost"} and "usd" in table:
        table["amount"] = number("usd", table.pop("usd"))
    for field in ("markup", "multiplier"):
        if field in table:
            table[field], rest = divmod(number(field, table[field]), USD // UNIT)
            if rest:
                raise BadNumber(field, f"{found[field]!r} has more than six decimal places")
    return msgspec.convert(table, TYPES[kind])


class BadNumber(ValueError):
    """A decimal that is none; `field` has it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


def number(field: str, value: Any) -> int:  # noqa: ANN401 - JSON or TOML
    """A decimal in billionths. Raises `BadNumber`."""
    try:
        return parse_usd(str(value))
    except ValueError as error:
        raise BadNumber(field, str(error).replace("an amount in USD", "a number")) from None


def name_of(kind: str, document: Any) -> str:  # noqa: ANN401 - one of TYPES
    """A row's name: unique within its kind."""
    if kind == "route":
        return document.model
    if kind in {"price", "cost"}:
        when = ",".join(f"{k}={v}" for k, v in sorted(document.when.items()))
        whose = f"{document.provider}/" if kind == "cost" else ""
        return f"{whose}{document.model}:{document.unit or 'markup'}{':' + when if when else ''}"
    return document.name


def shipped(what: str) -> list[Path]:
    """The files of one kind, such as `prices.toml` and `prices_kling.toml`."""
    return sorted(DATA.glob(f"{what}*.toml"))


def catalogue() -> Catalogue:
    """What ships with the program."""
    groups = [group for file in shipped("models") for group in tomllib.loads(file.read_text())["models"]]
    models = {name: group["vendor"] for group in groups for name in group["names"]}
    kinds = {name: group["kind"] for group in groups for name in group["names"]}
    prices = [
        row for file in shipped("prices") for row in documents(tomllib.loads(file.read_text()), file.name)
    ]
    costs = [
        row for file in shipped("costs") for row in documents(tomllib.loads(file.read_text()), file.name)
    ]
    return Catalogue(
        models=models,
        kinds=kinds,
        prices=tuple((name, doc) for (_, name), doc in prices),
        costs=tuple((name, doc) for (_, name), doc in costs),
    )

# ruff: noqa: RUF001 - Chinese has its own punctuation
"""What works, what was built from documents only, and what is not there yet: read off the tree and its tests.

    .venv/bin/python tests/house/status.py

writes the tables into the two READMEs and the index of the reference, between their markers. A test fails while they
say something else.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from framegate import dialects, providers, settings
from framegate.core.dialect import Call, Converse, Dialect, Submit
from framegate.core.money import UNIT
from framegate.core.provider import Provider
from framegate.core.task import Kind, Order, Spec
from framegate.ledger import Rates
from framegate.ledger.rates import NoPrice
from framegate.routing import Table, Upstream, candidates

ROOT = Path(__file__).parent.parent.parent
TESTS = ROOT / "tests"
BEGIN, END = "<!-- status: written by tests/house/status.py -->", "<!-- end of status -->"
SDKS = {"lumaai": "luma", "openai": "openai", "runwayml": "runway", "zai": "zhipu", "zhipuai": "zhipu"}
"""The vendors' own client libraries, by module, and the folder of dialects that each is of."""
OWN = "observed (Framegate"
"""How the source of an exchange begins that was seen by this gateway at the vendor's own service."""
SANDBOX = "sandbox"

Words = dict[str, str]
EN: Words = {
    "works": "### Works: what clients may speak\n\nTried on every run of the tests: the vendor's own client library "
    "(or plain HTTP as the documents show it, where the vendor has none) asks a running gateway, and the sandbox "
    "answers.",
    "dialects": "format|routes|asked by|sandbox|models with a list price|reference",
    "providers": "provider|makes|exchanges from documents|tried against the live service|gateway before gateway",
    "from": "### From documents only: what upstreams are spoken to",
    "untried": "**No provider has been tried against its vendor's live service.** Each was built from the vendor's "
    "documents and client library, and is held to written exchanges made from them. In the last column a second "
    "gateway plays the vendor.",
    "yet": "### Not yet",
    "http": "plain HTTP",
    "none": "no",
    "all": "all requests",
    "some": "{0} of {1} requests",
    "models": "{0} of {1}",
    "over": "{0}",
    "most": "over {0}",
    "yes": "yes",
    "image": "images",
    "video": "videos",
    "music": "music",
    "speech": "speech",
    "sound": "sounds",
    "times": "{0} observed",
}
ZH: Words = {
    "works": "### 已可用：客户端可以使用的格式\n\n每次运行测试都会验证：由厂商自己的客户端库（厂商没有提供时，"
    "则按其文档直接发 HTTP 请求）向运行中的网关发请求，由沙盒作答。",
    "dialects": "格式|路由|请求方式|沙盒|有目录价的模型|参考文档",
    "providers": "上游格式|产出|依据文档的交互样例|与真实服务联调|网关串联测试",
    "from": "### 仅依据文档：网关对上游使用的格式",
    "untried": "**所有上游格式都没有与厂商的真实服务联调过**。它们依据厂商的文档和客户端库写成，"
    "并用由此整理出的交互样例逐条检验。最后一列指由第二个网关扮演厂商的测试。",
    "yet": "### 尚未实现",
    "http": "直接 HTTP",
    "none": "无",
    "all": "全部请求",
    "some": "{1} 个请求中的 {0} 个",
    "models": "{1} 个中的 {0} 个",
    "over": "{0} 个",
    "most": "{0} 个以上",
    "yes": "有",
    "image": "图片",
    "video": "视频",
    "music": "音乐",
    "speech": "语音",
    "sound": "音效",
    "times": "{0} 个实测",
}


@cache
def loaded() -> tuple[dict[str, Dialect], dict[str, Provider]]:
    return dict(dialects.load()), dict(providers.load())


def folder_of(name: str) -> str:
    """The vendor's folder that a dialect's module lies in."""
    known = loaded()[0][name]
    return next(
        module.split(".")[2]
        for module, loaded_module in sys.modules.items()
        if module.startswith("framegate.dialects.") and getattr(loaded_module, "DIALECT", None) is known
    )


# --- what the tests ask ---------------------------------------------------------------------------------------------


class Script(NamedTuple):
    """A test that asks a running gateway: the modules it imports, the paths it names, the attributes it uses."""

    imported: frozenset[str]
    paths: frozenset[str]
    attributes: frozenset[str]


@cache
def scripts() -> tuple[Script, ...]:
    found: list[Script] = []
    for path in sorted([*(TESTS / "sdk").rglob("*.py"), *(TESTS / "whole").glob("*.py")]):
        imported: set[str] = set()
        paths: set[str] = set()
        attributes: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Import(names):
                    imported |= {alias.name.partition(".")[0] for alias in names}
                case ast.ImportFrom(str(module)):
                    imported.add(module.partition(".")[0])
                case ast.Constant(str(text)) if text.startswith("/"):
                    paths.add(text.partition("?")[0].rstrip("/"))
                case ast.Attribute(attr=name):
                    attributes.add(name)
        found.append(Script(frozenset(imported), frozenset(paths), frozenset(attributes)))
    return tuple(found)


def routes_of(dialect: Dialect) -> list[str]:
    return [route.path.partition(" ")[2] for route in dialect.routes]


def named(dialect: Dialect, paths: frozenset[str]) -> bool:
    """Whether one of the paths is the dialect's, or the beginning of its own."""
    return any(
        route == path or route.startswith(f"{path}/")
        for path in paths
        if path
        for route in routes_of(dialect)
    )


def segments(routes: list[str]) -> set[str]:
    return {part for route in routes for part in route.split("/") if re.fullmatch(r"[a-z][\w-]{3,}", part)}


def created(dialect: Dialect) -> set[str]:
    """The words in the paths at which something is made."""
    makes = [route.path for route in dialect.routes if isinstance(route, Submit | Converse)]
    return segments([path.partition(" ")[2] for path in makes])


def askers(name: str) -> tuple[str, ...]:
    """The client libraries that ask a running gateway in this format; "http" for plain requests; or nothing.

    A library has calls for several formats of its vendor: it counts where its script has a word of this one's alone.
    """
    known = loaded()[0]
    dialect, vendor = known[name], folder_of(name)
    others = [other for other in known if other != name and folder_of(other) == vendor]
    words = created(dialect) - {word for other in others for word in segments(routes_of(known[other]))}
    found = {
        module
        for script in scripts()
        for module in script.imported & SDKS.keys()
        if SDKS[module] == vendor
        and words & {*script.attributes, *(part for path in script.paths for part in path.split("/"))}
    }
    plain = any(named(dialect, script.paths) for script in scripts() if not script.imported & SDKS.keys())
    return tuple(sorted(found)) or (("http",) if plain else ())


# --- what the sandbox makes, and what it costs -----------------------------------------------------------------------


def specs(dialect: Dialect) -> Iterator[Spec]:
    """The documented request of each route that creates a task; one that continues a task names its model there."""
    for route in dialect.routes:
        if isinstance(route, Submit | Converse) and "request" in route.examples:
            body: Any = route.examples["request"]
            names = dict.fromkeys(re.findall(r"\{(\w+)\}", route.path), "some-name")
            call = Call(path=names, body=msgspec.convert(body, route.body), raw=body)
            yield route.decode(call)


def made(dialect: Dialect) -> tuple[int, int]:
    """How many of the documented requests the sandbox takes and prices, and how many there are."""
    known, catalogue = loaded()[1], settings.catalogue()
    rates = Rates(catalogue.prices, catalogue.costs)
    table = Table({SANDBOX: Upstream(name=SANDBOX, provider=SANDBOX)}, {}, known, catalogue.models)
    taken = total = 0
    for spec in specs(dialect):
        total += 1
        if spec.parent or spec.model not in catalogue.models:  # the parent's or the path's model decides
            spec = msgspec.structs.replace(spec, model=f"sandbox-{spec.kind}")  # noqa: PLW2901 - made whole
        _, found = candidates(spec, table, draw=lambda: 0.0)
        for candidate in found[:1]:
            order = Order(spec=candidate.spec, model=candidate.model, task_id="task_1")
            try:
                rates.quote(known[SANDBOX].facts(order), spec.model, UNIT, SANDBOX, candidate.model)
            except NoPrice:
                continue
            taken += 1
    return taken, total


def priced(vendor: str) -> tuple[int, int]:
    """How many of a vendor's model names have a list price of their own, and how many there are."""
    catalogue = settings.catalogue()
    names = {model for model, whose in catalogue.models.items() if whose == vendor}
    return len(names & {rate.model for _, rate in catalogue.prices}), len(names)


# --- the tables -------------------------------------------------------------------------------------------------------


def table(head: str, rows: list[list[str]]) -> str:
    lines = [head.split("|"), ["---"] * len(head.split("|")), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def dialect_rows(words: Words) -> list[list[str]]:
    rows: list[list[str]] = []
    for name, dialect in sorted(loaded()[0].items()):
        asked = askers(name)
        taken, total = made(dialect)
        own, of = priced(folder_of(name))
        links = [
            f"[{language}]({path})"
            for language, path in (
                ("English", f"docs/reference/{name}.md"),
                ("中文", f"docs/zh/reference/{name}.md"),
            )
            if (ROOT / path).exists()
        ]
        rows.append(
            [
                f"`{name}`",
                str(len(dialect.routes)),
                ", ".join(words["http"] if asker == "http" else f"`{asker}`" for asker in asked)
                or words["none"],
                words["all"] if 0 < taken == total else words["some"].format(taken, total),
                words["models"].format(own, of) if of else "–",
                ", ".join(links) or words["none"],
            ]
        )
    return rows


def exchanges(name: str) -> tuple[int, int]:
    """Written exchanges by source: (from documents and from what others saw, from our own calls of the service)."""
    sources = [json.loads(path.read_text())["source"] for path in (TESTS / "exchanges" / name).glob("*.json")]
    own = sum(source.startswith(OWN) for source in sources)
    return len(sources) - own, own


def provider_rows(words: Words) -> list[list[str]]:
    rows: list[list[str]] = []
    both = [path.read_text() for path in sorted((TESTS / "loopback").glob("*.py"))]
    before = "\n".join(text for text in both if "from running import" in text)  # the rest runs no gateway
    for name, provider in sorted(loaded()[1].items()):
        if provider.local:
            continue
        documented, observed = exchanges(name)
        tens = documented // 10 * 10
        rows.append(
            [
                f"`{name}`",
                ", ".join(words[kind] for kind in Kind if kind in {offer.kind for offer in provider.offers}),
                words["most"].format(tens)
                if tens and documented > tens
                else words["over"].format(documented),
                words["times"].format(observed) if observed else words["none"],
                words["yes"] if re.search(rf"[\"'/]{re.escape(name)}[\"'/]", before) else words["none"],
            ]
        )
    return rows


def missing() -> Iterator[tuple[str, str]]:
    """What others have and this has not, in English and Chinese; a line goes when its thing is there."""
    names, kinds = loaded()[0], {offer.kind for offer in loaded()[1][SANDBOX].offers}
    vendors = {folder_of(name) for name in names}
    for there, english, chinese in (
        (
            len([name for name in names if folder_of(name) == "runway"]) > 1,
            "Runway's developer API as a format for clients (the `runwayml` library); Runway's tasks are there",
            "面向客户端的 Runway 开发者 API（`runwayml` 库）；Runway 任务格式已有",
        ),
        (
            "flux" in vendors,
            "FLUX as a format for clients; as an upstream it is there",
            "面向客户端的 FLUX 格式；作为上游已有",
        ),
        (
            "suno" in vendors,
            "Suno, as a format or an upstream; music comes from the sandbox alone, in the native format",
            "Suno（格式与上游）；音乐目前只由沙盒生成，使用原生格式",
        ),
        ("midjourney" in vendors, "Midjourney's proxy formats", "Midjourney 代理格式"),
        (any("images" in name for name in names), "OpenAI's images API", "OpenAI 图片 API"),
        (
            (ROOT / "src/framegate/relay").exists(),
            "chat with language models, OpenAI's or Claude's: the gateway makes media, and relays no text",
            "大语言模型对话（OpenAI、Claude）：网关只生成媒体，不转发文本",
        ),
        (kinds >= {Kind.MUSIC, Kind.SPEECH}, "music and speech in the sandbox", "沙盒中的音乐与语音"),
        (
            (ROOT / "console").exists(),
            "a console for the operator: there are the command line and `/admin/v1`",
            "运营控制台：目前用命令行和 `/admin/v1`",
        ),
        (
            "opentelemetry" in (ROOT / "pyproject.toml").read_text(),
            "traces (OpenTelemetry): there are logs, a task's whole story, and `/metrics`",
            "链路追踪（OpenTelemetry）：目前有日志、任务完整经过和 `/metrics`",
        ),
        (
            (ROOT / "src/framegate/cli/backup.py").exists(),
            "a backup command: see the operating page for what to copy",
            "备份命令：需要备份哪些内容见运维文档",
        ),
    ):
        if not there:
            yield english, chinese


def title(path: Path) -> str:
    """A page's own heading."""
    found = re.search(r"^# (.*)$", path.read_text(), re.MULTILINE)
    return found[1] if found else path.stem


def reference() -> str:
    """Every format with its page in both languages, under the page's own heading."""
    rows = [
        [f"`{name}`", *(linked(folder, name) for folder in ("docs/reference", "docs/zh/reference"))]
        for name in sorted(loaded()[0])
    ]
    return table("format|English|中文", rows)


def linked(folder: str, name: str) -> str:
    path = ROOT / folder / f"{name}.md"
    place = f"{name}.md" if folder == "docs/reference" else f"../zh/reference/{name}.md"
    return f"[{title(path)}]({place})" if path.exists() else ""


def status(language: str) -> str:
    """The tables of a README: "en" or "zh"."""
    words = EN if language == "en" else ZH
    lines = [f"- {english if language == 'en' else chinese}" for english, chinese in missing()]
    tried = any(exchanges(name)[1] for name in loaded()[1])
    parts = [
        words["works"],
        table(words["dialects"], dialect_rows(words)),
        words["from"] if tried else f"{words['from']}\n\n{words['untried']}",
        table(words["providers"], provider_rows(words)),
        *([words["yet"], "\n".join(lines)] if lines else []),
    ]
    return "\n\n".join(parts)


PAGES = {
    "README.md": lambda: status("en"),
    "README.zh.md": lambda: status("zh"),
    "docs/reference/index.md": reference,
}
"""What is written between the markers of which page."""


def block(page: str) -> str:
    """The text between the markers of a page, with them, as it should be."""
    return f"{BEGIN}\n\n{PAGES[page]()}\n\n{END}"


def held(page: str) -> str:
    """The same as the page has it now. Raises `ValueError` where a marker is missing."""
    text = (ROOT / page).read_text()
    return text[text.index(BEGIN) : text.index(END) + len(END)]


def write() -> None:
    for page in PAGES:
        path = ROOT / page
        path.write_text(path.read_text().replace(held(page), block(page)))


if __name__ == "__main__":
    write()

"""The pages in a real browser: each format can be read and tried, in both languages, on a desk and on a phone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from running import Gateway

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: ViewportSize = {"width": 390, "height": 844}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, gateway: Gateway) -> Iterator[Page]:
    """A page of a fresh reader. In the end nothing went wrong in it, and it asked no one but the gateway."""
    context = browser.new_context(
        base_url=gateway.url, locale="en-US", viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    wrong: list[str] = []
    asked: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    assert [] == wrong
    strangers = [url for url in asked if not url.startswith((gateway.url + "/", "data:", "blob:"))]
    assert (True, []) == (bool(asked), strangers)


def test_the_first_page_says_how_to_begin(page: Page, gateway: Gateway):
    page.goto("/")
    expect(page.locator("#base code")).to_have_text(gateway.url)
    expect(page.locator("#runway code")).to_contain_text(f"curl {gateway.url}/runway/v2/tasks")
    expect(page.locator("#native code")).to_contain_text(f"curl {gateway.url}/v1/tasks")
    tags = {tag for path in operations(gateway).values() for tag in path} - {"gateway", "admin"}
    expect(page.locator("#formats a")).to_have_count(len(tags))
    hrefs = page.locator("#formats a").evaluate_all("links => links.map((a) => a.getAttribute('href'))")
    assert {f"/docs#{tag}" for tag in tags} == set(hrefs)
    assert 1280 == page.locator(".hero img").evaluate(
        "(image) => image.decode().then(() => image.naturalWidth)"
    )


def test_the_reference_shows_every_operation_of_every_format(page: Page, gateway: Gateway):
    page.goto("/docs")
    wanted = operations(gateway)
    expect(page.locator("#nav details")).to_have_count(len({tag for tags in wanted.values() for tag in tags}))
    shown: dict[str, set[str]] = {}
    for tag in page.locator("#nav details").evaluate_all("groups => groups.map((g) => g.dataset.tag)"):
        page.goto(f"/docs#{tag}")
        expect(page.locator(".operation").first).to_be_visible()
        for section in page.locator(".operation").all():
            method = section.locator(".path .method").inner_text()
            for path in section.locator(".path code, .also code").all_inner_texts():
                shown.setdefault(f"{method} {path}", set()).add(tag)
            expect(section.locator(".samples pre")).to_contain_text("curl ")
    assert wanted == shown


def test_a_body_is_told_field_by_field(page: Page):
    page.goto("/docs#post_runway_v2_tasks")
    table = page.locator("#post_runway_v2_tasks table[aria-label=Body]")
    model = table.locator("tr", has=page.get_by_text("taskType", exact=True))
    expect(model).to_contain_text("required")
    expect(model).to_contain_text("string")
    names = [name.removesuffix("required") for name in table.locator("tbody th").all_inner_texts()]
    assert {"options", "options.seconds", "options.gen2Options.motion_score"} <= {
        name.strip() for name in names
    }
    page.goto("/docs#post_v1_tasks")
    role = page.locator("#post_v1_tasks table[aria-label=Body] tr", has_text="inputs[].role")
    expect(role.locator(".words code")).to_have_text(
        ["first_frame", "last_frame", "reference", "video", "audio", "mask", "character"]
    )


def test_the_samples_carry_the_key_and_the_language_is_remembered(page: Page):
    page.goto("/docs#post_v1_tasks")
    samples = page.locator("#post_v1_tasks .samples")
    expect(samples).to_contain_text("$FRAMEGATE_KEY")
    samples.get_by_role("tab", name="Python").click()
    page.fill("#key", "fg-mine")
    page.locator("#key").blur()
    expect(samples).to_contain_text('"Authorization": "Bearer fg-mine"')
    expect(samples).to_contain_text("requests.post(")
    code = samples.locator("code").inner_text()
    compile(code, "sample", "exec")
    page.reload()
    expect(samples).to_contain_text("Bearer fg-mine")
    expect(samples).to_contain_text("requests.post(")


def test_every_python_sample_is_python(page: Page, gateway: Gateway):
    page.goto("/docs")
    page.evaluate("localStorage.setItem('framegate.code', 'Python')")
    for tag in sorted({tag for tags in operations(gateway).values() for tag in tags}):
        page.goto(f"/docs#{tag}")
        page.reload()
        expect(page.locator(".operation").first).to_be_visible()
        for code in page.locator(".samples code").all_inner_texts():
            compile(code, tag, "exec")


def test_a_task_is_made_and_its_video_shown(page: Page, gateway: Gateway):
    page.goto("/docs#post_runway_v2_tasks")
    form = page.locator("#post_runway_v2_tasks")
    form.locator(".try summary").click()
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_role("alert")).to_contain_text("Enter your key")
    page.fill("#key", gateway.key)
    form.get_by_role("button", name="Send").click()
    expect(form.locator(".good")).to_contain_text("200")
    video = form.locator(".results video")
    expect(video).to_be_visible(timeout=60_000)
    page.wait_for_function("document.querySelector('.results video').readyState >= 2")
    assert video.evaluate("(video) => video.videoWidth") >= 64
    assert gateway.url == video.evaluate("(video) => new URL(video.src).origin")
    show = page.locator("#get_runway_v2_tasks_id")
    show.locator(".try summary").click()
    show.get_by_role("button", name="Send").click()
    expect(show.locator(".outcome pre")).to_contain_text('"SUCCEEDED"')


def test_a_search_leaves_what_was_asked_for(page: Page):
    page.goto("/docs")
    expect(page.locator("#nav details")).not_to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("text_prompt runway/v2")
    shown = page.locator("#nav li:not([hidden])")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("/runway/v2/tasks")
    expect(page.locator("#found")).to_have_text("1 found")
    shown.locator("a").click()
    expect(page.locator("#post_runway_v2_tasks")).to_be_in_viewport()


def test_prices_are_listed_and_filtered(page: Page, gateway: Gateway):
    page.goto("/prices")
    rows = gateway.call("GET", "/api/prices", key="").json["data"]
    expect(page.locator("#prices tbody tr")).to_have_count(len(rows))
    first = page.locator("#prices tbody tr", has_text=rows[0]["model"]).first
    for text in (
        f"${rows[0]['usd']}",
        rows[0]["unit"],
        rows[0]["example"],
        rows[0]["source"],
        rows[0]["date"],
    ):
        expect(first).to_contain_text(text)
    page.fill("#filter", "gen4_turbo")
    expect(page.locator("#prices tbody:not([hidden])").first).to_contain_text("gen4_turbo")
    page.fill("#filter", "nothing has this name")
    expect(page.locator("#found")).to_have_text("0 models")
    expect(page.locator("#prices")).to_be_hidden()


def test_chinese_is_asked_for_once_and_remembered(page: Page):
    page.goto("/?lang=zh")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("#begin")).to_have_text("快速开始")
    page.goto("/prices")
    expect(page.locator("h1")).to_have_text("价格")
    page.goto("/docs#post_v1_tasks")
    expect(page.locator("#post_v1_tasks h2")).to_have_text("创建任务")
    page.locator("#language").click()
    expect(page.locator("#post_v1_tasks h2")).to_have_text("Create a task")


@pytest.mark.parametrize("path", ["/", "/docs", "/docs#runway", "/docs#admin", "/prices"])
def test_a_phone_need_not_scroll_sideways(page: Page, path: str):
    page.set_viewport_size(PHONE)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert PHONE["width"] == page.evaluate("document.documentElement.scrollWidth")


def test_the_prices_fit_a_small_window(page: Page):
    page.set_viewport_size({"width": 1100, "height": 700})
    page.goto("/prices")
    expect(page.locator("#prices tbody").first).to_be_visible()
    assert 1100 == page.evaluate("document.documentElement.scrollWidth")


def test_the_contents_open_on_a_phone(page: Page):
    page.set_viewport_size(PHONE)
    page.goto("/docs")
    expect(page.locator("#nav")).to_be_hidden()
    page.get_by_role("button", name="Contents").click()
    page.locator("#nav details[data-tag=native] summary").click()
    page.locator("#nav a[href='#get_v1_tasks_id']").click()
    expect(page.locator("#nav")).to_be_hidden()
    expect(page.locator("#get_v1_tasks_id h2")).to_be_in_viewport()


@pytest.mark.parametrize("path", ["/", "/docs#native", "/prices"])
def test_everything_that_acts_has_a_name(page: Page, path: str):
    page.goto(path)
    page.wait_for_load_state("networkidle")
    for panel in page.locator(".try summary").all():
        panel.click()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("a, button, input, textarea, img, table, nav, pre")]
            .filter((e) => !(e.ariaLabel || e.textContent.trim() || e.labels?.length || e.hasAttribute("alt")))
            .map((e) => e.outerHTML)"""
    )
    assert [] == nameless
    assert [1, 1] == page.evaluate(
        "[document.querySelectorAll('main').length, document.querySelectorAll('h1').length]"
    )


def operations(gateway: Gateway) -> dict[str, set[str]]:
    """ "METHOD /path" → its formats, from the description that the page is built of."""
    document = gateway.call("GET", "/openapi.json", key="").json
    return {
        re.sub(r"\s+", " ", f"{method.upper()} {path}"): set(operation["tags"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }

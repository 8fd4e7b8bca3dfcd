"""axe-core on the pages of our own, in both languages: nothing that keeps readers with other needs out."""

from __future__ import annotations

from typing import Any

import pytest
from browser_pages import OWN_PAGES, PASSWORD

pytestmark = pytest.mark.browser
axe_module = pytest.importorskip(
    "axe_playwright_python.sync_playwright",
    reason="axe-core is not installed; pip install axe-playwright-python",
)

# English on a desktop, Chinese on a phone; of the dark colours those pages that show most of them
DARK = [
    "/search?q=备案",
    "/rule/rule00000001",
    "/diff?instrument=a1b2c3d4e5",
    "/coverage",
    "/catalogue",
    "/gaps",
    "/claims",
]
SCREENS = [("en", 1280, "light", OWN_PAGES), ("zh", 390, "light", OWN_PAGES), ("en", 1280, "dark", DARK)]


def opened(chromium: Any, address: str, language: str, width: int, scheme: str) -> Any:
    # axe is put into the page as a script, which the content security policy rightly refuses
    size = {"width": width, "height": 860}
    context = chromium.new_context(base_url=address, viewport=size, color_scheme=scheme, bypass_csp=True)
    context.add_cookies([{"name": "guiji_language", "value": language, "url": address}])
    return context


def faults(page: Any, path: str) -> list[tuple[str, ...]]:
    found = axe_module.Axe().run(page).response["violations"]
    return [(path, fault["id"], fault["nodes"][0]["html"][:120]) for fault in found]


@pytest.mark.parametrize(("language", "width", "scheme", "paths"), SCREENS)
def test_own_pages_are_clean(
    chromium: Any, address: str, language: str, width: int, scheme: str, paths: list[str]
) -> None:
    context = opened(chromium, address, language, width, scheme)
    page, found = context.new_page(), []
    for path in paths:
        page.goto(path)
        found += faults(page, path)
    context.close()
    assert found == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_forms_of_the_team_and_errors_are_clean(chromium: Any, team_address: str, language: str) -> None:
    context = opened(chromium, team_address, language, 1280, "light")
    page = context.new_page()
    page.goto("/-/login")
    found = faults(page, "/-/login")
    page.fill("[name=username]", "chen")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    for path in ("/change/c2", "/-/logout", "/rule/nosuch", "/nosuch"):
        page.goto(path)
        found += faults(page, path)
    context.close()
    assert found == []

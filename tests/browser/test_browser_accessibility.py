"""axe-core on the pages of our own, in both languages: nothing that keeps readers with other needs out."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser
axe_module = pytest.importorskip(
    "axe_playwright_python.sync_playwright",
    reason="axe-core is not installed; pip install axe-playwright-python",
)

PAGES = [
    "/",
    "/search?q=备案",
    "/instrument/a1b2c3d4e5",
    "/rule/rule00000001",
    "/diff?instrument=a1b2c3d4e5",
    "/as-of",
    "/as-of?as_of=2025-01-01",
    "/changes",
    "/coverage",
    "/catalogue",
    "/gaps",
    "/claims",
    "/sources",
    "/about",
]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_own_pages_are_clean(chromium: Any, address: str, language: str) -> None:
    width = 1280 if language == "en" else 390
    # axe is put into the page as a script, which the content security policy rightly refuses
    context = chromium.new_context(base_url=address, viewport={"width": width, "height": 860}, bypass_csp=True)
    context.add_cookies([{"name": "guiji_language", "value": language, "url": address}])
    page, axe, faults = context.new_page(), axe_module.Axe(), []
    for path in PAGES:
        page.goto(path)
        for fault in axe.run(page).response["violations"]:
            faults.append((path, fault["id"], fault["nodes"][0]["html"][:120]))
    context.close()
    assert faults == []

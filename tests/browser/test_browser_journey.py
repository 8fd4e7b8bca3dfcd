"""What a compliance officer does, in a real browser: find a rule, see its evidence, compare, go back in time."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/search?q=备案",
    "/instrument/a1b2c3d4e5",
    "/rule/rule00000001",
    "/diff?instrument=a1b2c3d4e5",
    "/as-of",
    "/changes",
    "/coverage",
    "/catalogue",
    "/gaps",
    "/claims",
    "/sources",
    "/about",
    "/rules",
    "/rules/provision?_search=备案",
    "/rules/search?q=备案",
    "/rules/instrument/a1b2c3d4e5",
]


def test_main_journey(tab: Any) -> None:
    page = tab.page
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("主管部门备案")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    assert page.locator("li.hit mark").first.inner_text() == "主管部门备案"
    assert page.locator("li.hit").count() == 2

    page.locator("li.hit h2 a").first.click()
    page.wait_for_url("**/instrument/**")
    assert page.locator(":target .words").inner_text().startswith("第二条")

    page.locator(":target .margin a").first.click()
    page.wait_for_url("**/rule/rule00000001")
    assert page.locator(".evidence-text mark").all_inner_texts() == ["回收网点", "应当", "15日内"]

    page.locator(".timeline + p a.button").click()
    page.wait_for_url("**/diff?**")
    assert page.locator(".typed del").first.inner_text() == "30日内"
    assert not page.locator(".diff-row.unchanged").first.is_visible()
    page.locator("label[for=show-unchanged]").click()
    assert page.locator(".diff-row.unchanged").first.is_visible()

    page.goto("/as-of")
    page.locator(".bar-form input[type=date]").fill("2025-01-01")
    page.locator(".bar-form button").click()
    page.goto("/rule/rule00000001")
    assert "30日内" in page.locator(".evidence-text").inner_text()
    page.locator(".banner.as-of a").last.click()
    page.goto("/rule/rule00000001")
    assert "15日内" in page.locator(".evidence-text").inner_text()
    assert tab.complaints == []


def test_control_leads_to_its_device(tab: Any) -> None:
    page = tab.page
    page.goto("/catalogue")
    page.locator("#CTL-2 a", has_text="HW-1").click()
    assert page.locator("#HW-1").is_visible()
    assert page.url.endswith("#HW-1")
    assert tab.complaints == []


def test_second_life_duty_leads_to_its_rule_and_its_evidence(tab: Any) -> None:
    page = tab.page
    page.goto("/search?q=梯次利用 非 罚款")
    page.locator("li.hit h2 a").first.click()
    page.wait_for_url("**/instrument/**")
    page.locator(":target .margin a").first.click()
    page.wait_for_url("**/rule/rule00000002*")
    assert "梯次利用企业" in page.locator(".evidence-text .mark-bearer").all_inner_texts()
    assert page.locator("svg.plot").count() == 1
    page.goto("/rules/second_life_obligations")
    page.locator("td a", has_text="rule00000002").click()
    page.wait_for_url("**/rule/rule00000002")
    assert tab.complaints == []


def test_a_day_in_the_address_stays_in_the_links(tab: Any) -> None:
    """A deep link sent to a colleague goes on showing its day, without a cookie."""
    page = tab.page
    page.goto("/rule/rule00000001?as_of=2025-01-01")
    page.locator(".kicker a").click()
    page.wait_for_url("**as_of=2025-01-01**")
    assert "30日内" in page.locator("#art_2").inner_text()
    assert "In force on 2025-01-01" in page.locator(".ribbon").inner_text()
    assert tab.complaints == []


def test_a_gap_leads_to_what_seems_to_fill_it(tab: Any) -> None:
    page = tab.page
    page.goto("/gaps")
    page.locator("#GAP-1 ul a").click()
    page.wait_for_url("**/instrument/**#lvl_1")
    assert tab.complaints == []


def test_language_switch_is_remembered(tab: Any) -> None:
    page = tab.page
    page.goto("/search?q=备案")
    page.locator("a.language").click()
    page.wait_for_url("**/search?q=*")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.goto("/coverage")
    assert "覆盖" in page.locator("h1").inner_text()
    assert tab.complaints == []


def test_choosing_a_filter_searches_at_once(tab: Any) -> None:
    page = tab.page
    page.goto("/search?q=备案")
    page.locator("select[name=status]").select_option("superseded")
    page.wait_for_url("**status=superseded**")
    assert page.locator("li.hit").count() == 2


def test_feed_is_announced(tab: Any) -> None:
    page = tab.page
    page.goto("/changes")
    feed = page.locator('link[type="application/atom+xml"]').get_attribute("href")
    response = page.request.get(feed)
    assert response.ok
    assert "<feed" in response.text()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_makes_the_browser_complain(tab: Any, path: str) -> None:
    """No console error, no failed request, nothing that the content security policy had to stop."""
    response = tab.page.goto(path)
    tab.page.wait_for_load_state("networkidle")
    assert response.ok
    assert tab.complaints == []


@pytest.mark.parametrize("path", PAGES[:13])
def test_pages_fit_a_phone(phone: Any, path: str) -> None:
    phone.page.goto(path)
    phone.page.wait_for_load_state("networkidle")
    wider = phone.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, "the page scrolls sideways"
    assert phone.complaints == []


def test_everything_is_reached_by_keyboard(tab: Any) -> None:
    page = tab.page
    page.goto("/search?q=备案")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
    joined = "".join(reached)
    for needed in ("skip", 'id="q"', 'name="jurisdiction"', "/instrument/"):
        assert needed in joined, needed

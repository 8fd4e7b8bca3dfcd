"""What a compliance officer does, in a real browser: find a rule, see its evidence, compare, go back in time."""

from __future__ import annotations

import re
from typing import Any

import pytest
from browser_pages import OWN_PAGES, PASSWORD, TABLE_PAGES

pytestmark = pytest.mark.browser


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


def test_subscribing_follows_the_filter_and_links_lead_back(tab: Any) -> None:
    page = tab.page
    page.goto("/changes")
    page.locator("select[name=kind]").select_option("threshold_tightened")
    page.locator(".bar-form button").click()
    page.wait_for_url("**kind=threshold_tightened**")
    assert page.locator('link[type="application/atom+xml"]').get_attribute("href")
    feed = page.request.get(page.locator(".help a", has_text="Atom").get_attribute("href"))
    assert feed.ok
    assert feed.text().count("<entry>") == 1 and "threshold_tightened" in feed.text()
    target = re.search(r'<link href="(http[^"]+/rule/[^"]+)"', feed.text())
    assert target
    page.goto(target[1])
    assert "15日内" in page.locator(".evidence-text").inner_text()
    calendar = page.request.get("/calendar.ics")
    assert calendar.ok and "BEGIN:VEVENT" in calendar.text()
    assert tab.complaints == []


def test_the_day_is_picked_on_any_page_and_holds(tab: Any) -> None:
    """The box at the top keeps the reader where she is; pages that can't follow the day say so."""
    page = tab.page
    page.goto("/rule/rule00000001")
    page.locator("#day").fill("2025-01-01")
    page.locator(".day button").click()
    page.wait_for_url("**/rule/rule00000001?as_of=2025-01-01")
    assert "30日内" in page.locator(".evidence-text").inner_text()
    page.goto("/timeline")
    assert "line at 2025-01-01" in page.locator(".card").inner_text()
    assert page.locator(".bar-not_yet_in_force").count() > 0
    for path in ("/provinces", "/catalogue", "/search?q=备案", "/diff?instrument=a1b2c3d4e5", "/as-of"):
        page.goto(path)
        assert page.locator(".banner.as-of").inner_text().startswith("Showing what was valid on 2025-01-01"), path
    for path in ("/", "/changes", "/coverage", "/gaps", "/claims", "/sources", "/about", "/change/c2"):
        page.goto(path)
        assert page.locator(".banner.as-of").inner_text().startswith("Day chosen: 2025-01-01"), path
    page.goto("/instrument/a1b2c3d4e5")
    page.locator(".banner.as-of a").first.click()
    page.wait_for_url("**/instrument/a1b2c3d4e5?as_of=2025-01-01")
    page.locator(".banner.as-of a").last.click()
    page.wait_for_url("**/instrument/a1b2c3d4e5")
    assert page.locator(".banner.as-of").count() == 0
    assert tab.complaints == []


def test_heat_map_leads_to_the_rules_behind_a_cell(tab: Any) -> None:
    page = tab.page
    page.goto("/coverage")
    cell = page.locator("#heat td.heat a").first
    cell.focus()
    assert "links 2, to look at again 1" in cell.get_attribute("aria-label")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rules/linked_rules?target=*")
    page.locator("td a", has_text="rule0000000").first.click()
    page.wait_for_url("**/rule/rule0000000*")
    assert tab.complaints == []


def test_map_leads_to_the_timeline_and_on_to_a_text(tab: Any) -> None:
    page = tab.page
    page.goto("/provinces")
    page.locator("svg.tiles a[aria-label^=Jiangsu]").click()
    page.wait_for_url("**/timeline?jurisdiction=320000")
    page.locator("svg.texts a rect").first.click()
    page.wait_for_url("**/instrument/b1b2c3d4e5?version=*")
    assert tab.complaints == []


def test_a_change_is_decided_by_the_team_alone(chromium: Any, team_address: str) -> None:
    context = chromium.new_context(base_url=team_address, locale="en-US")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.goto("/change/c2")
    page.wait_for_url("**/-/login")
    page.fill("[name=username]", "chen")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.goto("/change/c2")
    assert "30日内" in page.locator(".change-body").first.inner_text()
    page.select_option("[name=relevant]", "yes")
    page.select_option("[name=severity]", "high")
    page.fill("[name=owner]", "Lin")
    page.fill("[name=note]", "<b>台账</b>")
    page.locator(".stacked-form button").click()
    page.wait_for_url("**/change/c2")
    decided = page.locator("ol.changes").inner_text()
    assert "relevant" in decided and "high" in decided and "Lin" in decided and "<b>台账</b>" in decided
    page.locator("a.language", has_text="Log out").click()
    page.locator("main button").click()
    page.goto("/change/c2")
    page.wait_for_url("**/-/login")
    context.close()
    assert complaints == []


def test_no_page_makes_the_browser_complain(tab: Any) -> None:
    """No console error, no failed request, nothing that the content security policy had to stop."""
    for path in OWN_PAGES + TABLE_PAGES:
        response = tab.page.goto(path)
        tab.page.wait_for_load_state("load")
        assert response.ok, path
        assert tab.complaints == [], path


def test_an_unknown_address_tells_so_in_the_readers_language(phone: Any) -> None:
    for path in ("/rule/nosuch", "/nosuch", "/rules/nosuch"):
        assert phone.page.goto(path).status == 404
        assert phone.page.locator("h1").inner_text() == "未找到"
    # the browser itself notes the status of each
    assert [text for text in phone.complaints if "404" not in text] == []


def test_pages_fit_a_phone(phone: Any) -> None:
    for path in OWN_PAGES:
        phone.page.goto(path)
        wider = phone.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{path} scrolls sideways"
    assert phone.complaints == []


def test_menu_opens_on_a_phone(phone: Any) -> None:
    page = phone.page
    page.goto("/rule/rule00000001")
    assert not page.locator("nav.main").is_visible()
    page.locator("label[for=menu]").click()
    page.locator("nav.main a", has_text="覆盖").click()
    page.wait_for_url("**/coverage")
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

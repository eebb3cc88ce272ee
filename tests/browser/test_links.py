"""Links into the dashboard, as people send them to each other."""

import pytest
from playwright.sync_api import Browser, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.slow
def test_a_link_straight_to_a_page_of_a_fresh_server_opens_it(
    browser: Browser, fresh_dashboard: str
) -> None:
    visitor = browser.new_page()
    visitor.goto(f"{fresh_dashboard}/about")
    expect(visitor.get_by_role("heading", name="About", exact=False).first).to_be_visible()
    links = visitor.get_by_test_id("stTopNavLink")
    expect(links).to_have_text(
        ["Review", "Cohort", "Explore", "Follow-up", "Model", "Sources", "About"]
    )
    visitor.close()

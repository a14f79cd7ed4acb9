"""A prediction with options in the browser: one group of radio buttons, locked in by keyboard."""

from playwright.sync_api import expect

SOURCE = """
from course_utils.exercises import predict
predict("Does it arrive?", truth="no", options=("yes", "no"), key="browser")
"""


def test_options_are_one_group_and_take_arrow_keys(open_code):
    page = open_code("prediction", SOURCE)
    group = page.page.get_by_role("radiogroup", name="Your prediction", exact=True)
    yes, no = (group.get_by_role("radio", name=word, exact=True) for word in ("yes", "no"))
    yes.focus()
    page.page.keyboard.press("Space")
    expect(yes).to_be_checked()
    page.page.keyboard.press("ArrowDown")
    expect(no).to_be_checked()
    page.settle()
    page.press_button("Lock in")
    expect(page.page.locator(".drc-predict")).to_contain_text("You saw it coming.")
    assert not page.complaints

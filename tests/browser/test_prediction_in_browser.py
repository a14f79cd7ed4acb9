"""A prediction in the browser: one group of radio buttons, locked in by keyboard, and kept."""

from playwright.sync_api import expect

from course_utils.exercises.predictions import predictions
from course_utils.exercises.progress import PLACE

SOURCE = """
from course_utils.exercises import predict
predict("05 arrives")
"""


def test_options_are_one_group_and_take_arrow_keys(open_code):
    page = open_code("prediction", SOURCE)
    group = page.page.get_by_role("radiogroup", name="Your prediction", exact=True)
    words = predictions()["05 arrives"].options
    first, second = (group.get_by_role("radio", name=word, exact=True) for word in words)
    first.focus()
    page.page.keyboard.press("Space")
    expect(first).to_be_checked()
    page.page.keyboard.press("ArrowDown")
    expect(second).to_be_checked()
    page.settle()
    page.press_button("Lock in")
    expect(page.page.locator(".drc-predict")).to_contain_text("You saw it coming.")
    assert not page.complaints


def test_a_locked_prediction_lasts_from_kernel_to_kernel(open_code, tmp_path):
    kept = f"import os\nos.environ[{PLACE!r}] = {str(tmp_path / 'kept.jsonl')!r}\n{SOURCE}"
    page = open_code("prediction one day", kept)
    page.page.get_by_role("radio", name=predictions()["05 arrives"].options[0]).check()
    page.settle()
    page.press_button("Lock in")
    expect(page.page.locator(".drc-predict")).to_contain_text("It came out otherwise.")
    page = open_code("prediction another day", kept)
    expect(page.page.locator(".drc-predict").last).to_contain_text("It came out otherwise.")
    expect(page.page.get_by_role("button", name="Locked in").last).to_be_disabled()

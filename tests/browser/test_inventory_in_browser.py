"""The twelve questions in a browser: filled in and handed in by keyboard, read back from disk."""

import json
import re
from itertools import pairwise

import pytest

from course_utils.inventory import ITEMS
from course_utils.inventory.item import LETTERS

IMPORT = "from course_utils.inventory import twelve_questions"
FOCUSED = "() => document.activeElement.closest('label')?.textContent ?? ''"
OPENED = "path => window.jupyterapp.shell.currentWidget?.context?.path === path"
RIGHT = {n: item.right for n, item in ITEMS.items()}


@pytest.fixture(scope="module")
def pages(open_code):
    """`pages(when)`: the form alone on a page."""
    return lambda when: open_code(f"questions_{when}", f"{IMPORT}\ntwelve_questions({when!r})")


def choose(page, answers):
    """Tab to each question, take its first answer by the space bar, go down by arrow keys."""
    form = page.page.locator(".drc-inventory")
    form.get_by_role("radio").first.focus()
    for place, (n, letter) in enumerate(answers.items()):
        if place:
            page.page.keyboard.press("Tab")
        page.page.keyboard.press("Space")
        for _ in range((LETTERS + "?").index(letter)):
            page.page.keyboard.press("ArrowDown")
        assert page.page.evaluate(FOCUSED).startswith(f"{n}{letter} ")
    page.settle()
    return form


def status(form, words):
    """What the form says aloud, as soon as these words are in it."""
    said = form.get_by_role("status").filter(has_text=words)
    said.wait_for()
    return said.inner_text()


def test_every_choice_has_a_name_of_its_own(pages):
    page = pages("before")
    radios = page.page.locator(".drc-inventory").get_by_role("radio")
    assert radios.count() == 60
    for n, item in ITEMS.items():
        question = f"{n} {item.title}. {item.question}"
        group = page.page.get_by_role("radiogroup", name=question, exact=True)
        for letter, option in item.lettered():
            name = f"{n}{letter} {option.text}"
            assert group.get_by_role("radio", name=name, exact=True).count() == 1
    boxes = [label.bounding_box() for label in page.page.locator(".drc-inventory label").all()]
    boxes = [box for box in boxes if box]
    assert all(a["y"] + a["height"] <= b["y"] + 1 for a, b in pairwise(boxes[:60]))
    assert not page.bad_outputs and not page.complaints


def test_before_and_after_by_keyboard(pages, lab):
    folder = lab.folder / "my_answers"
    before = pages("before")
    form = choose(before, {**RIGHT, 3: "a", 4: "?"})
    form.get_by_label("Nickname").focus()
    before.page.keyboard.type("Ada")
    before.page.keyboard.press("Tab")
    before.page.keyboard.press("Tab")
    before.page.keyboard.press("Enter")
    assert "below" in status(form, "Handed in")
    report = form.get_by_text("10 of 12 are right")
    report.wait_for()
    assert form.get_by_text("Which way is downhill:").count() == 0
    [file] = folder.iterdir()
    held = json.loads(file.read_text(encoding="utf-8"))
    assert held["when"] == "before" and held["nickname"] == "Ada"
    assert held["answers"] == {str(n): x for n, x in {**RIGHT, 3: "a", 4: "?"}.items()}

    after = pages("after")
    form = choose(after, {n: x for n, x in {**RIGHT, 2: "b"}.items() if n != 12})
    after.press_button("Hand in", form)
    assert "open: 12." in status(form, "Not handed in yet")
    assert len(list(folder.iterdir())) == 1
    form.get_by_role("radio", name=re.compile(f"^12{RIGHT[12]} ")).focus()
    after.page.keyboard.press("Space")
    after.press_button("Hand in", form)
    form.get_by_text("11 of 12 are right, and before it was 10.").wait_for()
    assert form.get_by_text("3 What an average remembers: won (+1).").count() == 1
    assert form.get_by_text("right before, not now (−1)").count() == 1
    assert len(list(folder.iterdir())) == 2
    assert not before.complaints and not after.complaints

    after.page.locator(".drc-inventory a[href]").last.click()
    after.page.wait_for_function(OPENED, arg=f"notebooks/{ITEMS[2].reread.lesson}.ipynb")

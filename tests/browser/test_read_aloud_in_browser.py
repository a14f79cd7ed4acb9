"""What a class can be read aloud: the sentence of an explorer at each preset that a plan presses.

On the page of the lesson, as Chromium's accessibility tree has it.
"""

from __future__ import annotations

import re

import pytest

from tools import plans
from tools.publish.lesson import lessons
from tools.publish.players import players
from tools.publish.site import lesson_page, write_assets

# Lessons whose explorers open within seconds; tests/explorers asks the sentences of all.
TAUGHT = "01", "04", "06", "07"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The pages of the lessons, without Python, as `course.py site --still` writes them."""
    target = tmp_path_factory.mktemp("read")
    write_assets(target, None)
    for lesson in lessons(list(TAUGHT)):
        (target / lesson.page).write_text(lesson_page(lesson, players(lesson), (None,)), "utf-8")
    return target


@pytest.mark.parametrize("lesson", TAUGHT)
def test_each_preset_of_a_plan_is_told_in_a_sentence_that_names_the_picture(
    browser, folder, lesson
):
    page = browser.new_page()
    (file,) = folder.glob(f"{lesson}_*.html")
    page.goto(file.as_uri())
    pressed = [name for row in plans.plans()[lesson].rows[90] for name in row.preset]
    assert pressed
    told = set()
    for name in pressed:
        button = page.get_by_role("button", name=name, exact=True).first
        button.click()
        explorer = page.get_by_role("group", name=re.compile("Explorer|The same, moving"))
        explorer = explorer.filter(has=button).first
        sentence = explorer.get_by_role("status").first.inner_text()
        assert re.search(r"\d", sentence) and len(sentence.split()) >= 8, (name, sentence)
        tree = explorer.aria_snapshot()
        assert "status" in tree and sentence.split(".")[0][:30] in tree, name
        assert f'button "{name}" [pressed]' in tree, name
        told.add(sentence)
    assert len(told) == len(pressed), "two presets sound alike"
    page.close()

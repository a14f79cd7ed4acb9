"""The index of terms and questions leads to headings that exist, and is up to date."""

from __future__ import annotations

import re
from urllib.parse import unquote

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.lessons.lesson_contract import Stored
from tools import index
from tools.index import Section, all_lessons, entries, nowhere, page, resolve
from tools.publish.site import terms_page

LESSONS = all_lessons()
PAGES = {number: ours[0] for number, ours in LESSONS.items()}
LINK = re.compile(r"\]\((\w+)\.ipynb#([^)]+)\)")


def test_every_entry_leads_somewhere():
    assert list(nowhere(entries(), LESSONS)) == []


def test_the_page_is_up_to_date():
    assert (index.ROOT / index.PAGE).read_text("utf-8") == page(entries(), LESSONS), (
        "python -m tools.index"
    )


def test_the_index_is_large_and_reaches_every_lesson():
    found = entries()
    assert list(found) == ["terms", "questions"]
    assert len(found["terms"]) >= 90 and len(found["questions"]) >= 30
    assert all(name.endswith("?") for name in found["questions"])
    reached = {lesson for lesson, _ in LINK.findall(page(found, LESSONS))}
    assert reached == {each.lesson for each in PAGES.values()}


def test_every_link_is_an_anchor_of_its_lesson():
    """In JupyterLab's way: the heading, or the cell where the heading has a letter such as ε."""
    files = {
        each.lesson: index.ROOT / "notebooks" / f"{each.lesson}.ipynb" for each in PAGES.values()
    }
    anchors = {name: Stored(path).anchors for name, path in files.items()}
    links = LINK.findall(page(entries(), LESSONS))
    assert len(links) > 150
    for lesson, anchor in links:
        kind, _, cell = anchor.partition("=")
        if kind == "cell-id":
            cells = {each.id: each.source for each in Stored(files[lesson]).nb.cells}
            assert not re.search("^#.*", cells[cell], re.M)[0].isascii()
        else:
            assert unquote(anchor) in anchors[lesson], f"{lesson}#{anchor}"


def test_the_site_has_every_entry_and_its_links_lead_to_pages():
    shown = BeautifulSoup(terms_page(), "html.parser")
    items = [item.get_text() for item in shown.main.find_all("li")]
    for kind in entries().values():
        for name in kind:
            assert any(item.startswith(name.replace("`", "")) for item in items), name
    links = [a["href"].partition("#") for a in shown.main.find_all("a")]
    assert {target for target, _, _ in links} == {f"{each.lesson}.html" for each in PAGES.values()}
    headings = {name: {each.heading for each in ours} for name, ours in LESSONS.items()}
    for target, _, anchor in links:
        assert unquote(anchor) in {h.replace(" ", "-") for h in headings[target[:2]]}


@pytest.fixture
def lessons(tmp_path):
    """One lesson with a title, three sections and a summary."""
    path = tmp_path / "04_sample.ipynb"
    cells = [
        new_markdown_cell("# 04 · A rule that remembers\n\nAbout the velocity."),
        new_markdown_cell("## Derive: the `velocity` (5 minutes)\n\nA ball. Dampening is 0."),
        new_code_cell("dampening = 1"),
        new_markdown_cell("## Measure\n\nDampening.\n\n### Twice\n\nMore."),
        new_markdown_cell("## Summary\n\nA ball, a ball, a ball. Only here: friction."),
    ]
    nbformat.write(new_notebook(cells=cells), path)
    return {"04": index.sections(path)}


@pytest.mark.parametrize(
    "place, heading",
    [
        ("04 velocity", "Derive: the velocity (5 minutes)"),
        ("04 the VELOCITY derive", "Derive: the velocity (5 minutes)"),
        ("04 nothing | twice", "Twice"),
        ("04 dampening", "Derive: the velocity (5 minutes)"),
        ("04 ball", "Derive: the velocity (5 minutes)"),
        ("04 friction", "Summary"),
        ("04 all | more", "Twice"),
        ("04 remembers", "04 · A rule that remembers"),
    ],
)
def test_a_place_is_found_by_its_words(lessons, place, heading):
    """Headings first, then the text that says it most; what speaks of everything comes last."""
    assert resolve(place, lessons).heading == heading


def test_a_place_that_no_lesson_has_is_named(lessons):
    found = {"terms": {"spring": ["04 spring"], "ball": ["04 ball", "05 ball"]}, "questions": {}}
    assert list(nowhere(found, lessons)) == [
        "'spring' leads nowhere: lesson 04 has nothing of 'spring'.",
        "'ball' leads nowhere: lesson 05 has nothing of 'ball'.",
    ]


def test_terms_stand_in_the_order_of_the_alphabet(lessons):
    terms = {name: ["04 ball"] for name in ("zig-zag", "ε̂", "AdaGrad", "ε", "edge")}
    made = page({"terms": terms, "questions": {"Why?": ["04 ball", "04 velocity"]}}, lessons)
    assert re.findall(r"^- (\S+) →", made.partition("## Terms")[2], re.M) == [
        "AdaGrad", "edge", "ε", "ε̂", "zig-zag",
    ]  # fmt: skip
    assert re.findall(r"^### (.)$", made, re.M) == ["A", "E", "Z"]
    assert made.count("](04_sample.ipynb#Derive:-the-velocity-%285-minutes%29)") == 6


def test_a_link_names_lesson_and_heading():
    play, greek = (Section("04_momentum", name, "a1b2", "") for name in ("Play", "Where ε sits"))
    assert play.link(False) == play.link(True) == "[04 · Play](04_momentum.ipynb#Play)"
    assert greek.link(False) == "[04 · Where ε sits](04_momentum.ipynb#cell-id=a1b2)"
    assert greek.link(True) == "[04 · Where ε sits](04_momentum.ipynb#Where-%CE%B5-sits)"

"""What a reader who does not see the pictures gets from a stored lesson.

The rules for headings, links, captions and images in text are in `lesson_contract`.
"""

from __future__ import annotations

import ast
import re
from html import unescape
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter

from course_utils.page import SCRIPT
from course_utils.svg.caption import alternative, below, forms
from tests.explorers.every import EVERY, every
from tools.find import notebooks

LESSONS = notebooks(Path(__file__).parents[2])
lessons = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
OPENS = "As it opens: "


def pictures(path):
    """The source of its cell, its HTML and its words, for every picture of a lesson."""
    for cell in nbformat.read(path, 4).cells:
        for data in (o.get("data", {}) for o in cell.get("outputs", [])):
            if forms(data.get("text/html", "")):
                yield cell.source, data["text/html"], data["text/plain"]


@lessons
def test_every_picture_says_what_it_shows(path):
    """A sentence with numbers, as the alternative text of the picture and to be read below it."""
    found = list(pictures(path))
    assert len(found) >= 2
    for _, html, words in found:
        assert alternative(html) == words
        # One sentence, or one for each still, where the whole caption says all the numbers.
        lines = [line.split() for line in below(html).splitlines()]
        short = all(3 < len(line) <= 36 for line in lines) and len(words.split()) > 30
        assert below(html) == words or short
        assert re.search(r"\d", words) and len(words.split()) >= 8 and words.endswith("."), words


@lessons
def test_no_figure_is_large(path):
    """A figure of more than 300 kB would need a reason; a film holds four whole explorers."""
    for source, html, _ in pictures(path):
        assert len(html) < (300_000 if len(forms(html)) > 1 else 450_000), source


@lessons
def test_pictures_have_a_dark_side(path):
    for _, html, _ in pictures(path):
        for svg in forms(html):
            assert "@media (prefers-color-scheme:dark){" in svg


def test_an_exported_lesson_has_the_text_alternatives():
    """Whatever nbconvert makes of a lesson, no picture in it is without its sentence."""
    page, _ = HTMLExporter(template_name="lab").from_filename(str(LESSONS[4]))
    images = re.findall(r"<img [^>]*data:image/svg[^>]*>", page)
    said = [unescape(re.search(r' alt="([^"]*)"', image)[1]) for image in images]
    assert said == [words for _, _, words in pictures(LESSONS[4])] and len(said) >= 4
    assert "No description has been provided" not in page


@lessons
def test_captions_are_computed(path):
    """No caption is a text that was typed: its numbers come from the run."""
    for source, *_ in pictures(path):
        for call in ast.walk(ast.parse(source)):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Captioned":
                kinds = {type(part) for part in ast.walk(call.args[1])}
                assert kinds & {ast.FormattedValue, ast.Call}, source


def test_every_lesson_has_an_explorer_and_its_still():
    for path in LESSONS:
        texts = [words for _, _, words in pictures(path)]
        assert any(text.startswith(OPENS) for text in texts), path.stem


@lessons
def test_tables_have_a_header_or_name_their_rows(path):
    for cell in nbformat.read(path, 4).cells:
        lines = cell.source.splitlines() if cell.cell_type == "markdown" else []
        for number, line in enumerate(lines[1:], 1):
            if not re.fullmatch(r"\|(\s*:?-+:?\s*\|)+", line):
                continue
            rows = [[x.strip() for x in re.split(r"(?<!\\)\|", r)[1:-1]] for r in
                    [lines[number - 1], *lines[number + 1 :]] if r.startswith("|")]  # fmt: skip
            named = any(rows[0]) or all(row[0].startswith("**") for row in rows[1:])
            assert named, rows[0]


# Where the point is, what the loss is: for explorers without a point, what stands for it
STATE = {
    "Budget": "Budget {n}: typical best",
    "Diagnosis": "step {n} of 16: after {n} passes",
    "Directions": "Step {n}: along the flattest",
    "Edge": "Step {n}: the sharpness is",
    "Landscapes": "Along the cut at",
    "Memory": "Step {n}: value",
    "SpuriousFeatures": "Step {n}, errors in training and score",
    "FailingSequence": "Step {n}: gradient descent at",
    "Wells": "Step {n}: ",
}
POINT = re.compile(r"w1 = |w2 = |from the minimum|away along w1|along w1, predicted")


@every
def test_an_explorer_says_the_step_the_loss_and_where_the_point_is(kind):
    explorer = kind()
    explorer.step = min(7, explorer.last)
    said = explorer.caption()
    if kind.__name__ in STATE:
        assert any(STATE[kind.__name__].format(n=n) in said for n in (7, 70)), said
    else:
        assert POINT.search(said) and re.search(r"loss", said, re.IGNORECASE), said
        assert re.search(r"\b[Ss]tep 7\b|^You have taken", said), said


def test_all_explorers_are_accounted_for():
    assert set(STATE) - {"Wells"} <= {kind.__name__ for kind in EVERY}


def test_the_page_gets_its_keys_and_names_once():
    script = SCRIPT
    assert script.count("window.drcPage = true") == 1 and "if (!window.drcPage)" in script

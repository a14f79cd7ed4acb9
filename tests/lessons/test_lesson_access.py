"""What a reader who does not see the pictures gets from a stored lesson.

The rules for headings, links, captions and images in text are in `lesson_contract`.
"""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

from course_utils.page import SCRIPT
from tests.explorers.every import EVERY, every
from tools.find import notebooks

LESSONS = notebooks(Path(__file__).parents[2])
lessons = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
SVG, PNG = "image/svg+xml", "image/png"
OPENS = "As it opens: "


def pictures(path):
    """The source of its cell, the bundle, and the text below, for every picture of a lesson."""
    for cell in nbformat.read(path, 4).cells:
        outputs = [o.get("data", {}) for o in cell.get("outputs", [])]
        for data, below in pairwise([*outputs, {}]):
            if SVG in data or PNG in data:
                yield cell.source, data, below.get("text/markdown", "")


@lessons
def test_every_picture_says_what_it_shows(path):
    """A sentence with numbers, as the alternative text of the output and to be read below it."""
    found = list(pictures(path))
    assert len(found) >= 2
    for _, data, below in found:
        words = data["text/plain"]
        assert below.strip("*") == words
        assert re.search(r"\d", words) and len(words.split()) >= 8 and words.endswith("."), words
        if SVG in data:
            root = ElementTree.fromstring(data[SVG])
            assert root.get("role") == "img" and root[0].tag.endswith("title") and root[0].text


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
        texts = [data["text/plain"] for _, data, _ in pictures(path)]
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

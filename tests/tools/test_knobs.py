"""The sheet of knobs: every row leads to a section that shows it, and every line is a call."""

from __future__ import annotations

import re
from urllib.parse import unquote

import nbformat
import pytest
from bs4 import BeautifulSoup

from course_utils.libraries import LIBRARIES, read
from course_utils.libraries.signatures import SIGNATURES
from course_utils.networks.diagnosis.runs import FAULTS
from tests.lessons.lesson_contract import Stored
from tools import knobs
from tools.index import ROOT, all_lessons, resolve
from tools.knobs import Row, faults_of, page, rows, wrong
from tools.publish import site
from tools.publish.prose import prose

LESSONS, ROWS = all_lessons(), rows()
ids = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.see[:40])


def test_the_sheet_is_right_and_up_to_date():
    assert list(wrong(ROWS, LESSONS)) == []
    assert (ROOT / knobs.PAGE).read_text("utf-8") == page(ROWS, LESSONS), "python -m tools.knobs"


def test_rows_are_whole_and_different():
    assert len(ROWS) >= 14 and len({row.see for row in ROWS}) == len(ROWS)
    for row in ROWS:
        for sentence in (row.see, row.cause, row.turn):
            assert sentence.endswith(".") and len(sentence.split()) <= 30, sentence
        assert "|" not in row.see + row.cause + row.turn + "".join(row.lines)
        assert row.torch.startswith(("torch.", "[")) and row.keras.startswith(("keras.", "model."))
        assert not row.optax or row.optax.startswith(("optax.", "jax."))
    named = [row.fault for row in ROWS if row.fault]
    assert sorted(named) == sorted(FAULTS), "each of the twelve faults of lesson 14 has one row"


@ids
def test_the_section_of_a_row_has_a_cell_that_shows_it(row):
    section = resolve(row.lesson, LESSONS)
    path = ROOT / "notebooks" / f"{section.lesson}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    begins = next(i for i, cell in enumerate(cells) if cell.id == section.cell)
    kinds = []
    for i, cell in enumerate(cells[begins:]):
        if i and cell.cell_type == "markdown" and re.match("#{1,2} ", cell.source):
            break
        kinds.append(cell.cell_type)
    assert "code" in kinds, f"{section.heading} shows nothing"


def test_every_link_is_an_anchor_of_its_lesson():
    text = (ROOT / knobs.PAGE).read_text("utf-8")
    links = re.findall(r"\]\(\.\./notebooks/(\w+)\.ipynb#([^)]+)\)", text)
    assert len(links) == len(ROWS)
    for lesson, anchor in links:
        stored = Stored(ROOT / "notebooks" / f"{lesson}.ipynb")
        kind, _, cell = anchor.partition("=")
        if kind == "cell-id":
            assert cell in {each.id for each in stored.nb.cells}
        else:
            assert unquote(anchor) in stored.anchors, f"{lesson}#{anchor}"


PLAIN = {line for row in ROWS for line in row.lines if line.partition("(")[0] in SIGNATURES}
# Switched on by these is what no rule of ours does, and a call inside is a schedule.
BEYOND = "bias_correction", "clip", "decay("


@pytest.mark.parametrize("line", sorted(x for x in PLAIN if not any(b in x for b in BEYOND)))
def test_a_plain_optimizer_is_read_as_a_rule_of_the_course(line):
    if "schedule" in line:
        with pytest.raises(ValueError, match="schedule"):
            read(line)
    else:
        assert read(line).rule


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("torch.optim.SGD(params, lr=0.1, beta=0.9)", "no argument beta"),
        ("torch.optim.SGDD(params, lr=0.1)", "not in course_utils/libraries/signatures.py"),
        ("optax.sgd()", "needs learning_rate"),
        ("optax.sgd(0.1, learning_rate=0.1)", "learning_rate twice"),
        ("optax.clip(1.0, 2.0)", "takes 1 arguments"),
        ("optax.sgd(0.1", "not one expression"),
        ("model.fit(x, y, shuffel=True)", "no argument shuffel"),
        ("print(0.1)", "no call of"),
        ("optax.chain(optax.clip_by_global_norm(1.0), optax.sgdd(0.1))", "optax.sgdd is not in"),
        ("keras.optimizers.SGD(0.1, clip_norm=1.0)", "no argument clip_norm"),
        ("torch.nn.utils.clip_grad_norm_(params)", "needs max_norm"),
    ],
)
def test_a_wrong_line_is_told(line, said):
    assert any(said in sentence for sentence in faults_of(line))


def test_a_row_that_leads_nowhere_is_told():
    row = Row("See.", "Cause.", "Turn.", "01 no such words", "torch.optim.SGD(params)", "", "")
    assert any("leads nowhere" in sentence for sentence in wrong([row], LESSONS))


def test_the_site_has_every_row_with_its_lines_and_links_to_pages():
    shown = BeautifulSoup(site.knobs_page(), "html.parser")
    found = shown.table.tbody.find_all("tr")
    assert len(found) == len(ROWS)
    for row, cells in zip(ROWS, found, strict=True):
        see, cause, turn, lesson, lines = cells.find_all(["th", "td"])
        assert (see.get_text(), cause.get_text(), turn.get_text()) == (row.see, row.cause, row.turn)
        assert [line.get_text() for line in lines.find_all("code")] == list(row.lines)
        section = resolve(row.lesson, LESSONS)
        target, _, anchor = lesson.a["href"].partition("#")
        assert target == f"{section.lesson}.html"
        assert unquote(anchor) == section.heading.replace(" ", "-")
    assert all(cell["scope"] in ("col", "row") for cell in shown.table.find_all("th"))


def test_the_sheet_is_linked_from_readme_index_and_lessons():
    assert "(docs/KNOBS.md)" in (ROOT / "README.md").read_text("utf-8")
    assert "(docs/KNOBS.md)" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    index = BeautifulSoup(site.index_page(), "html.parser")
    assert index.find("a", href="knobs.html")
    assert 'href="knobs.html"' in prose("The [sheet](../docs/KNOBS.md).")[0][1]


def test_the_libraries_of_the_head_are_those_of_the_rows():
    assert [name for name in LIBRARIES.values()] == knobs.HEAD[-1].split(", ")

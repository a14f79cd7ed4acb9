"""The lessons as pages and slides: formulas, captions, anchors, and what must not be told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from html import escape, unescape
from xml.etree import ElementTree

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils.svg.caption import forms
from tools.budget import FURTHER
from tools.publish import folder, site
from tools.publish.__main__ import main
from tools.publish.folder import ROOT, Refused, replaced
from tools.publish.formulas import FORMULA, mathml
from tools.publish.lesson import AS_IT_OPENS, Lesson, asked_in, formula, lessons, readable
from tools.publish.players import differing, needed, player_script, players, wanted
from tools.publish.prose import prose
from tools.publish.site import lesson_page
from tools.publish.slides import contents, deck, short_code
from tools.publish.style import themed

LESSONS = {lesson.number: lesson for lesson in lessons()}
# What the course answers is named and linked once; else the site needs no network.
ARTICLE = "https://blog.paperspace.com/intro-to-optimization-momentum-rmsprop-adam/"
each_lesson = pytest.mark.parametrize("number", LESSONS)


@cache
def page(number: str) -> BeautifulSoup:
    """The page of a lesson without its moving pictures and the colours of its code."""
    html = site.lesson_page(LESSONS[number], (), (None,))
    return BeautifulSoup(re.sub(r"</?span[^>]*>", "", html), "html.parser")


def tags(latex: str) -> list[str]:
    return [e.tag for e in ElementTree.fromstring(mathml(latex)).iter()]


@pytest.mark.parametrize(
    "latex, tag, count",
    [
        (r"\frac{1}{2} + \frac{a}{b}", "mfrac", 2),
        (r"\begin{aligned}a &= b \\ c &= d \\ e &= f\end{aligned}", "mtr", 3),
        (r"\left[\begin{matrix}1 & 0\\0 & 1\end{matrix}\right]", "mtd", 4),
        (r"\sqrt{x}", "msqrt", 1),
        (r"w_{1}^{2}", "msubsup", 1),
        (r"\hat{m}", "mover", 1),
        (r"\displaystyle \lim_{x \to 0} x", "munder", 1),
    ],
)
def test_a_formula_has_its_parts(latex, tag, count):
    assert tags(latex).count(tag) == count


def test_words_in_formulas_are_read_as_words():
    assert ">mean</mi>" in mathml(r"\mathrm{mean}(d)")


@pytest.mark.parametrize(
    "latex, minuses",
    [("w = -4", [True]), ("a - b", [False]), ("(a) - b", [False]), ("-a", [False])],
)
def test_a_sign_stands_close_to_its_number(latex, minuses):
    found = [e for e in ElementTree.fromstring(mathml(latex)).iter("mo") if e.text == "−"]
    assert [e.get("form") == "prefix" for e in found] == minuses


def test_an_unknown_command_is_named():
    with pytest.raises(Refused, match="qqq"):
        mathml(r"\qqq x")


@each_lesson
def test_every_formula_is_mathml(number):
    """As many fractions, roots and rows as LaTeX has, and no dollar left outside of code."""
    sources, drawn = [], []
    for cell in LESSONS[number].notebook.cells:
        told = [cell.source] if cell.cell_type == "markdown" else []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            told += [data[kind] for kind in ("text/latex", "text/markdown") if kind in data]
        for text in told:
            text = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.S)
            sources += [match["body"] for match in FORMULA.finditer(text)]
    for math in page(number).find_all("math"):
        drawn += [element.name for element in math.find_all(True)]
    latex = " ".join(sources)
    assert len(page(number).find_all("math")) == len(sources)
    assert drawn.count("mfrac") == len(re.findall(r"\\[td]?(?:frac|binom)(?![a-z])", latex))
    assert drawn.count("msqrt") == len(re.findall(r"\\sqrt(?![a-z])", latex))
    rows = sum(text.count(r"\\") + 1 for text in re.findall(r"\\begin.*?\\end", latex, re.S))
    nested = len(re.findall(r"begin\{aligned\}(?:(?!end\{aligned).)*?begin\{matrix\}", latex))
    assert drawn.count("mtr") >= rows - nested
    for words in page(number).find_all(string=re.compile(r"\$")):
        assert words.find_parent(["pre", "code"]), f"not drawn as a formula: {words}"


@each_lesson
def test_headings_step_down_and_anchors_are_one_of_a_kind(number):
    headings = page(number).find_all(re.compile("^h[1-6]$"))
    levels = [int(h.name[1]) for h in headings]
    titles = [h.get_text() for h in headings if h.name == "h1"]
    assert levels[0] == 1 and titles[1:] in ([], [FURTHER.removeprefix("# ")])
    assert all(b <= a + 1 for a, b in zip(levels, levels[1:], strict=False))
    marks = [e["id"] for e in page(number).find_all(id=True)]
    assert len(marks) == len(set(marks))


@each_lesson
def test_links_lead_somewhere(number):
    # Only a lesson's own words lead out of the site: to the article, to the works it refers to.
    cells = LESSONS[number].notebook.cells
    written = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    pages = {lesson.page: lesson.number for lesson in LESSONS.values()}
    for link in page(number).find_all("a", href=True):
        there, _, anchor = link["href"].partition("#")
        if there.startswith("https://"):
            assert there in written, "the site links to the network; is that meant?"
            continue
        if there in pages or not there:
            target = page(pages[there] if there else number)
            assert not anchor or target.find(id=anchor), f"{link['href']} leads nowhere"
        else:
            made = "index.html", "terms.html", "knobs.html", "slides/index.html"
            made += (f"slides/{LESSONS[number].page}",)
            assert there in made or (ROOT / there).exists(), there


@each_lesson
def test_every_picture_has_its_computed_caption_once(number):
    captions = []
    for cell in LESSONS[number].notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if forms(data.get("text/html", "")):
                captions.append(data["text/plain"])
    figures = page(number).find_all("figure")
    assert [f.figcaption.get_text() for f in figures] == captions
    for found in figures:
        if found.img:
            assert found.img["alt"] == found.figcaption.get_text()
        else:
            assert found.svg["aria-labelledby"] == found.figcaption["id"]
            assert found.svg["role"] == "img"
            assert not found.svg.find(["style", "title"])
    text = page(number).main.get_text()
    for caption in captions:
        assert text.count(caption) == 1, f"the caption stands twice: {caption}"


@each_lesson
def test_what_a_prediction_holds_back_is_not_seen(number):
    cells = [c for c in LESSONS[number].notebook.cells if c.cell_type == "code"]
    asked = [question for c in cells if (question := asked_in(c.source))]
    shown = page(number).find_all(class_="predict")
    assert len(shown) == len(asked) >= 1
    for form, question in zip(shown, asked, strict=True):
        offered = [label.get_text(strip=True) for label in form.select(".choices label")]
        assert offered == list(question.options)
        assert not form.select("[checked], details")
        assert not question.because or question.because not in str(form)
        form.script.extract()
        assert question.ask.partition("{")[0] in form.get_text()


@each_lesson
def test_tables_name_their_headers(number):
    for table in page(number).find_all("table"):
        headers = table.find_all("th")
        assert headers and all(h["scope"] in ("col", "row") and h.get_text() for h in headers)


def test_the_article_is_linked_once_in_the_course():
    sources = [lesson.path.read_text("utf-8") for lesson in LESSONS.values()]
    assert [text.count(ARTICLE) for text in sources] == [1] + [0] * (len(sources) - 1)
    assert (ROOT / "README.md").read_text("utf-8").count(ARTICLE) == 1


def test_the_index_lists_every_lesson_with_its_question():
    readme = (ROOT / "README.md").read_text("utf-8")
    index = BeautifulSoup(site.index_page(), "html.parser")
    links = [a["href"] for a in index.table.find_all("a")]
    assert links == [lesson.page for lesson in LESSONS.values()]
    for row in index.table.tbody.find_all("tr"):
        question, minutes = (cell.get_text() for cell in row.find_all("td")[:2])
        assert f"| {question} | {minutes} |" in readme


def test_an_explorer_is_made_by_the_statements_that_it_needs():
    program = ["import a", "b = a.b()", "c = 3", "def d():\n    return b", "e = [c for c in d()]"]
    assert needed(program, {"e"}) == ["import a", "b = a.b()", program[3], program[4]]
    assert needed(program, {"c"}) == ["c = 3"]
    assert needed(["c = [3]", "f = [c for c in c]"], {"f"}) == ["c = [3]", "f = [c for c in c]"]


@each_lesson
def test_every_explorer_of_a_lesson_is_found(number):
    shown = [p for p in LESSONS[number].pieces if p.kind == "explorer"]
    assert {piece.cell for piece in shown} <= set(wanted(LESSONS[number]))
    assert wanted(LESSONS[number]), "the lesson has nothing that moves"


def test_a_moving_picture_says_what_the_lesson_says():
    """And one that says something else is told apart."""
    lesson = LESSONS["04"]
    (made,) = players(lesson)
    assert players(lesson) == [made]
    assert differing(lesson, [made]) == []
    stored = next(p for p in lesson.pieces if p.kind == "explorer")
    assert stored.html.count(escape(f"{AS_IT_OPENS}{made.caption}", quote=False)) == 1
    (html,) = [made.html("still", "Explorer")]
    assert html.count("</script>") == 1, "the data would end their own script"
    other = type(made)(made.cell, made.caption + " And more.", made.data)
    assert differing(lesson, [other]) == [made.cell]


def test_the_player_is_that_of_the_explorers():
    script = player_script()
    assert "function render(" in script and "export" not in script and "import " not in script


def test_dark_colours_hold_for_the_button_and_for_the_system():
    css = themed('[data-jp-theme-light="false"] .x { color: #fff; }')
    assert css.count("color: #fff") == 2
    assert ":root:not([data-jp-theme-light]) .x" in css and "prefers-color-scheme: dark" in css


def test_pages_do_not_depend_on_chance():
    """Another process, in which sets have another order, writes the same page."""
    told = (
        "import sys; from tools.publish import site, lesson, slides; "
        "one = lesson.lessons(['03'])[0]; "
        "text = slides.deck(one) + site.lesson_page(one, (), (None,)); "
        "sys.stdout.buffer.write(text.encode('utf-8'))"
    )
    other = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    environment = {**os.environ, "PYTHONHASHSEED": other}
    there = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    one = LESSONS["03"]
    here = deck(one) + site.lesson_page(one, (), (None,))
    assert there.stdout.decode("utf-8") == here


def test_a_folder_with_something_else_stays_as_it_is(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(Refused, match="--to"), replaced(tmp_path):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_site_that_fails_leaves_the_old_one(tmp_path):
    target = tmp_path / "site"
    with replaced(target) as draft:
        folder.write(draft / "index.html", "old")
    with pytest.raises(RuntimeError), replaced(target) as draft:
        folder.write(draft / "index.html", "new")
        raise RuntimeError
    assert (target / "index.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    with replaced(target) as draft:
        folder.write(draft / "index.html", "new")
    assert (target / "index.html").read_text() == "new"


def test_an_unknown_lesson_is_refused(capsys):
    assert main(["slides", "77"]) == 2
    assert "There is no lesson called '77'" in capsys.readouterr().err


@each_lesson
def test_a_deck_has_every_heading_picture_and_question(number):
    lesson = LESSONS[number]
    shown = deck(lesson)
    parts = [unescape(title) for title in re.findall(r'data-title="([^"]*)"', shown)]
    assert parts == ["", *(h.words for h in lesson.headings[1:] if h.tag in ("h1", "h2"))]
    captions = [unescape(c) for c in re.findall(r"<figcaption[^>]*>(.*?)</figcaption>", shown)]
    for piece in lesson.pieces:
        if piece.kind == "filmstrip":
            apart = re.sub(r"(?:^| )\([a-z]\) ", "\n", piece.words).strip().split("\n")
            for letter, words in zip("abcdefgh", apart, strict=False):
                assert any(f"({letter}) {words}" in caption for caption in captions)
        elif piece.kind == "figure":
            assert piece.words in captions
    asked = [p for p in lesson.pieces if p.kind == "predict"]
    assert shown.count('class="predict"') == len(asked)
    folded = [p for p in asked if not asked_in(p.source).measured]
    assert shown.count("<details><summary>Show the answer") == len(folded)
    assert "predict(" not in re.sub(r"<[^>]*>", "", shown), (
        "a slide shows the form and not its code"
    )
    assert '<a href="0' not in shown, "a deck links to decks that may not be there"


@pytest.fixture
def folded_lesson(tmp_path):
    """A lesson with a folded cell, and two sections beyond its core."""
    path = tmp_path / "77_folded.ipynb"
    hidden = new_code_cell("secret = 1", metadata={"jupyter": {"source_hidden": True}})
    texts = ["# A lesson", "## Core\n\nSeen.", "# Going further", "## One\n\n1", "## Two\n\n2"]
    cells = [new_markdown_cell(text) for text in texts]
    nbformat.write(new_notebook(cells=[*cells[:2], hidden, *cells[2:]]), path)
    return Lesson(path)


def test_what_goes_beyond_the_core_is_folded_section_by_section(folded_lesson):
    shown = BeautifulSoup(lesson_page(folded_lesson, [], (None,)), "html.parser")
    sections = shown.find_all("details", class_="further")
    assert [part.summary.get_text() for part in sections] == ["One", "Two"]
    assert [part.p.get_text() for part in sections] == ["1", "2"]
    assert not [part for part in sections if part.find_parent("details")]
    core = next(p for p in shown.find_all("p") if p.get_text() == "Seen.")
    assert not core.find_parent("details")


def test_a_folded_cell_is_folded_on_the_page_and_left_out_on_slides(folded_lesson):
    shown = BeautifulSoup(lesson_page(folded_lesson, [], (None,)), "html.parser")
    assert [
        code.find_parent("details").summary.get_text() for code in shown.select("pre.code")
    ] == ["Code"]
    slides = deck(folded_lesson)
    assert "secret" not in slides and 'data-title="Going further"' in slides


def test_code_on_slides_is_short_and_speaks():
    for lesson in LESSONS.values():
        for piece in lesson.pieces:
            if piece.kind == "code":
                lines = unescape(re.sub("<[^>]*>", "", short_code(piece))).splitlines()
                assert len(lines) <= 16
                assert not any("Captioned(" in line for line in lines)


def test_the_list_of_decks_names_those_that_are_there():
    listed = BeautifulSoup(contents([LESSONS["02"]]), "html.parser")
    assert [a["href"] for a in listed.find_all("a")] == [LESSONS["02"].page, "polls.html"]


def test_a_text_cell_keeps_its_parts():
    (first, html), (second, table) = prose(
        "See [lesson 04](04_momentum.ipynb#Play) for $v$'s.\n\n| | says |\n|---|---|\n| a | b |"
    )
    assert first == "p" and 'href="04_momentum.html#Play"' in html and "</math>'s" in html
    assert second == "table" and '<th scope="col">says</th>' in table and "<td></td>" in table


def test_a_displayed_formula_may_come_without_dollars():
    assert formula(r"$\displaystyle x$") == formula("x")


def test_lessons_that_cannot_be_shown_are_told_of_in_sentences_before_a_page_is_written(
    tmp_path, monkeypatch, capsys
):
    ended = new_output("error", ename="E", evalue="", traceback=[])
    head, result = new_markdown_cell("# A"), new_output("stream", text="1")
    wrong = {
        "04_cut.ipynb": ("{", "cannot be read as a notebook"),
        "05_old.ipynb": ('{"cells": 3}', "cannot be read as a notebook"),
        "06_not_run.ipynb": ([head, new_code_cell("1")], "has no outputs"),
        "07_stopped.ipynb": ([head, new_code_cell("1", outputs=[ended])], "Cell 2 of"),
        "08_bare.ipynb": ([new_code_cell("1", outputs=[result])], "has no heading"),
    }
    for name, (cells, _) in wrong.items():
        notebook = new_notebook(cells=cells) if isinstance(cells, list) else cells
        text = notebook if isinstance(notebook, str) else nbformat.writes(notebook)
        (tmp_path / name).write_text(text)
    found = [Lesson(tmp_path / name) for name in wrong]
    monkeypatch.setattr(site, "lessons", lambda: [LESSONS["01"], *found])
    assert main(["--cwd", str(tmp_path), "site", "--still"]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == len(wrong) and not (tmp_path / "_site").exists()
    for line, (name, (_, why)) in zip(told, wrong.items(), strict=True):
        assert name in line and why in line and line.endswith("."), line
        assert "python3 course.py lessons" in line, line
    readable([LESSONS["01"]])

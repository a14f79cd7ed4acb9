"""A lesson as pieces: what its cells say and show, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape, unescape
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_utils.exercises.predictions import Question, predictions
from course_utils.svg.caption import forms
from tools.budget import FURTHER, folded
from tools.find import notebooks

from .folder import ROOT, Refused
from .formulas import FORMULA, mathml
from .pictures import drawing, figure, plot
from .prose import code, printed, prose

AS_IT_OPENS = "As it opens: "
PREDICTION = re.compile(r"Predict: (?P<ask>.*)\n +not locked in yet \((?P<of>.*)\)", re.S)
PREDICTED = re.compile(r'\bpredict\(\s*"([^"]+)"')
UNANSWERED = re.compile(r"… \*\*Not answered yet:\*\* ")
OPEN_IT = "Answer in JupyterLab, where the lesson {} and says what is true."


@dataclass(frozen=True)
class Piece:
    """Something that a page shows.

    Attributes:
        kind: "text", "heading", "code", "printed", "formula", "answer", "figure", "filmstrip",
            "explorer", "predict" or "exercise".
        html: the piece as HTML.
        words: a heading's text, a picture's caption, a prediction's question.
        tag: of a heading or a text, the HTML element.
        cell: the number of the cell.
        source: the code whose output this is.
    """

    kind: str
    html: str
    words: str = ""
    tag: str = ""
    cell: int = 0
    source: str = ""


@dataclass(frozen=True)
class Lesson:
    """A lesson of the course.

    Attributes:
        path: of the notebook.
    """

    path: Path

    @property
    def number(self) -> str:
        """Two digits."""
        return self.path.stem[:2]

    @property
    def page(self) -> str:
        """The name of its page."""
        return f"{self.path.stem}.html"

    @cached_property
    def notebook(self) -> NotebookNode:
        """The notebook as it is stored.

        Raises:
            Refused: it is none.
        """
        try:
            return nbformat.read(self.path, as_version=4)
        except Exception as error:  # nbformat stumbles over what is no notebook in many ways
            said = str(error).partition("\n")[0][:100]
            what = said if isinstance(error, OSError | ValueError) else "it has another form"
            raise Refused(
                f"The lesson {self.path.name} cannot be read as a notebook ({what}). {self.again}"
            ) from None

    @property
    def again(self) -> str:
        """What to do where the stored notebook is of no use."""
        return f"Build and run it again: python3 course.py lessons {self.number}."

    @cached_property
    def pieces(self) -> list[Piece]:
        """All that the lesson shows."""
        found: list[Piece] = []
        for number, cell in enumerate(self.notebook.cells):
            if cell.cell_type == "markdown":
                found += _text(cell.source, number)
            elif cell.cell_type == "code":
                found += _run(cell, number)
        return found

    @cached_property
    def headings(self) -> list[Piece]:
        """The headings."""
        return [piece for piece in self.pieces if piece.kind == "heading"]

    def further(self, piece: Piece) -> bool:
        """Whether a piece is the heading below which the lesson goes beyond its core."""
        return piece.tag == "h1" and f"# {piece.words}" == FURTHER

    @property
    def title(self) -> str:
        """The first heading."""
        return self.headings[0].words

    @cached_property
    def pictures(self) -> dict[str, str]:
        """SVG files by name: of each figure one, and one for a narrow page."""
        return {
            name: form
            for number, cell in enumerate(self.notebook.cells)
            for k, output in enumerate(cell.get("outputs", []))
            if len(found := forms(output.get("data", {}).get("text/html", ""))) > 1
            for name, form in zip(_names(self.number, number, k), found, strict=True)
        }

    def html(self, piece: Piece) -> str:
        """A piece as HTML, with the address of its picture."""
        return piece.html.replace("pictures/NN-", f"pictures/{self.number}-")


def lessons(wanted: Sequence[str] = ()) -> list[Lesson]:
    """The lessons that the wanted words mean, in their order; all without words."""
    return [Lesson(path) for path in notebooks(ROOT, wanted)]


def readable(every: Sequence[Lesson]) -> None:
    """Ask of all lessons what a page needs, before any page is written.

    Raises:
        Refused: with a sentence for each lesson that cannot be shown.
    """
    if reasons := [reason for lesson in every if (reason := _trouble(lesson))]:
        raise Refused("\n".join(reasons))


def _trouble(lesson: Lesson) -> str:
    """Why a lesson cannot be shown, and what to do; empty if it can."""
    name = lesson.path.name
    try:
        cells = lesson.notebook.cells
    except Refused as reason:
        return str(reason)
    outputs = [(n, x) for n, cell in enumerate(cells, 1) for x in cell.get("outputs", [])]
    if any(cell.cell_type == "code" for cell in cells) and not outputs:
        return f"The lesson {name} has no outputs, which the pages show. {lesson.again}"
    if failed := [number for number, output in outputs if output.output_type == "error"]:
        return f"Cell {failed[0]} of {name} ended with an error. {lesson.again}"
    if not lesson.headings:
        return f"The lesson {name} has no heading: begin its text with one. {lesson.again}"
    return ""


def _names(lesson: str, cell: int, output: int) -> tuple[str, str]:
    name = f"pictures/{lesson}-{cell}-{output}"
    return f"{name}.svg", f"{name}-narrow.svg"


def _text(source: str, cell: int) -> Iterable[Piece]:
    for tag, html in prose(source):
        if re.fullmatch("h[1-6]", tag):
            words = unescape(re.sub(r"<[^>]*>", "", html))
            yield Piece("heading", html, words, tag, cell)
        else:
            yield Piece("text", html, "", tag, cell)


def _run(cell: NotebookNode, number: int) -> Iterable[Piece]:
    """The code of a cell and its outputs."""
    outputs = [
        piece for k, out in enumerate(cell.outputs) for piece in _output(out, number, k, cell)
    ]
    shown = code(cell.source)
    if folded(cell):
        shown = f'<details class="cell-code"><summary>Code</summary>{shown}</details>'
    yield Piece("code", shown, cell=number, source=cell.source)
    yield from outputs


def _output(output: NotebookNode, cell: int, k: int, made_by: NotebookNode) -> Iterable[Piece]:
    """One output: its richest form."""
    source = made_by.source
    if output.output_type == "stream":
        yield Piece("printed", printed(output.text), cell=cell, source=source)
        return
    data = output.get("data", {})
    plain = data.get("text/plain", "")
    found = forms(data.get("text/html", ""))
    if len(found) > 1:
        yield Piece("figure", plot(_names("NN", cell, k), found[0], plain), plain, "", cell, source)
    elif found:
        opens = plain.startswith(AS_IT_OPENS)
        kind = "explorer" if opens else "filmstrip"
        words = plain.removeprefix(AS_IT_OPENS)
        html = figure(drawing(found[0], f"d{cell}-{k}"), plain, f"d{cell}-{k}")
        yield Piece(kind, html, words, "", cell, source)
    elif "text/latex" in data:
        yield Piece("formula", formula(data["text/latex"]), cell=cell, source=source)
    elif "text/markdown" in data:
        yield _answer(data["text/markdown"], cell, source)
    elif (asked := PREDICTION.match(plain)) is not None:
        ask, of = (re.sub(r"\s+", " ", part) for part in asked.group("ask", "of"))
        html = _prediction(ask, of, asked_in(source))
        yield Piece("predict", html, f"{ask} ({of})", "", cell, source)
    else:
        yield Piece("printed", printed(plain), cell=cell, source=source)


def _answer(markdown: str, cell: int, source: str) -> Piece:
    """What a proof, a comparison or an unanswered exercise says."""
    open_still = UNANSWERED.match(markdown)
    shown = UNANSWERED.sub("**Exercise:** ", markdown)
    html = "".join(html for _, html in prose(shown))
    if open_still:
        note = f'<p class="note">{OPEN_IT.format("runs your answer")}</p>'
        return Piece("exercise", f'<div class="exercise">{html}{note}</div>', "", "", cell, source)
    return Piece("answer", f'<div class="answer">{html}</div>', markdown, "", cell, source)


def asked_in(source: str) -> Question | None:
    """The prediction that a cell asks for."""
    named = PREDICTED.search(source)
    return predictions().get(named[1]) if named else None


def _prediction(ask: str, of: str, question: Question | None) -> str:
    """A question with the answers to choose from; the right one is folded away."""
    form = f" ({escape(of, quote=False)})"
    if question and question.options:
        rows = "".join(f"<li>{escape(option, quote=False)}</li>" for option in question.options)
        form = f'</p><ol class="options">{rows}</ol><p>'
    return (
        f'<div class="predict"><p><strong>Predict.</strong> {escape(ask, quote=False)}{form}</p>'
        f'<p class="note">{OPEN_IT.format("locks your answer in")}</p>'
        f"{_reveal(question)}</div>"
    ).replace("<p></p>", "")


def _reveal(question: Question | None) -> str:
    """The answer and its reason, to open after a guess; what a lesson measures stands below it."""
    if question is None or question.measured:
        return '<p class="note">The lesson measures it below.</p>'
    answer = escape(question.show(question.find_truth()), quote=False)
    because = escape(question.because, quote=False)
    return (
        "<details><summary>Show the answer</summary>"
        f"<p><strong>{answer}</strong></p><p>{because}</p></details>"
    )


def formula(latex: str) -> str:
    """A displayed formula; the dollars may stand around it."""
    found = FORMULA.fullmatch(latex.strip())
    return f'<div class="formula">{mathml(found["body"] if found else latex, block=True)}</div>'

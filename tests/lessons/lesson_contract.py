"""What every stored lesson owes its readers, as rules that look at the file and run nothing.

A rule is a generator: it takes a `Stored` lesson and yields one sentence per fault. `RULES` holds
them all by name. `share` counts what nbval compares.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from course_utils.svg.caption import alternative, below
from tools.budget import FURTHER
from tools.lessons import KEPT_CELL_METADATA

SHARE_FILE = "tests/lessons/lesson_share.json"
LEAST_SHARE = 0.98
MOST_WORDS, MOST_LINES, MOST_LINES_OF_A_FUNCTION = 90, 12, 25
IGNORE = "nbval-ignore-output"
WRITTEN = ("plain", "markdown", "latex")
UNCOMPARED = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}
PICTURES = {"image/png", "image/jpeg", "image/svg+xml"}
MARK = re.compile(r"(predicts|shows)-(C\d\d)")
MARKERS = re.compile(r"^\s*#\s*(NBVAL_\w+|PYTEST_VALIDATE_\w+)", re.MULTILINE)
HISTORY = re.compile(r"Out|In|_{1,3}|_i{1,3}|_i?\d+|_[iod]h")
BANNED = re.compile(r"\b(simply|obviously|just)\b|!", re.IGNORECASE)
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
VAGUE = {"here", "click here", "this", "link", "this link", "this page", "more", "read more"}
OBJECT = re.compile(r"^<[^>]*>$|\bat 0x[0-9a-f]+|^\w+\(children=")
OBJECT_REPR = re.compile(r"^<.*>$|^\w[\w.]*\(.*\)$|\bat 0x[0-9a-f]+", re.DOTALL)
LICENCES = ("CC BY 4.0", "BSD-3-Clause")
IDENTIFIER = re.compile(r"doi:10\.\d{4,9}/[^\s,;]*[^\s,;.]|arXiv:\d{4}\.\d{4,5}")
NUMBER = re.compile(r"(?<![\w.,/^-])\d[\d,]*(?:\.\d+)?(?:e[-−]?\d+)?(?!\w|\.\d)")
DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?(?:e[-−]?\d+)?")
# What one counts with, and years, are no results; nor are lessons and licences.
COUNTED, YEARS = range(13), range(1800, 2030)
NO_RESULTS = re.compile(r"\blessons? \d\d(?:(?:,| and| to) \d\d)*|CC BY 4\.0")
EXPLAINED = tomllib.loads((Path(__file__).parent / "numbers.toml").read_text("utf-8"))
PAGES_OF = {"doi": "https://doi.org/", "arXiv": "https://arxiv.org/abs/"}
# The last year of a work to which nobody has given an identifier since.
UNLINKED = 1963
OPENING_ROWS = ("minutes", "you need", "able to")

Rule = Callable[["Stored"], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(check: Rule) -> Rule:
    """Enter `check` into the contract."""
    RULES[check.__name__] = check
    return check


def share(nb: nbformat.NotebookNode) -> tuple[int, int]:
    """Cells whose outputs nbval compares, and all cells with outputs."""
    with_output = [cell for cell in nb.cells if cell.get("outputs")]
    return sum(map(is_compared, with_output)), len(with_output)


def is_compared(cell: nbformat.NotebookNode) -> bool:
    """Does nbval compare something this cell puts out?"""
    if any(tag.startswith("nbval") for tag in tags(cell)) or MARKERS.search(cell.source):
        return False
    return any(
        output.output_type in ("stream", "error") or set(output.data) - UNCOMPARED
        for output in cell.outputs
    )


def tags(cell: nbformat.NotebookNode) -> list[str]:
    """The tags of a cell."""
    return list(cell.metadata.get("tags", []))


# Reading Markdown


@dataclass(frozen=True)
class Inline:
    """A run of inline Markdown and the block it stands in."""

    token: Token
    heading: int
    in_table: bool
    in_quotation: bool

    @property
    def text(self) -> str:
        """What a reader sees of it, as a browser's `textContent`."""
        kinds = ("text", "code_inline", "math_inline", "softbreak")
        parts = [t.content or " " for t in self.token.children if t.type in kinds]
        return "".join(parts)

    @property
    def prose(self) -> str:
        """Its words without code and mathematics."""
        parts = [" " if t.type != "text" else t.content for t in self.token.children]
        return "".join(parts)

    @property
    def words(self) -> int:
        """Words to read; a formula or a piece of code is one."""
        symbols = sum(t.type in ("code_inline", "math_inline") for t in self.token.children)
        return len(re.findall(r"\w[\w'’-]*", self.prose)) + symbols

    @property
    def links(self) -> Iterator[tuple[str, str]]:
        """Address and text of each link."""
        address, text = None, ""
        for token in self.token.children:
            if token.type == "link_open":
                address, text = token.attrs["href"], ""
            elif token.type == "link_close":
                yield address, text.strip()
                address = None
            elif address is not None:
                text += token.content


class Page:
    """A Markdown cell, parsed."""

    parser = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)

    def __init__(self, source: str):
        self.tokens = self.parser.parse(source)
        self.inlines: list[Inline] = []
        heading, table, quotation = 0, 0, 0
        for token in self.tokens:
            if token.type.startswith("heading_"):
                heading = int(token.tag[1]) if token.nesting == 1 else 0
            table += token.nesting * token.type.startswith("table_")
            quotation += token.nesting * token.type.startswith("blockquote_")
            if token.type == "inline":
                self.inlines.append(Inline(token, heading, bool(table), bool(quotation)))

    @property
    def headings(self) -> list[tuple[int, str]]:
        """Level and text of each heading."""
        return [(inline.heading, inline.text) for inline in self.inlines if inline.heading]

    @property
    def html(self) -> list[str]:
        """Pieces of raw HTML."""
        blocks = [t.content for t in self.tokens if t.type == "html_block"]
        return blocks + [
            t.content for i in self.inlines for t in i.token.children if t.type == "html_inline"
        ]

    @property
    def text_in_html(self) -> str:
        """The text of blocks of raw HTML, in which Markdown is not read."""
        blocks = " ".join(t.content for t in self.tokens if t.type == "html_block")
        return re.sub(r"<!--.*?-->|<[^>]*>", " ", blocks, flags=re.DOTALL)

    @property
    def images(self) -> Iterator[tuple[str, str]]:
        """Address and alternative text of each image."""
        for inline in self.inlines:
            for token in inline.token.children:
                if token.type == "image":
                    yield str(token.attrs["src"]), token.content.strip()
        for tag in re.findall(r"<img\b[^>]*>", " ".join(self.html)):
            found = dict(re.findall(r"(\w+)\s*=\s*[\"']([^\"']*)", tag))
            yield found.get("src", ""), found.get("alt", "").strip()

    @property
    def words(self) -> int:
        """Words of running text: tables, headings and displayed formulas are not counted."""
        counted = [i.words for i in self.inlines if not (i.heading or i.in_table)]
        return sum(counted) + len(self.text_in_html.split())


@dataclass(frozen=True)
class Stored:
    """A lesson as it lies in the tree."""

    path: Path

    @cached_property
    def nb(self) -> nbformat.NotebookNode:
        """The notebook."""
        return nbformat.read(self.path, as_version=4)

    @cached_property
    def code(self) -> list[tuple[int, nbformat.NotebookNode]]:
        """The code cells, numbered from 1."""
        cells = [cell for cell in self.nb.cells if cell.cell_type == "code"]
        return list(enumerate(cells, 1))

    @cached_property
    def pages(self) -> list[tuple[int, Page]]:
        """The Markdown cells, with their place among all cells from 1."""
        cells = enumerate(self.nb.cells, 1)
        return [(n, Page(cell.source)) for n, cell in cells if cell.cell_type == "markdown"]

    @cached_property
    def own_words(self) -> list[tuple[int, Page]]:
        """The Markdown cells without those under a heading "References"."""
        found, in_references = [], False
        for number, page in self.pages:
            for _, text in page.headings:
                in_references = text.strip().lower().startswith("references")
            if not in_references:
                found.append((number, page))
        return found

    @cached_property
    def trees(self) -> list[tuple[int, ast.Module]]:
        """The code cells that are plain Python, as syntax trees."""
        found = []
        for number, cell in self.code:
            try:
                found.append((number, ast.parse(cell.source)))
            except SyntaxError:
                continue
        return found

    @cached_property
    def anchors(self) -> set[str]:
        """The anchors JupyterLab makes of the headings: spaces become hyphens."""
        headings = [text for _, page in self.pages for _, text in page.headings]
        return {text.replace(" ", "-") for text in headings}


# Outputs


@rule
def executed_in_order(lesson: Stored) -> Iterator[str]:
    """Every code cell was run, once, from the top."""
    for number, cell in lesson.code:
        if cell.execution_count != number:
            yield f"code cell {number} has the execution count {cell.execution_count}"


@rule
def compared_by_nbval(lesson: Stored) -> Iterator[str]:
    """At least 98 % of the cells with outputs are compared."""
    compared, total = share(lesson.nb)
    if compared < LEAST_SHARE * total:
        yield f"nbval compares {compared} of {total} cells with outputs"


@rule
def ignored_with_a_reason(lesson: Stored) -> Iterator[str]:
    """An ignored output says why; no other way round the comparison is open."""
    for number, cell in lesson.code:
        if others := {tag for tag in tags(cell) if not MARK.fullmatch(tag)} - {IGNORE}:
            yield f"code cell {number} has the tag {sorted(others)[0]}"
        if marker := MARKERS.search(cell.source):
            yield f"code cell {number} has the comment {marker[1]}: use the tag {IGNORE}"
        if IGNORE in tags(cell) and len(str(cell.metadata.get("reason", "")).split()) < 3:
            yield f"code cell {number} ignores its output and gives no reason"


@rule
def no_error_or_warning(lesson: Stored) -> Iterator[str]:
    """No error output, nothing on stderr."""
    for number, cell in lesson.code:
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"code cell {number} ends in {output.ename}"
            elif output.get("name") == "stderr":
                yield f"code cell {number} writes to stderr: {output.text.strip()[:60]}"


# A sentence, or one for each still of a film
LINE = r"(\([a-z]\) )?[A-Zη].{10,180}\."


@rule
def pictures_have_captions(lesson: Stored) -> Iterator[str]:
    """A picture carries a sentence as its text and its text alternative; it, or one, is below."""
    for number, cell in lesson.code:
        for output in cell.outputs:
            data = output.get("data", {})
            html = data.get("text/html", "")
            if PICTURES & set(data):
                yield f"the picture of code cell {number} has no caption: show it with Captioned"
            if "<img" not in html:
                continue
            text = bare(data.get("text/plain", ""))
            words, lines = bare(below(html)), map(bare, below(html).splitlines())
            if OBJECT_REPR.search(text) or len(text.split()) < 3:
                yield f"the picture of code cell {number} has no sentence as text/plain: {text!r}"
            elif words != text and not (words and all(re.fullmatch(LINE, line) for line in lines)):
                yield f"the caption of code cell {number} does not stand under its picture"
            elif bare(alternative(html)) != text:
                yield f"the picture of code cell {number} has another text alternative: {text!r}"


@rule
def outputs_say_something(lesson: Stored) -> Iterator[str]:
    """No output is nothing but the name or the address of an object."""
    for number, cell in lesson.code:
        for output in cell.outputs:
            data = output.get("data", {})
            if set(data) == {"text/plain"} and OBJECT.search(data["text/plain"]):
                yield f"code cell {number} shows an object: {data['text/plain'][:60]}"


def bare(text: str) -> str:
    """A caption without emphasis and line breaks."""
    return " ".join(text.split()).strip("*_")


@rule
def nothing_of_the_day_or_machine(lesson: Stored) -> Iterator[str]:
    """No widget state, no timing, no front end's settings but for what is folded."""
    for key in set(lesson.nb.metadata) - {"kernelspec", "language_info"}:
        yield f"the notebook's metadata holds {key!r}"
    for number, cell in enumerate(lesson.nb.cells, 1):
        for key in set(cell.metadata) - set(KEPT_CELL_METADATA):
            yield f"the metadata of cell {number} holds {key!r}"
        for output in cell.get("outputs", []):
            if "application/vnd.jupyter.widget-view+json" in output.get("data", {}):
                yield f"cell {number} stores a widget"


# Marks of misconceptions


@rule
def predicted_before_shown(lesson: Stored) -> Iterator[str]:
    """A cell that shows the truth about a misconception comes after a prediction of it."""
    asked, shown = {}, set()
    for number, cell in enumerate(lesson.nb.cells, 1):
        for kind, belief in (m.groups() for tag in tags(cell) if (m := MARK.fullmatch(tag))):
            if kind == "shows":
                shown.add(belief)
                if belief not in asked:
                    yield f"cell {number} shows {belief}, and nothing above predicts it"
                if not cell.get("outputs"):
                    yield f"cell {number} shows {belief} and has no output"
                continue
            asked.setdefault(belief, number)
            calls = cell.cell_type == "code" and "predict(" in cell.source
            if not (calls or cell.cell_type == "markdown" and "redict" in cell.source):
                yield f"cell {number} is marked as a prediction of {belief} and predicts nothing"
    for belief in sorted(set(asked) - shown):
        yield f"cell {asked[belief]} predicts {belief}, and nothing below shows it"


# Code


@rule
def plain_python(lesson: Stored) -> Iterator[str]:
    """No magics, no shell escapes, no empty cells."""
    parsed = {number for number, tree in lesson.trees if tree.body}
    for number, cell in lesson.code:
        if number not in parsed:
            yield f"code cell {number} is not plain Python: {cell.source[:40]!r}"
    for number, tree in lesson.trees:
        if any(isinstance(n, ast.Name) and n.id == "get_ipython" for n in ast.walk(tree)):
            yield f"code cell {number} calls get_ipython"


@rule
def no_trailing_semicolon(lesson: Stored) -> Iterator[str]:
    """A semicolon at the end does not hide an output from nbval."""
    for number, cell in lesson.code:
        try:
            tokens = list(tokenize.generate_tokens(io.StringIO(cell.source).readline))
        except (tokenize.TokenError, SyntaxError):
            continue
        ends = (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER)
        for token, following in zip(tokens, tokens[1:], strict=False):
            if token.type == tokenize.OP and token.string == ";" and following.type in ends:
                yield f"code cell {number} ends a line with a semicolon"


@rule
def no_use_of_the_history(lesson: Stored) -> Iterator[str]:
    """`Out`, `In` and `_` do not exist under nbval."""
    for number, tree in lesson.trees:
        names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
        own = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        own |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
        for name in sorted({n.id for n in names} - own):
            if HISTORY.fullmatch(name):
                yield f"code cell {number} uses {name}"


@rule
def imports_first(lesson: Stored) -> Iterator[str]:
    """Imports stand in the first code cell, or the first few."""
    over = False
    for number, tree in lesson.trees:
        imports = any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(tree))
        if imports and over:
            yield f"code cell {number} imports"
        over = over or not imports


@rule
def short_code(lesson: Stored) -> Iterator[str]:
    """A code cell has at most 12 lines, one that defines a function 25; blank lines are free."""
    functions = {
        number
        for number, tree in lesson.trees
        if any(isinstance(statement, ast.FunctionDef) for statement in tree.body)
    }
    for number, cell in lesson.code:
        lines = sum(bool(line.strip()) for line in cell.source.splitlines())
        most = MOST_LINES_OF_A_FUNCTION if number in functions else MOST_LINES
        if lines > most:
            yield f"code cell {number} has {lines} lines, {most} are allowed"


# Words


@rule
def short_paragraphs(lesson: Stored) -> Iterator[str]:
    """A Markdown cell has at most 90 words; tables, headings, formulas, references are free."""
    for number, page in lesson.own_words:
        if page.words > MOST_WORDS:
            yield f"cell {number} has {page.words} words, {MOST_WORDS} are allowed"


@rule
def plain_words(lesson: Stored) -> Iterator[str]:
    """No "simply", "obviously", "just", no exclamation mark; quotations and code are free."""
    for number, page in lesson.own_words:
        for inline in page.inlines:
            found = BANNED.search(QUOTED.sub("", inline.prose))
            if found and not inline.in_quotation:
                yield f"cell {number} says {found[0]!r}: {inline.text[:60]!r}"
        if found := BANNED.search(page.text_in_html):
            yield f"cell {number} says {found[0]!r} inside HTML"


@rule
def numbers_are_computed(lesson: Stored) -> Iterator[str]:
    """A number in the text stands in code or outputs, or `numbers.toml` explains it.

    The minutes, in the table at the top and in headings, are held by the budget of the core.
    """
    held = set(EXPLAINED.get(lesson.path.name[:2], ()))
    for _, cell in lesson.code:
        shown = [cell.source]
        for output in cell.outputs:
            data = output.get("data", {})
            shown += [output.get("text", ""), *(data.get(f"text/{k}", "") for k in WRITTEN)]
        for text in shown:
            held |= {plain(word) for word in DIGITS.findall(text)}
            held |= set(re.findall(r"\d+(?:\.\d+)?", text))
    opening = [number for number, _ in lesson.pages[:2]]
    for number, page in lesson.own_words:
        for inline in page.inlines:
            if inline.heading or inline.in_table and number in opening:
                continue
            text = inline.prose
            for _, linked in inline.links:
                text = text.replace(linked, " ")
            for word in NUMBER.findall(NO_RESULTS.sub("", text)):
                whole = int(plain(word)) if plain(word).isdigit() else None
                if plain(word) not in held and whole not in COUNTED and whole not in YEARS:
                    yield f"cell {number} says {word}, which no cell computes: {inline.text[:60]!r}"


def plain(word: str) -> str:
    """A number as Python writes it."""
    return word.replace(",", "").replace("−", "-")


@rule
def headings_in_steps(lesson: Stored) -> Iterator[str]:
    """One title, a second one for what goes further if there is such, and no level skipped."""
    levels = [level for _, page in lesson.pages for level, _ in page.headings]
    titles = [text for _, page in lesson.pages for level, text in page.headings if level == 1]
    if levels[:1] != [1] or titles[1:] not in ([], [FURTHER.removeprefix("# ")]):
        yield f"the lesson has {len(titles)} titles; it wants one, at the top"
    headings = [(n, *heading) for n, page in lesson.pages for heading in page.headings]
    for (_, above, _), (number, level, text) in zip(headings, headings[1:], strict=False):
        if level > above + 1:
            yield f"cell {number}: {text!r} skips from level {above} to level {level}"


@rule
def links_say_where(lesson: Stored) -> Iterator[str]:
    """The text of a link tells where it leads."""
    for number, page in lesson.pages:
        for inline in page.inlines:
            for address, text in inline.links:
                vague = text.lower().strip(" .") in VAGUE or len(text) < 3
                if vague or re.match(r"https?:|www\.", text):
                    yield f"cell {number}: the link to {address} is called {text!r}"


@rule
def links_resolve(lesson: Stored) -> Iterator[str]:
    """Files and headings that links point at exist."""
    for number, page in lesson.pages:
        inlines = [address for inline in page.inlines for address, _ in inline.links]
        for address in inlines + [source for source, _ in page.images]:
            parts = urlsplit(address)
            if parts.scheme in ("http", "https", "mailto", "data"):
                continue
            target = lesson.path.parent / unquote(parts.path) if parts.path else lesson.path
            if not target.exists():
                yield f"cell {number}: {address} does not exist"
            elif parts.fragment and target.suffix == ".ipynb":
                if unquote(parts.fragment) not in Stored(target).anchors:
                    yield f"cell {number}: {target.name} has no heading for {address}"


@rule
def references_are_links(lesson: Stored) -> Iterator[str]:
    """Every reference has a link; one with an identifier leads to the page of this identifier."""
    for number, page in lesson.pages:
        for inline in page.inlines:
            links = list(inline.links)
            linked = [text for _, text in links]
            for identifier in IDENTIFIER.findall(inline.text):
                if identifier not in linked:
                    yield f"cell {number}: {identifier} is no link"
            for address, text in links:
                kind, _, rest = text.partition(":")
                if kind in PAGES_OF and unquote(address) != PAGES_OF[kind] + rest:
                    yield f"cell {number}: {text} leads to {address}"
                if "://" in address and not re.fullmatch(
                    r"https://[\w-]+(\.[\w-]+)+(/\S*)?", address
                ):
                    yield f"cell {number}: {address} is no address of a page"
    for line in references(lesson):
        years = [int(year) for year in re.findall(r"\b1[89]\d\d\b|\b20\d\d\b", line)]
        if "](https://" not in line and not (years and max(years) <= UNLINKED):
            yield f"a reference has no link: {line[:60]}"


def references(lesson: Stored) -> Iterator[str]:
    """The entries under a heading "References"."""
    inside = False
    for cell in lesson.nb.cells:
        for line in cell.source.splitlines() if cell.cell_type == "markdown" else ():
            if line.startswith("#"):
                inside = line.strip("# ").lower().startswith("references")
            elif inside and line.startswith("- "):
                yield line


@rule
def images_have_alternatives(lesson: Stored) -> Iterator[str]:
    """Images in Markdown say what they show."""
    for number, page in lesson.pages:
        for source, text in page.images:
            if len(text.split()) < 2:
                yield f"cell {number}: the image {source[:60]} has the alternative text {text!r}"


# The frame of a lesson


@rule
def opens_with_title_and_table(lesson: Stored) -> Iterator[str]:
    """The title; with it or in the next text: minutes, what you need, what you can do then."""
    number, page = lesson.pages[0] if lesson.pages else (0, Page(""))
    if number != 1 or not page.headings or page.headings[0][0] != 1:
        yield "the first cell does not begin with the title"
    inlines = [inline for _, page in lesson.pages[:2] for inline in page.inlines]
    table = " ".join(inline.text for inline in inlines if inline.in_table).lower()
    for words in OPENING_ROWS:
        if words not in table:
            yield f"the table at the top does not say {words!r}"


@rule
def number_in_title(lesson: Stored) -> Iterator[str]:
    """The number in the file's name is the number in the title."""
    title = next((t for _, page in lesson.pages for level, t in page.headings if level == 1), "")
    number = re.match(r"\d\d(?=_)", lesson.path.name)
    if number is None or int(number[0]) not in map(int, re.findall(r"\d+", title)):
        yield f"the title {title!r} does not carry the number of {lesson.path.name}"


@rule
def closes_with_licences(lesson: Stored) -> Iterator[str]:
    """The last Markdown cell names both licences."""
    cells = [cell.source for cell in lesson.nb.cells if cell.cell_type == "markdown"]
    for licence in LICENCES:
        if not cells or licence not in cells[-1]:
            yield f"the last cell does not name {licence}"


def fallen_share(lesson: Stored, recorded: dict[str, dict[str, int]]) -> Iterator[str]:
    """Is a smaller share of the lesson compared than is recorded?"""
    remedy = "if that is meant, run `python3 course.py lessons --record`"
    compared, total = share(lesson.nb)
    best = recorded.get(lesson.path.stem)
    if best is None:
        yield f"no share is recorded for {lesson.path.stem}: {remedy.rpartition(', ')[2]}"
    elif compared * best["total"] < best["compared"] * total or (best["total"] and not total):
        was = f"{best['compared']} of {best['total']}"
        yield f"nbval compares {compared} of {total} cells with outputs, before {was}; {remedy}"

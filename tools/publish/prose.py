"""Text cells and code as HTML, by nbconvert's own renderers."""

from __future__ import annotations

import re
from html import escape

from bs4 import BeautifulSoup, NavigableString, Tag
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from .folder import ROOT
from .formulas import FORMULA, mathml

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
MARK = re.compile(r"\uE000(\d+)\uE000([^\s<\uE000]*)")
# The index of terms: its file beside the lessons, and its page.
INDEX, TERMS = "INDEX.md", "terms.html"
# The sheet of knobs: its file, seen from a lesson, and its page.
SHEET, KNOBS = "../docs/KNOBS.md", "knobs.html"
LESSON_LINK = re.compile(r"^(\d\d_\w+)\.ipynb(#.*)?$")


def code(source: str) -> str:
    """Python with its words marked for colour."""
    shown = highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
    return f'<pre class="code"><code>{shown.rstrip()}</code></pre>'


def printed(text: str) -> str:
    """What a cell printed."""
    return f'<pre class="printed">{escape(text.rstrip(), quote=False)}</pre>'


def prose(markdown: str) -> list[tuple[str, str]]:
    """A text cell as its blocks: the name of the HTML element, and the element.

    Formulas become MathML, links to lessons and to the index lead to their pages, headings get the
    anchors that they have in JupyterLab, and tables name their headers.
    """
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    soup = BeautifulSoup(MarkdownWithMath(renderer=renderer).render(markdown), "html.parser")
    for link in soup.find_all("a", href=LESSON_LINK):
        link["href"] = LESSON_LINK.sub(r"\1.html\2", link["href"])
    for link in soup.find_all("a", href=INDEX):
        link["href"] = TERMS
    for link in soup.find_all("a", href=SHEET):
        link["href"] = KNOBS
    for image in soup.find_all("img"):
        image["src"] = _still(image.get("src", "").removeprefix("../"))
        image["alt"] = image.get("alt", "")
    for link in soup.find_all("a", href=re.compile(r"^\.\./")):
        link["href"] = link["href"].removeprefix("../")
    for heading in soup.find_all(HEADINGS):
        heading["id"] = heading.get_text().replace(" ", "-")
    for table in soup.find_all("table"):
        _name_headers(table)
    formulas = _lift_formulas(soup)
    blocks = []
    for element in soup.children:
        if isinstance(element, Tag):
            html = MARK.sub(lambda m: _whole(formulas[int(m[1])], m[2]), str(element))
            blocks.append((element.name, html))
    return blocks


def _still(picture: str) -> str:
    """The still form of a picture that moves by itself: on a page nothing moves before Play."""
    still = picture.replace(".svg", "_still.svg")
    return still if (ROOT / still).is_file() else picture


def _lift_formulas(soup: BeautifulSoup) -> list[str]:
    """Put a mark in the place of each formula and return the formulas."""
    formulas: list[str] = []

    def lift(match: re.Match[str]) -> str:
        formulas.append(mathml(match["body"], block=match["ends"] == "$$"))
        return f"\ue000{len(formulas) - 1}\ue000"

    for words in soup.find_all(string=FORMULA):
        if not words.find_parent(["code", "pre"]):
            words.replace_with(NavigableString(FORMULA.sub(lift, words)))
    return formulas


def _whole(formula: str, ending: str) -> str:
    """A formula on one line with what follows it without a space."""
    return f'<span class="whole">{formula}{ending}</span>' if ending else formula


def _name_headers(table: Tag) -> None:
    """Say which cells are headers; one without words is none."""
    for cell in table.find_all("th"):
        if cell.get_text(strip=True):
            cell["scope"] = "col"
        else:
            cell.name = "td"

"""The site: an index and one page a lesson, to read without a kernel and without a network."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from html import escape
from multiprocessing import get_context
from pathlib import Path

from tools import index, knobs
from tools.commands import Progress

from .folder import ASSETS, ROOT, replaced, write
from .lesson import Lesson, Piece, lessons
from .players import Player, differing, player_script, players
from .prose import KNOBS, TERMS, prose
from .python import Parts, write_python
from .shell import THEME, shell
from .style import stylesheet

HEAVY_FIRST = "13", "12", "11"
ROW = re.compile(
    r"^\| \[(?P<title>[^\]]+)\]\(notebooks/(?P<stem>\w+)\.ipynb\) \| (?P<question>.+?) \|"
    r" (?P<minutes>\d+) \|$",
    re.M,
)
ABOUT = (
    "These pages are for reading. The pictures move when you press Play; {} need the lessons "
    "themselves, which <code>python3 course.py</code> opens in JupyterLab."
)
STILL = ABOUT.format("predictions, exercises and free sliders")
LIVE = ABOUT.replace("press Play;", "press Play or move a slider;").format(
    "predictions and exercises"
)
LOOK_UP = (
    f'<p>To look something up: <a href="{TERMS}">index of terms and questions</a>. A run goes '
    f'wrong: <a href="{KNOBS}">what to turn</a>, a sheet to print.</p>'
)


def write_site(target: Path, python: Parts | None = None) -> None:
    """Write the whole site into a folder.

    Args:
        target: the folder.
        python: what Python in the pages is made of; without it, sliders need JupyterLab.

    Raises:
        Refused: the folder holds something else, or a lesson cannot be shown.
    """
    every = lessons()
    with replaced(target) as draft, ProcessPoolExecutor(2, get_context("spawn")) as pool:
        moving = {one.number: pool.submit(players, one) for one in _heavy_first(every)}
        about = LIVE if python else STILL
        write(draft / "index.html", index_page(about))
        write(draft / TERMS, terms_page())
        write(draft / KNOBS, knobs_page())
        write(draft / "page.css", stylesheet("page.css"))
        write(draft / "page.js", (ASSETS / "page.js").read_text("utf-8"))
        megabytes = write_python(draft, python) if python else None
        write(draft / "player.js", player_script(megabytes))
        copy_common(draft)
        progress = Progress(len(every), "pages")
        for at, lesson in enumerate(every):
            around = every[at - 1] if at else None, *every[at + 1 : at + 2]
            made = _checked(lesson, moving[lesson.number])
            made = [player for player in made if player.plays or python]
            write(draft / lesson.page, lesson_page(lesson, made, around, about))
            copy_pictures(lesson, draft)
            progress.tell()


def _heavy_first(every: Sequence[Lesson]) -> list[Lesson]:
    return sorted(every, key=lambda one: (one.number not in HEAVY_FIRST, -int(one.number)))


def _checked(lesson: Lesson, moving: Future[list[Player]]) -> list[Player]:
    """The players that say what the lesson's stored output says; the others stay still."""
    made = moving.result()
    for cell in (wrong := differing(lesson, made)):
        print(
            f"Lesson {lesson.number}: the explorer of cell {cell} says something else than the "
            "lesson's stored output, so its page shows the still picture alone.",
            file=sys.stderr,
        )
    return [player for player in made if player.cell not in wrong]


def copy_common(draft: Path) -> None:
    """Copy the pictures that text cells show, and the licences."""
    for name in ("images/zig_zag_still.svg", "images/zig_zag.svg", "LICENSE", "LICENSE-TEXT"):
        write(draft / name, (ROOT / name).read_text("utf-8"))


def copy_pictures(lesson: Lesson, draft: Path) -> None:
    """Write the figures of a lesson as files."""
    (draft / "pictures").mkdir(exist_ok=True)
    for name, svg in lesson.pictures.items():
        write(draft / name, svg)


def page(title: str, header: str, body: str, scripts: Sequence[str] = ()) -> str:
    """A page of the site: header, contents, licences."""
    return shell(
        title,
        "page.css",
        f"""<a class="skip" href="#main">To the text</a>
<header class="top">{header}{THEME}</header>
{body}
<footer>Text and images: <a href="LICENSE-TEXT">CC BY 4.0</a>. Code: <a href="LICENSE">BSD-3-Clause</a>.</footer>""",  # noqa: E501
        scripts,
    )


def index_page(about: str = STILL) -> str:
    """The first page, from the README: the sentence, the picture, the table of lessons."""
    readme = (ROOT / "README.md").read_text("utf-8")
    name = re.search(r"^# (.+)$", readme, re.M)[1]
    lead = prose(re.search(r"^\*\*.+$", readme, re.M)[0])[0][1]
    alt = re.search(r'alt="([^"]+)"', readme)[1]
    rows = "".join(
        f'<tr><th scope="row"><a href="{row["stem"]}.html">{escape(row["title"])}</a></th>'
        f"<td>{escape(row['question'], quote=False)}</td><td>{row['minutes']}</td></tr>"
        for row in ROW.finditer(readme)
    )
    answers = "".join(
        html for _, html in prose(re.search(r"^## What it answers\n\n.+?\n\n", readme, re.M)[0])
    )
    body = (
        f'<main id="main"><h1>{name}</h1>{lead}'
        f'<img class="wide" src="images/zig_zag_still.svg" width="960" alt="{alt}">'
        f"<p>{about}</p>{LOOK_UP}"
        '<table><thead><tr><th scope="col">Lesson</th><th scope="col">The one question</th>'
        f'<th scope="col">Minutes</th></tr></thead><tbody>{rows}</tbody></table>{answers}</main>'
    )
    return page(name, f"<span>{name}</span>", body)


def terms_page() -> str:
    """The index of terms and questions, each with its sections."""
    blocks = prose(index.page(index.entries(), index.all_lessons(), on_site=True))
    body = f'<main id="main">{"".join(html for _, html in blocks)}</main>'
    header = '<a href="index.html">Down the Ravine</a><span>Index</span>'
    return page("Index of terms and questions", header, body)


def knobs_page() -> str:
    """The sheet of knobs: symptom, cause, knob, lesson and lines; on paper two sides of A4."""
    places = index.all_lessons()
    head = "".join(f'<th scope="col">{word}</th>' for word in knobs.HEAD)
    rows = ""
    for row in knobs.rows():
        found = index.resolve(row.lesson, places)
        shown = escape(knobs.shown(found), quote=False)
        link = f'<a href="{found.lesson}.html#{found.anchor}">{shown}</a>'
        # A long line may break after a dot or a bracket, before anything else does.
        lines = (re.sub(r"([.(])", r"\1<wbr>", escape(line, quote=False)) for line in row.lines)
        code = "".join(f"<code>{line}</code>" for line in lines)
        told = "".join(f"<td>{escape(x, quote=False)}</td>" for x in (row.cause, row.turn))
        see = f'<th scope="row">{escape(row.see, quote=False)}</th>'
        rows += f"<tr>{see}{told}<td>{link}</td><td>{code}</td></tr>"
    note = prose(knobs.NOTE)[0][1]
    body = (
        f'<main id="main" class="sheet"><h1>{knobs.TITLE}</h1><p>{knobs.LEAD}</p>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}</main>"
    )
    header = (
        f'<a href="index.html">Down the Ravine</a><a href="{TERMS}">Index</a>'
        "<span>What to turn</span>"
    )
    return page(knobs.TITLE, header, body)


def lesson_page(
    lesson: Lesson,
    made: Sequence[Player],
    around: tuple[Lesson | None, ...],
    about: str = STILL,
) -> str:
    """The page of a lesson, with its moving pictures."""
    moving = {player.cell: player for player in made}
    before, after = around[0], (*around[1:], None)[0]
    links = _link(before, "prev", "←") + _link(after, "next", "→")
    content = "".join(
        f'<li><a href="#{_anchor(h)}">{escape(h.words, quote=False)}</a></li>'
        for h in lesson.headings
        if h.tag == "h2"
    )
    title, *rest = _sections(lesson, moving)
    text = f'{title}<p class="note">{about}</p>{"".join(rest)}'
    body = (
        '<div class="columns"><details class="contents"><summary>In this lesson</summary>'
        f'<nav aria-label="In this lesson"><ol>{content}</ol></nav></details>'
        f'<main id="main">{text}'
        f'<nav class="turn" aria-label="Next and previous lesson">{links}</nav></main></div>'
    )
    header = (
        f'<a href="index.html">Down the Ravine</a><a href="{TERMS}">Index</a>'
        f"<span>Lesson {lesson.number}</span>"
    )
    return page(lesson.title, header, body, ["player.js"] if made else ())


def _sections(lesson: Lesson, moving: dict[int, Player]) -> Iterator[str]:
    """The pieces in order; what goes beyond the core is folded, section by section."""
    beyond = opened = False
    for piece in lesson.pieces:
        beyond = beyond or lesson.further(piece)
        html = _shown(lesson, piece, moving)
        if beyond and piece.tag == "h2":
            before = "</details>" if opened else ""
            opened = True
            html = f'{before}<details class="further"><summary>{html}</summary>'
        yield html
    if opened:
        yield "</details>"


def _anchor(heading: Piece) -> str:
    return re.search(r'id="([^"]*)"', heading.html)[1]


def _link(lesson: Lesson | None, rel: str, arrow: str) -> str:
    if lesson is None:
        return ""
    return f'<a rel="{rel}" href="{lesson.page}">{arrow} {escape(lesson.title, quote=False)}</a>'


def _shown(lesson: Lesson, piece: Piece, moving: dict[int, Player]) -> str:
    """A piece; an explorer moves, and one of which there are only stills moves below them."""
    html = lesson.html(piece)
    player = moving.get(piece.cell) if piece.kind in ("explorer", "filmstrip") else None
    if piece.kind == "explorer":
        return player.html(html, "Explorer") if player else html
    if player:
        return html + player.html("", "The same, moving")
    return html

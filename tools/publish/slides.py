"""Slides of the lessons: what to show on a wall, from the same cells, without a network."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from tools import plans
from tools.commands import Progress

from .folder import ASSETS, copy_common, copy_pictures, replaced, write
from .lesson import Lesson, Piece, asked_in, readable
from .pictures import stills
from .players import Player, making, opening, player_script
from .polls import PAGE, asked, place, write_polls
from .prose import code, prose
from .shell import THEME, shell
from .style import stylesheet

LONGEST = 14
PICTURES = "figure", "filmstrip", "explorer"
KEYS = "Arrow keys, space, Home and End turn the slides."


def write_slides(target: Path, chosen: Sequence[Lesson]) -> None:
    """Write one deck a lesson into a folder.

    Raises:
        Refused: the folder holds something else, or a lesson cannot be shown.
    """
    readable(chosen)
    with replaced(target) as draft, making(chosen) as made_of:
        progress, moving = Progress(len(chosen), "decks"), {}
        for lesson in chosen:
            moving[lesson.number] = [player for player in made_of(lesson) if player.plays]
            progress.tell()
        write_decks(draft, chosen, moving)
        write(draft / "player.js", player_script())
        copy_common(draft)
        write_polls(draft, chosen, read=False)
        for lesson in chosen:
            copy_pictures(lesson, draft)


def write_decks(
    folder: Path,
    chosen: Sequence[Lesson],
    moving: Mapping[str, Sequence[Player]],
    pages: str = "",
) -> None:
    """Write the decks and the list of them, without pictures and without the explorers' script.

    Args:
        folder: where to.
        chosen: the lessons.
        moving: their explorers that move, by the lesson's number.
        pages: the way from there to the pages to read, beside which pictures, script and Python
            lie; empty if pictures and script are in the folder itself and there are no pages.
    """
    write(folder / "slides.css", stylesheet("page.css", "slides.css"))
    for script in ("page.js", "slides.js"):
        write(folder / script, (ASSETS / script).read_text("utf-8"))
    for lesson in chosen:
        write(folder / lesson.page, deck(lesson, pages, moving[lesson.number]))
    write(folder / "index.html", contents(chosen, pages))


def contents(chosen: Sequence[Lesson], pages: str = "") -> str:
    """The list of decks."""
    read = f'<p><a href="{pages}index.html">Pages to read</a></p>' if pages else ""
    rows = "".join(
        f'<li><a href="{one.page}">{escape(one.title, quote=False)}</a></li>' for one in chosen
    )
    polls = f'<p><a href="{pages}{PAGE}">Polls, shown one at a time</a></p>'
    told = f"<h1>Slides</h1><p>{KEYS}</p><ol>{rows}</ol>{polls}{read}"
    body = f'<main class="list">{told}{THEME}</main>'
    return shell("Slides", "slides.css", body)


def deck(lesson: Lesson, pages: str = "", made: Sequence[Player] = ()) -> str:
    """The slides of a lesson: parts, which the browser lays out on as many slides as they need."""
    read = f'<a href="{pages}{lesson.page}">Page to read</a>' if pages else ""
    parts = "".join(
        f'<section class="part" data-title="{escape(title)}">{unlinked("".join(blocks))}'
        f"{_notes(lesson, title)}</section>"
        for title, blocks in _parts(lesson, pages, _shown(lesson, made))
    )
    name = lesson.title
    controls = (
        '<nav class="turn" aria-label="Slides"><button type="button" id="before">Back</button>'
        '<span id="place" role="status"></span><button type="button" id="after">Next</button>'
        '<button type="button" id="notes">Notes</button>'
        f"{THEME}"
        f'<a href="index.html">All decks</a>{read}</nav>'
    )
    for folder in ("pictures", "images"):
        parts = parts.replace(f'="{folder}/', f'="{pages}{folder}/')
    body = f'<main id="deck" data-name="{escape(name)}">{parts}</main>{controls}'
    scripts = ("slides.js", f"{pages}player.js") if made else ("slides.js",)
    return shell(name, "slides.css", body, scripts)


def _shown(lesson: Lesson, made: Sequence[Player]) -> dict[int, Player]:
    """The explorers by their cells, without those that a page shows after a prediction alone."""
    return {player.cell: player for player in made if player.cell not in opening(lesson)}


def _parts(
    lesson: Lesson, pages: str, moving: Mapping[int, Player]
) -> Iterator[tuple[str, list[str]]]:
    """Headings of the second level with all that stands below them."""
    title: str = ""
    blocks: list[str] = []
    here: list[Player] = []
    for _, cell in groupby(lesson.pieces, key=lambda piece: piece.cell):
        together = list(cell)
        if together[0].kind == "code":
            player = moving.get(together[0].cell)
            blocks += _cell(lesson, together, pages, player)
            here += [player] if player else []
            continue
        for piece in together:
            if piece.tag in ("h1", "h2"):
                if blocks:
                    yield title, blocks + _again(lesson, title, here, moving.values())
                title, blocks, here = piece.words, [], []
            if piece.tag == "h1":
                title, blocks = piece.words if lesson.further(piece) else "", [piece.html]
            elif piece.tag != "h2":
                blocks.append(piece.html)
    yield title, blocks


def _again(lesson: Lesson, title: str, here: Sequence[Player], made: Iterable[Player]) -> list[str]:
    """Places for explorers whose presets the plan presses in a part that does not show them.

    An explorer is one thing that goes along: it stands on the slide that is on the wall.
    """
    plan = plans.plans().get(lesson.number)
    rows = [row for rows in plan.rows.values() for row in rows] if plan else []
    pressed = [set(row.preset) for row in rows if row.preset and row.at == (title or plans.FIRST)]
    if not pressed or any(pressed[0] <= set(player.presets) for player in here):
        return []
    able = (player for player in made if pressed[0] <= set(player.presets))
    return [f'<div class="alone" data-holds="{player.mark}"></div>' for player in able][:1]


def _cell(lesson: Lesson, pieces: Sequence[Piece], pages: str, player: Player | None) -> list[str]:
    """A cell's code with what it says, and each of its pictures alone; an explorer moves."""
    said = [short_code(p) if p.kind == "code" else p.html for p in pieces if p.kind not in PICTURES]
    said = [block for block in said if block]
    said += [_poll(p, pages) for p in pieces if p.kind == "predict"]
    pictures = []
    for piece in (piece for piece in pieces if piece.kind in PICTURES):
        if piece.kind == "filmstrip":
            drawn = stills(piece.html, piece.words, piece.cell)
            pictures += [f'<div class="alone">{one}</div>' for one in drawn]
        if player and piece.kind != "figure":
            still = lesson.html(piece) if piece.kind == "explorer" else ""
            shown = player.html(still, "Explorer")
            pictures.append(f'<div class="alone" data-holds="{player.mark}">{shown}</div>')
        elif piece.kind != "filmstrip":
            pictures.append(f'<div class="alone">{lesson.html(piece)}</div>')
    return ([f'<div class="cell">{"".join(said)}</div>'] if said else []) + pictures


def _notes(lesson: Lesson, title: str) -> str:
    """What the plan says of a part, for the speaker's own window."""
    if lesson.number not in plans.plans():
        return ""
    said = "".join(prose(note)[0][1] for note in plans.notes(lesson.number, title or plans.FIRST))
    return f'<aside class="notes" hidden>{said}</aside>' if said else ""


def _poll(piece: Piece, pages: str) -> str:
    """A link to the prediction as a poll, alone on the wall; nothing if it is none."""
    question = asked_in(piece.source)
    if question is None or not asked(question.key):
        return ""
    return f'<p class="note"><a href="{pages}{PAGE}#{place(question.key)}">This poll alone</a></p>'


def unlinked(html: str) -> str:
    """Text without its links to other lessons and the index, which may not be there."""
    return re.sub(r'<a href="(?:\d\d_\w+|terms)\.html[^"]*">(.*?)</a>', r"\1", html, flags=re.S)


def short_code(piece: Piece) -> str:
    """The code of a cell, or nothing for imports, drawings, predictions and long cells' ends."""
    hidden = "<details" in piece.html
    if not piece.source or hidden or asked_in(piece.source) or _draws(piece.source):
        return ""
    body = ast.parse(piece.source).body
    if all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in body):
        return ""
    lines = re.sub(r"\n\n+", "\n\n", piece.source.strip()).splitlines()
    left = len(lines) - LONGEST
    if left <= 1:
        return code("\n".join(lines))
    end = f'<p class="note">{left} more lines in the lesson.</p>'
    return code("\n".join(lines[:LONGEST])) + end


def _draws(source: str) -> bool:
    """Whether a cell makes a picture or shows an explorer: then the picture says it."""
    last = source.strip().splitlines()[-1]
    drawing = any(call in source for call in ("Captioned(", "canvas(", ".filmstrip("))
    return drawing or re.fullmatch(r"\w+", last) is not None

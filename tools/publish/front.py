"""The front page: an explorer that moves, one sentence, the ways through, the map of lessons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from . import archive, plan
from .lesson import Lesson
from .players import Player
from .prose import KNOBS, TERMS, prose
from .share import Where

# The explorer that opens the course: two points, one of which remembers its steps.
HERO = "04"
# Which mark of a lesson says that a track leads through it.
ON_TRACK = "●"


def front_page(
    about: str, moving: tuple[Lesson, Player] | None, there: Where, size: str = ""
) -> str:
    """The contents of the front page.

    Args:
        about: how the pages are used, as HTML.
        moving: the lesson whose explorer opens the page, and the explorer; else a still picture.
        there: where the site stands.
        size: of the archive, as the page states it; empty where there is none.
    """
    lead, rest = plan.lead(), plan.lead_paragraph().partition("** ")[2]
    first, begin = plan.rows()[1], plan.rows()[0]
    return (
        '<main id="main" class="front"><section class="hero"><div class="words">'
        f'<h1>{plan.name()}</h1><p class="lead">{_unbroken(lead)}</p>'
        f'<p class="ways"><a class="go" href="{first.stem}.html">Lesson 01: {first.name}</a>'
        f'<a href="{begin.stem}.html">{begin.name}</a></p></div>'
        f"{_moving(moving)}"
        f'<div class="rest">{_prose(rest)}<p class="note">{about}</p></div></section>'
        f"{_map()}{_elsewhere(there, size)}{_answers()}</main>"
    )


def _unbroken(text: str) -> str:
    """Text whose hyphens end no line."""
    return escape(text, quote=False).replace("-", "\N{NON-BREAKING HYPHEN}")


def _moving(moving: tuple[Lesson, Player] | None) -> str:
    if moving:
        lesson, player = moving
        still = lesson.html(next(p for p in lesson.pieces if p.cell == player.cell and p.words))
        return player.html(still, "Gradient descent beside momentum")
    alt = re.search(r'alt="([^"]+)"', plan.readme())[1]
    return f'<img class="wide" src="images/zig_zag_still.svg" width="960" alt="{alt}">'


def _map() -> str:
    """The ways through the course, and the lessons with the ways that lead through each."""
    tracks = plan.tracks()
    ways = "".join(
        f"<li><strong>{one.name}</strong>: {escape(one.about, quote=False)}</li>" for one in tracks
    )
    head = "".join(f'<th scope="col">{one.name}</th>' for one in tracks)
    rows = "".join(_row(one, tracks) for one in plan.rows())
    return (
        '<h2 id="lessons">The map of lessons</h2>'
        f'<p>There are {_count(len(tracks))} ways through:</p><ul class="tracks">{ways}</ul>'
        '<table class="map"><thead><tr><th scope="col">Lesson</th>'
        f'<th scope="col">The one question</th><th scope="col">Minutes</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _count(number: int) -> str:
    return {2: "two", 3: "three", 4: "four"}.get(number, str(number))


def _row(row: plan.Row, tracks: Sequence[plan.Track]) -> str:
    marks = "".join(
        f'<td class="on" data-track="{one.name}"><span aria-label="{one.name}" role="img">'
        f"{ON_TRACK}</span></td>"
        if one.name.lower() in row.tracks
        else "<td></td>"
        for one in tracks
    )
    return (
        f'<tr><th scope="row"><a href="{row.stem}.html">{escape(row.title, quote=False)}</a></th>'
        f'<td class="asks">{escape(row.question, quote=False)}</td>'
        f'<td class="minutes">{row.minutes}</td>{marks}</tr>'
    )


def _elsewhere(there: Where, size: str) -> str:
    """To look something up, and the other forms of the course."""
    lines = [
        f'<a href="{TERMS}">Index of terms and questions</a>: from the field\'s words to the '
        "section that has them.",
        f'When a run goes wrong: <a href="{KNOBS}">what to turn</a>, a sheet to print.',
        '<a href="slides/index.html">Slides</a> of every lesson, to teach from.',
        "Each lesson prints as a chapter, its folded parts open.",
        "In JupyterLab, with all exercises: get the course's folder, and type "
        "<code>python3 course.py</code> in it.",
    ]
    if there.lab:
        lines.append(
            f'<a href="{escape(there.lab)}">JupyterLab in a browser tab</a>, nothing to install.'
        )
    if size:
        lines.append(
            f'<a href="{archive.NAME}" download>The whole site as a zip file, {size}</a>, for '
            "places without a network."
        )
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f'<h2 id="more">Look up, teach, take along</h2><ul>{items}</ul>'


def _answers() -> str:
    """Which article the course answers."""
    return _prose(re.search(r"^## What it answers\n\n.+?\n\n", plan.readme(), re.M)[0])


def _prose(markdown: str) -> str:
    return "".join(html for _, html in prose(markdown))

"""The polls of the plans as a page: each alone on the wall, with a clock and an answer to reveal.

Without scripts it is a list of all polls with their answers folded; `polls.js` shows one alone. It
opens from a folder, without a network. What a poll asks stands in the predictions of its lesson.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from tools import plans

from .folder import ASSETS, write
from .lesson import Lesson
from .shell import MARK, THEME, shell
from .style import stylesheet

PAGE = "polls.html"
ABOUT = "Questions to ask a class before a lesson answers them, shown one at a time."
LEAD = (
    "<em>Show alone</em> puts a poll on the wall: silence, hands up, two minutes in pairs, hands "
    "up again, then the answer. Space goes on to the next of these; the arrow keys turn to another "
    "poll, and Esc returns to this list."
)
BAR = (
    '<nav class="bar" aria-label="Poll" hidden><button type="button" id="list">All polls</button>'
    '<button type="button" id="before">Back</button><button type="button" id="after">Next</button>'
    '<button type="button" id="silence">30 seconds</button>'
    '<button type="button" id="pairs">2 minutes</button>'
    '<button type="button" id="reveal" aria-pressed="false">Show the answer</button>'
    '<span id="told" role="status"></span></nav><p id="clock" role="timer" hidden></p>'
)


def write_polls(folder: Path, chosen: Sequence[Lesson], read: bool = True, head: str = "") -> None:
    """Write the page with its script and its sheet.

    Args:
        folder: where to.
        chosen: the lessons whose polls are on it.
        read: whether the pages of the lessons are in the folder, so that a poll can lead there.
        head: further lines of its head.
    """
    write(folder / "polls.css", stylesheet("page.css", "book.css", "polls.css"))
    for script in ("page.js", "polls.js"):
        write(folder / script, (ASSETS / script).read_text("utf-8"))
    write(folder / PAGE, polls_page(chosen, read, head))


def polls_page(chosen: Sequence[Lesson], read: bool = True, head: str = "") -> str:
    """The page of the polls; see `write_polls` for its arguments."""
    body = (
        f'<header class="top"><a class="brand" href="index.html">{MARK}Lessons</a>{THEME}</header>'
        f'<main id="main"><h1>Polls</h1><p class="lead">{LEAD}</p>'
        f"{''.join(_lesson(one, read) for one in chosen)}</main>{BAR}"
    )
    return shell("Polls", "polls.css", body, ("polls.js",), head)


def place(key: str) -> str:
    """The anchor of a poll on the page."""
    return re.sub(r"[^\w.]+", "-", key)


def asked(key: str) -> bool:
    """Whether a prediction is one of the polls of its lesson."""
    plan = plans.plans().get(key[:2])
    return bool(plan) and any(poll.key == key for poll in plan.polls)


def _lesson(lesson: Lesson, read: bool) -> str:
    polls = plans.plans()[lesson.number].polls
    title = escape(lesson.title, quote=False)
    shown = "".join(
        _poll(
            poll, f"Lesson {lesson.number} · poll {n} of {len(polls)}", _place(lesson, poll, read)
        )
        for n, poll in enumerate(polls, 1)
    )
    return f"<section><h2>{title}</h2>{shown}</section>"


def _place(lesson: Lesson, poll: plans.Poll, read: bool) -> str:
    """A link to the section of the lesson that asks the prediction."""
    if not read:
        return ""
    heading = plans.asked_at(lesson.number, poll.key)
    anchor = quote(heading.replace(" ", "-"))
    link = "" if heading == plans.FIRST else f"#{anchor}"
    return f' <a href="{lesson.page}{link}">Lock it in: lesson {lesson.number}</a>'


def _poll(poll: plans.Poll, number: str, link: str) -> str:
    name = place(poll.key)
    ask, because = (
        escape(text.replace("{}", "…"), quote=False)
        for text in (poll.question.ask, poll.question.because)
    )
    ask += "" if ask.endswith("?") else " …"
    rows = "".join(
        f"<li{' data-right' if option == poll.answer else ''}>{escape(option, quote=False)}</li>"
        for option in poll.options
    )
    right = escape(f"({plans.letter(poll, poll.answer)}) {poll.answer}", quote=False)
    return (
        f'<article class="poll" id="{name}" aria-labelledby="{name}-ask" tabindex="-1">'
        f'<p class="eyebrow">{number}</p><h3 id="{name}-ask">{ask}</h3>'
        f'<ol class="options">{rows}</ol>'
        "<details><summary>The answer</summary>"
        f"<p><strong>{right}.</strong> {because}</p></details>"
        f'<p class="more"><a href="#{name}">Show alone</a>{link}</p></article>'
    )

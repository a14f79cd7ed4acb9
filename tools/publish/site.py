"""The site: an index and one page a lesson, to read without a kernel and without a network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from tools import index, knobs
from tools.commands import Progress

from . import answers, archive, plan, polls, preview, search, share
from .folder import ASSETS, copy_common, copy_pictures, replaced, write
from .front import HERO, front_page
from .lesson import Lesson, Piece, lessons, readable
from .players import Player, making, opening, player_script
from .prose import KNOBS, TERMS, prose
from .python import LICENCES, Parts, write_python
from .share import Where
from .shell import MARK, THEME, shell
from .slides import write_decks
from .style import stylesheet

ABOUT = (
    "The pictures move when you press Play{}, predictions lock in, and {}. The lessons themselves "
    "open in JupyterLab with <code>python3 course.py</code>."
)
STILL = ABOUT.format(
    "", "hints and solutions help; checks and freely moving sliders need JupyterLab"
)
LIVE = ABOUT.format(
    " or move a slider",
    "<em>Check</em>, which stands where a lesson says to run the cell, says which idea went wrong. "
    "Python for all this is fetched when you first touch a slider or check an answer",
)
PREVIEW = "images/preview.png"
SHEETS, SCRIPTS = ("page.css", "book.css", "answers.css"), ("book.js", "search.js")
# Minutes that a heading names, beside it in the contents.
MINUTES = re.compile(r",? \(?(\d+) minutes\)?$")
FIND = (
    '<button type="button" id="find" hidden aria-haspopup="dialog" aria-keyshortcuts="Control+K">'
    '<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="8.5" cy="8.5" r="5.5" fill="none" '
    'stroke="currentColor" stroke-width="2"/><path d="m12.8 12.8 4.7 4.7" stroke="currentColor" '
    'stroke-width="2" stroke-linecap="round"/></svg><span>Search</span></button>'
)
COURSE = {
    "index.html": "Lessons",
    TERMS: "Index",
    KNOBS: "What to turn",
    "slides/index.html": "Slides",
}


def write_site(
    target: Path,
    python: Parts | None = None,
    there: Where = Where(),  # noqa: B008
    packed: bool = True,
) -> None:
    """Write the whole site into a folder.

    Args:
        target: the folder.
        python: what Python in the pages is made of; without it, sliders need JupyterLab.
        there: where the site will stand.
        packed: whether the site holds itself as a zip file.

    Raises:
        Refused: the folder holds something else, or a lesson cannot be shown.
    """
    every = lessons()
    readable(every)
    there = replace(there, licences=LICENCES if python else "")
    with replaced(target) as draft, making(every) as made_of:
        about = LIVE if python else STILL
        megabytes = write_python(draft, python) if python else None
        write_assets(draft, megabytes)
        copy_common(draft)
        write(draft / TERMS, terms_page(there))
        write(draft / KNOBS, knobs_page(there))
        write(draft / "404.html", missing_page(there))
        hero, moving = None, {}
        progress = Progress(len(every), "pages")
        for at, lesson in enumerate(every):
            around = every[at - 1] if at else None, *every[at + 1 : at + 2]
            made = [player for player in made_of(lesson) if player.plays or python]
            moving[lesson.number] = made
            if lesson.number == HERO and made:
                hero = lesson, made[0]
            write(draft / lesson.page, lesson_page(lesson, made, around, there))
            copy_pictures(lesson, draft)
            progress.tell()
        write_decks(draft / "slides", every, moving, pages="../")
        about_polls = share.head(there, polls.PAGE, "Polls", polls.ABOUT, PREVIEW)
        polls.write_polls(draft, every, head=about_polls)
        write(draft / "sections.js", search.texts(every))
        _share(draft, every, there)

        def front(size: str) -> str:
            return index_page(about, hero, there, size)

        if packed:
            _pack(draft, front)
        else:
            write(draft / "index.html", front(""))


def write_assets(draft: Path, megabytes: int | None) -> None:
    """Write the style sheets and scripts of the pages.

    Args:
        draft: the folder.
        megabytes: how much a page fetches when Python starts in it; None where there is no Python.
    """
    write(draft / "page.css", stylesheet(*SHEETS))
    for name in ("page.js", *SCRIPTS):
        write(draft / name, (ASSETS / name).read_text("utf-8"))
    write(draft / "minisearch.js", search.library())
    write(draft / "player.js", player_script(megabytes))


def _share(draft: Path, every: Sequence[Lesson], there: Where) -> None:
    """What others see of the pages: pictures for links, the map of the site."""
    if there.address:
        preview.draw(draft / PREVIEW, plan.name(), plan.lead())
        for lesson in every:
            preview.draw(draft / _preview(lesson), lesson.title, _question(lesson))
        pages = ["index.html", *(lesson.page for lesson in every), TERMS, KNOBS, polls.PAGE]
        write(draft / "sitemap.xml", share.site_map(there, pages))
    write(draft / "robots.txt", share.robots(there))
    # A host that makes pages of its own from files with underscores leaves these as they are.
    write(draft / ".nojekyll", "")


def _pack(draft: Path, front: Callable[[str], str]) -> None:
    """Write the front page and the archive, whose size stands on the page that it holds."""
    size = ""
    while True:
        write(draft / "index.html", front(size))
        if (found := archive.megabytes(archive.write_archive(draft))) == size:
            return
        size = found


def page(
    file: str,
    title: str,
    about: str,
    body: str,
    there: Where,
    scripts: Sequence[str] = (),
    picture: str = PREVIEW,
    extra: str = "",
) -> str:
    """A page of the site: what others see of it, header, contents, licences.

    Args:
        file: its name.
        title: what it is called; that of the course is put behind it.
        about: one sentence, for those who see a link to it.
        body: what it shows.
        there: where the site stands.
        scripts: that it needs besides those of every page.
        picture: what stands beside a link to it.
        extra: further lines of its head.
    """
    whole = title if title == plan.name() else f"{title} | {plan.name()}"
    here = ' aria-current="page"'
    brought = f' Python in the pages: <a href="{there.licences}">its licences</a>.'
    links = "".join(
        f'<a href="{link}"{here if link == file else ""}>{name}</a>'
        for link, name in COURSE.items()
    )
    return shell(
        whole,
        "page.css",
        f"""<a class="skip" href="#main">To the text</a>
<header class="top"><a class="brand" href="index.html">{MARK}{plan.name()}</a><nav aria-label="Course">{links}</nav>{FIND}{THEME}</header>
{body}
<footer>Text and images: <a href="LICENSE-TEXT">CC BY 4.0</a>. Code: <a href="LICENSE">BSD-3-Clause</a>.{brought if there.licences else ""}</footer>""",  # noqa: E501
        (*SCRIPTS, *scripts),
        share.head(there, file, title, about, picture) + extra,
    )


def index_page(
    about: str = STILL,
    moving: tuple[Lesson, Player] | None = None,
    there: Where = Where(),  # noqa: B008
    size: str = "",
) -> str:
    """The first page; see `front_page` for its arguments."""
    scripts = ["player.js"] if moving else ()
    body = front_page(about, moving, there, size)
    return page("index.html", plan.name(), plan.lead(), body, there, scripts)


def missing_page(there: Where) -> str:
    """What a host shows for an address that leads nowhere, in whatever folder that may be."""
    body = (
        '<main id="main"><h1>There is no such page</h1><p>The address may have been typed wrongly, '
        'or the page has moved. The <a href="index.html#lessons">map of lessons</a> leads to all '
        f'that is here, and so do the <a href="{TERMS}">index</a> and the search.</p></main>'
    )
    # The address that was asked for may be in a folder, from which our links would lead astray.
    base = f'<base href="{escape(there.address)}">\n' if there.address else ""
    made = page("404.html", "No such page", "This page is not there.", body, there)
    made = re.sub(r'<link rel="canonical"[^>]*>\n|<meta property[^>]*>\n', "", made)
    return made.replace("<title>", f'{base}<meta name="robots" content="noindex">\n<title>', 1)


def terms_page(there: Where = Where()) -> str:  # noqa: B008
    """The index of terms and questions, each with its sections."""
    blocks = prose(index.page(index.entries(), index.all_lessons(), on_site=True))
    body = f'<main id="main" class="terms">{"".join(html for _, html in blocks)}</main>'
    about = "What people ask about gradient descent, momentum, RMSProp and Adam, and where it is answered."  # noqa: E501
    return page(TERMS, "Index of terms and questions", about, body, there)


def knobs_page(there: Where = Where()) -> str:  # noqa: B008
    """The sheet of knobs: symptom, cause, knob, lesson and lines; on paper two sides of A4."""
    places = index.all_lessons()
    head = "".join(f'<th scope="col">{word}</th>' for word in knobs.HEAD)
    rows = ""
    for number, row in enumerate(knobs.rows(), 1):
        found = index.resolve(row.lesson, places)
        shown = escape(knobs.shown(found), quote=False)
        link = f'<a href="{found.lesson}.html#{found.anchor}">{shown}</a>'
        # A long line may break after a dot or a bracket, before anything else does.
        lines = (re.sub(r"([.(])", r"\1<wbr>", escape(line, quote=False)) for line in row.lines)
        code = "".join(f"<code>{line}</code>" for line in lines)
        told = "".join(f"<td>{escape(x, quote=False)}</td>" for x in (row.cause, row.turn))
        see = f'<th scope="row">{escape(row.see, quote=False)}</th>'
        rows += f'<tr id="row-{number}">{see}{told}<td>{link}</td><td>{code}</td></tr>'
    note = prose(knobs.NOTE)[0][1]
    body = (
        f'<main id="main" class="sheet"><h1>{knobs.TITLE}</h1><p>{knobs.LEAD}</p>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}</main>"
    )
    about = "From what a training run shows to its cause and what to turn, with the line in PyTorch, optax and Keras."  # noqa: E501
    return page(KNOBS, knobs.TITLE, about, body, there)


def lesson_page(
    lesson: Lesson,
    made: Sequence[Player],
    around: tuple[Lesson | None, ...],
    there: Where = Where(),  # noqa: B008
) -> str:
    """The page of a lesson, with its moving pictures."""
    moving = {player.cell: player for player in made}
    before, after = around[0], (*around[1:], None)[0]
    title, *rest = _sections(lesson, moving)
    row = plan.row(lesson.number)
    above = below = ""
    if row:
        above = f'<p class="eyebrow">Lesson {row.number} · {row.minutes} minutes</p>'
        below = f'<p class="question">{escape(row.question, quote=False)}</p>'
    cite = share.citation(there, lesson.number, _bare(lesson.title), lesson.page)
    turn = _turn(before, "prev", "Previous") + _turn(after, "next", "Next")
    body = (
        f'<div class="columns">{_contents(lesson, there)}'
        f'<main id="main">{above}{title}{below}{"".join(rest)}{cite}'
        f'<nav class="turn" aria-label="Next and previous lesson">{turn}</nav></main></div>'
    )
    extra = "".join(
        f'\n<link rel="{rel}" href="{one.page}">'
        for rel, one in (("prev", before), ("next", after))
        if one
    )
    return page(
        lesson.page,
        lesson.title,
        _about(lesson),
        body,
        there,
        ["player.js"],
        _preview(lesson),
        extra,
    )


def _bare(title: str) -> str:
    """The title of a lesson without its number."""
    return title.partition(" · ")[2] or title


def _preview(lesson: Lesson) -> str:
    return f"images/preview-{lesson.number}.png"


def _question(lesson: Lesson) -> str:
    row = plan.row(lesson.number)
    return row.question if row else ""


def _about(lesson: Lesson) -> str:
    """The question of a lesson and the sentences that it begins with."""
    first = next((p for p in lesson.pieces if p.kind == "text" and p.tag == "p"), None)
    return f"{_question(lesson)} {search.plain(first.html) if first else ''}".strip()


def _contents(lesson: Lesson, there: Where) -> str:
    """What stands in the lesson, and its other forms."""
    items, beyond = "", False
    for heading in lesson.headings[1:]:
        if lesson.further(heading):
            beyond = True
            items += f'<li class="beyond">{escape(heading.words, quote=False)}</li>'
        elif heading.tag == "h2":
            minutes = MINUTES.search(heading.words)
            time = f' <span class="time">{minutes[1]} min</span>' if minutes and beyond else ""
            words = escape(MINUTES.sub("", heading.words) if time else heading.words, quote=False)
            items += f'<li><a href="#{_anchor(heading)}">{words}{time}</a></li>'
    forms = f'<li><a href="slides/{lesson.page}">Slides of this lesson</a></li>'
    if there.lab:
        lab = there.lab if there.lab.endswith(".html") else f"{there.lab}lab/index.html"
        path = f"?path=notebooks/{lesson.path.name}"
        forms += f'<li><a href="{escape(lab + path)}">In JupyterLab, in a browser tab</a></li>'
    return (
        '<details class="contents"><summary>In this lesson</summary>'
        f'<nav aria-label="In this lesson"><ol>{items}</ol></nav>'
        f'<ul class="forms">{forms}</ul></details>'
    )


def _sections(lesson: Lesson, moving: dict[int, Player]) -> Iterator[str]:
    """The pieces in order; what goes beyond the core is folded, section by section."""
    asked, beyond, opened = answers.forms(lesson), False, False
    opens, named = opening(lesson), {player.name: player for player in moving.values()}
    last = {piece.cell: piece for piece in lesson.pieces}
    for piece in lesson.pieces:
        beyond = beyond or lesson.further(piece)
        form = asked.get(piece.cell)
        html = "" if form and form.instead else _shown(lesson, piece, moving)
        if form and piece is last[piece.cell]:
            html += form.html
            if player := named.get(opens.get(piece.cell, "")):
                html += player.opened(piece.cell)
        if beyond and piece.tag == "h2":
            before = "</details>" if opened else ""
            opened = True
            html = f'{before}<details class="further"><summary>{html}</summary>'
        yield html
    if opened:
        yield "</details>"


def _anchor(heading: Piece) -> str:
    return re.search(r'id="([^"]*)"', heading.html)[1]


def _turn(lesson: Lesson | None, rel: str, name: str) -> str:
    """The way to a lesson before or after."""
    if lesson is None:
        return ""
    asks = escape(_question(lesson), quote=False)
    return (
        f'<a rel="{rel}" href="{lesson.page}"><span class="rel">{name}</span>'
        f"<strong>{escape(lesson.title, quote=False)}</strong><span>{asks}</span></a>"
    )


def _shown(lesson: Lesson, piece: Piece, moving: dict[int, Player]) -> str:
    """A piece; an explorer moves, and one of which there are only stills moves below them."""
    # A name that stands alone in its cell is there to show its explorer, which is seen.
    if piece.kind == "code" and piece.cell in moving and piece.source.strip().isidentifier():
        return ""
    html = lesson.html(piece)
    player = moving.get(piece.cell) if piece.kind in ("explorer", "filmstrip") else None
    if piece.kind == "explorer":
        return player.html(html, "Explorer") if player else html
    if player:
        return html + player.html("", "The same, moving")
    return html

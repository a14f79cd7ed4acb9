"""Explorers as they open and at their presets, for a page that moves them without a kernel."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import symtable
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from html import escape
from multiprocessing import get_context
from typing import Any

from .answers import settings
from .folder import ASSETS, ROOT
from .lesson import Lesson

# In this order: the forms use what the explorers' script has made.
SCRIPTS = "python.js", "player.js", "kept.js", "fields.js", "answers.js", "mine.js"
FILMED = re.compile(r"^(\w+)\.filmstrip\(", re.M)
OPENS = re.compile(r"^predict\(.*\bopens=(\w+)", re.M)
HEAVY_FIRST = "13", "12", "11"


# Seen where the script does not take it away within some seconds.
UNSTARTED = (
    '<p class="note unstarted">This picture cannot move: the script of the page did not start, or '
    "ended in an error. Reload the page; where a policy of the host or the browser forbids "
    "scripts, open the lesson in JupyterLab.</p>"
)


@dataclass(frozen=True)
class Player:
    """An explorer that moves in a page.

    Attributes:
        cell: the number of the cell that shows it.
        caption: what it says as it opens.
        data: what the browser needs, as JSON.
        plays: whether there is anything to play; else it moves by its controls alone.
        presets: their names.
        name: the variable of the lesson that holds the explorer.
    """

    cell: int
    caption: str
    data: str
    plays: bool = True
    presets: tuple[str, ...] = ()
    name: str = ""

    @property
    def mark(self) -> str:
        """The element's own name in its page."""
        return f"explorer-{self.cell}"

    def html(self, still: str, name: str) -> str:
        """The element that the browser fills; ``still`` stands there until then."""
        data = self.data.replace("</", r"<\/")
        return (
            f'<div class="player drc-explorer" id="{self.mark}" role="group" '
            f'aria-label="{escape(name)}">'
            f'<div class="still">{still}</div>{UNSTARTED}'
            f'<script type="application/json">{data}</script></div>'
        )

    def opened(self, cell: int) -> str:
        """What a prediction in a cell opens; if it stands on the page already, from its data."""
        like = (
            f'<div class="player drc-explorer" role="group" aria-label="Explorer" '
            f'data-like="{self.mark}"><div class="still"></div></div>'
        )
        shown = self.html("", "Explorer") if self.cell == cell else like
        return f'<div class="opened" hidden>{shown}</div>'


@contextlib.contextmanager
def making(chosen: Sequence[Lesson]) -> Iterator[Callable[[Lesson], list[Player]]]:
    """Make the explorers of lessons beside other work; what it gives waits for those of one.

    An explorer that does not say what its lesson says is named, and is not among them.
    """
    heavy_first = sorted(chosen, key=lambda one: (one.number not in HEAVY_FIRST, -int(one.number)))
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        moving = {one.number: pool.submit(players, one) for one in heavy_first}
        yield lambda lesson: _checked(lesson, moving[lesson.number].result())


def _checked(lesson: Lesson, made: list[Player]) -> list[Player]:
    """The players that say what the lesson's stored output says; the others stay still."""
    for cell in (wrong := differing(lesson, made)):
        print(
            f"Lesson {lesson.number}: the explorer of cell {cell} says something else than the "
            "lesson's stored output, so its page shows the still picture alone.",
            file=sys.stderr,
        )
    return [player for player in made if player.cell not in wrong]


def wanted(lesson: Lesson) -> dict[int, str]:
    """Which explorers a lesson shows: the cell's number, and the name that it shows.

    An explorer of which there are only still pictures moves below them, and one that nothing but a
    prediction shows is opened by it.
    """
    shown = {p.cell: shown_name(p.source) for p in lesson.pieces if p.kind == "explorer"}
    found = {cell: name for cell, name in shown.items() if name}
    for piece in lesson.pieces:
        filmed = FILMED.search(piece.source) if piece.kind == "filmstrip" else None
        if filmed and filmed[1] not in found.values():
            found[piece.cell] = filmed[1]
    for cell, name in opening(lesson).items():
        if name not in found.values():
            found[cell] = name
    return dict(sorted(found.items()))


def opening(lesson: Lesson) -> dict[int, str]:
    """Which explorers predictions open: the cell's number, and the name in its call."""
    calls = {p.cell: OPENS.search(p.source) for p in lesson.pieces if p.kind == "predict"}
    return {cell: call[1] for cell, call in calls.items() if call}


def shown_name(source: str) -> str | None:
    """The name that the last line of a cell shows, if it is a name: `explorer`, say."""
    last = ast.parse(source).body[-1:]
    if last and isinstance(last[0], ast.Expr) and isinstance(last[0].value, ast.Name):
        return last[0].value.id
    return None


def players(lesson: Lesson) -> list[Player]:
    """The explorers of a lesson, made by the lesson's own statements.

    Only what they depend on is run.
    """
    names = wanted(lesson)
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    scope: dict[str, Any] = {"__name__": "lesson"}
    program = "\n".join(needed(_statements(lesson), set(names.values())))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        exec(compile(program, lesson.path.name, "exec"), scope)
        return [_player(cell, name, scope[name]) for cell, name in names.items()]


def _statements(lesson: Lesson) -> list[str]:
    """Every top-level statement of the lesson as text."""
    found = []
    for cell in lesson.notebook.cells:
        if cell.cell_type == "code":
            found += [ast.get_source_segment(cell.source, s) for s in ast.parse(cell.source).body]
    return [statement for statement in found if statement]


def needed(statements: list[str], names: set[str]) -> list[str]:
    """The statements on which some names depend, in order."""
    kept: list[str] = []
    names = set(names)
    for statement in reversed(statements):
        gives, takes = _names(statement)
        if gives & names:
            kept.append(statement)
            names |= takes
    return kept[::-1]


def _names(statement: str) -> tuple[set[str], set[str]]:
    """The global names that a statement binds, and those that it reads."""
    top = symtable.symtable(statement, "lesson", "exec")
    symbols = top.get_symbols()
    gives = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    gives |= {s.get_name() for s in symbols if s.is_namespace()}
    takes = {s.get_name() for s in symbols if s.is_referenced()}
    inside = list(top.get_children())
    for table in inside:
        inside += table.get_children()
        takes |= {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
    own = _own_of_comprehensions(ast.parse(statement))
    return gives - own, takes - own


def _own_of_comprehensions(tree: ast.AST) -> set[str]:
    """Names that comprehensions bind for themselves; from Python 3.12 on the table shows them."""
    bound = {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, ast.comprehension)
        for name in ast.walk(node.target)
        if isinstance(name, ast.Name)
    }
    return bound - {node.id for node in _outside(tree) if isinstance(node, ast.Name)}


def _outside(node: ast.AST) -> Iterable[ast.AST]:
    """All nodes but those inside of comprehensions, whose first iterable is outside."""
    yield node
    inner = isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
    for child in [node.generators[0].iter] if inner else ast.iter_child_nodes(node):
        yield from _outside(child)


def _player(cell: int, name: str, explorer: Any) -> Player:
    from course_utils.explorers import headless

    opened, caption = explorer.state(), explorer.caption()
    kept = headless.packed(explorer)
    backs: list[str] = []
    shown = [("As it opens", opened)]
    shown += [(name, {**opened, **state}) for name, state in explorer.presets.items()]
    states = [_state(explorer, name, state, backs) for name, state in shown]
    data = {
        "goal": explorer.goal,
        "buttons": headless.buttons(explorer),
        "pace": explorer.player.pace,
        "kept": kept,
        "backs": backs,
        "states": states,
    }
    plays = states[0]["picture"]["last"] > 0
    presets = tuple(explorer.presets)
    return Player(cell, caption, headless.compact(data), plays, presets, name)


def _state(explorer: Any, name: str, state: dict[str, Any], backs: list[str]) -> dict[str, Any]:
    """One setting: its name, its step, its controls and picture, the number of its background."""
    from course_utils.explorers import headless

    explorer.set(**state)
    picture = explorer.drawn(explorer.state())
    if picture.back not in backs:
        backs.append(picture.back)
    return {
        "name": name,
        "step": state["step"],
        "back": backs.index(picture.back),
        "controls": headless.controls(explorer),
        "picture": json.loads(headless.wire(picture, explorer.placed_marks())),
    }


def player_script(megabytes: int | None = None) -> str:
    """The explorers' own player, as a script that works from a file.

    Args:
        megabytes: how much a page fetches when Python starts in it; None where there is no Python.
    """
    module = (ROOT / "course_utils" / "explorers" / "player.js").read_text("utf-8")
    body, found, _ = module.partition("export default { render };")
    assert found, "player.js no longer exports its function `render` in its last line"
    ours = [(ASSETS / name).read_text("utf-8") for name in SCRIPTS]
    size = f"const MEGABYTES = {json.dumps(megabytes)};\n{settings()}"
    return f"(() => {{\n{body}\n{size}{''.join(ours)}}})();\n"


def differing(lesson: Lesson, made: Iterable[Player]) -> list[int]:
    """The cells whose explorer no longer says what the lesson's stored output says."""
    stored = {p.cell: p.words for p in lesson.pieces if p.kind == "explorer"}
    return [p.cell for p in made if p.cell in stored and p.caption != stored[p.cell]]

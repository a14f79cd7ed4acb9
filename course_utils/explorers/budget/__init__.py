"""What a tuning budget decides: the best of k trials of each rule, and how often each comes first.

Nothing is trained here. The explorer reads trials that were run before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np

from ...svg import Panel, Picture, Piece, Track, line, number, short_number, text, together
from ...svg.palette import LINES
from ..common import plain
from ..controls import Choice, Control, Slider, WholeSlider
from ..explorer import Explorer, Mark
from .model import LAST, ROWS, Field, Races, Ranking, ranking, ravine_races

MAIN = Panel(62, 40, 470, 366, (0, LAST), (0, 1))
BOARD = Panel(792, 40, 116, 366, (0, 1), (0, 1))
ROW, NAME, TYPICAL = 26, 572, 780
# For rules that the palette does not know.
OTHERS = "w1", "w2", "average", "newton", "you", "ink"


class Budget(Explorer):
    """Curves of the best of k trials, one a rule, and the ranking at the budget of the step.

    On the right the rules in the order of their typical best loss, and how often each comes first
    in races that are drawn from these trials.

    Args:
        races: task to measure to rule to losses, shape (n,); by default trials on two ravines.
        shares: where in its range each trial had its learning rate, 0 to 1, shape (n,).
        decades: how wide the declared ranges of the learning rate are.
        **state: controls that should not begin at their default.
    """

    goal = (
        "Crown at least 4 different rules on one task: by the budget, by the ranges, by the "
        "measure, and by tuning one rule better than the others."
    )
    presets = {
        "Two trials each": {"step": 2},
        "Equal, 20 trials": {"step": 20},
        "One side tunes": {"others": 10, "step": 20},
        "Experts' ranges": {"width": 1.5, "step": 4},
    }
    main_panel = MAIN
    last = LAST

    def __init__(
        self, races: Races | None = None, shares: Any = None, decades: float = 4.0, **state: Any
    ) -> None:
        """Keep the trials and build the controls."""
        if races is None:
            races, shares = ravine_races()
        self._races, self._decades = races, decades
        self._shares = np.asarray(shares, dtype=float)
        self._measures = list(dict.fromkeys(m for field in races.values() for m in field))
        self._names = list(dict.fromkeys(n for t in races.values() for f in t.values() for n in f))
        super().__init__(**state)

    def controls(self) -> dict[str, Control]:
        """Task and measure, the favourite, the share of the others, the width of the ranges."""
        return {
            "task": Choice("task", list(self._races)),
            "measure": Choice("measure", self._measures),
            "favourite": Choice("favourite", self._names),
            "others": WholeSlider("trials of the others, %", 100, 10, 100, 10),
            "width": Slider("decades of η", self._decades, 1.0, self._decades, 0.25, ".2f"),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """The budgets at which the first place changes hands, two at most."""
        changes = self._ranking(state).changes[:2]
        return {
            "step": [
                (k, "lead changes", side)
                for k, side in zip(changes, ("left", "right"), strict=False)
            ]
        }

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The curves with the budget marked on them, and the ranking beside them."""
        field = self._races[state["task"]][state["measure"]]
        panel, now, look = window(field), self._ranking(state), kinds(list(field))
        curves = []
        for i, name in enumerate(now.names):
            curves.append(
                line(panel, np.arange(1, LAST + 1), now.typical[i, 1:], f"path {look[name]}")
            )
        dots = [_dot(panel, now.typical[i], f"at{i}", look[n]) for i, n in enumerate(now.names)]
        guide = _guide(panel)
        moving = together(guide, *dots)
        rows = together(*(_row(now, i, look[n]) for i, n in enumerate(now.names)))
        equal = state["others"] == 100
        title = f"{state['task']} by {state['measure']}, " + (
            "equal budgets" if equal else f"{state['favourite']} is the favourite"
        )
        return Picture(
            960, 466, title, back(panel, state["measure"]),
            panel.inside(*curves, moving[0]) + rows[0],
            (*moving[1], *rows[1]), self._sentence(state, now),
        )  # fmt: skip

    def _ranking(self, state: Mapping[str, Any]) -> Ranking:
        field = self._races[state["task"]][state["measure"]]
        kept = np.abs(self._shares - 0.5) <= 0.5 * state["width"] / self._decades
        if not kept.any():
            kept[np.argmin(np.abs(self._shares - 0.5))] = True
        return ranking(field, kept, state["favourite"], state["others"] / 100)

    def _sentence(self, state: Mapping[str, Any], now: Ranking) -> tuple[str, list[list[str]]]:
        """The sentence under the picture, and its numbers at every budget."""
        columns: list[list[str]] = [[], [], []]
        for k in range(LAST + 1):
            own = max(now.budgets[:, k])
            rest = min(now.budgets[:, k])
            trials = f"{own}" if own == rest else f"{own}, the others {rest}"
            columns[0].append(trials)
            order = np.argsort(now.places[:, k])[:4]
            best = ", ".join(f"{now.names[i]} {plain(f'{now.typical[i, k]:.2g}')}" for i in order)
            columns[1].append(best if k else "nobody, nothing is known")
            first = np.argsort(-now.chances[:, k], kind="stable")[:3]
            wins = ", ".join(f"{now.names[i]} in {100 * now.chances[i, k]:.0f} %" for i in first)
            columns[2].append(wins if k else "nobody")
        equal = state["others"] == 100
        who = "equal budgets" if equal else f"the favourite is {state['favourite']}"
        sentence = (
            f"Task {state['task']}, {state['measure']}, η within {state['width']:g} decades, "
            f"{now.trials} trials to draw from, {who}. [Budget {{0}}]: typical best {{1}}[. In "
            "races drawn from these trials, first comes {2}.]"
        )
        return sentence, columns


def kinds(names: Sequence[str]) -> dict[str, str]:
    """The colour and dash of each rule; names that the course does not know take what is left."""
    known = {each.name: kind for kind, each in LINES.items() if each.dark and each.name in names}
    spare = cycle(kind for kind in OTHERS if kind not in known.values())
    return {name: known.get(name) or next(spare) for name in names}


def window(field: Field) -> Panel:
    """The panel of the curves, with room for every budget of this field."""
    everything = np.concatenate([np.asarray(v) for v in field.values()])
    low, high = max(everything.min(), 1e-12), everything.max()
    up = (low / (high / low) ** 0.04, high * (high / low) ** 0.04)
    return MAIN.scaled(up, log=True)


def ticks(low: float, high: float) -> list[float]:
    """Round values between both ends of a logarithmic axis: powers of ten, or 1, 2, 5 as well."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    steps = (1, 2, 5) if high / low < 300 else (1,)
    found = [m * 10.0**p for p in powers for m in steps if low <= m * 10.0**p <= high]
    return found[:: 1 + len(found) // 9]


def back(panel: Panel, measure: str) -> str:
    """The frames and axes of the curves and of the board."""
    out = [panel.frame(), panel.axes(range(0, LAST + 1, 4))]
    for value in ticks(*panel.up):
        x, y = panel.pixels(0, value)
        out.append(f'<path class="tick" d="M{number(x)} {number(y)}h-4"/>')
        out.append(text(x - 7, y + 4, short_number(value), "muted small", "end"))
    out.append(text(panel.x, 26, f"{measure}, typical best of the budget", "small"))
    foot = panel.y + panel.height + 40
    out.append(text(panel.x + panel.width, foot, "trials of the favourite →", "small", "end"))
    out.append(text(TYPICAL, 26, "typical", "small", "end"))
    out.append(text(BOARD.x, 26, "comes first in", "small"))
    for share in (0, 0.5, 1):
        x = BOARD.pixels(share, 0)[0]
        foot = BOARD.y + BOARD.height
        out.append(f'<path class="guide" d="M{number(x)} {BOARD.y}V{foot}"/>')
        out.append(text(x, foot + 17, f"{100 * share:.0f} %", "muted small", "middle"))
    return "".join(out)


def _dot(panel, typical: np.ndarray, key: str, kind: str) -> Piece:
    place = panel.pixels(np.arange(LAST + 1), typical)
    return f'<circle data-k="{key}" class="mark {kind}" r="4.5"/>', [Track(key, "at", place)]


def _guide(panel) -> Piece:
    across = panel.pixels(np.arange(LAST + 1), panel.up[1])
    shape = f'<path data-k="budget" class="zero" d="M0 0v{number(MAIN.height)}"/>'
    return shape, [Track("budget", "at", across)]


def _row(now: Ranking, i: int, kind: str) -> Piece:
    """One rule on the board: it moves to its place, and its dot to its chance of coming first."""
    step = MAIN.height / max(len(now.names), ROWS)
    y = MAIN.y + step * (now.places[i] + 0.5)
    chance = BOARD.pixels(now.chances[i], 0)[:, 0]
    at, zero = np.column_stack([np.zeros(LAST + 1), y]), number(BOARD.x)
    shapes = (
        f'<g data-k="row{i}"><path class="path {kind}" d="M{NAME - 34} 0h28"/>'
        + text(NAME, 4, now.names[i], f"{kind} strong small")
        + f'<text data-k="typical{i}" x="{TYPICAL}" y="4" class="small" text-anchor="end"/>'
        + f'<path class="zero" d="M{zero} 0h{number(BOARD.width)}"/>'
        + f'<circle data-k="chance{i}" class="mark {kind}" r="5"/>'
        + f'<text data-k="share{i}" x="{number(BOARD.x + BOARD.width + ROW + 16)}" y="4" '
        'class="small" text-anchor="end"/></g>'
    )
    tracks = [
        Track(f"row{i}", "at", at),
        Track(f"typical{i}", "text", [plain(f"{x:.2g}") for x in now.typical[i]]),
        Track(f"chance{i}", "at", np.column_stack([chance, np.zeros(LAST + 1)])),
        Track(f"share{i}", "text", [f"{100 * x:.0f} %" for x in now.chances[i]]),
    ]
    return shapes, tracks

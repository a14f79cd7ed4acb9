"""Read a training run: name the hidden fault from the curves, turn one knob, watch it again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ...networks.diagnosis import KNOBS, Curves
from ...svg import Panel, Picture, Piece, curve, legend, level, line, mark, text, together
from .. import common
from ..controls import Choice, Control, Switch, Unseen, WholeSlider
from ..explorer import Explorer
from .model import (
    AS_IT_WAS,
    CAUSES,
    NOT_YET,
    RUNS,
    SETS,
    Case,
    cases,
    effect,
    sides,
    verdict,
)

LAST = 16
SHARE = (0.0, 1.0)
LOSS = Panel(58, 56, 520, 370, SHARE, (1e-4, 100), log=True)
SMALL = {
    "gradient norm": Panel(660, 34, 286, 72, SHARE, (1e-3, 10), log=True),
    "ratio": Panel(660, 144, 286, 72, SHARE, (1e-4, 1), log=True),
    "accuracy": Panel(660, 254, 286, 72, SHARE, (0, 1)),
    "weights": Panel(660, 364, 286, 62, SHARE, (0.1, 1000), log=True),
}
# Which panel shows a curve that a sign speaks of
WHERE = {"loss": "loss", "loss by pass": "loss", "loss by step": "loss"}
BLIND = float(np.log(10))
NOBODY = (None,) * RUNS


class Diagnosis(Explorer):
    """Twelve runs of the digits network, each with one hidden fault, and the knobs to mend it.

    The curves are of a run as it was; with a knob turned, its new curves are dashed over them. The
    first diagnosis of each run counts in the tally.
    """

    goal = "Name the cause of at least 10 of the 12 runs at the first attempt, then mend each."
    presets = {
        "Beside a healthy run": {"healthy": True, "step": LAST},
        "A run that ends in NaN": {"series": 1, "run": 8, "step": LAST},
    }
    main_panel = LOSS
    last = LAST

    def controls(self) -> dict[str, Control]:
        """The set, the run, the diagnosis, the knob, a healthy run, and the answers so far."""
        return {
            "series": WholeSlider("set of runs", 1, 1, SETS),
            "run": WholeSlider("run", 1, 1, RUNS),
            "cause": Choice("your diagnosis", [NOT_YET, *CAUSES]),
            "knob": Choice("knob", [AS_IT_WAS, *KNOBS]),
            "healthy": Switch("a healthy run beside it"),
            "answers": Unseen(NOBODY, _answers),
        }

    def move(self, name: str, value: Any) -> None:
        """Another run begins undiagnosed, another set without answers; a first answer is kept."""
        super().move(name, value)
        if name in ("series", "run"):
            self._state |= {"cause": NOT_YET, "knob": AS_IT_WAS}
        if name == "series":
            self._state["answers"] = NOBODY
        here = self._state["run"] - 1
        if name == "cause" and value != NOT_YET and self._state["answers"][here] is None:
            told = list(self._state["answers"])
            told[here] = value
            self._state["answers"] = tuple(told)

    def case(self, state: Mapping[str, Any] | None = None) -> Case:
        """The run that is shown, with its fault and its seed."""
        state = self._state if state is None else state
        return cases(state["series"])[state["run"] - 1]

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The curves of the run, of the run after the knob, and of a healthy one."""
        case = self.case(state)
        runs = [("run", "you", case.curves())]
        if state["knob"] != AS_IT_WAS:
            runs.append(("turned", "w2", case.curves(state["knob"])))
        still, beside = "", [c for *_, c in runs]
        if state["healthy"]:
            beside.append(case.healthy())
        panel = loss_panel(beside)
        if state["healthy"]:
            still = _healthy(panel, beside[-1])
        pieces = [_run(panel, key, kind, c) for key, kind, c in runs]
        shapes, tracks = together(*pieces)
        words = [(58.0, "the run", "you strong small", "path you")]
        if len(runs) > 1:
            words.append((200.0, state["knob"], "w2 strong small", "path w2"))
        if state["healthy"]:
            words.append((430.0, "healthy", "muted small", "path inactive ink"))
        front = still + shapes + legend(22, *words) + _passes(runs[0][2]) + _tags(case, state)
        title = f"Run {state['run']} of set {state['series']}"
        return Picture(960, 466, title, back(panel), front, tuple(tracks), _sentence(case, state))


def _answers(value: Any) -> tuple:
    """A cause or None for each run."""
    if (
        not isinstance(value, tuple | list)
        or len(value) != RUNS
        or any(x is not None and x not in CAUSES for x in value)
    ):
        raise ValueError(f"The answers are {RUNS}, each a cause or None, and not {value!r}.")
    return tuple(value)


def loss_panel(runs: list[Curves]) -> Panel:
    """The panel of the loss, with the powers of ten that these runs need; 1 and 10 are there."""
    low, high = 1.0, 10.0
    for c in runs:
        # One batch in fifty may leave the panel: its dip would squeeze all others.
        seen = [np.nanquantile(c.losses[np.isfinite(c.losses)], (0.02, 0.98)), c.by_pass]
        seen = np.concatenate(seen)
        seen = seen[np.isfinite(seen) & (seen > 0)]
        low, high = min(low, seen.min()), max(high, seen.max())
    ends = 10.0 ** np.floor(np.log10(low)), 10.0 ** np.ceil(np.log10(high))
    return LOSS.scaled(up=(max(ends[0], LOSS.up[0]), min(ends[1], LOSS.up[1])))


@lru_cache(maxsize=8)
def back(loss: Panel) -> str:
    """Frames and axes."""
    small, (low, high) = SMALL, np.log10(loss.up).round().astype(int)
    ticks = [10.0**k for k in range(low, high + 1)]
    out = loss.frame() + loss.axes((), ticks, "", "training loss")
    out += loss.inside(level(loss, BLIND, "a blind guess", "guide"))
    out += text(LOSS.x + LOSS.width, LOSS.y - 8, "thin: by step; strong: by pass",
                "muted small", "end")  # fmt: skip
    for name, ticks, words in (
        ("gradient norm", (10, 1e-1, 1e-3), "gradient norm"),
        ("ratio", (1, 1e-2, 1e-4), "update-to-weight ratio"),
        ("accuracy", (0, 1), "accuracy: training, validation thin"),
        ("weights", (0.1, 1000), "length of w"),
    ):
        out += small[name].frame() + small[name].axes((), ticks, "", words)
    return out


def _run(loss: Panel, key: str, kind: str, c: Curves) -> Piece:
    """All curves of a run: by step thin and still, by pass strong and moving."""
    thin = f"ghost {kind}"
    still = [
        loss.inside(_steps(loss, c.at / c.passes, c.losses, thin)),
        SMALL["gradient norm"].inside(
            _steps(SMALL["gradient norm"], c.at / c.passes, c.gradients, thin)
        ),
        SMALL["ratio"].inside(_steps(SMALL["ratio"], c.at / c.passes, c.ratios, thin)),
        SMALL["accuracy"].inside(
            _steps(SMALL["accuracy"], np.linspace(0, 1, c.passes + 1), c.valid, thin)
        ),
    ]
    found = np.flatnonzero(np.isfinite(c.by_pass))
    end = found[-1] / c.passes
    if end < 1:
        still.append(mark(loss, end, c.by_pass[found[-1]], "hot", 6))
        x, y = loss.pixels(end, c.by_pass[found[-1]])
        still.append(text(x + 10, y + 18, "then NaN", "hot strong halo"))
    moving = [
        _moving(loss, c.by_pass, f"{key}-loss", kind),
        _moving(SMALL["accuracy"], c.train, f"{key}-accuracy", kind),
        _moving(SMALL["weights"], c.weights, f"{key}-weights", kind),
    ]
    shapes, tracks = together(*moving)
    return "".join(still) + shapes, tracks


def _steps(panel: Panel, at: np.ndarray, values: np.ndarray, kind: str) -> str:
    """A still curve, up to where it ends in NaN."""
    there = np.isfinite(values)
    return line(panel, at[there], values[there], kind)


def _moving(panel: Panel, values: np.ndarray, key: str, kind: str) -> Piece:
    """A curve that goes with the step; after NaN it stays where it was."""
    every = (len(values) - 1) // LAST
    values = values[::every].copy()
    for k in range(1, len(values)):
        if not np.isfinite(values[k]):
            values[k] = values[k - 1]
    shapes, tracks = curve(panel.scaled(across=(0, LAST)), values, key, kind)
    return panel.inside(shapes), tracks


def _healthy(loss: Panel, c: Curves) -> str:
    """The healthy run, still."""
    kind, at = "path inactive ink", np.linspace(0, 1, c.passes + 1)
    rough = (("gradient norm", c.gradients), ("ratio", c.ratios))
    out = loss.inside(line(loss, at, c.by_pass, kind))
    for name, values in rough:
        # A tenth of the looks: the level is what is compared.
        out += SMALL[name].inside(line(SMALL[name], (c.at / c.passes)[::10], values[::10], kind))
    for name, values in (("accuracy", c.train), ("weights", c.weights)):
        out += SMALL[name].inside(line(SMALL[name], at, values, kind))
    return out


def _passes(c: Curves) -> str:
    """The axis of every column: passes over the data."""
    out = ""
    for panel in (LOSS, SMALL["weights"]):
        scaled = panel.scaled(across=(0, c.passes))
        half = c.passes // 2
        out += scaled.axes((0, half, c.passes))
        foot = panel.y + panel.height + 32
        out += text(panel.x + panel.width / 2, foot, "pass over the data", "small", "middle")
    return out


def _tags(case: Case, state: Mapping[str, Any]) -> str:
    """Beside each panel whether it speaks for the diagnosis or against it."""
    if state["cause"] == NOT_YET:
        return ""
    found: dict[str, bool] = {}
    for name, speaks in sides(case, state["cause"]).items():
        where = WHERE.get(name, name)
        found[where] = found.get(where, True) and speaks
    out = ""
    for name, speaks in found.items():
        panel = LOSS if name == "loss" else SMALL[name]
        words = "speaks for it" if speaks else "speaks against it"
        kind = "strong small halo" if speaks else "hot strong small halo"
        out += text(panel.x + panel.width - 6, panel.y + 16, words, kind, "end")
    return out


def _sentence(case: Case, state: Mapping[str, Any]) -> tuple[str, list[list[str]]]:
    """The sentence: where the run is, what is said of the diagnosis, what the knob did."""
    c = case.curves()
    every = c.passes // LAST
    told = state["answers"]
    named = [(answer, one.fault) for answer, one in zip(told, cases(state["series"]), strict=True)
             if answer is not None]  # fmt: skip
    right = sum(answer == fault for answer, fault in named)
    tally = f" Named at the first attempt: {right} of {len(named)} runs." if named else ""
    # Of a verdict one sees the first sign, of a knob what it did to the signs.
    said, more, signs = verdict(case, state["cause"]).partition(";")
    said = f"[{said}]{more}{signs[:-1]}[{signs[-1:]}]" if more else f"[{said}]"
    did = effect(case, state["knob"])
    knob, turned, then = did.partition(" the training loss ends")
    if turned:
        ends, _, signs = then.rpartition("; ")
        did = f"[{knob}]{turned}{ends}; [{signs}]"
    elif did:
        nothing, _, why = did.partition(":")
        did = f"[{nothing}]:{why[:-1]}[.]"
    where = (
        f"[Run {state['run']}] of set {state['series']}[, step {{0}} of {LAST}:] after {{1}} "
        "passes [the training loss is {2}, {3} of the validation set is right.]"
    )
    if state["cause"] != NOT_YET or did:
        where = where.replace("[", "").replace("]", "")
    sentence = f"{where} {said}{did}{tally}"
    losses = [f"{x:.3g}" if np.isfinite(x) else "no number" for x in c.by_pass[::every]]
    right_share = [f"{100 * x:.0f} %" if np.isfinite(x) else "nothing" for x in c.valid[::every]]
    passes = [str(every * k) for k in range(LAST + 1)]
    return sentence, [common.steps(LAST), passes, losses, right_share]

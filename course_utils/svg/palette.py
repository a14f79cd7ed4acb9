"""One palette: colours, dashes and markers that mean the same in every picture and figure.

Colours are dark enough for white paper, or light enough for the dark theme, and apart for
colour-blind readers; none stands alone. The style sheet of SVG pictures is written from here, and
so are the styles of Matplotlib in `figures`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

from ..optimizers import (
    ADAGRAD,
    ADAM,
    ADAMW,
    AMSGRAD,
    AVERAGED_MOMENTUM,
    DAMPED_NEWTON,
    EXACT_LINE_SEARCH,
    FULL_ADAGRAD,
    GRADIENT_DESCENT,
    MOMENTUM,
    MOMENTUM_RATE_OUTSIDE,
    MUON,
    NESTEROV,
    NEWTON,
    RMSPROP,
    SADDLE_FREE_NEWTON,
    SHAMPOO,
    SIGN_DESCENT,
    Rule,
)


@dataclass(frozen=True)
class Line:
    """How one thing is drawn wherever it is drawn.

    Attributes:
        what: a rule, or what figures call it.
        light, dark: its colour on white and on the dark theme; without ``dark`` it is only in
            figures.
        dash: lengths on and off in an SVG, in pixels; lines there have round ends.
        paper: lengths on and off in a figure, in widths of the line; () is a line without gaps.
        marker: its marker in a figure.
    """

    what: Rule | str
    light: str
    dark: str = ""
    dash: str = ""
    paper: tuple[float, ...] = ()
    marker: str = ""

    @property
    def name(self) -> str:
        """What figures call it."""
        return self.what.name if isinstance(self.what, Rule) else self.what


# What is no line: the card, words, frames, depth.
SURFACES = {
    "card": ("#ffffff", "#14181d"),
    "ink": ("#1f2328", "#e8eaed"),
    "muted": ("#57606a", "#b3bcc6"),
    "rule": ("#8c959f", "#7d8894"),
    "depth": ("#2f6db3", "#6aa9ea"),
}
INK, MUTED, DEPTH = (SURFACES[name][0] for name in ("ink", "muted", "depth"))

# By the class that SVG pictures give it.
LINES = {
    "w1": Line("w1", "#b84a00", "#ff9a5c", "", (), "o"),
    "w2": Line("w2", "#0062a3", "#6cbcff", "6 5", (5, 2), "s"),
    "gd": Line(GRADIENT_DESCENT, "#5f6368", "#aab2bb", "7 4", (5, 2), "o"),
    "momentum": Line(MOMENTUM, "#00735c", "#35d0a5", "", (), "s"),
    "average": Line(AVERAGED_MOMENTUM, "#7a3e9d", "#d3a4f0", "2 5", (1, 1.5), "^"),
    # The walk of lesson 00 shares its colour with a rule that it never meets.
    "you": Line(MOMENTUM_RATE_OUTSIDE, "#a3195b", "#ff8fbf", "10 6 2 6", (6, 2, 1, 2), "D"),
    "nesterov": Line(NESTEROV, "#2b2f9e", "#b9b6ff", "12 6 3 6", (8, 2, 2, 2), "v"),
    "newton": Line(NEWTON, "#8a5a00", "#f0b95a", "14 6", (7, 1.5), "P"),
    "rmsprop": Line(RMSPROP, "#6a3fa0", "#c9a7ff", "18 7", (9, 2), "p"),
    "adagrad": Line(ADAGRAD, "#5c6600", "#cdd25a", "4 6", (3, 2), "<"),
    "adam": Line(ADAM, "#a8124f", "#ff8fb4", "11 6 2 6 2 6", (10, 2, 2, 2, 2, 2), "h"),
    "full": Line(FULL_ADAGRAD, "#1d4fa0", "#9ec1ff", "", (), "8"),
    "amsgrad": Line(AMSGRAD, "#00687d", "#62d4ea", "5 6 1 6", (5, 2, 1.5, 2), "H"),
    "adamw": Line(ADAMW, "#6f3a10", "#e0b48c", "1 6", (1, 2), "*"),
    "adam4": Line("Adam (4 settings)", "#c2306b", "#ffb3d9", "4 4 1 4", (4, 2, 1, 2), "8"),
    "bare": Line("plain", "#54595f", "#c3c9d0", "", (2, 2), "o"),
    "skip": Line("skips", "#00637a", "#5fd6ee", "", (), "D"),
    "norm": Line("batch norm", "#8f4400", "#ffb070", "", (6, 2), "s"),
    "joint": Line("both", "#5b3aa6", "#c9b4ff", "", (7, 2, 1.5, 2), "^"),
    # Only in figures
    "damped": Line(DAMPED_NEWTON, "#98600f", paper=(3, 1.5), marker="X"),
    "saddle_free": Line(SADDLE_FREE_NEWTON, "#5c4b00", marker="*"),
    "line_search": Line(EXACT_LINE_SEARCH, "#67707a", paper=(4, 1.5, 1, 1.5), marker="d"),
    "sign": Line(SIGN_DESCENT, "#4a4f57", paper=(2, 2), marker="x"),
    "shampoo": Line(SHAMPOO, "#00617a", paper=(12, 2), marker="d"),
    "muon": Line(MUON, "#6b3d00", paper=(6, 1.5, 1, 1.5, 1, 1.5), marker=">"),
    "predicted": Line("predicted", INK, paper=(1, 1.5)),
}


def class_of(rule: Rule) -> str:
    """The class of a rule's line in an SVG; empty if it has none."""
    return next((kind for kind, line in LINES.items() if line.what is rule and line.dark), "")


@cache
def stylesheet() -> str:
    """The style sheet that all SVG pictures share."""
    on_screen = {kind: line for kind, line in LINES.items() if line.dark}
    colours = SURFACES | {kind: (line.light, line.dark) for kind, line in on_screen.items()}
    themes = (
        "\n".join(f"  --drc-{name}: {each[theme]};" for name, each in colours.items())
        for theme in (0, 1)
    )
    sheet = Template(files(__package__).joinpath("picture.css").read_text("utf-8"))
    dashes = {kind: line.dash for kind, line in on_screen.items()}
    return sheet.substitute(dashes, light=next(themes), dark=next(themes))

"""One palette: colours, dashes and markers that mean the same in every picture and figure.

Colours are dark enough for white paper, or light enough for the dark theme. Those of gradient
descent, momentum, RMSProp, Adam and the two weights are apart in lightness as well as in hue, for
colour-blind readers too; none stands alone. The style sheet of SVG pictures is written from here,
and so are the styles of Matplotlib in `figures`.
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
from .colour import between, shade


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
    # Above a limit, where nothing can stay
    "hot": ("#c25400", "#ffb02e"),
    # The ground, from its highest part to its deepest: lower is darker in both themes.
    "wall": ("#f1f6fc", "#345d95"),
    "depth": ("#00438c", "#01050c"),
}
INK, MUTED = (SURFACES[name][0] for name in ("ink", "muted"))
# Of the ground of figures, whose lines have no casing: paler on paper than that of pictures, and
# darker on the dark theme; lower is darker on both. The wall, the depth of each band, contours.
GROUND = {
    "wall": ("#fefeff", "#2e4264"),
    "depth": ("#3a77bb", "#010306"),
    "contour": ("#2f6db3", "#7997c1"),
}

# In every picture and figure: the first that is installed, all about as wide.
FONT = "DejaVu Sans, Verdana, Helvetica Neue, Arial, sans-serif"

# By the class that SVG pictures give it.
LINES = {
    "w1": Line("w1", "#7f6b08", "#f4ea30", "", (), "o"),
    "w2": Line("w2", "#1372cf", "#c0d6ff", "6 5", (5, 2), "s"),
    "gd": Line(GRADIENT_DESCENT, "#741500", "#ff6030", "8 4.5", (5, 2), "o"),
    "momentum": Line(MOMENTUM, "#0a604e", "#58fdb6", "", (), "s"),
    "average": Line(AVERAGED_MOMENTUM, "#7a3e9d", "#d3a4f0", "2 5", (1, 1.5), "^"),
    # The walk of lesson 00 shares its colour with a rule that it never meets.
    "you": Line(MOMENTUM_RATE_OUTSIDE, "#a3195b", "#ff8fbf", "10 6 2 6", (6, 2, 1, 2), "D"),
    "nesterov": Line(NESTEROV, "#2b2f9e", "#b9b6ff", "12 6 3 6", (8, 2, 2, 2), "v"),
    "newton": Line(NEWTON, "#8a5a00", "#f0b95a", "14 6", (7, 1.5), "P"),
    "rmsprop": Line(RMSPROP, "#470a8e", "#a172ff", "18 7", (9, 2), "p"),
    "adagrad": Line(ADAGRAD, "#5c6600", "#cdd25a", "4 6", (3, 2), "<"),
    "adam": Line(ADAM, "#d02e74", "#e68db4", "11 6 2 6 2 6", (10, 2, 2, 2, 2, 2), "h"),
    "full": Line(FULL_ADAGRAD, "#1d4fa0", "#9ec1ff", "", (), "8"),
    "amsgrad": Line(AMSGRAD, "#00687d", "#62d4ea", "5 6 1 6", (5, 2, 1.5, 2), "H"),
    "adamw": Line(ADAMW, "#6f3a10", "#e0b48c", "1 6", (1, 2), "*"),
    "adam4": Line("Adam (4 settings)", "#7d3a63", "#ffd3ee", "4 4 1 4", (4, 2, 1, 2), "8"),
    "bare": Line("plain", "#54595f", "#c3c9d0", "", (2, 2), "o"),
    "skip": Line("skips", "#00637a", "#5fd6ee", "", (), "D"),
    "norm": Line("batch norm", "#8f4400", "#ffb070", "", (6, 2), "s"),
    "joint": Line("both", "#5b3aa6", "#c9b4ff", "", (7, 2, 1.5, 2), "^"),
    # Only in figures
    "damped": Line(DAMPED_NEWTON, "#4f2f00", paper=(3, 1.5), marker="X"),
    "saddle_free": Line(SADDLE_FREE_NEWTON, "#4b7300", marker="*"),
    "line_search": Line(EXACT_LINE_SEARCH, "#67707a", paper=(4, 1.5, 1, 1.5), marker="d"),
    "sign": Line(SIGN_DESCENT, "#4a4f57", paper=(2, 2), marker="x"),
    "shampoo": Line(SHAMPOO, "#00617a", paper=(12, 2), marker="d"),
    "muon": Line(MUON, "#6b3d00", paper=(6, 1.5, 1, 1.5, 1, 1.5), marker=">"),
    "predicted": Line("predicted", INK, paper=(1, 1.5)),
}


# Of maps, from low to high, the deep blue of the ground to a pale yellow: YlGnBu of ColorBrewer
# (Harrower and Brewer 2003), whose lightness rises for colour-blind readers as well.
RAMP = ("#081d58", "#253494", "#225ea8", "#1d91c0", "#41b6c4", "#7fcdbb", "#c7e9b4", "#edf8b1",
        "#ffffd9")  # fmt: skip

# Variants of one rule: the darkest that still has a hue, and the lightest line that is seen on
# paper, at a contrast of 3 to 1 (WCAG 2.2, 1.4.11).
TINTS = 18.0, 60.0


def tint(what: Rule | str, k: int, n: int) -> str:
    """The colour on paper of variant ``k`` of ``n`` (0, 1, ...) of one rule, dark to light.

    All have the hue of the rule's line, and even steps of lightness between them; lines in them are
    seen on white, words are not all readable: those take the colour of the line itself.

    Raises:
        KeyError: the palette has no line for it.

    >>> [tint("momentum", k, 3) for k in range(3)]
    ['#003328', '#176855', '#539e89']
    """
    line = next(
        (line for kind, line in LINES.items() if what in (kind, line.what, line.name)), None
    )
    if line is None:
        raise KeyError(f"No line of the palette is called {what!r}: there are {', '.join(LINES)}.")
    darkest, lightest = TINTS
    return shade(line.light, darkest + (lightest - darkest) * (k / (n - 1) if n > 1 else 0.5))


@cache  # a map asks for the same few shares at each move of a slider
def ramp(share: float) -> str:
    """The colour of a map at a share, 0 to 1, of the way from low to high."""
    return between(RAMP, share)


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

"""The two forms of a figure: as wide as a page, and narrow, with words where they fit."""

from __future__ import annotations

import re
import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.lines import Line2D
from matplotlib.text import Annotation, Text

from .end_name import EndName
from .style import NARROW_ONLY, SIZE, WIDE_ONLY
from .vector import vector

# A narrow form has 484 pixels; on a telephone's 330, words of 12.5 points still have 13.
NARROW, LOWEST, HIGHEST = 4.4, 2.6, 3.4
# More axes than these stand in two columns.
MANY = 4
# So many letters of 12.5 points are as wide as the narrow form's axes.
LINE = 36
# Words within axes are on one line up to this share of their width.
WIDEST = 0.72
# To move a word by a pixel costs as much as so many points of a line under it.
FAR = 0.05
# A name at the end of a curve is on one line up to so many letters, if there are few of them.
NAME, FEW = 13, 4
# Between two numbers of an axis, in sizes of their letters; nearer ones are read as one number.
APART = 0.4
# A number as Matplotlib writes it, a power of ten included: a name is never left out.
NUMBER = re.compile(r"[−\d.½¼]+|\$\\mathdefault.*\$")


def both(figure: Figure, scale: float) -> tuple[str, str]:
    """The figure as an SVG document, and once more for a narrow page.

    Args:
        figure: what to draw; it is left in its narrow form.
        scale: pixels on the screen for each of its points.
    """
    for words in figure.findobj(Text):
        words.set_fontsize(max(words.get_fontsize(), SIZE))
    # Once in vain: Matplotlib makes room for names at limits that a first drawing finds.
    figure.draw_without_rendering()
    thin_out(figure)
    wide = vector(figure, scale)
    within = inner_words(figure)
    make_narrow(figure)
    for words in within:
        words.set_in_layout(False)
    figure.draw_without_rendering()
    fit_names(figure)
    thin_out(figure)
    figure.draw_without_rendering()
    place_words(within)
    return wide, vector(figure, scale)


def make_narrow(figure: Figure) -> None:
    """Put the axes of a figure below each other and the words of its axes on more lines."""
    for artist in figure.findobj(lambda a: a.get_gid() == WIDE_ONLY):
        artist.set_visible(False)
    width, height = figure.get_size_inches()
    axes = [ax for ax in figure.axes if ax.get_subplotspec() is not None]
    rows, columns = axes[0].get_gridspec().get_geometry()
    across = 2 if len(axes) > MANY else 1
    shape = height / rows * columns / width * NARROW / across
    heights = [_height(ax, shape) for ax in axes][::across]
    grid = GridSpec(len(heights), across, figure=figure, height_ratios=heights)
    for k, ax in enumerate(axes):
        ax.set_subplotspec(grid[k // across, k % across])
        for words in (ax.title, ax._left_title, ax._right_title, ax.xaxis.label):
            words.set_text(textwrap.fill(words.get_text(), LINE // across))
        if ax.yaxis.label.get_gid() == NARROW_ONLY and k % across == 0:
            ax.yaxis.label.set_visible(True)
            ax.tick_params(axis="y", which="both", labelleft=True)
        letters = round(9 * heights[k // across])
        ax.yaxis.label.set_text(textwrap.fill(ax.yaxis.label.get_text(), letters))
        for name in (t for t in ax.texts if isinstance(t, EndName)):
            name.wrap(NAME if len(name.group) <= FEW else 10 * NAME)
    figure.set_size_inches(NARROW, sum(heights))


def inner_words(figure: Figure) -> list[Annotation]:
    """The words that stand within their axes: where those are small they must not make room."""
    found = []
    for ax in figure.axes:
        for words in ax.texts:
            if not isinstance(words, Annotation) or isinstance(words, EndName):
                continue
            if words.anncoords != "offset points":
                continue
            box = words.get_window_extent()
            if words.get_text() and box.x0 >= ax.bbox.x0 - 1 and box.x1 <= ax.bbox.x1 + 1:
                found.append(words)
    return found


def place_words(within: list[Annotation]) -> None:
    """Bring words into their axes, on two lines where they are long, and away from what is drawn.

    Each one stays as near as leaves it in the clear, at most three lines up or down and half its
    width to a side.
    """
    for words in within:
        if Text.get_window_extent(words).width > WIDEST * words.axes.bbox.width:
            words.set_text(on_two_lines(" ".join(words.get_text().split())))
    # Who comes first knows where the others are from the first round.
    for words in 2 * within:
        ax, box = words.axes, Text.get_window_extent(words)
        others = [Text.get_window_extent(t) for t in ax.texts
                  if t is not words and t.get_text() and t.get_visible()]  # fmt: skip
        drawn = [_dense(line) for line in ax.lines if line.get_visible()]
        lines = np.concatenate([np.empty((0, 2)), *drawn])
        right, high = ax.bbox.x1 - box.x1, ax.bbox.y1 - box.y1
        back = (
            min(right, 0.0) or max(ax.bbox.x0 + 2 - box.x0, 0.0),
            min(high, 0.0) or max(ax.bbox.y0 + 2 - box.y0, 0.0),
        )
        moves = [
            np.add(back, (0.25 * i * box.width, 0.5 * j * box.height))
            for i in range(-2, 3)
            for j in range(-6, 7)
        ]

        def cost(move, box=box, others=others, lines=lines, ax=ax, back=back):
            (x0, y0), (x1, y1) = box.min + move, box.max + move
            outside = x0 < ax.bbox.x0 or x1 > ax.bbox.x1 + 1
            outside |= y0 < ax.bbox.y0 or y1 > ax.bbox.y1 + 1
            met = sum(x0 < b.x1 and b.x0 < x1 and y0 < b.y1 and b.y0 < y1 for b in others)
            x, y = lines.T
            struck = ((x > x0) & (x < x1) & (y > y0) & (y < y1)).sum()
            return 1e6 * outside + 1e3 * met + struck + FAR * np.hypot(*(move - np.asarray(back)))

        move = min(moves, key=cost) * 72 / words.figure.dpi
        words.xyann = tuple(np.add(words.xyann, move))


def on_two_lines(said: str) -> str:
    """Words on two lines, as even as can be, and rather after a comma or a colon."""
    spaces = [m.start() for m in re.finditer(" ", said)]
    if not spaces:
        return said
    k = min(spaces, key=lambda k: abs(2 * k - len(said)) - 8 * (said[k - 1] in ",:"))
    return f"{said[:k]}\n{said[k + 1 :]}"


def _dense(line: Line2D) -> np.ndarray:
    """A line in pixels, a point at least every three."""
    place = line.get_transform().transform(np.asarray(line.get_xydata(), dtype=float))
    place = place[np.isfinite(place).all(axis=1)]
    if len(place) < 2 or line.get_linestyle() == "None":
        return place
    gaps = np.hypot(*np.diff(place, axis=0).T)
    along = np.concatenate([[0], np.cumsum(gaps)])
    # A line that leaves the figure by far is no longer than is seen of it.
    at = np.linspace(0, along[-1], int(min(along[-1] / 3, 5000)) + 2)
    return np.stack([np.interp(at, along, part) for part in place.T], axis=1)


def fit_names(figure: Figure) -> None:
    """Break the names below axes, and panels' titles, that reach beyond the figure's edges."""
    for ax in figure.axes:
        middle, edge = (ax.bbox.x0 + ax.bbox.x1) / 2, figure.bbox.x1
        room = 2 * min(middle, edge - middle)
        for words in (ax.title, ax.xaxis.label):
            said = " ".join(words.get_text().split())
            for letters in range(LINE, LINE // 4, -1):
                if words.get_window_extent().width <= room:
                    break
                words.set_text(textwrap.fill(said, letters))


def thin_out(figure: Figure) -> None:
    """Leave out numbers of the axes across that touch: every other one, or more."""
    for ax in figure.axes:
        while _touch(ax.xaxis):
            places, names = ax.get_xticks(), [t.get_text() for t in ax.get_xticklabels()]
            limits = ax.get_xlim()
            low, high = sorted(limits)
            seen = [k for k, (x, name) in enumerate(zip(places, names, strict=True))
                    if name and low <= x <= high]  # fmt: skip
            # Where nothing changes is the number one looks for.
            neutral = [n for n, k in enumerate(seen) if names[k] in ("0", "0.0", "0.00", "1")]
            kept = seen[neutral[-1] % 2 if neutral else 0 :: 2]
            ax.set_xticks(places, [name if k in kept else "" for k, name in enumerate(names)])
            # Ticks outside would widen the axis.
            ax.set_xlim(limits)
        _yield_to_names(ax)


def _yield_to_names(ax: Axes) -> None:
    """Leave out a number of the axis across that lies on a name, such as one of a border."""
    names = [t.label1 for t in ax.xaxis.get_major_ticks() if t.label1.get_text()]
    boxes = [n.get_window_extent() for n in names]
    for name, box in zip(names, boxes, strict=True):
        met = any(box.overlaps(b) for n, b in zip(names, boxes, strict=True)
                  if n is not name and not NUMBER.fullmatch(n.get_text()))  # fmt: skip
        if met and NUMBER.fullmatch(name.get_text()):
            places, said = ax.get_xticks(), [t.get_text() for t in ax.get_xticklabels()]
            said[names.index(name)] = ""
            if len(said) == len(names):
                ax.set_xticks(places, said)
            return


def _touch(axis: Axis) -> bool:
    """Whether two numbers of an axis across are so near that one reads them as one."""
    names = [t.label1 for t in axis.get_major_ticks() if t.label1.get_text()]
    low, high = sorted(axis.get_view_interval())
    names = [n for n in names if low <= n.get_position()[0] <= high and n.get_visible()]
    if len(names) < 2 or not all(NUMBER.fullmatch(n.get_text()) for n in names):
        return False
    boxes = sorted(n.get_window_extent().extents[::2].tolist() for n in names)
    gap = APART * names[0].get_fontsize() * names[0].figure.dpi / 72
    return any(b[0] - a[1] < gap for a, b in zip(boxes, boxes[1:], strict=False))


def _height(ax: Axes, same_shape: float) -> float:
    """Of axes in a narrow form, in inches: those of equal scales have no choice."""
    if ax.get_aspect() == "auto":
        return min(max(same_shape, LOWEST), HIGHEST)
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    # What is left and right, and above and below, for names and numbers
    return (NARROW - 0.9) * float(ax.get_aspect()) * (high - low) / (right - left) + 0.8

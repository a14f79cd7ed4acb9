"""No line crosses a word: at every preset, first step, last step and the preset's own."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.explorers.every import every
from tests.explorers.test_extremes import SHORT, box, moved

LINES = re.compile(r"\b(path|ghost|arrow|edge|guide|minimum|ellipse)\b")
# Letters do not fill their box: a line may touch its border, in pixels, across and up.
AIR = 1.0, 3.0
# A line may be so long in a word, in pixels: it touches a letter.
TOUCH = 4.0
# A run that has left the picture crosses all of it, words too.
GONE = {("Runs away", "minimum"), ("Runs away", "v2 ↑")}


def corners(shape, at):
    """The pieces of a line, each an array of its corners."""
    if shape.get("points"):
        pieces = [[p.split(",") for p in shape.get("points").split()]]
    else:
        pieces = []
        for letter, written in re.findall(r"([MLhvHV])([^A-Za-z]*)", shape.get("d") or ""):
            n = [float(x) for x in re.findall(r"-?[\d.]+", written)]
            if letter == "M":
                pieces.append([])
            x, y = pieces[-1][-1] if pieces[-1] else (0.0, 0.0)
            if letter in "hv":
                pieces[-1].append((x + n[0], y) if letter == "h" else (x, y + n[0]))
            elif letter in "HV":
                pieces[-1].append((n[0], y) if letter == "H" else (x, n[0]))
            else:
                pieces[-1] += zip(n[::2], n[1::2], strict=True)
    return [np.array(p, dtype=float) + at for p in pieces if len(p) > 1]


def length_in(line, rectangle):
    """How much of a line lies in a rectangle, in pixels."""
    low, high = np.array(rectangle[:2]), np.array(rectangle[2:])
    if (low >= high).any() or (line.max(axis=0) < low).any() or (line.min(axis=0) > high).any():
        return 0.0
    total = 0.0
    for a, b in pairwise(line):
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.stack([(low - a) / (b - a), (high - a) / (b - a)])
        still = a == b
        shares[:, still] = np.where((low < a) & (a < high), [[0.0], [1.0]], np.nan)[:, still]
        enter, leave = max(0.0, *shares.min(axis=0)), min(1.0, *shares.max(axis=0))
        if not np.isnan(shares).any() and enter < leave:
            total += (leave - enter) * np.hypot(*(b - a))
    return total


def crossed(markup, width, height):
    """The words that a line crosses: above them, or below them where they have no halo."""
    words, lines = [], []

    def walk(element, clip, at):
        at = np.add(at, moved(element))
        if element.tag == "svg":
            x, y, w, h = map(float, element.get("viewBox").split())
            clip = [*np.maximum(clip[:2], (x, y)), *np.minimum(clip[2:], (x + w, y + h))]
        if element.tag == "text" and (element.text or "").strip():
            words.append((len(words) + len(lines), element, box(element, at)))
        elif LINES.search(element.get("class", "")):
            lines.append((len(words) + len(lines), corners(element, at), clip))
        for child in element:
            walk(child, clip, at)

    walk(ElementTree.fromstring(f"<g>{markup}</g>"), [0, 0, width, height], (0, 0))
    found = set()
    for place, word, (left, top, right, bottom) in words:
        air = [left + AIR[0], top + AIR[1], right - AIR[0], bottom - AIR[1]]
        for level, pieces, clip in lines:
            if level > place or "halo" not in word.get("class", ""):
                seen = [*np.maximum(air[:2], clip[:2]), *np.minimum(air[2:], clip[2:])]
                if sum(length_in(piece, seen) for piece in pieces) > TOUCH:
                    found.add(word.text)
    return found


@every
def test_no_line_crosses_a_word(kind):
    bad = set()
    presets = {"as it opens": {}, **kind.presets}
    if kind.__name__ in SHORT:
        presets = {str(state): state for state in SHORT[kind.__name__]}
    for name, state in presets.items():
        explorer = kind()
        explorer.set(**state)
        picture = explorer.drawn(explorer.state())
        for step in {0, explorer.step, kind.last}:
            words = crossed(picture.still(step), picture.width, picture.height)
            bad |= {(name, word) for word in words}
    assert not bad - GONE


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ('<text x="9" y="30">goal</text><path class="path gd" d="M0 25h90"/>', {"goal"}),
        ('<text x="9" y="30">goal</text><polyline class="path" points="0,0 40,50"/>', {"goal"}),
        ('<path class="guide" d="M0 25h90"/><text x="9" y="30">goal</text>', {"goal"}),
        ('<path class="guide" d="M0 25h90"/><text x="9" y="30" class="halo">goal</text>', set()),
        ('<text x="9" y="30">goal</text><path class="path gd" d="M0 35h90M20 9V12"/>', set()),
        ('<text x="9" y="30">goal</text><svg viewBox="60 0 30 90">'
         '<path class="path gd" d="M0 25h90"/></svg>', set()),
    ],
)  # fmt: skip
def test_what_crosses_a_word_is_found(markup, found):
    assert crossed(markup, 100, 100) == found

"""A picture that moves by itself: tracks as animations in the SVG, for pages without a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import numpy as np

from .scene import LABELLED, Picture, Track, arrow, cloud, document, ellipse, number, points

_CALM = (
    "<style>.still{display:none}"
    "@media (prefers-reduced-motion:reduce){.still{display:inline}.moving{display:none}}</style>"
)


def film(picture: Picture, seconds: float, times: int = 3) -> str:
    """The picture as an SVG document that plays from step 0 to the last and stops there.

    Args:
        picture: what plays; its tracks have one value a step.
        seconds: how long one playing takes.
        times: how often it plays.

    Readers who asked their system for less motion see the last step, at rest.
    """
    last = max(len(track.values) for track in picture.tracks) - 1
    clock = {"dur": f"{seconds:g}s", "repeatCount": str(times), "fill": "freeze"}
    root = ElementTree.fromstring(f"<g>{picture.front}</g>")
    shapes = {e.get("data-k"): e for e in root.iter() if e.get("data-k")}
    for track in picture.tracks:
        shape = shapes[track.shape]
        if track.kind == "label":
            shape.text = track.extra[2]
        for tag, attributes in _animations(track):
            ElementTree.SubElement(shape, tag, {**attributes, **clock})
    for parent in list(root.iter()):
        for shape in list(parent):
            spoken = [
                t for t in picture.tracks if t.shape == shape.get("data-k") and t.kind == "text"
            ]
            if spoken:
                _take_turns(parent, shape, spoken[0].values, clock)
    for shape in root.iter():
        shape.attrib.pop("data-k", None)
    moving = ElementTree.tostring(root, encoding="unicode")
    still = picture.still(last).removeprefix(picture.back)
    body = f'{_CALM}{picture.back}<g class="moving">{moving}</g><g class="still">{still}</g>'
    return document(picture.width, picture.height, picture.title, body)


def _animations(track: Track) -> list[tuple[str, dict[str, str]]]:
    """The animation elements of one track."""
    values = track.values
    if track.kind == "at":
        return [_slide(values)]
    if track.kind == "arrow":
        return [_animate("d", [arrow(*_stretched(v)) for v in values])]
    if track.kind == "label":
        ends, (dx, dy, _) = np.asarray(values), track.extra
        shown = np.hypot(*(ends[:, 2:] - ends[:, :2]).T) > LABELLED
        return [
            _slide(ends[:, 2:] + (dx, dy)),
            _animate("opacity", [str(int(s)) for s in shown], "discrete"),
        ]
    if track.kind == "upto":
        place = np.asarray(values)
        rest = [
            np.concatenate([place[: k + 1], place[[k] * (len(place) - 1 - k)]])
            for k in range(len(place))
        ]
        return [_animate("points", [points(p) for p in rest])]
    if track.kind == "dots":
        pieces = [f"M{points([p])}h0" for p in values]
        return [_animate("d", ["".join(pieces[: k + 1]) for k in range(len(pieces))], "discrete")]
    if track.kind in ("cloud", "ellipse"):
        draw = cloud if track.kind == "cloud" else ellipse
        return [_animate("d", [draw(v) for v in values])]
    if track.kind == "chunks":
        return [_animate("d", ["".join(values[: k + 1]) for k in range(len(values))], "discrete")]
    return []


def _animate(name: str, values: Sequence[str], mode: str = "linear") -> tuple[str, dict[str, str]]:
    return "animate", {"attributeName": name, "values": ";".join(values), "calcMode": mode}


def _slide(place: Any) -> tuple[str, dict[str, str]]:
    values = ";".join(f"{number(x)} {number(y)}" for x, y in np.asarray(place))
    return "animateTransform", {"attributeName": "transform", "type": "translate", "values": values}


def _stretched(ends: Any, least: float = 0.6) -> Any:
    """An arrow's ends, far enough apart that every step draws the same strokes."""
    x1, y1, x2, y2 = ends
    return ends if np.hypot(x2 - x1, y2 - y1) >= least else (x1, y1, x1 + least, y1)


def _take_turns(parent: Any, shape: Any, words: Sequence[str], clock: dict[str, str]) -> None:
    """One copy of a text for every different word, each visible at its own steps."""
    place = list(parent).index(shape)
    parent.remove(shape)
    for word in dict.fromkeys(words):
        copy = ElementTree.Element(shape.tag, {k: v for k, v in shape.attrib.items()})
        copy.text = word
        tag, attributes = _animate(
            "visibility", ["visible" if x == word else "hidden" for x in words], "discrete"
        )
        ElementTree.SubElement(copy, tag, {**attributes, **clock})
        parent.insert(place, copy)

"""A picture that moves by itself: tracks as animations in the SVG, for pages without a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np

from .picture import Picture, document
from .track import Track

# For readers who asked their system for less motion.
_CALM = (
    "<style>.still{display:none}"
    "@media (prefers-reduced-motion:reduce){.still{display:inline}.moving{display:none}}</style>"
)


def animated_svg(picture: Picture, seconds: float, times: int = 3) -> str:
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
    if track.kind == "text":
        return []
    if track.kind == "arrow":
        track = replace(track, values=[_stretched(ends) for ends in track.values])
    steps = range(len(track.values))
    name, values = track.attribute(0)[0], [track.attribute(k)[1] for k in steps]
    if name == "transform":
        made = [_slide(values)]
        if track.kind == "label":
            made.append(_animate("opacity", [str(int(track.labels(k))) for k in steps], "discrete"))
        return made
    if track.kind == "upto":
        # Only lists of equally many points can be animated: those to come wait at the last one.
        ends = [f" {value.split()[-1]}" for value in values]
        values = [value + end * (len(steps) - 1 - k) for k, (value, end) in
                  enumerate(zip(values, ends, strict=True))]  # fmt: skip
    return [_animate(name, values, "discrete" if track.kind in ("dots", "chunks") else "linear")]


def _animate(name: str, values: Sequence[str], mode: str = "linear") -> tuple[str, dict[str, str]]:
    return "animate", {"attributeName": name, "values": ";".join(values), "calcMode": mode}


def _slide(places: Sequence[str]) -> tuple[str, dict[str, str]]:
    values = ";".join(place.removeprefix("translate(").removesuffix(")") for place in places)
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

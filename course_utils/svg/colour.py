"""Colours as numbers: lightness and hue as the eye orders them (CIE L*a*b*), shades of a colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

# sRGB to CIE XYZ, white D65 (IEC 61966-2-1); the rows add up to the white point.
_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = _XYZ.sum(axis=1)
# Below this cube root the scale of CIE is a straight line.
_BEND = 6 / 29


def lab(colour: str) -> np.ndarray:
    """Lightness L*, and a*, b*, of a colour written #rrggbb."""
    code = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    x = _XYZ @ linear / _WHITE
    f = np.where(x > _BEND**3, np.cbrt(x), x / (3 * _BEND**2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def linear_rgb(colour: Any) -> np.ndarray:
    """L*, a*, b* as linear red, green and blue; outside 0 to 1 where no screen can show it."""
    lightness, a, b = colour
    y = (lightness + 16) / 116
    f = np.array([y + a / 500, y, y - b / 200])
    x = np.where(f > _BEND, f**3, 3 * _BEND**2 * (f - 4 / 29))
    return np.linalg.solve(_XYZ, x * _WHITE)


def written(colour: Any) -> str:
    """L*, a*, b* as #rrggbb, the nearest that a screen can show at this lightness and hue."""
    lightness, *ab = np.asarray(colour, dtype=float)
    # Less and less vivid until it can be shown: grey always can.
    for share in np.linspace(1, 0, 101):
        linear = linear_rgb((lightness, *(share * np.array(ab))))
        if np.all((linear > -1e-4) & (linear < 1 + 1e-4)):
            break
    linear = np.clip(linear, 0, 1)
    code = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * x):02x}" for x in code.tolist())


def shade(colour: str, lightness: float) -> str:
    """The same hue at another lightness L*, as vivid as the colour is."""
    _, a, b = lab(colour)
    return written((lightness, a, b))


def between(colours: Sequence[str], share: float) -> str:
    """The colour at a share, 0 to 1, of the way along a list of colours."""
    all_of = np.array([lab(colour) for colour in colours])
    places = np.linspace(0, 1, len(colours))
    return written([np.interp(share, places, column) for column in all_of.T])

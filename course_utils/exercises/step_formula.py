"""Read the formula of a step off its numbers, where the step is linear in what goes in.

One step from several starts gives as many equations for the factors of w, the memory and g; a
factor is then named by the settings, if it is one of the usual products of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from .feedback import number
from .probes import Probe

_RATES = (("", 0), ("lr", 1), ("lr^2", 2), ("1/lr", -1))
_SHARES = (
    ("{b}", lambda b: b),
    ("(1 - {b})", lambda b: 1 - b),
    ("(1 + {b})", lambda b: 1 + b),
    ("{b}^2", lambda b: b * b),
    ("{b} (1 - {b})", lambda b: b * (1 - b)),
    ("1/(1 - {b})", lambda b: 1 / (1 - b)),
)
_TIMES = (("", 1.0), ("2", 2.0), ("1/2", 0.5))


def formula(track: list, probes: tuple[Probe, ...], name: str) -> str:
    """The new ``name`` in terms of what went into the step, or nothing if it is not linear."""
    if any(x.ndim != 1 for x in (probes[0].w, *probes[0].memory.values())):
        return ""
    fits = []
    for settings in _settings(probes):
        rows, targets = [], []
        for r, p in zip(track, probes, strict=True):
            if len(p.gradients) == 1 and p.settings[0] == settings and r["steps"]:
                rows += list(np.column_stack([p.w, *p.memory.values(), p.gradients[0]]))
                targets += list(np.ravel(r["steps"][0][name]))
        if not rows or not np.isfinite(targets).all():
            return ""
        factors, *_ = np.linalg.lstsq(np.array(rows), np.array(targets), rcond=None)
        if not np.allclose(rows @ factors, targets, 1e-9, 1e-9):
            return ""
        fits.append((settings, factors))
    if not fits:
        return ""
    names = ("w", *probes[0].memory, "g")
    terms = [_term(fits, i, n) for i, n in enumerate(names)]
    text = " ".join(t for t in terms if t) or "+ 0"
    return text[2:] if text.startswith("+ ") else "−" + text[2:]


def _settings(probes: tuple[Probe, ...]) -> list[Mapping[str, float]]:
    found: list[Mapping[str, float]] = []
    for p in probes:
        if len(p.gradients) == 1 and p.settings[0] not in found:
            found.append(p.settings[0])
    return found


def _term(fits: list, i: int, name: str) -> str:
    values = [factors[i] for _, factors in fits]
    if np.allclose(values, 0, atol=1e-9):
        return ""
    sign = "−" if values[0] < 0 else "+"
    label = _label(np.abs(values), [settings for settings, _ in fits])
    return f"{sign} {label} {name}".replace("  ", " ")


def _label(values: np.ndarray, settings: list[Mapping[str, float]]) -> str:
    shares = [n for n in settings[0] if n not in ("lr", "t", "eps")]
    choices = [("", lambda s: 1.0)]
    for b in shares:
        choices += [(text.format(b=b), lambda s, b=b, f=f: f(s[b])) for text, f in _SHARES]
    for (times, a), (rate, power), (share, f) in product(_TIMES, _RATES, choices):
        expected = [a * s.get("lr", 1.0) ** power * f(s) for s in settings]
        if np.allclose(values, expected, 1e-9):
            return " ".join(x for x in (times, rate, share) if x)
    return number(values[0])

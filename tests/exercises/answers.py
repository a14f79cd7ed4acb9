"""What several tests of the exercises need: run a solution, measure how far two kernels differ."""

import numpy as np
import sympy as sp


def answer_of(code):
    """What a solution evaluates to: the function it defines, or its value."""
    space = {"np": np, "sp": sp}
    if "def " in code:
        exec(code, space)
        return next(x for n, x in space.items() if n.startswith("my_"))
    return eval(code, space)


def nearest(exercise, slip):
    """The slip that stands closest to a wrong number, which is the one that is told."""
    return min(exercise.slips, key=lambda s: abs(float(s.value) - float(slip.value)))


def distance(one, other):
    """The largest relative difference between two tracks, infinite if their shapes differ."""
    one, other = _numbers(one), _numbers(other)
    if [x.shape for x in one] != [y.shape for y in other]:
        return np.inf
    p, q = np.concatenate(one, axis=None), np.concatenate(other, axis=None)
    with np.errstate(all="ignore"):
        gap = np.abs(p - q) / (1 + np.abs(p) + np.abs(q))
    return float(np.where(np.isfinite(gap), gap, np.isnan(p) != np.isnan(q)).max())


def _numbers(track):
    steps = (step for run in track for step in run["steps"])
    return [np.asarray(value) for step in steps for name, value in step.items() if name != "g"]

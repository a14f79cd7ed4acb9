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


def nearest(exercise, mistake):
    """The mistake that stands closest to a wrong number, which is the one that is named."""
    return min(exercise.mistakes, key=lambda m: abs(float(m.value) - float(mistake.value)))


def distances(one, others):
    """The distances from one flat track to others, of the same length, which are a row each."""
    with np.errstate(all="ignore"):
        gap = np.abs(one - others) / (1 + np.abs(one) + np.abs(others))
    apart = np.isfinite(one) != np.isfinite(others)
    return np.where(np.isfinite(gap), gap, apart).max(axis=1, initial=0)


def badly_separated(bank, least=1e-3):
    """Pairs of known kernels that the probes tell apart by less than they should."""
    flat = [_flat(track) for _, track in (*bank.right, *bank.wrong)]
    # What a shorter one lacks counts as not finite: as far apart as can be.
    whole = np.full((len(flat), max(map(len, flat))), np.nan)
    for row, numbers in zip(whole, flat, strict=True):
        row[: len(numbers)] = numbers
    names = [way.form for way, _ in bank.right] + [mistake.name for mistake, _ in bank.wrong]
    rights, close = len(bank.right), []
    for i, one in enumerate(whole):
        first = max(i + 1, rights)
        # A few numbers tell most of them apart.
        few = distances(one[:12], whole[first:, :12]) <= least
        others = first + np.flatnonzero(few)
        gaps = distances(one, whole[others])
        near = (gaps <= least) & ((gaps > 1e-9) | (i < rights))
        close += [
            (names[i], names[k], gap) for k, gap in zip(others[near], gaps[near], strict=True)
        ]
    return close


def _flat(track):
    return np.concatenate([x.ravel().astype(float) for x in _numbers(track)] or [np.zeros(0)])


def _numbers(track):
    steps = (step for run in track for step in run["steps"])
    return [np.asarray(value) for step in steps for name, value in step.items() if name != "g"]

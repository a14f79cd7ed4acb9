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
    """The distances from one flat track to others, infinite to those of another length."""
    q = np.array([x if x.shape == one.shape else one + np.inf for x in others])
    q = q.reshape(-1, one.size)
    with np.errstate(all="ignore"):
        gap = np.abs(one - q) / (1 + np.abs(one) + np.abs(q))
    return np.where(np.isfinite(gap), gap, np.isfinite(one) != np.isfinite(q)).max(axis=1)


def badly_separated(bank, least=1e-3):
    """Pairs of known kernels that the probes tell apart by less than they should."""
    close = []
    tracks = [_flat(track) for _, track in bank.wrong]
    for way, good in bank.right:
        near = np.flatnonzero(distances(_flat(good), tracks) <= least)
        close += [(way.form, bank.wrong[i][0].name) for i in near]
    for i, (mistake, _) in enumerate(bank.wrong):
        gaps = distances(tracks[i], tracks[i + 1 :])
        near = np.flatnonzero((gaps > 1e-9) & (gaps <= least))
        close += [(mistake.name, bank.wrong[i + 1 + k][0].name, gaps[k]) for k in near]
    return close


def _flat(track):
    return np.concatenate([x.ravel().astype(float) for x in _numbers(track)] or [np.zeros(0)])


def _numbers(track):
    steps = (step for run in track for step in run["steps"])
    return [np.asarray(value) for step in steps for name, value in step.items() if name != "g"]

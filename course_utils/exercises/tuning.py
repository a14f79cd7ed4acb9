"""Exercises with a number to beat: find settings that reach a loss in few steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..descent import descend
from ..optimizers import Rule
from ..surfaces import Surface
from .answers import as_number
from .exercise import Exercise
from .expressions import canonical
from .feedback import Feedback, number


def settings_by_name(answer: Any, names: Sequence[str]) -> dict[str, Any]:
    """Settings in any form that says which is which: by name, by other names, in order, as a text.

    ``{"η": 0.05}``, ``eta = 0.05``, ``0.05`` and ``(0.05, 0.9)`` are understood; what is not comes
    back as it was named.
    """
    if isinstance(answer, str):
        answer = answer.strip("{}() ")
    if isinstance(answer, str) and "=" in answer and len(names) == 1:
        name, answer = answer.split("=", 1)
        answer = {name: answer}
    if isinstance(answer, str) and "=" in answer:
        pairs = re.findall(r"([^\W\d]\w*)\s*=\s*([^,;=]+)(?:[,;]|$)", answer)
        answer = dict(pairs)
    if isinstance(answer, Mapping):
        return {canonical(str(n).strip(), names): x for n, x in answer.items()}
    if isinstance(answer, (list, tuple)) and len(answer) == len(names):
        return dict(zip(names, answer, strict=True))
    return {names[0]: answer} if len(names) == 1 else {}


@dataclass(frozen=True, kw_only=True)
class TuningExercise(Exercise):
    """Choose the settings of a rule on a surface so that the loss falls below a target in time.

    Attributes:
        surface: makes the surface.
        rule: the rule.
        target: the loss to reach.
        grid: values of each setting among which the best known run is looked for.
        fixed: settings that the task gives, which the answer leaves out.
        bar: number of steps that is good enough; None for ``slack`` times the best known.
        slack: see ``bar``.
        patience: how many steps are tried before giving up.
        for_good: whether the loss has to stay below the target, and not only to touch it.
    """

    surface: Callable[[], Surface]
    rule: Rule
    target: float
    grid: Mapping[str, tuple[float, float, int]]
    bar: int | None = None
    slack: float = 1.05
    patience: int = 2000
    for_good: bool = False
    fixed: Mapping[str, float] = field(default_factory=dict)

    def assess(self, answer: Any) -> Feedback:
        """Run the descent and count."""
        names = [n for n in self.rule.hyper if n not in self.fixed]
        answer = settings_by_name(answer, names)
        if set(answer) != set(names):
            form = ", ".join(f'"{n}": ...' for n in names)
            given = "".join(f" The task sets {n} = {number(x)}." for n, x in self.fixed.items())
            return self.wrong(f"Give the settings by name: {{{form}}}.{given}", "form", reread=None)
        if any(callable(x) for x in answer.values()):
            sentence = "This exercise takes one constant number for each setting, not a schedule."
            return self.wrong(sentence, "settings", reread=None)
        try:
            settings = {n: as_number(x) for n, x in answer.items()}
            for sentence in settings.values():
                if isinstance(sentence, str):
                    return self.wrong(sentence, "settings", reread=None)
            run = descend(self.surface(), self.rule, steps=self.patience, **settings, **self.fixed)
        except (TypeError, ValueError, OverflowError) as error:
            return self.wrong(f"{error}", "settings")
        steps = self.count(run)
        mine = ", ".join(f"{n} = {number(x)}" for n, x in settings.items())
        if steps is None and run.stopped:
            return self.wrong(f"With {mine} nothing is reached. {run.stopped}", "diverges")
        if steps is None:
            loss = number(float(run.losses[-1]), 3)
            return self.wrong(
                f"With {mine} the loss is still {loss} after {self.patience} steps. "
                f"{self._why(run)}",
                "too slow",
            )
        best, where = self.best()
        far = f"the best that we know takes {best}"
        if steps < best:  # the search looks at a grid, and a learner anywhere
            said = f"{steps} steps with {mine}: fewer than our own search found, {best}. "
            return self.right(said + self.because)
        if steps <= self.limit():
            best_at = ", ".join(f"{n} = {number(x, 3)}" for n, x in where.items())
            return self.right(
                f"{steps} steps with {mine}; {far}, near {best_at}. {self.because}".strip()
            )
        return self.wrong(
            f"With {mine} it takes {steps} steps, and the bar is {self.limit()}; {far}. "
            f"{self._why(run, steps)}",
            "too slow",
        )

    def count(self, run: Any) -> Any:
        """The step at which a run, or each run of a batch, has reached the target."""
        return run.settles_at(self.target) if self.for_good else run.steps_to(self.target)

    def best(self) -> tuple[int, dict[str, float]]:
        """The fewest steps over the grid, and settings that need no more, amid those."""
        return _best(self)

    def limit(self) -> int:
        """The number of steps that must not be passed."""
        return self.bar or int(self.slack * self.best()[0])

    def _why(self, run: Any, last: int = -1) -> str:
        """Which weight is late, and whether it creeps or swings."""
        w = run.positions[last]
        parts = run.surface.value(np.diag(w))
        late = int(np.argmax(parts))
        x = run.positions[: last + 1 or None, late]
        flips = int(np.sum(x[1:] * x[:-1] < 0))
        share = 100 * float(parts[late] / max(parts.sum(), 1e-300))
        who = ("steep weight, w1,", "flat weight, w2,")[late]
        how = f"changed sign {flips} times" if flips else "never changed sign"
        return f"At the end the {who} holds {share:.0f} % of the loss that is left; it {how}."


_FOUND: dict[tuple[str, str], tuple[int, dict[str, float]]] = {}


def _best(exercise: TuningExercise) -> tuple[int, dict[str, float]]:
    key = exercise.key, exercise.question
    if key not in _FOUND:
        axes = {n: np.linspace(*limits) for n, limits in exercise.grid.items()}
        mesh = dict(zip(axes, (m.ravel() for m in np.meshgrid(*axes.values())), strict=True))
        surface, most = exercise.surface(), 400
        run = descend(surface, exercise.rule, steps=most, **mesh, **exercise.fixed)
        steps = np.asarray(exercise.count(run), dtype=float)
        for fewest in np.unique(steps[np.isfinite(steps)]):
            good = np.flatnonzero(steps == fewest)
            if exercise.for_good:  # a run that has settled may burst after the end of this search
                some = {n: x[good] for n, x in mesh.items()}
                longer = descend(surface, exercise.rule, steps=exercise.patience, **some)
                good = good[np.asarray(exercise.count(longer), dtype=float) == fewest]
            if len(good):
                break
        found = np.stack([x[good] for x in mesh.values()])
        span = np.ptp(found, axis=1, keepdims=True)
        away = np.abs(found - np.median(found, axis=1, keepdims=True)) / np.where(span > 0, span, 1)
        inside = found[:, away.sum(axis=0).argmin()]  # one of them: the median itself need not be
        _FOUND[key] = int(fewest), dict(zip(mesh, inside.tolist(), strict=True))
    return _FOUND[key]

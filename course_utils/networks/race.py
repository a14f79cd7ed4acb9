"""A race between rules: declared ranges, equal trials, fresh seeds for the chosen settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..optimizers import Rule
from . import checks
from .side_by_side import train_side_by_side
from .tasks import Task, bounded


@dataclass(frozen=True)
class Range:
    """Where a setting is looked for, evenly on a logarithmic scale.

    Attributes:
        low, high: both ends, above 0.
        below_one: whether they are ends of 1 - setting, which suits the share that a memory keeps.
    """

    low: float
    high: float
    below_one: bool = False

    def __post_init__(self) -> None:
        """Refuse ends that cannot be spaced on a logarithmic scale."""
        if not 0 < self.low < self.high:
            raise ValueError(
                f"A range goes up from a number above 0, and this one from {self.low} to "
                f"{self.high}: write for instance Range(1e-3, 1)."
            )

    def at(self, u: float) -> float:
        """The value at the share u of the range, 0 <= u <= 1."""
        value = self.low * (self.high / self.low) ** u
        return float(1 - value if self.below_one else value)


@dataclass(frozen=True)
class Entry:
    """A rule with the ranges that were declared for it; settings without one keep their default.

    The first range takes the first number of a trial's draw, the second the second, and so on: if
    the learning rate stands first, all rules share their luck with it.
    """

    rule: Rule
    ranges: Mapping[str, Range]
    name: str = ""
    fixed: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Call an entry by its rule, and look whether the rule knows the settings."""
        object.__setattr__(self, "name", self.name or self.rule.name)
        self.rule.settings(self.draw(np.full(len(self.ranges), 0.5)))

    def draw(self, u: Sequence[float]) -> dict[str, float]:
        """The settings at the shares u of the ranges."""
        ranges = zip(self.ranges.items(), u, strict=False)
        return {**self.fixed, **{name: r.at(x) for (name, r), x in ranges}}


@dataclass(frozen=True, eq=False)
class Trials:
    """Trainings of one entry.

    Attributes:
        entry: the rule and its ranges.
        u: the numbers that were drawn, shape (n, 4), each between 0 and 1.
        settings: what came of them, one dictionary a trial.
        losses: by measure, "training loss" and "validation loss", shape (n,): the last loss, not
            above a blind guess and not below 1e-4.
        weights: the last weights, shape (n, parameters); NaN for a lost run.
    """

    entry: Entry
    u: np.ndarray
    settings: tuple[Mapping[str, float], ...]
    losses: Mapping[str, np.ndarray]
    weights: np.ndarray

    def best(self, measure: str) -> Mapping[str, float]:
        """The settings with the lowest loss by this measure."""
        return self.settings[int(np.argmin(self.losses[measure]))]


def search(task: Task, entry: Entry, trials: int, seed: int = 0) -> Trials:
    """Random search: each trial draws settings and trains once.

    Trial number j of every entry shares its draw and its seed, so that entries meet as pairs.

    Source: Bergstra and Bengio, JMLR 13 (2012), 281-305.
    """
    u = np.array([checks.generator(seed, 100 + j).random(4) for j in range(trials)])
    return run(task, entry, [entry.draw(x) for x in u], range(trials), u)


def repeat(task: Task, entry: Entry, settings: Mapping[str, float], seeds: Iterable[int]) -> Trials:
    """The same settings with several seeds: first weights and mini-batches differ."""
    seeds = list(seeds)
    return run(task, entry, [settings] * len(seeds), seeds)


def choose(
    task: Task, trials: Trials, measure: str, few: int = 4, seeds: Iterable[int] = range(500, 503)
) -> Mapping[str, float]:
    """The settings to go on with: the few best trials once more, and of these the best on average.

    A trial that came first among many has often been lucky with its seed. So each of the few is
    repeated with other seeds, and the lowest geometric mean is chosen.
    """
    seeds = list(seeds)
    order = np.argsort(trials.losses[measure], kind="stable")[:few]
    again = [repeat(task, trials.entry, trials.settings[i], seeds) for i in order]
    means = [np.log(one.losses[measure]).mean() for one in again]
    return trials.settings[order[int(np.argmin(means))]]


def final(
    tasks: Mapping[str, Task],
    entries: Sequence[Entry],
    trials: Mapping[str, Mapping[str, Trials]],
    seeds: Iterable[int],
    pick: Callable[[Task, Trials], Mapping[str, float]],
) -> dict[str, dict[str, Trials]]:
    """Every entry on every task once more, with the settings that ``pick`` finds in its trials."""
    return {
        name: {e.name: repeat(task, e, pick(task, trials[name][e.name]), seeds) for e in entries}
        for name, task in tasks.items()
    }


def run(
    task: Task,
    entry: Entry,
    settings: Sequence[Mapping[str, float]],
    seeds: Iterable[int],
    u: Any = None,
) -> Trials:
    """Train once for each pair of settings and seed, all side by side; see `Trials`."""
    known, network, settings = task.known, task.network, tuple(settings)
    ends = train_side_by_side(
        network, entry.rule, known, list(seeds), epochs=task.epochs, batch=task.batch,
        **{name: _each([values[name] for values in settings]) for name in settings[0]},
    )  # fmt: skip
    lost = np.isnan(ends.losses)
    w = np.where(lost[:, None], np.nan, ends.w)
    judged = [network.loss(one, known.x_test, known.y_test) for one in w]
    found = {"training loss": ends.losses, "validation loss": judged}
    kept = {
        measure: np.array([bounded(loss, network.sizes[-1]) for loss in losses])
        for measure, losses in found.items()
    }
    return Trials(entry, np.zeros((len(w), 4)) if u is None else u, settings, kept, w)


def _each(values: Sequence[Any]) -> Any:
    """One setting of all runs: an array, or a schedule of arrays if some are schedules."""
    if not any(map(callable, values)):
        return np.array(values, dtype=float)
    return lambda t: np.array([v(t) if callable(v) else v for v in values], dtype=float)

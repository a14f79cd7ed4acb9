"""The loop: a surface, a rule and a start make a trajectory, for one start or ten thousand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from .optimizers import NoStep, Optimizer, Rule
from .optimizers.settings import plan as setting_plan
from .surfaces import Surface, weights

# A run that diverges multiplies its loss step by step and soon gets here, where losses, gradients
# and their squares are still far from the largest float: the last good step can be shown.
GROWTH_LIMIT = 1e12
# So many floats, 1 MiB, fit the cache of a core. Up to here a walk keeps the rule's memory as well;
# beyond, memory is walked for again on demand: 10,000 descents of 100 steps with momentum then take
# about 30 % less time. Losses are looked at in portions of this size.
CACHED = 1 << 17
# A descent keeps what belongs to each step: a million takes 130 MB and a quarter of a minute.
MOST = 10_000_000


@dataclass(frozen=True, eq=False)
class Trajectory:
    """What a descent left behind, in arrays that cannot be changed.

    Attributes:
        surface: what was minimised.
        rule: how the steps were made.
        settings: hyper-parameters as they were given, defaults included.
        positions: weights after 0, 1, ... steps, shape (steps + 1, 2, *batch). A trajectory of a
            batch that ran away holds NaN from there on; a single one ends there.
        memory: the rule's memory after 0, 1, ... steps, by name; same shape, unless the rule's
            ``shapes`` say otherwise.
        stopped: a sentence that says at which step the descent ran away and why, else None.

    >>> from course_utils.optimizers import GRADIENT_DESCENT
    >>> from course_utils.surfaces import ravine
    >>> run = descend(ravine(), GRADIENT_DESCENT, (2.0, -10.0), steps=3, lr=0.02)
    >>> print(run.positions[:, 0], run.positions.shape)
    [2.   1.   0.5  0.25] (4, 2)
    >>> print(run.losses.round(1), run.steps_to(50.0))
    [100.   60.5  49.2  45.1] 2
    """

    surface: Surface
    rule: Rule
    settings: Mapping[str, Any]
    positions: np.ndarray
    memory: Mapping[str, np.ndarray]
    stopped: str | None

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return len(self.positions) - 1

    @cached_property
    def losses(self) -> np.ndarray:
        """The loss after 0, 1, ... steps, shape (steps + 1, *batch)."""
        return _frozen(self.surface.value(np.moveaxis(self.positions, 1, 0)))

    @cached_property
    def gradients(self) -> np.ndarray:
        """The gradient at every position, shape of ``positions``."""
        gradients = self.surface.gradient(np.moveaxis(self.positions, 1, 0))
        return _frozen(np.moveaxis(gradients, 0, 1))

    def steps_to(self, loss: float) -> Any:
        """The first step with a loss of at most ``loss``; None, or inf in a batch, if none has."""
        return _first(self.losses <= loss)

    def settles_at(self, loss: float) -> Any:
        """The first step from which the loss stays at most ``loss``; None or inf if it does not."""
        stays = np.logical_and.accumulate((self.losses <= loss)[::-1])[::-1]
        return _first(stays)

    def sign_flips(self, axis: int) -> Any:
        """How often weight number ``axis`` (0 is w1) changed its sign from one step to the next."""
        x = self.positions[:, axis]
        flips = np.sum(np.sign(x[1:]) * np.sign(x[:-1]) < 0, axis=0)
        return int(flips) if flips.ndim == 0 else flips

    def padded(self, steps: int) -> Trajectory:
        """The same with at least ``steps`` steps: what ended early stays where it was last seen."""
        if steps <= self.steps:
            return self
        memory = {name: _frozen(padded(values, steps)) for name, values in self.memory.items()}
        return replace(self, positions=_frozen(padded(self.positions, steps)), memory=memory)

    def __repr__(self) -> str:
        """The trajectory as one line."""
        settings = ", ".join(f"{k} = {_short(v)}" for k, v in self.settings.items())
        batch = self.positions.shape[2:]
        many = f"{int(np.prod(batch))} trajectories of " if batch else ""
        end = "" if batch else f", loss {self.losses[0]:.4g} to {self.losses[-1]:.4g}"
        stop = f". {self.stopped}" if self.stopped else ""
        settings = f" ({settings})" if settings else ""
        name = f"{self.rule.name}{settings} on the {self.surface.name}"
        return f"{name}: {many}{self.steps} steps{end}{stop}"


def descend(
    surface: Surface, rule: Rule, start: Any = None, steps: int = 100, **hyper: Any
) -> Trajectory:
    """Let ``rule`` walk down ``surface``.

    Args:
        surface: what is minimised.
        rule: how a step is made.
        start: first weights, shape (2,) or (2, *batch); the surface's own start if not given.
        steps: how many steps, at least 0.
        **hyper: the rule's settings: numbers, arrays with one value a trajectory, or functions of
            the step count t = 1, 2, ...

    Returns:
        The trajectory. A descent that runs away (a loss above 1e12 times the first one, or no
        number at all) ends at its last good step and says so in ``stopped``.

    Raises:
        TypeError: a setting is unknown, missing or not a number; the start is not numbers.
        ValueError: a setting is out of range, the start is not finite, or a shape is wrong.

    >>> from course_utils.optimizers import GRADIENT_DESCENT
    >>> from course_utils.surfaces import ravine
    >>> print(descend(ravine(), GRADIENT_DESCENT, steps=100, lr=0.07))
    gradient descent (lr = 0.07) on the ravine: 100 steps, loss 100 to 2.486e-05
    >>> many = descend(ravine(), GRADIENT_DESCENT, steps=50, lr=np.array([0.02, 0.04, 0.2]))
    >>> print(many.positions.shape, many.stopped)
    (51, 2, 3) 1 of 3 descents ran away: at step 11 the loss passed 1e12 times its ...
    """
    if not (hasattr(surface, "value") and hasattr(surface, "gradient")):
        raise TypeError(
            f"A descent needs a surface to walk down, and {surface!r:.60} is none: pass for "
            "instance ravine(kappa=25)."
        )
    if rule.matrices:
        raise ValueError(
            f"The rule {rule.name} works on a matrix of weights, but a surface has two weights "
            "that are none: try it on a network, by_layer(rule, network), as lesson 08 does."
        )
    settings = rule.settings(hyper)
    if not (isinstance(steps, (int, np.integer)) and steps >= 0):
        raise ValueError(f"A descent makes a whole number of steps, 0 or more, not {steps!r}.")
    if steps > MOST:
        raise ValueError(
            f"A descent keeps every step, and {steps:,} steps do not fit into memory: at most "
            f"{MOST:,} are made."
        )
    first = weights(surface.start if start is None else start)
    if np.iscomplexobj(first):
        raise TypeError("A descent cannot start at complex weights: pass real numbers.")
    if not np.all(np.isfinite(first)):
        raise ValueError(
            f"A descent cannot start at {first.tolist()}: every weight must be finite."
        )
    plan = {name: setting_plan(name, value, steps) for name, value in settings.items()}
    settings = {n: v if callable(v) else plan[n][0] for n, v in settings.items()}
    shapes = {"start": first.shape[1:], **{name: values[0].shape for name, values in plan.items()}}
    try:
        batch = np.broadcast_shapes(*shapes.values())
    except ValueError:
        counts = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(
            f"Start and settings are for different numbers of trajectories ({counts}): "
            "give each one number, or as many as there are trajectories."
        ) from None
    # A start for fewer axes than the batch gets them after its two weights, not before.
    room = first.reshape(2, *[1] * (len(batch) + 1 - first.ndim), *first.shape[1:])
    w = np.array(np.broadcast_to(room, (2, *batch)), dtype=float)
    if np.shape(surface.gradient(w)) != w.shape:
        raise ValueError(
            f"The gradient of {surface.name} has shape {np.shape(surface.gradient(w))} where the "
            f"weights have {w.shape}: one number for each weight is needed."
        )
    with np.errstate(all="ignore"):
        if not np.all(np.isfinite(surface.value(w))):
            raise ValueError(
                "The loss at the start is not a finite number: start closer to the minimum."
            )
    small = (steps + 1) * w.size <= CACHED
    walk = partial(_walk, surface, rule, w, plan, steps)
    return _trajectory(surface, rule, settings, walk, small)


def padded(values: np.ndarray, steps: int) -> np.ndarray:
    """Values for the steps 0, 1, ..., ``steps``, the last one repeated where there is none.

    >>> print(padded(np.array([4.0, 2.0, 1.0]), steps=4))
    [4. 2. 1. 1. 1.]
    """
    return np.concatenate([values, np.repeat(values[-1:], steps + 1 - len(values), axis=0)])


def _walk(surface, rule, start, plan, steps, keep) -> tuple[np.ndarray, list[np.ndarray], Any]:
    """All positions, the memory at each if it is to be kept, and why there was no step, if so."""
    w = start.copy()
    constants = {name: values[0] for name, values in plan.items() if len(values) == 1}
    # The values were looked at before the walk: a schedule is asked once for each step.
    schedules = {n: lambda t, v=v: v[t - 1] for n, v in plan.items() if n not in constants}
    step = Optimizer(rule, w, constants, schedules)
    memory, hessian = tuple(step.memory.values()), rule.needs_hessian
    positions = np.empty((steps + 1, *w.shape))
    memories = [np.empty((steps + 1, *values.shape)) for values in memory] if keep else []
    positions[0] = w
    for slot, values in zip(memories, memory, strict=keep):
        slot[0] = values
    # A surface of a lesson's own may have `gradient` alone; `slope` is the same without its checks.
    slope, no_step = getattr(surface, "slope", surface.gradient), None
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for k in range(steps):
            point = step.point
            try:
                step(slope(point), surface.hessian(point) if hessian else None)
            except NoStep as error:
                no_step = str(error)
                positions[k + 1 :] = np.nan
                break
            positions[k + 1] = w
            for slot, values in zip(memories, memory, strict=keep):
                slot[k + 1] = values
    return positions, memories, no_step


class _Memory(Mapping):
    """The memory of many trajectories: the walk is made again when somebody looks at it.

    Few do, and each slot would take the time and the room of all positions.
    """

    def __init__(self, names, again) -> None:
        self._names, self._again = names, again

    @cached_property
    def _kept(self) -> dict[str, np.ndarray]:
        return self._again()

    def __getitem__(self, name: str) -> np.ndarray:
        return self._kept[name]

    def __iter__(self):
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _trajectory(surface, rule, settings, walk, keep) -> Trajectory:
    """Walk, cut what ran away, freeze the rest."""
    positions, memories, no_step = walk(keep)
    fine, stopped = _fine(surface, positions), None
    cut = np.asarray
    if not fine.all():
        good = np.logical_and.accumulate(fine)
        ends = np.where(good.all(axis=0), np.inf, np.sum(good, axis=0))
        step = int(ends.min())
        who = (
            "The descent"
            if ends.ndim == 0
            else f"{np.isfinite(ends).sum()} of {ends.size} descents"
        )
        with np.errstate(over="ignore", invalid="ignore"):
            losses = surface.value(np.moveaxis(positions[step : step + 1], 1, 0))
        outside = np.isnan(losses[0]) & np.isfinite(positions[step]).all(axis=0)
        outside = np.all(outside[ends == step])
        stopped = f"{who} {_why(rule, settings, positions[step], step, no_step, outside)}"

        def cut(values):
            return values[:step] if ends.ndim == 0 else _only_good(good, values)

    def named(memories):
        return {n: _frozen(cut(x)) for n, x in zip(rule.memory, memories, strict=True)}

    memory = named(memories) if keep else _Memory(rule.memory, lambda: named(walk(True)[1]))
    return Trajectory(surface, rule, settings, _frozen(cut(positions)), memory, stopped)


def _fine(surface, positions) -> np.ndarray:
    """Where the loss is a number below its limit, shape (steps + 1, *batch).

    Some steps at a time, as many as stay in a cache.
    """
    fine = np.empty((len(positions), *positions.shape[2:]), dtype=bool)
    some, limit = max(1, CACHED // max(1, positions[0].size)), None
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(0, len(positions), some):
            w = np.moveaxis(positions[k : k + some], 1, 0)
            losses = surface.value(w)
            if limit is None:
                # At least 1: from a start of loss 0 any rounding would else be a flight.
                limit = GROWTH_LIMIT * np.maximum(np.abs(losses[0]), 1)
            highest = losses.max(initial=0)
            # A sum with one NaN or infinity is neither finite: one number tells of a whole
            # portion, as nearly all are, that it is fine.
            if np.isfinite(w.sum() + losses.sum()) and highest <= np.min(limit, initial=np.inf):
                fine[k : k + some] = True
            else:
                there = np.isfinite(w).all(axis=0) & np.isfinite(losses)
                fine[k : k + some] = there & (losses <= limit)
    return fine


def _only_good(good: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values of shape (steps + 1, ..., *batch) with NaN where a trajectory of a batch ran away."""
    steps, *batch = good.shape
    own = np.ndim(values) - len(batch) - 1
    return np.where(good.reshape(steps, *[1] * own, *batch), values, np.nan)


def _why(rule, settings, w, step, no_step, outside) -> str:
    """The rest of the sentence that says why a descent ended at a step."""
    if no_step:
        return f"ended: at step {step} there is no step. {no_step}"
    if rule.needs_hessian:
        return (
            f"ended: at step {step} there is no step, or one so long that the loss passed 1e12 "
            "times its first value. A rule that divides by curvature fails where there is hardly "
            "any; add damping, as DAMPED_NEWTON does."
        )
    if np.isnan(w).any() and not callable(settings.get("eps")) and np.any(settings.get("eps") == 0):
        return (
            f"ended: at step {step} a weight is no number. With eps = 0 a gradient of 0 is divided "
            "by 0; take an eps above 0, or a start at which no gradient is 0."
        )
    if outside:
        return (
            f"ended: at step {step} the loss is no number. The step left the region in which the "
            "surface is defined; take a smaller learning rate."
        )
    return (
        f"ran away: at step {step} the loss passed 1e12 times its first value. "
        "Each step overshoots more than the one before; take a smaller learning rate."
    )


def _first(hits: np.ndarray) -> Any:
    found, first = hits.any(axis=0), hits.argmax(axis=0)
    if hits.ndim == 1:
        return int(first) if found else None
    return np.where(found, first, np.inf)


def _short(value: Any) -> str:
    if callable(value):
        return "scheduled"
    return f"{value:.4g}" if np.ndim(value) == 0 else f"{np.size(value)} values"


def _frozen(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array

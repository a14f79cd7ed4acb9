"""Runs that tell kernels apart, and what a kernel makes of them.

A kernel that is right on every probe but one is still wrong; a probe is there for each idea that
a mistake may spare: a memory that is not zero at the start, settings that change on the way,
gradients that do not alternate, an array of another shape. The last ones lie beyond the ordinary
runs, at zero, at large and small values, late in a run: a kernel that is right in all others and
fails there has another trouble than a wrong rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import GeneratorType
from typing import Any

import numpy as np

READINGS = ("returned", "in place", "swapped")
VARIATIONS = (1, 2, 3, 4)
Shapes = tuple[tuple[str, Callable[[tuple[int, ...]], tuple[int, ...]]], ...]


@dataclass(frozen=True, eq=False)
class Probe:
    """A run with gradients that are given, not computed.

    Attributes:
        name: what is special about it, as the end of a sentence.
        w: weights at the start.
        memory: memory at the start, slot to array.
        gradients: one array per step.
        settings: hyper-parameters, one dictionary per step.
        hessians: one symmetric matrix per step, for a rule that needs it.
        beyond: for a run beyond the ordinary ones, what a kernel that fails there did not think of.
        changing: the setting that changes on the way, if one does.
    """

    name: str
    w: np.ndarray
    memory: Mapping[str, np.ndarray]
    gradients: tuple[np.ndarray, ...]
    settings: tuple[Mapping[str, float], ...]
    hessians: tuple[np.ndarray, ...] = ()
    beyond: str = ""
    changing: str = ""


def make_probes(
    slots: tuple[str, ...],
    plan: Mapping[str, tuple[float, ...]],
    hessian: bool = False,
    variation: int = 0,
    shapes: Shapes = (),
    matrix: bool = False,
) -> tuple[Probe, ...]:
    """The probes of a rule.

    Args:
        slots: names of its memory.
        plan: for each hyper-parameter the values that it takes in turn when it changes. A step
            count ``t`` is given as (1, 2, 3, ...) and is never held constant. The others reach the
            kernel as NumPy's numbers, so that a division by zero gives inf and no exception.
        hessian: whether the rule needs the Hessian; then w is always a vector.
        variation: 0 for the runs of the lessons, one of `VARIATIONS` for other numbers.
        shapes: slots that hold a square matrix in another shape than w, as in a `Rule`.
        matrix: whether w is always a matrix.
    """
    square, usual = dict(shapes), (2, 2) if matrix else (2,)
    draw = np.random.default_rng(1847 + variation)
    turn = variation % 4
    turned = {n: x if n == "t" else x[turn:] + x[:turn] for n, x in plan.items()}

    def array(*shape: int) -> np.ndarray:
        return np.round(draw.uniform(0.3, 2.5, shape) * draw.choice([-1, 1], shape), 2)

    def slot(name: str, shape: tuple[int, ...], filled: bool) -> np.ndarray:
        shape = square[name](shape) if name in square else shape
        if not filled:
            return np.zeros(shape)
        one = array(*shape)
        return one @ one.T if name in square else abs(one)

    def settings(changing: tuple[str, ...], first: int = 0) -> tuple[dict[str, float], ...]:
        return tuple(
            {
                n: x[k] if n == "t" else np.float64(x[k if n in changing else first])
                for n, x in turned.items()
            }
            for k in range(4)
        )

    def probe(
        name: str, shape: tuple[int, ...], changing: tuple[str, ...] = (), memory: bool = True
    ):
        start = {s: slot(s, shape, memory) for s in slots}
        return Probe(
            name, array(*shape), start, tuple(array(*shape) for _ in range(4)), settings(changing)
        )

    more = variation / 4
    slopes = ((2.0, -1.0), (-1.0, 3.0), (0.5, 0.3), (4.0, -2.0))
    slopes = slopes[turn:] + slopes[:turn]
    story = Probe(
        "in the first run",
        np.array([1.0 + more, 2.0 - more]),
        {s: slot(s, (2,), False) for s in slots},
        tuple((1 + more) * np.array(g) for g in slopes),
        settings(()),
    )
    if matrix:
        story = probe("in the first run", usual, (), False)
    probes = [story, probe("when the memory is not zero at the start", usual)] if slots else [story]
    for name in plan:
        if name != "t":
            one = probe(f"when {name} changes on the way", usual, (name,), False)
            probes.append(replace(one, changing=name))
    if hessian or square:
        probes.append(probe("when there are three weights", (3,)))
    else:
        probes.append(probe("when w has another shape", (2, 3)))
    for first in (0, 1):
        for _ in range(3):
            one = probe("from another start", usual)
            probes.append(
                Probe(one.name, one.w, one.memory, one.gradients[:1], settings((), first)[:1])
            )
    probes += _beyond(probe, tuple(plan), matrix, bool(hessian or square))
    if hessian:
        slight = replace(probes[0], name="when the curvatures are small", beyond=SMALL)
        usual = sum(not p.beyond for p in probes)
        curved = list(map(_curved, probes))
        return (*curved[:usual], _scaled(_curved(slight), 1e-5), *curved[usual:])
    return tuple(probes)


ZERO, LARGE, SMALL = "a gradient may be zero", "values may be large", "values may be small"
LATE, SETTINGS, SHAPES = "a run may be long", "settings may be any", "w may have any shape"
USUAL = {
    "lr": 0.1, "beta": 0.9, "beta1": 0.9, "beta2": 0.999, "rho": 0.99, "eps": 1e-8, "mu": 1e-3,
    "decay": 0.01, "t": 1,
}  # fmt: skip
# Far from the usual, and inside of what each setting may be.
FAR = {
    "lr": 30.0, "beta": 0.9999, "beta1": 0.05, "beta2": 0.9999, "rho": 0.05, "eps": 50.0,
    "mu": 200.0, "decay": 1.5, "t": 1,
}  # fmt: skip


def _beyond(
    probe: Callable[..., Probe], names: tuple[str, ...], matrix: bool, vector: bool
) -> list[Probe]:
    """Runs at zero, at large and small values, late, and with settings that are usual or far off.

    Args:
        probe: makes a run from its name and shape.
        names: of the settings.
        matrix: whether w is a matrix; that of a gradient of zeros has no one direction.
        vector: whether w is a vector; at a gradient of zeros its matrices may be singular.
    """

    def made(name: str, beyond: str, shape: tuple[int, ...] = (2,), **more: Any) -> Probe:
        run = probe(name, (2, 2) if matrix and shape == (2,) else shape, (), False)
        steps = more.get("settings", run.settings)
        gradients = tuple(more.get("scale", 1.0) * g for g in run.gradients)
        if "gradients" in more:
            gradients = tuple(np.array(g, dtype=float) for g in more["gradients"])
        n = min(len(steps), len(gradients))
        return replace(run, beyond=beyond, gradients=gradients[:n], settings=steps[:n])

    def at(values: Mapping[str, float], times: tuple[int, ...] = (1, 2, 3, 4)) -> tuple:
        return tuple({n: t if n == "t" else np.float64(values[n]) for n in names} for t in times)

    runs = [] if matrix or vector else [
        made("where a gradient is zero", ZERO, gradients=((0, 1.5), (0, -0.5), (2, 0), (0, 0)))
    ]  # fmt: skip
    runs += [
        made("where gradients are large", LARGE, scale=3e4),
        made("with usual settings and small gradients", SMALL, settings=at(USUAL), scale=1e-6),
        made("with settings far from the usual", SETTINGS, settings=at(FAR)),
    ]
    if "t" in names:
        # It begins where the other runs end: a count that is off by one still shows there.
        late = at(USUAL, (5, 20, 150, 4000))
        runs.append(made("late in a run", LATE, settings=late))
    if not vector:
        shapes = [(3, 2), (1, 4)] if matrix else [(2, 2, 1)]
        runs += [made(f"when w has the shape {shape}", SHAPES, shape) for shape in shapes]
    return runs


def _scaled(probe: Probe, factor: float) -> Probe:
    """The same run with small gradients and curvatures; Newton's step does not notice."""
    return replace(
        probe,
        gradients=tuple(factor * g for g in probe.gradients),
        hessians=tuple(factor * H for H in probe.hessians),
    )


def _curved(probe: Probe) -> Probe:
    """The probe with a Hessian at every step: curved up, down, or both, and never singular."""
    n = len(probe.w)
    base = np.array([[4.0, 1.0, 0.5], [1.0, 2.0, -0.7], [0.5, -0.7, 3.0]])[:n, :n]
    signs = np.array([[1, 1, 1], [1, -1, 1], [-1, 1, 1], [-1, -1, -1]])[:, :n]
    shift = np.round(float(probe.w[0]) / 4, 2)
    hessians = [base * np.sqrt(np.outer(np.abs(s), np.abs(s))) for s in signs]
    for H, s in zip(hessians, signs, strict=True):
        H[np.diag_indices(n)] *= s
        H[0, 1] = H[1, 0] = 1 + shift
    return replace(probe, hessians=tuple(hessians[: len(probe.gradients)]))


def record(kernel: Callable[..., Any], probe: Probe, reading: str = "returned") -> dict[str, Any]:
    """What a kernel makes of a probe, as plain lists.

    Args:
        kernel: changes its arrays or returns new ones: w, (w, memory...), or a dictionary.
        probe: the run.
        reading: "returned" takes what is returned for the new arrays, "in place" ignores it,
            "swapped" takes a returned tuple in reverse order.

    Returns:
        ``steps``: per step the arrays by name, the gradient included, and ``remarks``: facts about
        what it does besides. A step that cannot be read ends the record with a ``fault``.
    """
    state = {"w": probe.w.copy(), **{s: x.copy() for s, x in probe.memory.items()}}
    steps: list[dict[str, Any]] = []
    remarks: set[str] = set()
    result: dict[str, Any] = {"steps": steps, "remarks": [], "fault": ""}
    for k, (gradient, settings) in enumerate(zip(probe.gradients, probe.settings, strict=True)):
        g, given = gradient.copy(), [H.copy() for H in probe.hessians[k : k + 1]]
        answer = kernel(*_arguments(state, g, given), **settings)
        if given and not np.array_equal(given[0], probe.hessians[k]):
            remarks.add("changes H")
        remarks |= {"returns"} if answer is not None else set()
        remarks |= {"returns everything"} if _whole(answer, state) else set()
        new = _read(answer, state, reading)
        result["fault"] = new if isinstance(new, str) else _check(new, state)
        if result["fault"]:
            break
        remarks |= _side_effects(new, g)
        state = {n: np.array(x, dtype=float) for n, x in new.items()}
        steps.append({n: x.tolist() for n, x in (*state.items(), ("g", np.asarray(g)))})
    result["remarks"] = sorted(remarks)
    return result


def track(kernel: Callable[..., Any], probes: tuple[Probe, ...], reading: str = "returned"):
    """The records of a kernel on all probes."""
    return [record(kernel, probe, reading) for probe in probes]


def _arguments(
    state: Mapping[str, np.ndarray], g: np.ndarray, given: list[np.ndarray]
) -> list[np.ndarray]:
    return [state["w"], g, *given, *(x for n, x in state.items() if n != "w")]


def _read(answer: Any, state: dict[str, np.ndarray], reading: str) -> dict[str, Any] | str:
    """The new arrays by name, or a sentence that says why they cannot be read."""
    if answer is None or reading == "in place":
        return dict(state)
    if answer is ...:
        return "It returns `...`, so a value is still missing."
    if hasattr(answer, "__await__"):
        getattr(answer, "close", lambda: None)()  # else Python warns that nobody awaited it
        return "It is a coroutine: write `def` in place of `async def`."
    if isinstance(answer, GeneratorType):
        return "It is a generator: replace `yield` by `return`, or change the arrays in place."
    names = list(state)
    if isinstance(answer, Mapping):
        unknown = [n for n in answer if n not in state]
        if unknown:
            return f"It returns something called {unknown[0]!r}; the names are {', '.join(names)}."
        return {**state, **answer}
    if not isinstance(answer, (np.ndarray, tuple, list, float, int, np.generic)):
        return f"It returns {_a(type(answer).__name__)}, not arrays."
    shape = state["w"].shape
    if _shape(answer) == shape or len(names) == 1 and _shape(answer) != (1, *shape):
        return {**state, "w": answer}
    if _shape(answer) == () or len(answer) != len(names):
        return f"It returns something of shape {_shape(answer)}; w has shape {shape}."
    if reading == "swapped":
        names = names[::-1]
    return {**state, **dict(zip(names, answer, strict=True))}


def _whole(answer: Any, state: Mapping[str, np.ndarray]) -> bool:
    """Whether all arrays come back, so that what was done to the old ones does not count."""
    if isinstance(answer, Mapping):
        return True
    several = isinstance(answer, (tuple, list, np.ndarray)) and _shape(answer) != state["w"].shape
    return several and len(answer) == len(state) > 1


def _shape(x: Any) -> tuple[int, ...] | None:
    try:
        return np.shape(x)
    except ValueError:
        return None


def _check(new: Mapping[str, Any], state: Mapping[str, np.ndarray]) -> str:
    for name, x in new.items():
        if x is None or x is ...:
            return f"Its new {name} is {'None' if x is None else '`...`'}."
        kind = np.asarray(x).dtype.kind if _shape(x) is not None else "O"
        if kind == "c":
            return f"Its new {name} is complex, and weights are real numbers."
        if kind not in "fiub":
            return f"Its new {name} does not consist of numbers."
        if _shape(x) != state[name].shape:
            was = "w has" if state[name].shape == state["w"].shape else "before the step it had"
            return f"Its new {name} has shape {_shape(x)}, and {was} shape {state[name].shape}."
    return ""


def _side_effects(new: Mapping[str, Any], g: np.ndarray) -> set[str]:
    remarks = set()
    arrays = {n: x for n, x in new.items() if isinstance(x, np.ndarray)}
    for name, x in arrays.items():
        if x.dtype.kind in "iub":
            remarks.add(f"whole {name}")
        elif x.dtype.itemsize < 8:
            remarks.add(f"coarse {name}")
        if np.shares_memory(x, g):
            remarks.add(f"alias {name} g")
        for other, y in arrays.items():
            if other > name and np.shares_memory(x, y):
                remarks.add(f"alias {name} {other}")
    return remarks


def _a(word: str) -> str:
    return f"{'an' if word[0].lower() in 'aeiou' else 'a'} {word}"

"""One step of every rule, from two weights to ten million."""

from __future__ import annotations

import ast
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np

from course_utils.optimizers import RULES, Rule
from course_utils.optimizers.blocks import BLOCK, in_blocks

from . import machine, peers
from .report import COLOURS, Target, cells, figure, find, legend_below, number, table

TITLE = "One step of every rule"
ONE_PROCESSOR = True
SIZES = {2: 15, 10**3: 15, 10**5: 11, 10**6: 11, 10**7: 3}
FIRST = ("gradient descent", "momentum", "momentum, rate outside", "RMSProp", "Adam")
TOLERANCE = {"float64": 1e-9, "float32": 2e-5}
LR, STEPS, IN_PIECES = 1e-3, 3, BLOCK // 8 + 5
FULL = [(n, dtype, RULES, repeats) for n, repeats in SIZES.items() for dtype in TOLERANCE]
SOME = tuple(rule for rule in RULES if rule.name in FIRST)
QUICK = [(2, "float64", SOME, 2), (1000, "float64", RULES, 2), (1000, "float32", SOME, 2),
         (IN_PIECES, "float64", SOME, 1)]  # fmt: skip
THREE = ("momentum", "RMSProp", "Adam")
SHOWN = ("gradient descent", *THREE)
COLUMNS = ("naive NumPy", "torch", "torch foreach", "torch fused", "optax jit", "memory limit")
LARGE = (10**6, 10**7)
PLOTS = {"kernels": "time of one step for each weight, by rule and by number of weights"}


def powers(n: int) -> str:
    """A size as a power of ten, if it is one."""
    exponent = round(np.log10(n))
    small = str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{small}" if 10**exponent == n and n >= 1000 else str(n)


TARGETS = tuple(
    Target(f"{key} {n} {dtype}", f"{words}, the worst of {', '.join(THREE)}: {powers(n)} weights, "
           f"{dtype}", limit, at_least=at_least)
    for n in LARGE for dtype in TOLERANCE
    for key, words, limit, at_least in (
        ("torch", "one step, `torch.optim`'s default over ours", 1.0, True),
        ("memory", "one step, ours over the memory limit", 4.0, False),
    )
)  # fmt: skip


class Disagreement(ValueError):
    """Two contestants do not make the same step: to compare their times would mean nothing."""


def run(quick: bool) -> dict[str, Any]:
    """Time one step of every rule at every size."""
    rows, seconds = [], 5e-5 if quick else 1e-3
    for n, dtype, rules, repeats in QUICK if quick else FULL:
        print(f"kernels: n = {n}, {dtype}", file=sys.stderr)
        for rule in rules:
            more = 4 * (rule.name in FIRST and not quick)
            rows.append(case(rule, n, dtype, repeats + more, seconds))
    kept = profile(RULES, *(4096, 1) if quick else (IN_PIECES,))
    return {"missing": peers.missing(), "block": BLOCK, "rows": rows, "profile": kept}


def case(rule: Rule, n: int, dtype: str, repeats: int, seconds: float) -> dict[str, Any]:
    """One rule at one size: everyone's seconds for a step, and how often ours goes into them.

    Raises:
        Disagreement: a contestant does not arrive where the kernel does.
    """
    w, g = np.random.default_rng(n).normal(size=(2, n)).astype(dtype)
    steps = contestants(rule, w, g)
    agree(rule, steps, dtype)
    calls = {name: step.make for name, step in steps.items()}
    if n >= IN_PIECES:
        calls["memory limit"] = axpy(n * words(rule) // 3, dtype)
    times = machine.in_turns(calls, repeats, seconds, 0)
    row = {"rule": rule.name, "n": n, "dtype": dtype, "words": words(rule), "repeats": repeats}
    return {**row, "contestants": machine.summary(times)}


def contestants(rule: Rule, w: np.ndarray, g: np.ndarray) -> dict[str, peers.Step]:
    """Everyone who can make the steps of a rule, each with weights of its own."""
    own = {"naive NumPy": numpy_step(rule, w, g, afresh), "ours": our_step(rule, w, g)}
    return own | peers.steps(rule, w, g, LR)


def our_step(rule: Rule, w: np.ndarray, g: np.ndarray) -> peers.Step:
    """The kernel, in blocks where the arrays are larger than one."""
    return numpy_step(rule, w, g, in_blocks if w.nbytes > BLOCK else lambda kernel: kernel)


def numpy_step(
    rule: Rule, w: np.ndarray, g: np.ndarray, way: Callable[[Callable], Callable]
) -> peers.Step:
    """The kernel in some way: as it is, in blocks, or with new arrays, which it then returns."""
    settings, kernel, t = rule.settings({"lr": LR}), way(rule.kernel), 0
    now, narrow = (w.copy(), g, *rule.init(w)), w.dtype == np.float32

    def make() -> None:
        nonlocal now, t
        t += 1
        if rule.counts_steps:
            settings["t"] = t
        now = kernel(*now, **settings) or now
        # np.sqrt of a number has 64 bits, also times an array of 32: in place that stays at 32.
        if narrow and now[0].dtype != np.float32:
            now = (now[0].astype(np.float32), *now[1:])

    def seen() -> np.ndarray:
        w, _, *memory = now
        return w if rule.look_ahead is None else rule.look_ahead(w, *memory, **settings)

    return peers.Step(make, seen)


@cache
def afresh(kernel: Callable[..., None]) -> Callable[..., tuple]:
    """The kernel as one writes its formula down: a new array for whatever is computed.

    What it was given stays as it was. It returns what its arguments by position have become.
    """
    (tree,) = ast.parse(inspect.getsource(kernel)).body
    new = _Afresh(dict(kernel.__globals__))
    arguments = ast.parse(f"({', '.join(each.arg for each in tree.args.args)},)").body[0].value
    tree.body = [*new.formulas(tree.body), ast.Return(arguments)]
    whole = ast.fix_missing_locations(ast.Module([tree], []))
    exec(compile(whole, kernel.__name__, "exec"), new.space)
    return new.space[kernel.__name__]


class _Afresh(ast.NodeTransformer):
    """``x += y`` as ``x = x + y``, and a call that writes into its arguments as ``x = call(x)``."""

    def __init__(self, space: dict[str, Any]):
        self.space, self.before = space, dict(space)

    def formulas(self, lines: list[ast.stmt]) -> list[ast.stmt]:
        """The lines of a kernel, those that change one array after each other as one formula."""
        done: list[ast.stmt] = []
        for line in lines:
            if isinstance(line, ast.AugAssign):
                target, left = line.target.id, ast.Name(line.target.id, ast.Load())
                before = getattr(done[-1], "targets", [None])[0] if done else None
                if getattr(before, "id", None) == target:
                    left = done.pop().value
                line = ast.Assign([line.target], ast.BinOp(left, line.op, line.value))
            done.append(self.visit(line))
        return done

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        call = node.value
        if not isinstance(call, ast.Call):
            return node
        written = [f"{word.value.id} = " for word in call.keywords if word.arg == "out"]
        call.keywords = [word for word in call.keywords if word.arg != "out"]
        if not written:
            self.space[call.func.id] = afresh(self.before[call.func.id])
            written = [f"{each.id if isinstance(each, ast.Name) else '_'}, " for each in call.args]
            written.append("= ")
        return ast.parse("".join(written) + ast.unparse(call)).body[0]


def agree(rule: Rule, steps: dict[str, peers.Step], dtype: str) -> None:
    """Let everyone make a few steps and compare the weights with ours.

    Raises:
        Disagreement: somebody is elsewhere.
    """
    for step in steps.values():
        for _ in range(STEPS):
            step.make()
    ours = steps["ours"].weights()
    for name, step in steps.items():
        theirs = step.weights()
        off = float(np.max(np.abs(theirs - ours) / (1 + np.abs(ours))))
        if theirs.dtype != ours.dtype or not off <= TOLERANCE[dtype]:
            raise Disagreement(
                f"{rule.name} by {name} is {off:.2g} away from the kernel after {STEPS} steps of "
                f"{ours.size} weights in {theirs.dtype}: times of different rules say nothing, and "
                "none are taken."
            )


def words(rule: Rule) -> int:
    """How many numbers a step reads and writes for each weight: w, g and every memory."""
    return 3 + 2 * len(rule.memory)


def axpy(n: int, dtype: str) -> Callable[[], Any]:
    """y <- y + a x in place, by the library of linear algebra: 3 n numbers read and written."""
    from scipy.linalg.blas import daxpy, saxpy

    x, y, add = np.ones(n, dtype), np.ones(n, dtype), daxpy if dtype == "float64" else saxpy
    assert add(x, y, a=0.5) is y and y[0] == 1.5, "axpy made a copy, and would not be the limit"
    return lambda: add(x, y, a=1e-9)


class Counting(np.ndarray):
    """An array that counts the ufuncs that are applied to it and its like."""

    seen: Counter = Counter()

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **more):
        """Count one pass over an array."""
        plain = [x.view(np.ndarray) if isinstance(x, Counting) else x for x in inputs]
        if out:
            more["out"] = tuple(x.view(np.ndarray) for x in out)
        made = getattr(ufunc, method)(*plain, **more)
        Counting.seen[ufunc.__name__] += 1
        return out[0] if out else np.asarray(made).view(Counting)


def operations(rule: Rule) -> dict[str, int]:
    """The ufuncs of one step of a kernel, by name."""
    w, g, *memory = (np.full(3, 0.5).view(Counting) for _ in range(2 + len(rule.memory)))
    Counting.seen = Counter()
    settings = rule.settings({"lr": 0.1}) | ({"t": 2} if rule.counts_steps else {})
    rule.kernel(w, g, *memory, **settings)
    return dict(Counting.seen)


def profile(rules: Iterable[Rule], n: int, repeats: int = 9) -> list[dict[str, Any]]:
    """For every rule its operations, and nanoseconds for each weight by operation, in a cache."""
    counted, rows = {rule.name: operations(rule) for rule in rules}, []
    for dtype in TOLERANCE:
        x, calls = np.random.default_rng(0).uniform(0.5, 1.5, n).astype(dtype), {}
        for name in sorted({name for own in counted.values() for name in own}):
            ufunc = getattr(np, name)
            calls[name] = lambda f=ufunc, x=x: f(*[x] * f.nin)
        times = machine.in_turns(calls, repeats, 1e-3 if repeats > 1 else 1e-5)
        cost = {name: float(np.median(own)) / n * 1e9 for name, own in times.items()}
        for rule, own in counted.items():
            spent = {name: count * cost[name] for name, count in own.items()}
            rows.append({"rule": rule, "dtype": dtype, "operations": own, "nanoseconds": spent})
    return rows


def measured(result: dict[str, Any]) -> dict[str, float | None]:
    """For every target the ratio of the rule that keeps it worst."""
    ratios = _ratios(result).items()
    return {key: _worst(key)(found.values(), default=None) for key, found in ratios}


def notes(result: dict[str, Any]) -> dict[str, str]:
    """All three ratios, and where a limit is missed, what the profile says."""
    said, worst, limits = {}, measured(result), {t.key: t for t in TARGETS}
    for key, found in _ratios(result).items():
        said[key] = ", ".join(f"{rule} {number(x)}×" for rule, x in found.items())
        if limits[key].met(worst[key]) is False:
            _, n, dtype = key.split()
            said[key] += ". " + explanation(
                result, _worst(key)(found, key=found.get), int(n), dtype
            )
    return said


def _worst(key: str) -> Callable:
    return min if key.startswith("torch") else max


def _ratios(result: dict[str, Any]) -> dict[str, dict[str, float]]:
    """By target and rule, the median ratio."""
    out: dict[str, dict[str, float]] = {target.key: {} for target in TARGETS}
    for row in result["rows"]:
        own = row["contestants"]
        if row["rule"] in THREE and row["n"] in LARGE:
            if "torch" in own:
                out[f"torch {row['n']} {row['dtype']}"][row["rule"]] = own["torch"]["times_ours"][1]
            if "memory limit" in own:
                share = 1 / own["memory limit"]["times_ours"][1]
                out[f"memory {row['n']} {row['dtype']}"][row["rule"]] = share
    return out


def explanation(result: dict[str, Any], rule: str, n: int, dtype: str) -> str:
    """Where a step's time goes: how much of it its operations take in a cache."""
    row = next(find(result["rows"], rule=rule, n=n, dtype=dtype))
    own = next(find(result["profile"], rule=rule, dtype=dtype))
    step = row["contestants"]["ours"]["seconds"][1] / n * 1e9
    spent, count = sum(own["nanoseconds"].values()), sum(own["operations"].values())
    most = sorted(own["nanoseconds"].items(), key=lambda item: -item[1])[:2]
    parts = ", ".join(f"{name} {number(x)}" for name, x in most)
    return (
        f"A step of {rule} takes {number(step)} ns a weight, of which its {count} operations need "
        f"{number(spent)} ns even on arrays that are in a cache ({parts}): a kernel that reads "
        "like its equation passes over its arrays once an operation"
    )


def section(result: dict[str, Any]) -> str:
    """The tables."""
    lines = []
    for dtype in TOLERANCE:
        rows = [r for name in SHOWN for r in find(result["rows"], rule=name, dtype=dtype)]
        lines += [f"The course's four rules, {dtype}: time, and how often ours goes into it.\n"]
        own = [[r["rule"], powers(r["n"]), *cells(r, COLUMNS)] for r in rows]
        lines += [table(["rule", "weights", "ours", *COLUMNS], own)]
    for n in (10**3, 10**6):
        rows = list(find(result["rows"], n=n, dtype="float64"))
        if rows:
            lines += [
                f"All rules, {powers(n)} weights, float64: our time, and its share in theirs.\n"
            ]
            own = [[row["rule"], *cells(row, COLUMNS, times=False)] for row in rows]
            lines += [table(["rule", "ours", *COLUMNS], own)]
    return "\n".join(lines)


def plots(result: dict[str, Any]) -> dict[str, Any]:
    """Nanoseconds a weight against the number of weights, one panel a rule."""
    fig, axes = figure(2, 2)
    for ax, rule in zip(axes.flat, SHOWN, strict=True):
        rows = list(find(result["rows"], rule=rule, dtype="float64"))
        for name, colour in COLOURS.items():
            seen = [(r["n"], r["contestants"][name]) for r in rows if name in r["contestants"]]
            if seen:
                low, middle, high = np.array([c["seconds"] for _, c in seen]).T
                n = np.array([n for n, _ in seen])
                ax.fill_between(n, low / n * 1e9, high / n * 1e9, color=colour, alpha=0.2, lw=0)
                ax.plot(n, middle / n * 1e9, "--" if name == "memory limit" else "-", marker="o",
                        ms=3, lw=2.2 if name == "ours" else 1.2, color=colour,
                        label=name)  # fmt: skip
        ax.set(xscale="log", yscale="log", title=rule)
        ax.set(xlabel="weights", ylabel="nanoseconds a weight")
    legend_below(fig, axes[0, 1])
    return {"kernels": fig}

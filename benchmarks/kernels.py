"""One step of every rule, from two weights to ten million."""

from __future__ import annotations

import ast
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import numpy as np

from course_utils.optimizers import RULES, Rule, least_moved, passes
from course_utils.optimizers.blocks import BLOCK, in_blocks

from . import machine, peers
from .report import HERE, PARTS, contest, dots, figure, find, median, number, ratios, times

SIZES = {2: 15, 10**3: 15, 10**5: 11, 10**6: 11, 10**7: 3}  # weights: rounds
FIRST = ("gradient descent", "momentum", "momentum, rate outside", "RMSProp", "Adam")
RUNGS = ("naive NumPy", "in place", "ours", "compiled", "optax jit", "torch fused", "memory limit")
TOLERANCE = {"float64": 1e-9, "float32": 2e-5}
LR, STEPS, IN_PIECES = 1e-3, 3, BLOCK // 8 + 5  # the last: the fewest weights fed in two blocks
QUICK = [(2, "float64", FIRST, 2), (1000, "float64", None, 2), (1000, "float32", FIRST, 2),
         (IN_PIECES, "float64", FIRST, 1)]  # fmt: skip
SHOWN = ("gradient descent", *(THREE := ("momentum", "RMSProp", "Adam")))
COLOURS = {
    "ours": "#0072b2", "naive NumPy": "#999999", "torch": "#d55e00", "torch foreach": "#e69f00",
    "torch fused": "#cc79a7", "optax jit": "#009e73", "memory limit": "#000000",
    "compiled": "#56b4e9"}  # fmt: skip
# Who is compared by a target, in which rules, and with whom.
RULES_OF = {"ours": THREE, "compiled": (*SHOWN, "AdamW")}
WITH = {"torch": "torch", "fused": "torch fused", "optax": "optax jit", "memory": "memory limit"}
PART = PARTS["kernels"]
RECORD = HERE.parent / "course_utils" / "networks" / "records" / "kernels.json"


def powers(n: int) -> str:
    """A size as a power of ten, if it is one."""
    exponent = round(np.log10(n))
    small = str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{small}" if 10**exponent == n and n >= 1000 else str(n)


def run(quick: bool) -> dict[str, Any]:
    """Time one step of every rule at every size."""
    full = [(n, dtype, None, repeats) for n, repeats in SIZES.items() for dtype in TOLERANCE]
    rows, seconds = [], 5e-5 if quick else 1e-3
    for n, dtype, some, repeats in QUICK if quick else full:
        print(f"kernels: n = {n}, {dtype}", file=sys.stderr)
        for rule in (rule for rule in RULES if not some or rule.name in some):
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
    agree(rule, steps := contestants(rule, w, g), dtype)
    calls = {name: step.make for name, step in steps.items()}
    if n >= 10**5:
        calls["memory limit"] = axpy(n * least_moved(rule) // 3, dtype)
    spent = machine.in_turns(calls, repeats, seconds, 0)
    row = {"rule": rule.name, "n": n, "dtype": dtype, "words": least_moved(rule)}
    return {**row, "repeats": repeats, "contestants": machine.summary(spent)}


def contestants(rule: Rule, w: np.ndarray, g: np.ndarray) -> dict[str, peers.Step]:
    """Everyone who can make the steps of a rule, each with weights of its own."""
    own = {"naive NumPy": our_step(rule, w, g, afresh), "ours": our_step(rule, w, g)}
    if w.nbytes > BLOCK:
        own["in place"] = our_step(rule, w, g, lambda kernel: kernel)
    if peers.library("numba"):
        own["compiled"] = our_step(rule, w, g, peers.machine_code)
    return own | peers.steps(rule, w, g, LR)


def our_step(rule: Rule, w: np.ndarray, g: np.ndarray, way: Callable | None = None) -> peers.Step:
    """The kernel, in blocks where the arrays are larger than one; or made anew in some way."""
    way = way or (in_blocks if w.nbytes > BLOCK else lambda kernel: kernel)
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
    space, lines = dict(kernel.__globals__), []
    for line in tree.body:
        if isinstance(line, ast.AugAssign):  # x += y as x = x + y
            left: ast.expr = ast.Name(line.target.id, ast.Load())
            before = getattr(lines[-1], "targets", [None])[0] if lines else None
            if getattr(before, "id", None) == line.target.id:  # changed twice: one formula
                left = lines.pop().value
            line = ast.Assign([line.target], ast.BinOp(left, line.op, line.value))
        elif isinstance(line, ast.Expr) and isinstance(call := line.value, ast.Call):
            into = [f"{word.value.id} = " for word in call.keywords if word.arg == "out"]
            call.keywords = [word for word in call.keywords if word.arg != "out"]
            if not into:  # a kernel inside: x, _ = call(x, 2)
                space[call.func.id] = afresh(kernel.__globals__[call.func.id])
                names = (x.id if isinstance(x, ast.Name) else "_" for x in call.args)
                into = [", ".join(names), ", = "]
            (line,) = ast.parse("".join(into) + ast.unparse(call)).body
        lines.append(line)
    given = ", ".join(each.arg for each in tree.args.args)
    tree.body = [*lines, ast.parse(f"return ({given},)").body[0]]
    exec(compile(ast.fix_missing_locations(ast.Module([tree], [])), kernel.__name__, "exec"), space)
    return space[kernel.__name__]


def agree(rule: Rule, steps: dict[str, peers.Step], dtype: str) -> None:
    """Let everyone make a few steps and compare the weights with ours; raises Disagreement."""
    for step in steps.values():
        for _ in range(STEPS):
            step.make()
    peers.agree(rule.name, {name: x.weights() for name, x in steps.items()}, TOLERANCE[dtype])


def axpy(n: int, dtype: str) -> Callable[[], Any]:
    """y <- y + a x in place, by the library of linear algebra: 3 n numbers read and written."""
    from scipy.linalg.blas import daxpy, saxpy

    x, y, add = np.ones(n, dtype), np.ones(n, dtype), daxpy if dtype == "float64" else saxpy
    assert add(x, y, a=0.5) is y and y[0] == 1.5, "axpy made a copy, and would not be the limit"
    return lambda: add(x, y, a=1e-9)


def operations(rule: Rule) -> dict[str, int]:
    """The operations of one step of a kernel, by name."""
    return dict(Counter(each.operation for each in passes(rule)))


def profile(rules: Iterable[Rule], n: int, repeats: int = 9) -> list[dict[str, Any]]:
    """For every rule its operations, and nanoseconds for each weight by operation, in a cache."""
    counted, rows = {rule.name: operations(rule) for rule in rules}, []
    for dtype in TOLERANCE:
        x = np.random.default_rng(0).uniform(0.5, 1.5, n).astype(dtype)
        ufuncs = {name: getattr(np, name) for name in sorted(set().union(*counted.values()))}
        calls = {name: lambda f=f, x=x: f(*[x] * f.nin) for name, f in ufuncs.items()}
        taken = machine.in_turns(calls, repeats, 1e-3 if repeats > 1 else 1e-5)
        cost = {name: float(np.median(own)) / n * 1e9 for name, own in taken.items()}
        for rule, own in counted.items():
            spent = {name: count * cost[name] for name, count in own.items()}
            rows.append({"rule": rule, "dtype": dtype, "operations": own, "nanoseconds": spent})
    return rows


def measured(result: dict[str, Any]) -> dict[str, tuple[float, str]]:
    """The ratio of the rule that keeps a target worst, all ratios, and why a limit is missed.

    It is theirs over ours, or over whom the target names first; the inverse for an upper limit.
    """
    out = {}
    for target in PART.targets:
        who, to, n, dtype = ["ours", *target.key.split()][-4:]
        power, worst = (1, min) if target.at_least else (-1, max)
        rows = find(result["rows"], n=int(n), dtype=dtype)
        theirs = ratios(rows, WITH[to], who)
        if found := {rule: theirs[rule] ** power for rule in RULES_OF[who] if rule in theirs}:
            rule, note = worst(found, key=found.get), times(found)
            if not target.met(found[rule]):
                note += f". A step of {rule} {explanation(result, who, rule, int(n), dtype)}"
            out[target.key] = found[rule], note
    return out


def explanation(result: dict[str, Any], who: str, rule: str, n: int, dtype: str) -> str:
    """Where a step's time goes: how much of it its operations take in a cache."""
    (row,) = find(result["rows"], rule=rule, n=n, dtype=dtype)
    (own,) = find(result["profile"], rule=rule, dtype=dtype)
    spent, count = own["nanoseconds"], sum(own["operations"].values())
    takes = f"takes {number(median(row, who, 'seconds') / n * 1e9)} ns a weight, of which its "
    if who == "compiled":
        slow = number(sum(spent.get(name, 0) for name in ("sqrt", "divide")))
        return (
            takes + f"roots and quotients alone need {slow} ns on arrays that are in a cache, as "
            "here: what limits so few weights is arithmetic, not memory"
        )
    parts = ", ".join(f"{name} {number(x)}" for name, x in Counter(spent).most_common(2))
    return (
        f"{takes}{count} operations need {number(sum(spent.values()))} ns even on arrays that are "
        f"in a cache ({parts}): a kernel that reads like its equation passes over its arrays once "
        "an operation"
    )


def section(result: dict[str, Any]) -> Iterator[str]:
    """The tables."""
    four, every = (PART.tables[key]["head"] for key in ("four", "all"))
    for dtype in TOLERANCE:
        rows = [r for name in SHOWN for r in find(result["rows"], rule=name, dtype=dtype)]
        lines = [contest(r, four, r["rule"], powers(r["n"])) for r in rows]
        yield PART.table("four", lines, dtype=dtype)
    for n in (10**3, 10**6):
        if rows := find(result["rows"], n=n, dtype="float64"):
            lines = [contest(r, every, r["rule"], times=False) for r in rows]
            yield PART.table("all", lines, n=powers(n))


def ladder(result: dict[str, Any]) -> dict[str, Any]:
    """What lesson 13 shows: nanoseconds a weight, quartiles, of those who make one step."""
    made = {key: result["made"][key] for key in ("date", "processor", "system", "versions")}
    rows = [{"rule": rule, "n": (n := row["n"]), "words": row["words"], "repeats": row["repeats"],
             "nanoseconds": {name: np.divide(own["seconds"], n * 1e-9).tolist()
                             for name, own in row["contestants"].items() if name in RUNGS}}
            for rule in ("Adam", "momentum") for row in find(result["rows"], rule=rule)
            if row["dtype"] == "float64" and row["n"] >= 1000]  # fmt: skip
    return {"made": {**made, "command": "python -m benchmarks kernels report"}, "rows": rows}


def plot(result: dict[str, Any]) -> Any:
    """Nanoseconds a weight against the number of weights, one panel a rule."""
    fig, axes = figure(2, 2)
    for ax, rule in zip(axes.flat, SHOWN, strict=True):
        rows = find(result["rows"], rule=rule, dtype="float64")
        for name, colour in COLOURS.items():
            if seen := [(r["n"], r["contestants"][name]) for r in rows if name in r["contestants"]]:
                dots(ax, [n for n, _ in seen], [np.divide(c["seconds"], n) for n, c in seen], 1e-9,
                     fmt="o--" if name == "memory limit" else "o-", ms=3,
                     lw=2.2 if name == "ours" else 1.2, color=colour, label=name)  # fmt: skip
        ax.set(xscale="log", yscale="log", title=rule, xlabel="weights", ylabel="ns a weight")
    names = axes[0, 1].get_legend_handles_labels()
    fig.legend(*names, loc="outside lower center", ncols=4, frameon=False)
    return fig

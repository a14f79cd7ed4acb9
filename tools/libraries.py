"""Compare the kernels with PyTorch, optax and Keras as they are installed, or remake their paths.

    python -m tools.libraries                  compare: signatures, fresh gradients, stored paths
        --seed N                               with other fresh gradients
    python -m tools.libraries --write          remake the libraries' paths in tests/reference
    python -m tools.libraries --write adam     only those of these files, and compare nothing else
    python -m tools.libraries --new lion --like adam
                                               a file of paths for a rule that has none: the cases
                                               of another file, the libraries' own calls and paths

CONTRIBUTING.md, "Change a kernel", says how to install the three libraries.

Neither the course nor its tests need the three libraries: the tests read the stored paths, which
say in `made_with` what they were made with. A comparison passes if every path is within
1e-10 (1 + |path|) of the kernel's; the median step of PyTorch's Muon, whose products are in
bfloat16, within a twentieth of its length. Paths named "exact" come from no library and are left
alone.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from course_utils.libraries import keras, optax, read, write  # noqa: E402
from course_utils.libraries.names import COUNTERPARTS, LIBRARIES, counterpart  # noqa: E402
from course_utils.libraries.signatures import ASIDE, BESIDE, SIGNATURES  # noqa: E402
from course_utils.optimizers import (  # noqa: E402
    MUON,
    RULES,
    Rule,
    clip_by_norm,
    clip_by_value,
)
from tests.reference.paths import HERE, gradient  # noqa: E402
from tools import installed  # noqa: E402
from tools.commands import Command, Progress  # noqa: E402

TOLERANCE, STEPS, SEED = 1e-10, 300, 1847
BFLOAT16 = 0.05
DECAYS = (
    "torch.optim.SGD(params, lr=0.07, momentum=0.9, nesterov=True, weight_decay=0.03)",
    "torch.optim.RMSprop(params, lr=0.02, alpha=0.9, weight_decay=0.03)",
    "torch.optim.Adam(params, lr=0.02, amsgrad=True, weight_decay=0.03)",
    "torch.optim.AdamW(params, lr=0.02, amsgrad=True)",
    "torch.optim.NAdam(params, weight_decay=0.03, decoupled_weight_decay=True)",
    "optax.adadelta(1.0, weight_decay=0.03)",
    "optax.adamw(0.02, weight_decay=0.03, nesterov=True)",
    "keras.optimizers.AdamW(0.02)",
    "keras.optimizers.SGD(0.07, momentum=0.9, weight_decay=0.03)",
    "keras.optimizers.RMSprop(0.02, weight_decay=0.03)",
)


def libraries() -> dict[str, Any]:
    """The three libraries, and what optax computes with."""
    found = {name: installed.library(name) for name in ("torch", "optax", "keras", "jax")}
    for name, module in found.items():
        if module is None:
            sys.exit(f"{name} is not installed: CONTRIBUTING.md, Change a kernel, says how.")
    return found


def versions() -> dict[str, str]:
    """What paths are made with now, in the words of the files."""
    made = {n: metadata.version(n) for n in ("torch", "optax", "jax", "keras", "numpy")}
    backend = os.environ["KERAS_BACKEND"]
    return {**made, "keras": f"{made['keras']} (backend {backend})"}


def kernel_path(rule: Rule, settings: dict[str, float], start: np.ndarray, gradients: Any) -> Any:
    """The path of a kernel on given gradients; a rule that looks ahead is seen at that point."""
    step, path = rule.start(start.copy(), **settings), []
    for g in gradients:
        step(g)
        path.append(step.point.copy())
    return np.array(path)


def off(one: np.ndarray, other: np.ndarray) -> float:
    """The largest difference, in units of 1 + |path|."""
    return float(np.max(np.abs(one - other) / (1 + np.abs(other))))


def compare_signatures(known: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Whether arguments and defaults are those that `signatures` lists."""
    for name, listed in {**SIGNATURES, **BESIDE}.items():
        target: Any = known[name.split(".")[0]]
        for part in name.split(".")[1:]:
            target = getattr(target, part)
        found = inspect.signature(target).parameters
        theirs = {n: ... if p.default is p.empty else p.default for n, p in found.items()}
        theirs.pop("self", None)
        theirs = {n: tuple(x) if isinstance(x, list) else x for n, x in theirs.items()}
        wrong = [n for n, x in listed.items() if n not in theirs or theirs[n] != x]
        wrong += [n for n in ASIDE.get(name, {}) if n not in theirs and "kwargs" not in theirs]
        new = set(theirs) - set(listed) - set(ASIDE.get(name, {})) - {"kwargs"}
        if name in BESIDE:  # the first ones in their order, and no more is promised
            wrong += [n for n, own in zip(listed, theirs, strict=False) if n != own]
            new = set()
        told = "" if not wrong else f" differs in {', '.join(wrong)}: {theirs}"
        yield name + told + (f" (not listed: {', '.join(sorted(new))})" if new else ""), not wrong


def compare_fresh(seed: int) -> Iterator[tuple[str, bool]]:
    """Every rule with a call, on fresh gradients of several sizes, with settings drawn anew."""
    draw = np.random.default_rng(seed)
    for rule, library in ((r, n) for r in RULES for n in LIBRARIES):
        found = counterpart(rule, library)
        if found is not None:
            settings = _drawn(rule, draw) | dict(found.built_in)
            start = draw.normal(size=7)
            gradients = draw.normal(size=(STEPS, 7)) * 10.0 ** np.arange(-3, 4)
            call = write(rule, library, **settings)
            step = installed.stepper(call, start)
            theirs = np.array([step(g) for g in gradients])
            worst = off(kernel_path(rule, settings, start, gradients), theirs)
            yield f"{rule.name}: {call}: {worst:.1e}", worst <= TOLERANCE
    for call in DECAYS:
        reading, start = read(call), draw.normal(size=7)
        assert reading.rule not in COUNTERPARTS, "what has a call of its own is compared above"
        gradients = draw.normal(size=(STEPS, 7))
        step = installed.stepper(call, start)
        theirs = np.array([step(g) for g in gradients])
        worst = off(kernel_path(reading.rule, dict(reading.settings), start, gradients), theirs)
        yield f"{reading.rule.name}: {call}: {worst:.1e}", worst <= TOLERANCE


def compare_clipping(known: dict[str, Any], seed: int) -> Iterator[tuple[str, bool]]:
    """Clipped gradients of two arrays of weights, ours and each library's, above and below.

    PyTorch adds 1e-6 to a norm, and Keras keeps its limit in single precision.
    """
    torch, optax, keras = (known[n] for n in ("torch", "optax", "keras"))
    draw = np.random.default_rng(seed)
    for size in (0.1, 1.0, 10.0):
        g, start = size * draw.normal(size=(2, 3)), draw.normal(size=(2, 3))

        def torchs(clip: Callable, limit: float, g: np.ndarray = g) -> np.ndarray:
            rows = [torch.zeros(3, requires_grad=True) for _ in g]
            for row, x in zip(rows, g, strict=True):
                row.grad = torch.tensor(x.copy())
            clip(rows, limit)
            return np.array([row.grad.numpy() for row in rows])

        def optaxs(clip: Any, g: np.ndarray = g) -> np.ndarray:
            array = known["jax"].numpy.array
            return np.array(clip.update([array(x) for x in g], clip.init(None))[0])

        def kerass(g: np.ndarray = g, start: np.ndarray = start, **clip: float) -> np.ndarray:
            rows = [keras.Variable(x.copy()) for x in start]
            given = [keras.ops.convert_to_tensor(x.copy()) for x in g]
            keras.optimizers.SGD(1.0, **clip).apply(given, rows)
            return start - np.array([keras.ops.convert_to_numpy(row) for row in rows])

        whole, cut = clip_by_norm(g, limit=1.0, axis=None), clip_by_value(g, limit=1.0)
        rows = clip_by_norm(g.T, limit=1.0).T
        utils = torch.nn.utils
        for words, theirs, ours, allowed in (
            ("torch.nn.utils.clip_grad_norm_", torchs(utils.clip_grad_norm_, 1.0), whole, 1e-5),
            ("torch.nn.utils.clip_grad_value_", torchs(utils.clip_grad_value_, 1.0), cut, 0),
            ("optax.clip_by_global_norm", optaxs(optax.clip_by_global_norm(1.0)), whole, 1e-12),
            ("optax.clip", optaxs(optax.clip(1.0)), cut, 0),
            ("Keras, global_clipnorm", kerass(global_clipnorm=1.0), whole, 1e-6),
            ("Keras, clipnorm, each row alone", kerass(clipnorm=1.0), rows, 1e-6),
            ("Keras, clipvalue", kerass(clipvalue=1.0), cut, 1e-12),
        ):
            away = float(np.abs(theirs - ours).max())
            yield f"{words}, gradients of {size:g}: {away:.1e}", away <= allowed


def _drawn(rule: Rule, draw: np.random.Generator) -> dict[str, float]:
    low_high = {
        "lr": (0.01, 0.1), "beta": (0.5, 0.95), "rho": (0.8, 0.99), "beta1": (0.5, 0.95),
        "beta2": (0.9, 0.999), "eps": (1e-9, 1e-3), "decay": (0.0, 0.1), "psi": (0.001, 0.1),
    }  # fmt: skip
    # Any other letter is a share, as far as one knows.
    return {n: round(float(draw.uniform(*low_high.get(n, (0.1, 0.9)))), 12) for n in rule.hyper}


def compare_muon(seed: int) -> Iterator[tuple[str, bool]]:
    """The steps of Muon on fresh matrices: PyTorch's and the kernel's, the others' transcriptions.

    A path would add up the roundings of bfloat16, and a gradient close to a singular matrix shows
    them large; so the median step is what counts.
    """
    draw = np.random.default_rng(seed)
    optax_call = "optax.contrib.muon(0.1, beta=0.9)"
    keras_call = (
        "keras.optimizers.Muon(0.1, momentum=0.9, rms_rate=0.2, weight_decay=None, "
        "exclude_embeddings=False)"
    )
    for shape in ((4, 4), (7, 3), (3, 7)):
        start, gradients = draw.normal(size=shape), draw.normal(size=(STEPS, *shape))
        for call, step, hyper, allowed in (
            (write(MUON, "torch", lr=0.1, beta=0.9), MUON.kernel, {"lr": 0.1, "beta": 0.9},
             BFLOAT16),
            (optax_call, optax.optax_muon, {"learning_rate": 0.1, "beta": 0.9}, 1e-6),
            (keras_call, keras.keras_muon,
             {"learning_rate": 0.1, "momentum": 0.9, "rms_rate": 0.2}, 1e-6),
        ):  # fmt: skip
            theirs, w, v = installed.stepper(call, start), start.copy(), np.zeros(shape)
            away, seen = [], start
            for t, g in enumerate(gradients, 1):
                before, last = w.copy(), seen
                step(w, g, v, **hyper, **({"t": t} if "optax" in call else {}))
                seen = theirs(g)
                moved = np.linalg.norm(w - before)
                away.append(np.linalg.norm((seen - last) - (w - before)) / moved)
            middle = np.median(away)
            says = f"{shape}: {call}: median {middle:.1e}, worst {max(away):.1e} of a step"
            yield says, middle <= allowed


def stored_cases() -> Iterator[tuple[Path, dict, str, dict]]:
    """Every stored path of a library: its file, its case, the library, and what is stored."""
    for path in sorted(HERE.glob("*.json")):
        for case in json.loads(path.read_text("utf-8"))["cases"]:
            for library, said in case["peers"].items():
                if library != "exact":
                    yield path, case, library, said


def remade(case: dict, call: str) -> np.ndarray:
    """The path that the installed library makes of a stored case, at the stored steps."""
    w = np.array(case["start"], dtype=float)
    step, path = installed.stepper(call, w), [w.copy()]
    for k in range(max(case["at"])):
        path.append(step(gradient(case, k, path[-1])))
    return np.array(path)[case["at"]]


def compare_stored() -> Iterator[tuple[str, bool]]:
    """Every stored path against the installed library, the worst of each file."""
    worst: dict[tuple[str, str], float] = {}
    for path, case, library, said in stored_cases():
        away = off(remade(case, said["call"]), np.array(said["path"], dtype=float))
        key = path.stem, library
        worst[key] = max(worst.get(key, 0.0), away)
    for (stem, library), away in worst.items():
        yield f"{stem}.json, {library}: {away:.1e}", away <= TOLERANCE


def rule_called(word: str) -> Rule:
    """The rule whose kernel has that name."""
    known = {rule.kernel.__name__: rule for rule in RULES}
    if word not in known:
        sys.exit(f"No rule has a kernel called {word}. There are {', '.join(sorted(known))}.")
    return known[word]


def new_file(rule: Rule, like: str) -> dict[str, Any]:
    """What a file of paths for a rule holds, but for the paths: cases of another file, and calls.

    A setting that has another name in that file takes its numbers, if there is but one.

    Raises:
        LookupError: the settings are not like those of the other file, or no library has the rule.
    """
    other = json.loads((HERE / f"{like}.json").read_text("utf-8"))
    theirs = list(other["cases"][0]["hyper"])
    lacking = [name for name in rule.hyper if name not in theirs]
    spare = [name for name in theirs if name not in rule.hyper]
    if len(lacking) > 1 or len(lacking) > len(spare):
        have, need = ", ".join(theirs), ", ".join(lacking)
        raise LookupError(f"{like}.json has {have}; take a file that has {need}.")
    taken = {name: name if name in theirs else spare[0] for name in rule.hyper}
    calls = {library: found for library in LIBRARIES if (found := counterpart(rule, library))}
    if not calls:
        raise LookupError(f"No library has {rule.name}: give it a line in names.py first.")
    # What a library does not let one choose: if all fix something, the first one decides.
    fixed = min((found.built_in for found in calls.values()), key=len)
    cases = []
    for case in other["cases"]:
        if case["mode"] != "batch":  # where settings are lists, which no library takes
            settings = {name: case["hyper"][own] for name, own in taken.items()} | fixed
            peers = {
                library: {"call": write(rule, library, **settings).partition("  #")[0], "path": []}
                for library, found in calls.items()
                if all(settings[name] == x for name, x in found.built_in.items())
            }
            cases.append({**case, "hyper": settings, "peers": peers})
    # The docstring's first line: the step, perhaps after a word such as "The average:".
    line = (rule.kernel.__doc__ or "").strip().splitlines()[0].rstrip(".")
    equations = re.sub(r"^[A-Z][\w ,]*: ", "", line)
    stem = rule.kernel.__name__
    return {"rule": stem, "equations": equations, "made_with": versions(), "cases": cases}


def write_new(word: str, like: str) -> str:
    """Store the cases and calls of a new file, and return its name; its paths are made next."""
    rule = rule_called(word)
    path = HERE / f"{word}.json"
    if path.exists():
        sys.exit(f"{path.name} already exists: remake its paths with --write {word}.")
    try:
        found = new_file(rule, like)
    except (OSError, LookupError) as problem:
        sys.exit(str(problem))
    path.write_text(json.dumps(found) + "\n", "utf-8")
    print(f'Add it to ROWS in tests/reference/paths.py: Row("{word}", optimizers.NAME)')
    return word


def write_stored(names: Sequence[str] = ()) -> None:
    """Remake the libraries' paths and say what they were made with; the rest of a file stays."""
    files = [path for path in sorted(HERE.glob("*.json")) if not names or path.stem in names]
    if lost := set(names) - {path.stem for path in files}:
        sys.exit(f"There is no file {HERE / sorted(lost)[0]}.json.")
    progress = Progress(len(files), "files")
    for path in files:
        stored = json.loads(path.read_text("utf-8"))
        for case in stored["cases"]:
            for library, said in case["peers"].items():
                if library != "exact":
                    said["path"] = remade(case, said["call"]).tolist()
        stored["made_with"] = versions()
        path.write_text(json.dumps(stored) + "\n", "utf-8")
        progress.tell(f"written {path.relative_to(ROOT)}")


def main(argv: list[str] | None = None) -> int:
    """Compare or write; 1 if anything differs."""
    parser = Command("python -m tools.libraries", __doc__)
    parser.add_argument("--write", nargs="*", metavar="FILE")
    parser.add_argument("--new", metavar="KERNEL")
    parser.add_argument("--like", metavar="FILE")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args(argv)
    if (asked.new is None) != (asked.like is None):
        parser.error("--new and --like go together")
    known = libraries()
    print(", ".join(f"{n} {v}" for n, v in versions().items()))
    if asked.new:
        asked.write = [write_new(asked.new, Path(asked.like).stem)]
    if asked.write is not None:
        write_stored([Path(word).stem for word in asked.write])
    if asked.write:
        return 0
    good = bad = 0
    for title, lines in (
        ("Signatures", compare_signatures(known)),
        ("Fresh gradients, worst difference", compare_fresh(asked.seed)),
        ("Clipped gradients", compare_clipping(known, asked.seed)),
        ("Muon on matrices", compare_muon(asked.seed)),
        ("Stored paths against the installed libraries", compare_stored()),
    ):
        print(f"\n{title}", flush=True)
        for words, fine in lines:
            good, bad = good + fine, bad + (not fine)
            print(f"  {'ok ' if fine else 'NOT'} {words}", flush=True)
    print(f"\n{good} comparisons agree, {bad} do not.")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())

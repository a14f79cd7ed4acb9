"""The runs of the diagnosis as small data, so that no lesson has to train them.

One command trains all of them again, in some three minutes on one core:

    python -m course_utils.networks.diagnosis
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .curves import LOOKS, Curves, curves, kept
from .reading import diagnose
from .runs import FAULTS, HEALTHY, KNOBS, OTHERS, Run

SEEDS = tuple(range(6))
PLACE = Path(__file__).parents[1] / "records" / "diagnosis.npz"
# What the signs say of runs on which their limits were not set, and the seeds of those runs
READINGS = PLACE.with_name("readings.json")
NEW_SEEDS, OTHER_SEEDS = tuple(range(100, 110)), (100, 101, 102)
# Sizes are kept as whole numbers of 1/128 of a decade, which rounds them by at most 0.9 %.
GRAIN = 128
MISSING = np.iinfo(np.int16).min
# Shares are kept in thousandths.
SHARES = 1000


def asked() -> list[tuple[Run, int]]:
    """Every run that is stored, with how many looks, none twice.

    All have as many: with fewer a burst falls between two looks, and a knob seems to mend it.
    """
    turned = [turn(run) for run in FAULTS.values() for turn in KNOBS.values()]
    return list(dict.fromkeys([*turned, *HEALTHY.values(), *FAULTS.values()], LOOKS).items())


def packed(c: Curves) -> tuple[np.ndarray, np.ndarray]:
    """The curves of a run by step and by pass, as small whole numbers."""
    by_step = [_sizes(x) for x in (c.losses, c.gradients, c.ratios)]
    shares = (_shares(x) for x in (c.train, c.valid))
    return np.array(by_step), np.array([_sizes(c.by_pass), *shares, _sizes(c.weights)])


def unpacked(steps: int, by_step: np.ndarray, by_pass: np.ndarray) -> Curves:
    """The curves again, rounded."""
    loss, train, valid, weights = by_pass
    at = kept(steps, by_step.shape[1]) * (loss.size - 1) / steps
    return Curves(steps, at, *(_size(x) for x in by_step), _size(loss),
                  _share(train), _share(valid), _size(weights))  # fmt: skip


def write(place: Path = PLACE, seeds: Iterable[int] = SEEDS) -> None:
    """Train every run with every seed, and store it."""
    seeds, arrays = tuple(seeds), {}
    for k, (run, looks) in enumerate(asked()):
        parts = [packed(curves(run.made(seed), looks)) for seed in seeds]
        for name, stack in zip(("step", "pass"), zip(*parts, strict=True), strict=True):
            arrays[f"{name}{k}"] = np.stack(stack)
    np.savez_compressed(place, seeds=np.array(seeds), **arrays)


def write_readings(place: Path = READINGS) -> None:
    """Train runs with seeds, and with strengths of the fault, that no limit was set on; read them.

    A reading is the causes whose signs are all there, joined by " or ", or "nothing".
    """

    def read(run: Run, seeds: Iterable[int]) -> dict[str, int]:
        found = (" or ".join(diagnose(curves(run.made(seed)))) or "nothing" for seed in seeds)
        return dict(Counter(found).most_common())

    record = {
        "command": "python -m course_utils.networks.diagnosis",
        "seeds": list(NEW_SEEDS),
        "healthy": {name: read(run, NEW_SEEDS) for name, run in HEALTHY.items()},
        "new": {fault: read(run, NEW_SEEDS) for fault, run in FAULTS.items()},
        "other seeds": list(OTHER_SEEDS),
        "other": {
            fault: [read(run, OTHER_SEEDS) for run in runs] for fault, runs in OTHERS.items()
        },
    }
    place.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")


@cache
def readings() -> dict[str, Any]:
    """What the signs say of runs on which their limits were not set; see `write_readings`."""
    return json.loads(READINGS.read_text("utf-8"))


def stored(run: Run, seed: int) -> Curves:
    """The curves of a run as stored.

    Raises:
        ValueError: the run or the seed is not among the stored ones; ``run.made(seed)`` trains it.
    """
    places, seeds, arrays = _record()
    if run not in places or seed not in seeds:
        raise ValueError(
            f"This run is not stored with seed {seed!r}: the seeds are "
            f"{', '.join(map(str, seeds))}. Train it yourself with curves(run.made({seed!r}))."
        )
    k, s = places[run], seeds.index(seed)
    return unpacked(run.steps, arrays[f"step{k}"][s], arrays[f"pass{k}"][s])


@cache
def _record() -> tuple[dict[Run, int], list[int], dict[str, np.ndarray]]:
    with np.load(PLACE) as file:
        arrays = dict(file)
    places = {run: k for k, (run, _) in enumerate(asked())}
    return places, arrays["seeds"].tolist(), arrays


def _sizes(x: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        grains = np.round(GRAIN * np.log10(x))
    return np.where(np.isfinite(grains), grains, MISSING).astype(np.int16)


def _size(k: np.ndarray) -> np.ndarray:
    return np.where(k == MISSING, np.nan, 10.0 ** (k / GRAIN))


def _shares(x: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(x), np.round(SHARES * x), MISSING).astype(np.int16)


def _share(k: np.ndarray) -> np.ndarray:
    return np.where(k == MISSING, np.nan, k / SHARES)

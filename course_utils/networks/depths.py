"""How networks of four kinds and four depths learn at seven learning rates: a stored record.

Every setting is trained with 24 seeds, more than a cell of a lesson has time for. So the lesson
reads the record, and this makes it again, in some six minutes on one core:

    python -m course_utils.networks.depths
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from types import MappingProxyType

import numpy as np

from ..optimizers import MOMENTUM
from .data import digits
from .network import Network
from .training import train

KINDS: Mapping[str, Mapping[str, bool]] = MappingProxyType(
    {
        "plain": {},
        "skips": {"residual": True},
        "batch norm": {"batch_norm": True},
        "both": {"batch_norm": True, "residual": True},
    }
)
DEPTHS, RATES, SEEDS = (3, 6, 12, 24), (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0), tuple(range(24))
EPOCHS, BATCH = 10, 128
PLACE = Path(__file__).with_name("records") / "depths.json"


@dataclass(frozen=True, eq=False)
class Depths:
    """The record: for each kind, depth and rate what every seed reached after ten passes.

    Attributes:
        made: the day on which it was made, as 2026-11-30.
        seeds: the seeds, in the order of the arrays below.
        rates: the learning rates.
        losses: training losses by (kind, depth, rate), shape (seeds,); ln 10, a blind guess, for a
            run that was stopped.
        accuracies: shares of the test set read right, in per cent; 10 for a run that was stopped.
    """

    made: str
    seeds: tuple[int, ...]
    rates: tuple[float, ...]
    losses: Mapping[tuple[str, int, float], np.ndarray]
    accuracies: Mapping[tuple[str, int, float], np.ndarray]

    def __repr__(self) -> str:
        """What it holds, as one line."""
        return (
            f"{len(self.losses)} settings, {len(self.seeds)} seeds each (from {self.seeds[0]} to "
            f"{self.seeds[-1]}), made on {self.made}"
        )


def setting(kind: str, depth: int, rate: float, seed: int) -> tuple[float, float]:
    """The training loss and the test accuracy of one network of 16 units a layer."""
    network = Network((64, *[16] * depth, 10), "relu", **KINDS[kind])
    run = train(network, MOMENTUM, digits(), lr=rate, epochs=EPOCHS, batch=BATCH, seed=seed)
    if run.stopped:
        return float(np.log(10)), 10.0
    return float(run.losses[-1]), float(100 * run.accuracies[-1])


def make() -> None:
    """Train all networks and store what they reached."""
    settings = list(product(KINDS, DEPTHS, RATES))
    rows = []
    for kind, depth, rate in settings:
        losses, accuracies = zip(*(setting(kind, depth, rate, seed) for seed in SEEDS), strict=True)
        # four digits tell any two of these runs apart that a lesson calls different
        rows.append(
            {
                "kind": kind,
                "depth": depth,
                "rate": rate,
                "losses": [float(f"{loss:.4g}") for loss in losses],
                "accuracies": [round(accuracy, 1) for accuracy in accuracies],
            }
        )
    head = {"command": "python -m course_utils.networks.depths", "made": str(date.today())}
    lines = ",\n".join(json.dumps(row) for row in rows)
    start = json.dumps({**head, "seeds": SEEDS})[:-1]
    PLACE.parent.mkdir(exist_ok=True)
    PLACE.write_text(f'{start},\n"settings": [\n{lines}\n]}}\n', "utf-8")


@cache
def deep_networks() -> Depths:
    """The record, as it is stored with the course."""
    stored = json.loads(PLACE.read_text("utf-8"))
    rows = {(row["kind"], row["depth"], row["rate"]): row for row in stored["settings"]}
    arrays = [
        MappingProxyType({at: np.array(row[what]) for at, row in rows.items()})
        for what in ("losses", "accuracies")
    ]
    rates = tuple(sorted({rate for _, _, rate in rows}))
    return Depths(stored["made"], tuple(stored["seeds"]), rates, *arrays)


def main(arguments: list[str]) -> None:
    """Make the record, unless one asks what this does."""
    if {"-h", "--help"} & set(arguments):
        print((__doc__ or "").strip())
    else:
        make()


if __name__ == "__main__":
    main(sys.argv[1:])

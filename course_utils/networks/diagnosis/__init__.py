"""Read a training run: twelve faults with their curves, knobs to turn, and the signs of each cause.

`FAULTS` are the runs as data, `KNOBS` what can be changed about them; `stored(run, seed)` gives the
curves of a run, `diagnose(curves)` the causes whose signs they show, `weigh(curves, cause)` what
speaks for and against one. `watch` trains any network with any rule and keeps the same curves.
"""

from .curves import Curves, curves, measured
from .logged import Log, watch
from .reading import SIGNS, Sign, diagnose, weigh
from .runs import FAULTS, HEALTHY, KNOBS, OTHERS, Run
from .store import SEEDS, readings, stored

__all__ = [
    "FAULTS",
    "HEALTHY",
    "KNOBS",
    "OTHERS",
    "SEEDS",
    "SIGNS",
    "Curves",
    "Log",
    "Run",
    "Sign",
    "curves",
    "diagnose",
    "measured",
    "readings",
    "stored",
    "watch",
    "weigh",
]

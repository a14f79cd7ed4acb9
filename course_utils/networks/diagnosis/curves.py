"""The curves of a log as they are drawn and stored, and what a reader can measure on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .logged import Log

LOOKS = 352  # steps of 16 passes in batches of 64: such a run is drawn whole
# Sizes below this are drawn at it; no curve of these runs that is worth reading is lower.
TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Curves:
    """A log, its steps thinned out to at most `LOOKS`.

    Attributes:
        steps: how many steps the run had.
        at: the steps that were kept, in passes, shape (looks,).
        losses, gradients, ratios: as in the log, at these steps.
        by_pass, train, valid, weights: as in the log.
    """

    steps: int
    at: np.ndarray
    losses: np.ndarray
    gradients: np.ndarray
    ratios: np.ndarray
    by_pass: np.ndarray
    train: np.ndarray
    valid: np.ndarray
    weights: np.ndarray

    @property
    def passes(self) -> int:
        """Passes over the training set."""
        return self.by_pass.size - 1

    @property
    def ends(self) -> float:
        """The last loss on the training set, NaN for a run that met NaN."""
        return float(self.by_pass[-1])


def kept(steps: int, looks: int = LOOKS) -> np.ndarray:
    """Which of the steps 0, 1, ... are drawn."""
    return np.round(np.linspace(0, steps - 1, min(looks, steps))).astype(int)


def curves(log: Log, looks: int = LOOKS) -> Curves:
    """What is drawn of a log."""
    steps = log.losses.size
    at = kept(steps, looks)
    by_step = (np.maximum(x[at], TINY) for x in (log.losses, log.gradients, log.ratios))
    by_pass = np.maximum(log.by_pass, TINY)
    return Curves(steps, at * log.passes / steps, *by_step, by_pass, log.train, log.valid,
                  log.weights)  # fmt: skip


def measured(c: Curves) -> dict[str, float]:
    """What a reader measures on the curves, by name.

    - "finite": share of the passes with a finite loss.
    - "start", "end", "lowest": loss on the training set before the first step, after the last
      pass and where it is lowest.
    - "waits": passes until that loss is 5 % below its start.
    - "jagged": share of the passes in which it rises.
    - "calm": largest of the last ten finite gradient norms over the median of all.
    - "early gradient": median of the first five gradient norms over the largest one.
    - "first ratio", "ratio", "late ratio": the update-to-weight ratio of the first step, its median
      over the first sixteenth of the run and over the last quarter.
    - "roughness": median change of the ratio from look to look, as a share.
    - "follows": by how many per cent the ratio changes when the gradient norm changes by one, both
      averaged over eleven looks.
    - "sawtooth": share of the spread of the batch losses, in the later half, that the place in the
      pass explains.
    - "spread": how far batch losses of one pass lie apart, a standard deviation in decades.
    - "burst": the highest batch loss after a quarter of the run over the lowest before it.
    - "weights": length of w at the end over that at the start.
    """
    found = np.isfinite(c.losses)
    part = c.losses.size // 16
    with np.errstate(all="ignore"):
        logs = np.log10(c.losses)
        per = c.losses.size // c.passes
        table = logs[: per * c.passes].reshape(c.passes, per)
        late = table[c.passes // 2 :]
        ratio, size = (_smooth(np.log(x[found])) for x in (c.ratios, c.gradients))
        low = np.minimum.accumulate(c.losses)
        quarter = c.losses.size // 4
        below = np.flatnonzero(c.by_pass < 0.95 * c.by_pass[0])
        finite = c.gradients[found]
        return {
            "finite": float(np.isfinite(c.by_pass).mean()),
            "start": float(c.by_pass[0]),
            "end": c.ends,
            "lowest": float(np.nanmin(c.by_pass)),
            "waits": float(below[0] if below.size else c.passes + 1),
            "jagged": float((np.diff(c.by_pass) > 0).mean()),
            "calm": float(finite[-10:].max() / np.median(finite)),
            "early gradient": float(np.median(finite[:5]) / finite.max()),
            "first ratio": float(c.ratios[0]),
            "ratio": float(np.median(c.ratios[1:part])),
            "late ratio": float(np.median(c.ratios[-quarter:])),
            "roughness": float(np.median(np.abs(np.diff(np.log(c.ratios[part:]))))),
            "follows": float(np.polyfit(size, ratio, 1)[0]),
            "sawtooth": float(1 - ((late - late.mean(axis=0)) ** 2).sum() / _spread(late)),
            "spread": float(np.median(table[c.passes // 4 :].std(axis=1))),
            "burst": float((c.losses / low)[quarter:].max()),
            "weights": float(c.weights[-1] / c.weights[0]),
        }


def _smooth(x: np.ndarray, width: int = 11) -> np.ndarray:
    return np.convolve(x, np.ones(width) / width, "valid")


def _spread(x: np.ndarray) -> float:
    return float(((x - x.mean()) ** 2).sum())

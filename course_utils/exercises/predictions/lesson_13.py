"""What turns measurements of lesson 13 into truths of its predictions."""

from collections.abc import Mapping
from typing import Any


def in_new_laboratories(share: Mapping[str, float]) -> str:
    """In words how a leader's share of drawn races compares with that in new laboratories.

    Args:
        share: ``drawn`` and ``new``, in per cent, and the standard ``error`` of the second.
    """
    if abs(share["new"] - share["drawn"]) <= 2 * share["error"]:
        return "about as often: the draws were fair"
    if share["new"] < share["drawn"]:
        return "less often: our trials were lucky ones"
    return "more often: luck averages out"


def told(loss: Any, same: str = "no detectable difference") -> str:
    """In words what the interval of a ratio allows."""
    return loss.says("lower", same, "higher")


TRUTHS = {
    "13 how sure": in_new_laboratories,
    "13 winner's curse": told,
    "13 my hypothesis": lambda loss: told(loss, "no difference to be seen"),
}

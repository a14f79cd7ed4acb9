"""What turns measurements of lesson 13 into truths of its predictions."""

from collections.abc import Mapping
from typing import Any


def in_new_searches(share: Mapping[str, float]) -> str:
    """In words how a leader's share of drawn races compares with that in new searches.

    Args:
        share: ``drawn`` and ``new``, in per cent, and the standard ``error`` of the second.
    """
    if abs(share["new"] - share["drawn"]) <= 2 * share["error"]:
        return "about as often: the draws were fair"
    if share["new"] < share["drawn"]:
        return "less often: our trials were lucky ones"
    return "more often: luck averages out"


def lower_or_higher(loss: Any) -> str:
    """In words what the interval of a ratio allows."""
    return loss.says("lower", "no detectable difference", "higher")


def who_is_lower(loss: Any) -> str:
    """Which Adam has the lower loss, from that with four settings over that with one."""
    return loss.says(
        "the one with four settings", "no detectable difference", "the one that tunes η alone"
    )


TRUTHS = {
    "13 four settings": who_is_lower,
    "13 drawn again": in_new_searches,
    "13 run again": lower_or_higher,
    "13 my hypothesis": lower_or_higher,
}

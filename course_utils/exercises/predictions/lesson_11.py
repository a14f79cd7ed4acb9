"""What turns measurements of lesson 11 into truths of its predictions."""

from typing import Any

SAME = "no detectable difference"


def of_small_batches(sharpness: Any) -> str:
    """In words how the sharpness with small batches compares with that of all points, a ratio."""
    word = sharpness.says("lower", "the same, since 2/η is the same", "higher")
    if word == "higher":
        return "higher: noise throws the run about"
    if word != "lower":
        return word
    return "lower than half of it" if sharpness.effect < 0.5 else "lower, and more than half of it"


TRUTHS = {
    "11 batch": of_small_batches,
    # sharpness is compared as Adam's over momentum's, accuracy as momentum's less Adam's
    "11 sharper": lambda ratio: ratio.says("momentum", SAME, "Adam"),
    "11 reads": lambda difference: difference.says("Adam", SAME, "momentum"),
}

"""What turns measurements of lesson 12 into truths of its predictions."""

from typing import Any


def lowest(loss: Any) -> str:
    """In words whether depth helps, from the loss of the deepest over that of the shallowest."""
    return loss.says(
        "the deepest: it can do all that the others can",
        "none: training loss does not depend on depth",
        "the shallowest",
    )


# What the lesson calls the kinds that recover, and those that learn 24 layers: the options.
RECOVER = {
    "neither": "neither",
    "plain": "plain alone",
    "batch norm": "batch norm alone",
    "plain and batch norm": "plain and batch norm",
}
READ = {
    "nobody": "none",
    "both": "both together alone",
    "skips, both": "skips, and both together",
    "batch norm, both": "batch norm, and both together",
    "skips, batch norm, both": "all but plain",
}
TRUTHS = {"12 depth": lowest, "12 recovers": RECOVER.__getitem__, "12 fails": READ.__getitem__}

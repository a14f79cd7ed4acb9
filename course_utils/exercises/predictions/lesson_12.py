"""What computes truths of lesson 12's predictions, and turns its measurements into options."""

# What the lesson calls the kinds that recover, and those that learn 24 layers: the options.
RECOVER = {
    "neither": "neither",
    "plain": "plain alone",
    "batch norm": "batch norm alone",
    "plain and batch norm": "plain and batch norm",
}
READ = {
    "nobody": "none",
    "both": "only both together",
    "skips, both": "skips, and both together",
    "batch norm, both": "batch norm, and both together",
    "skips, batch norm, both": "all but plain",
}


def past_the_bottom(curvature: float = 4, gradient: float = 2, walk: float = 1) -> float:
    """The gradient of a parabola after a walk downhill."""
    return gradient - curvature * walk


TRUTHS = {
    "12 remember parabola": past_the_bottom,
    "12 chain": lambda: 0.8**23,
    "12 recovers": RECOVER.__getitem__,
    "12 deep": READ.__getitem__,
}

"""Truths of lesson 14 that have to be computed."""

from ... import theory


def where_the_ramp_turns() -> float:
    """The learning rate times the largest curvature at which a slow geometric ramp turns."""
    return theory.ramp_turn(25)


TRUTHS = {"14 where the ramp turns": where_the_ramp_turns}

"""What computes truths of lesson 09's predictions."""

from ... import theory


def floor_with_memory() -> float:
    """The floor of momentum over that of gradient descent, at one learning rate."""
    floors = [theory.noise_floor(0.01, beta, 4, 25, 1) for beta in (0.9, 0)]
    return float(floors[0] / floors[1])


def half_the_rate() -> float:
    """The floor of gradient descent at half the learning rate, over the floor at the whole."""
    floors = [theory.noise_floor(lr, 0, 4, 25, 1) for lr in (0.005, 0.01)]
    return float(floors[0] / floors[1])


def lower_on(lower: tuple[bool, bool]) -> str:
    """In words on which labels the cosine ends lower: as they are, partly wrong."""
    return {
        (True, True): "lower on both",
        (False, True): "lower with wrong labels only",
        (True, False): "lower with right labels only",
        (False, False): "lower on neither",
    }[tuple(map(bool, lower))]


TRUTHS = {
    "09 half the rate": half_the_rate,
    "09 floor of momentum": floor_with_memory,
    "09 decay": lower_on,
}

"""The steps that a rule makes on given gradients."""

import numpy as np


def steps_on(rule, gradients, **hyper):
    """The steps of a kernel on given gradients, in units of the learning rate."""
    place, settings, taken = np.zeros(1), {"lr": 1.0, **hyper}, []
    step = rule.start(place, **settings)
    for x in gradients:
        before = place[0]
        step(np.array([x], dtype=float))
        taken.append((before - place[0]) / settings["lr"])
    return np.array(taken)

"""What computes truths of lesson 04's predictions."""

from ... import theory

TRUTHS = {
    "04 gain ratio": lambda: float(theory.gain(0.9) / theory.gain(0.9, alternating=True)),
    "04 steady push": lambda: float(theory.gain(0.9)),
}

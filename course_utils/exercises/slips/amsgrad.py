"""What goes wrong with AMSGrad, whose step is Adam's over the largest memory."""

import re

from .adam import ADAM_MISTAKES, FIRST, MEAN, SECOND
from .mistake import Convention, Mistake

LARGEST = "top = np.maximum(top, s)"
SQUARE = "top/(1 - beta2**t)"


def _form(
    first: str = FIRST,
    second: str = SECOND,
    largest: str = LARGEST,
    mean: str = MEAN,
    square: str = SQUARE,
    move: str = "w - lr*{mean}/(np.sqrt({square}) + eps)",
) -> str:
    """AMSGrad, written with the given parts."""
    step = move.format(mean=f"({mean})", square=f"({square})")
    return f"{first}; {second}; {largest}; w = {step}"


AMSGRAD = (Convention(_form()),)

_OWN = (
    Mistake(
        "optax's",
        "raw or corrected in the maximum",
        "You keep the largest corrected s, as optax does: another rule under the same name. Here "
        "top keeps the largest raw s and is corrected after.",
        (_form(largest=f"top = np.maximum(top, {SQUARE.replace('top', 's')})", square="top"),),
    ),
    Mistake(
        "corrected twice",
        "raw or corrected in the maximum",
        "You correct s before the maximum and top after it. Once is enough, and here it comes "
        "after.",
        (_form(largest="top = np.maximum(top, s/(1 - beta2**t))"),),
    ),
    Mistake(
        "Adam",
        "the largest divides",
        "That is Adam: top is kept, and nothing is divided by it. Put top where Adam has s.",
        (_form(square="s/(1 - beta2**t)"),),
    ),
    Mistake(
        "no top",
        "the largest divides",
        "That is Adam: top never changes. Let it take the larger of itself and s.",
        (_form(largest="pass", square="s/(1 - beta2**t)"),),
    ),
    Mistake(
        "top forgotten",
        "top must last",
        "top takes s, whatever it was before, so it remembers no largest value. Compare the two.",
        (_form(largest="top = s + 0"),),
    ),
    Mistake(
        "the smallest",
        "the largest, not the smallest",
        "You keep the smaller of top and s, which stays at zero for ever. Keep the larger.",
        (_form(largest="top = np.minimum(top, s)"),),
    ),
    Mistake(
        "largest gradient",
        "the largest average",
        "top keeps the largest squared gradient. It is to keep the largest average of them, s.",
        (_form(largest="top = np.maximum(top, g**2)"),),
    ),
    Mistake(
        "compared before it heard",
        "first remember, then compare",
        "You compare top with s before s has heard of this gradient. Let g² in first.",
        (f"{FIRST}; {LARGEST}; {SECOND}; w = w - lr*({MEAN})/(np.sqrt({SQUARE}) + eps)",),
    ),
    Mistake(
        "s is the largest",
        "the average may fall, top may not",
        "You put the maximum back into s, so the average itself can no longer fall. s stays an "
        "average; only top keeps the largest.",
        (
            _form(largest="top = np.maximum(top, s); s = top + 0"),
            _form(largest="s = np.maximum(top, s); top = s + 0"),
        ),
    ),
    Mistake(
        "one largest for all",
        "every weight has its own",
        "You take the largest over all weights, so every weight is divided by the same number. "
        "Compare weight by weight, with np.maximum.",
        (
            _form(largest="top = top*0 + max(np.max(top), np.max(s))"),
            _form(largest="top = np.maximum(top, np.max(s))"),
        ),
    ),
    Mistake(
        "fading top",
        "top never falls",
        "Your top fades by beta2 a step, as in Adamax. Here it never falls.",
        (_form(largest="top = np.maximum(beta2*top, s)"),),
    ),
    Mistake(
        "the sum",
        "the larger of two",
        "You add s to top, as AdaGrad adds squares. Take the larger of the two.",
        (_form(largest="top = top + s"),),
    ),
    Mistake(
        "M10 s not corrected",
        "the correction is missing",
        "m is corrected and top is not, so the first steps are too long. Divide top by "
        "1 − beta2^t.",
        (_form(square="top"),),
    ),
    Mistake(
        "M05 corrected in place",
        "the memories stay raw",
        "You put corrected values back into the memories, so the next step corrects them again. "
        "Give the quotients names of their own.",
        (
            _form(largest=f"{LARGEST}; m = {MEAN}; top = {SQUARE}", mean="m", square="top"),
            _form(largest=f"{LARGEST}; top = {SQUARE}", square="top"),
        ),
    ),
    Mistake(
        "M09 beta1 in both corrections",
        "each memory has its own correction",
        "You correct top with beta1. It comes from s, which is remembered with beta2.",
        (_form(square="top/(1 - beta1**t)"),),
    ),
    Mistake(
        "M13 no root",
        "the root of the mean square",
        "The root is missing: divide by sqrt(top_hat), which has the unit of a gradient.",
        (_form(move="w - lr*{mean}/({square} + eps)"),),
    ),
    Mistake(
        "eps hat",
        "where eps sits",
        "You correct in the learning rate and add eps to the raw root, as Keras does. Here eps is "
        "added to the corrected root.",
        (_form(move="w - lr*np.sqrt(1 - beta2**t)/(1 - beta1**t)*m/(np.sqrt(top) + eps)"),),
    ),
    Mistake(
        "w stays",
        "the step moves the weights",
        "The memories are right and w never moves: `w = w - ...` makes a new array that nobody "
        "sees. Write `w -= ...`, or return (w, m, s, top).",
        (f"{FIRST}; {SECOND}; {LARGEST}",),
    ),
    Mistake(
        "top never arrives",
        "in place or returned",
        "Your step is right, and top stays as it was: `top = ...` makes a new array that nobody "
        "sees. Write `top[...] = ...` or use `out=top`, or return (w, m, s, top).",
        (
            f"{FIRST}; {SECOND}; w = w - lr*({MEAN})"
            "/(np.sqrt(np.maximum(top, s)/(1 - beta2**t)) + eps)",
        ),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. Change the arrays in place, or return (w, m, s, top).",
        ("pass",),
    ),
)


def _over_the_largest(form: str) -> str:
    """A form of Adam's, with the largest s so far in place of s in its step."""
    lines = form.split("; ")
    at = 1 + max(i for i, line in enumerate(lines) if line.startswith("s = "))
    lines.insert(at, LARGEST)
    return "; ".join(re.sub(r"\bs\b", "top", x) if x.startswith("w = ") else x for x in lines)


# Told in words of their own above, no mistake here, or too close to another one to be told apart.
_LEFT_OUT = {m.name for m in _OWN} | {
    "M05 s corrected in place",
    "AMSGrad's maximum",
    "eps the larger of two",
}

AMSGRAD_MISTAKES = (
    *_OWN,
    *(
        Mistake(m.name, m.idea, m.tell.replace("s_hat", "top_hat"), forms)
        for m in ADAM_MISTAKES
        if m.name not in _LEFT_OUT
        and (forms := tuple(_over_the_largest(f) for f in m.forms if "s = " in f))
    ),
)

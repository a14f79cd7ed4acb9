"""What goes wrong with averages; the array asked for is called w here, whatever its name."""

from .mistake import Convention, Mistake

EMA = (Convention("w = beta*w + (1 - beta)*g"),)

EMA_MISTAKES = (
    Mistake(
        "M01 a sum",
        "shares that add up to one",
        "The new value enters whole, so this is a fading sum: under a steady 1 it grows to "
        "1/(1 − beta). An average gives the newcomer the share 1 − beta.",
        ("w = beta*w + g",),
    ),
    Mistake(
        "M04 swapped shares",
        "beta is the share you keep",
        "You keep 1 − beta of the average and let beta of the new value in. Beta is the share that "
        "is kept: at 0.9 yours remembers hardly more than one value.",
        ("w = (1 - beta)*w + beta*g",),
    ),
    Mistake(
        "p, p squared",
        "shares that add up to one",
        "The newcomer gets the share beta, as in the article's p, p squared, p cube. Those weights "
        "add up to beta/(1 − beta), which is 9 at 0.9.",
        ("w = beta*w + beta*g", "w = beta*(w + g)"),
    ),
    Mistake(
        "both shares the same",
        "shares that add up to one",
        "Old and new both get the share 1 − beta; the old average keeps beta.",
        ("w = (1 - beta)*w + (1 - beta)*g",),
    ),
    Mistake(
        "beta on both",
        "beta fades the past, not the present",
        "Beta multiplies the new value too. Fade the old average first, then let the value in with "
        "its share 1 − beta.",
        ("w = beta*(w + (1 - beta)*g)",),
    ),
    Mistake(
        "no fading",
        "the past fades",
        "The old average is kept whole, so nothing is ever forgotten; its share is beta.",
        ("w = w + (1 - beta)*g", "w = w + g"),
    ),
    Mistake(
        "M23 nothing kept",
        "memory must last",
        "The old average never arrives in the new one. Multiply it by beta and keep it.",
        ("w = (1 - beta)*g", "w = g"),
    ),
    Mistake(
        "plain mean of two",
        "shares that add up to one",
        "Old and new count one half each, whatever beta says: beta arrives and is not used.",
        ("w = (w + g)/2",),
    ),
    Mistake(
        "M32 minus",
        "an average adds its parts",
        "You subtract the new value; an average of gradients adds it, and the minus sign of a "
        "descent comes later.",
        ("w = beta*w - (1 - beta)*g",),
    ),
    Mistake(
        "share divides",
        "shares multiply",
        "You divide the new value by 1 − beta; its share multiplies it.",
        ("w = beta*w + g/(1 - beta)",),
    ),
    Mistake(
        "M14 no value",
        "the new value is missing",
        "The average takes in 1 − beta whatever the value is: multiply by g.",
        ("w = beta*w + (1 - beta)",),
    ),
    Mistake(
        "M15 squared value",
        "the value itself",
        "You average the squares, and a square has lost its sign. That average has its use in "
        "lesson 06.",
        ("w = beta*w + (1 - beta)*g*g",),
    ),
    Mistake(
        "sign only",
        "the size of the value counts",
        "Only the signs of the values enter; their size is lost.",
        ("w = beta*w + (1 - beta)*np.sign(g)",),
    ),
    Mistake(
        "corrected already",
        "one idea at a time",
        "You divide by 1 − beta, which is the correction of the very first step and of no other. "
        "The average itself has no division.",
        ("w = (beta*w + (1 - beta)*g)/(1 - beta)",),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. If you wrote `m = ...`, that is a new array which nobody sees: change it "
        "in place with `*=` and `+=`, or return it.",
        ("pass",),
    ),
    Mistake(
        "M31 whole numbers",
        "weights are fractions",
        "Your average is cut to whole numbers, so small values are lost. Start with floats and "
        "leave them floats.",
        (
            "w = (beta*w + (1 - beta)*g).astype(int)",
            "w = np.round(beta*w + (1 - beta)*g)",
        ),
    ),
)

CORRECTED = (Convention("m = beta*m + (1 - beta)*g; w = m/(1 - beta**t)"),)

CORRECTED_MISTAKES = (
    Mistake(
        "M10 no correction",
        "the correction is missing",
        "What you hand out is the average with its bias towards zero. Divide it by 1 − beta^t, the "
        "weight that has arrived so far.",
        ("m = beta*m + (1 - beta)*g; w = m",),
    ),
    Mistake(
        "M05 corrected in place",
        "the memory stays raw",
        "You put the corrected value back into the memory, so the next step corrects it again. "
        "Keep m raw and write the quotient into a alone.",
        ("m = (beta*m + (1 - beta)*g)/(1 - beta**t); w = m",),
    ),
    Mistake(
        "M07 always the first step",
        "the correction fades",
        "Your factor is 1/(1 − beta) at every step. It belongs to t = 1 alone and must fade to 1.",
        ("m = beta*m + (1 - beta)*g; w = m/(1 - beta)",),
    ),
    Mistake(
        "M08 product for power",
        "a power, not a product",
        "beta times t is not beta to the power t. They agree at t = 1 only, and then yours turns "
        "negative.",
        ("m = beta*m + (1 - beta)*g; w = m/(1 - beta*t)",),
    ),
    Mistake(
        "M06 t from 0",
        "t counts the values seen",
        "Your power is one too low: with t values seen the weights add up to 1 − beta^t. At t = 1 "
        "yours divides by zero.",
        ("m = beta*m + (1 - beta)*g; w = m/(1 - beta**(t - 1))",),
    ),
    Mistake(
        "one step early",
        "t counts the values seen",
        "Your power is one too high: with t values seen the weights add up to 1 − beta^t.",
        ("m = beta*m + (1 - beta)*g; w = m/(1 - beta**(t + 1))",),
    ),
    Mistake(
        "multiplied",
        "divide by the weight that arrived",
        "You multiply by 1 − beta^t, which pulls the average still closer to zero. Divide by it.",
        ("m = beta*m + (1 - beta)*g; w = m*(1 - beta**t)",),
    ),
    Mistake(
        "divided by the power",
        "divide by the weight that arrived",
        "You divide by beta^t, the weight that is still on the zeros. Divide by what has arrived, "
        "1 − beta^t.",
        ("m = beta*m + (1 - beta)*g; w = m/beta**t",),
    ),
    Mistake(
        "M01 a sum",
        "shares that add up to one",
        "The memory takes the new value in whole, so it is a sum. Its share is 1 − beta.",
        ("m = beta*m + g; w = m/(1 - beta**t)",),
    ),
    Mistake(
        "M04 swapped shares",
        "beta is the share you keep",
        "You keep 1 − beta of the memory and let beta of the new value in. Beta is the share that "
        "is kept.",
        ("m = (1 - beta)*m + beta*g; w = m/(1 - beta**t)",),
    ),
    Mistake(
        "M18 old memory",
        "first remember, then correct",
        "You correct the memory of one step ago. Let the new value in first.",
        ("w = m/(1 - beta**t); m = beta*m + (1 - beta)*g",),
    ),
    Mistake(
        "the value corrected",
        "the memory is corrected",
        "You divide the new value and not the memory.",
        ("m = beta*m + (1 - beta)*g; w = g/(1 - beta**t)",),
    ),
    Mistake(
        "memory thrown away",
        "the caller keeps the memory",
        "Your average is right, and m stays as it was: `m = ...` makes a new array that nobody "
        "sees. Write `m *= beta` and `m += (1 - beta)*g`, or return (a, m).",
        ("w = (beta*m + (1 - beta)*g)/(1 - beta**t)",),
    ),
    Mistake(
        "the result stays",
        "in place or returned",
        "The memory is right and a never changes: `a = ...` makes a new array that nobody sees. "
        "Write `a[...] = ...`, or return (a, m).",
        ("m = beta*m + (1 - beta)*g",),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. If you wrote `m = ...` and `a = ...`, those are new arrays which nobody "
        "sees: change them in place, or return (a, m).",
        ("pass",),
    ),
    Mistake(
        "M14 no value",
        "the new value is missing",
        "The memory takes in the share 1 − beta and no value: it forgot to multiply by g.",
        ("m = beta*m + (1 - beta); w = m/(1 - beta**t)",),
    ),
    Mistake(
        "M15 squared value",
        "the value itself",
        "The value enters squared, which is what Adam does in its second memory. Here it enters "
        "as it is.",
        ("m = beta*m + (1 - beta)*g*g; w = m/(1 - beta**t)",),
    ),
    Mistake(
        "M23 nothing kept",
        "memory must last",
        "The old memory never arrives in the new one. Multiply it by beta and keep it.",
        (
            "m = (1 - beta)*g; w = m/(1 - beta**t)",
            "m = g; w = m/(1 - beta**t)",
        ),
    ),
    Mistake(
        "M31 whole numbers",
        "weights are fractions",
        "Your numbers are cut to whole ones, so small values are lost. Start with floats and "
        "leave them floats.",
        (
            "m = beta*m + (1 - beta)*g; w = (m/(1 - beta**t)).astype(int)",
            "m = beta*m + (1 - beta)*g; w = np.round(m/(1 - beta**t))",
            "m = (beta*m + (1 - beta)*g).astype(int); w = m/(1 - beta**t)",
        ),
    ),
    Mistake(
        "M32 minus",
        "an average adds its parts",
        "You subtract the new value. An average adds its parts, beta m and (1 − beta) g.",
        ("m = beta*m - (1 - beta)*g; w = m/(1 - beta**t)",),
    ),
    Mistake(
        "M24 two values",
        "memory is recursive",
        "Your m holds the last value alone, so what you hand out knows two values. Let m keep "
        "beta of all that came before.",
        ("w = (beta*m + (1 - beta)*g)/(1 - beta**t); m = g",),
    ),
)

# %% [markdown]
# # 14 · Read your own run
#
# Something is wrong with this training run. Look at its curves, and lock in a guess below; then choose a cause under *your diagnosis* and turn one knob.

# %% jupyter={"source_hidden": true}
from dataclasses import replace

import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import Diagnosis
from course_utils.figures import lesson_14
from course_utils.networks import Network, digits, range_test
from course_utils.networks.diagnosis import FAULTS, HEALTHY, curves, diagnose, readings
from course_utils.networks.diagnosis import stored, watch, weigh

# %% jupyter={"source_hidden": true}
from course_utils.descent import descend
from course_utils.optimizers import ADAM, MOMENTUM, adam, clip_by_norm, show_kernel
from course_utils.surfaces import Surface
from course_utils.symbolic import trace

explorer = Diagnosis(step=16)

# %%
explorer

# %% [markdown]
# | About | this lesson |
# |---|---|
# | **Minutes** | 35 for the core; 6 to 12 for each section below it |
# | **You need** | lessons [04, Momentum](04_momentum.ipynb) and [07, Adam](07_adam.ipynb); [09, Noise and schedules](09_noise_and_schedules.ipynb) helps |
# | **You will be able to** | name the cause of a bad run from four curves · say which causes look alike, and which further run separates them · choose the knob, and read a learning-rate range test |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+https://example.org/down-the-ravine` first, then restart the kernel.

# %% [markdown]
# ## Remember
#
# Answer before you open.
#
# <details><summary>How long is the first step of Adam along one weight, with its correction and ε = 0?</summary>η, whatever the gradient (07).</details>
#
# <details><summary>Above which learning rate does gradient descent diverge in a direction of curvature λ?</summary>Above 2/λ (01).</details>

# %% [markdown]
# ## The disease in one sentence
#
# A loss curve says *that* a run goes wrong; it often takes a second and a third to say *why*.

# %% [markdown]
# ## What is in the log
#
# Every run trains the digits network, with one thing wrong. The settings are hidden; you see the log:
#
# - **training loss**, by step (each mini-batch) and by pass (the whole training set);
# - **gradient norm**, of each mini-batch;
# - **update-to-weight ratio**: the length of the step over that of $w$;
# - **accuracy** on training and validation data, and the **length of $w$**.
#
# *A healthy run beside it* gives a comparison.

# %% tags=["predicts-C31"]
predict("14 jumps alike", opens=explorer)

# %% tags=["shows-C31"]
lesson_14.jumping_runs()

# %% [markdown]
# What returns with each pass comes from the *order* of the data, in the first run sorted by class. Where batch losses in one pass lie decades (powers of ten) apart, each gradient is a guess from a few samples: the *batch* is too small for its η. Where they lie closer and the loss stays high, the *steps* are too long for this batch.

# %% [markdown]
# ## Derive: the update-to-weight ratio
#
# With the step $\Delta w$,
#
# $$r = \frac{|\Delta w|}{|w|}.$$
#
# Gradient descent has $|\Delta w| = \eta|g|$: while $|w|$ hardly changes, its ratio follows the gradient norm. The first step of Adam, corrected and with ε = 0, moves every one of $n$ weights by η. If the weights have the root mean square size $\bar w$,
#
# $$r_1 = \frac{\eta\sqrt n}{\bar w\sqrt n} = \frac{\eta}{\bar w}.$$
#
# Without the correction the same step is $(1-\beta_1)/\sqrt{1-\beta_2}$ times as long. SymPy runs the kernel once, from empty memories:

# %%
lr, b1, b2, g, w = sp.symbols("lr beta1 beta2 g w", positive=True)
first = trace(adam, w=w, g=g, m=0, s=0, eps=0, t=1, lr=lr, beta1=b1, beta2=b2)["w"]
print("first step of Adam:", sp.simplify(w - first))

# %% [markdown]
# A log can check this. Pixels that are 0 in the whole batch have no gradient, so the logged ratio is a little smaller:

# %%
size = np.sqrt(np.mean(Network().init(0) ** 2))
for name, eta, factor in (("Adam", 0.01, 1), ("no bias correction", 0.05, 0.1 / np.sqrt(0.001))):
    run = HEALTHY[name] if name in HEALTHY else FAULTS[name]
    logged = stored(run, 0).ratios[0]
    print(f"{name}: predicted {factor * eta / size:.2f}, in the log {logged:.2f}")

# %% [markdown]
# If you know η and $\bar w$, Adam's first ratio tells whether the correction was forgotten. Two slow runs:

# %% tags=["predicts-C32"]
predict("14 two slow runs")

# %% tags=["shows-C32"]
lesson_14.slow_runs()

# %% [markdown]
# The losses are alike in shape. As the gradients shrink, the batches agree less, so $m$ shrinks faster than the gradient norm. Where ε is small, a shrinking $\sqrt s$ makes up for that; where ε is large, nothing does. The difference is small.

# %% [markdown]
# ## The signs of twelve causes
#
# | Cause | What to look for |
# |---|---|
# | **η too large** | loss by pass high and jagged, ratio still high late in the run |
# | **η too small** | ratio small from the start, falls no faster than the gradient norm |
# | **β too large for its η** | ratio smooth, loss falls and climbs again |
# | **ε too large** | (Adam) ratio small from the start, falls faster than the gradient norm |
# | **no bias correction** | first ratio about three times $\eta/\bar w$ (usual β), later an ordinary one |
# | **batch too small for its η** | batches of one pass decades apart |
# | **L2, not decoupled decay** | (Adam) $w$ shrinks, loss flat and high |
# | **saturated start** | loss far above a blind guess before the first step |
# | **data not shuffled** | the same pattern in each pass |
# | **one broken batch** | calm, then NaN |
# | **√s fades while η stays** | loss very low, then bursts |
# | **start at a saddle** | loss flat for passes, gradient norm small, then both move |

# %% [markdown]
# ## Play
#
# Try the goal. The explorer says which curves speak for your diagnosis and which against it; another *set of runs* has the same causes in another order, with other seeds.

# %% [markdown]
# ## Measure: how far the signs carry
#
# Each sign has a limit, set on six seeds and then tried on ten others. (Other strengths are harder: see *Going further*.)

# %%
new = readings()["new"]
right = sum(new[fault].get(fault, 0) for fault in new)
print(f"{right} of {sum(sum(read.values()) for read in new.values())} runs read right")
for fault, read in new.items():
    for other in set(read) - {fault}:
        print(f"{fault}, read as {other}: {read[other]} of {sum(read.values())}")

# %% [markdown]
# ## Which pairs look alike
#
# | Pair | The run that tells them apart |
# |---|---|
# | η too small, ε too large | the loss times ten: nothing changes if the steps are normalised |
# | noise too strong, steps too long for the curvature | the whole training set as one batch, at the same η |
# | η too large under Adam, no correction | the correction (or a warm-up) at the same η |
# | start at a saddle, η too small | another start at the same η |
# | data not shuffled, η too large | shuffled data |
#
# **A cure need not reveal the cause.** Here is the second pair under momentum, at two learning rates, with equally many steps:

# %%
borders, words = (0.01, np.log(10)), ("below 0.01", "in between", "above a blind guess")
for eta in (1.0, 3.0):
    for batch, passes in ((64, 16), (1347, 352)):
        run = replace(FAULTS["η too large"].turned(lr=eta), batch=batch, passes=passes)
        end = run.made(0).by_pass[-1]
        print(f"η = {eta:g}, batch {batch}: the loss ends", words[np.searchsorted(borders, end)])

# %% [markdown]
# At the smaller η the jumps were noise, which the whole set cures.

# %% [markdown]
# ## Measure: one knob at a time
#
# These knobs remove a fault's signs with at least five of six seeds and lower the final loss:

# %%
for fault, knobs in lesson_14.mended().items():
    print(f"{fault}: {', '.join(knobs)}")

# %% [markdown]
# *η ÷ 10* cures several, so it tells little. In *√s fades*, steps stay η long while $\sqrt s$ forgets within tens of steps how large gradients can be; the usual β₂ remembers longer.

# %% [markdown]
# ## Gradient clipping
#
# Clipping *by norm* shortens a gradient longer than a limit $c$; clipping *by value* cuts off each entry, which can turn the direction:
#
# $$g \leftarrow g\,\frac{c}{\max(|g|,\,c)}, \qquad g_i \leftarrow \min(\max(g_i, -c),\, c).$$

# %% tags=["predicts-C33"]
predict("14 clip NaN")

# %% tags=["shows-C33"]
lesson_14.knobs_on_a_broken_batch()

# %% [markdown]
# ## A learning-rate range test
#
# How large may η be? Train briefly, raise η by a constant factor each step, and watch where the loss turns. In a direction of curvature λ each step of gradient descent multiplies $w$ by $1-\eta\lambda$: beyond $\eta = 2/\lambda$ it grows. Is that where the loss turns?

# %% tags=["predicts-C34"]
predict("14 where the ramp turns")

# %% tags=["shows-C34"]
lesson_14.ramps()

# %% [markdown]
# With one curvature the loss turns at $2/\lambda$. On a long ravine the flat direction holds the loss up, and growth along the steep one must first undo what the ramp has gained: it shows late, however slow the ramp. **So the turn does not mark the limit of stability.** And on our network?

# %%
data, tests = digits(), {}
for rule, last, more in ((MOMENTUM, 10, {"beta": 0.9}), (ADAM, 3, {})):
    tests[rule.name] = range_test(Network(), rule, data, first=1e-4, last=last, **more)
lesson_14.range_tests(tests)

# %% [markdown]
# Our healthy runs use 0.1 and 0.01, well below the turns.
#
# **Verdict.** Read the log before you turn a knob: a few curves point to most causes, and a further run separates most pairs that look alike.

# %% [markdown]
# ## You will also hear
#
# - **Epoch**: a pass. **Loss spike**: a burst. **Dead** or **saturated units**: a saturated start. **Update ratio**, **trust ratio**: relatives of our $r$.
# - **LR finder**: the range test. **Warm-up**: a small η at first.
# - **Skipped step**: a batch with NaN is left out; clipping is for long gradients.
# - The sheet [symptom, cause, what to turn](../docs/KNOBS.md) gives the lines in three libraries. In PyTorch: `torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0, error_if_nonfinite=True)` between `backward()` and `step()`; it returns the norm before clipping.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** Adam, corrected, ε = 0. The weights have the root mean square size `size`. What is the ratio at the first step? A formula in `lr` and `size`.

# %%
check("first ratio", ...)

# %% [markdown]
# **2 Make.** The line to put into your own loop:

# %%
def my_ratio(before, after):
    """The length of the step over that of the weights before it."""
    ...


check("ratio of a step", my_ratio)

# %% [markdown]
# **3 Explain.** The data are shuffled, and the loss by pass stays near 0.5 and jumps. Which two causes fit, which curve do you ask for, and which further run separates them? `solution("which experiment")` outlines an answer.

# %% [markdown]
# ## Summary
#
# - *Name the cause.* Loss by step and by pass, gradient norm, update-to-weight ratio and length of $w$: each cause has its signs.
# - *Pairs.* η too small or ε too large, a long step or a noisy one: ask for the run that separates them.
# - *The knob.* One at a time. A range test shows where the loss turns, which on a long ravine lies far beyond $2/\lambda_1$.
#
# The next run is your own.

# %% [markdown]
# # Going further
#
# Each section stands alone.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Other strengths, 6 minutes
#
# The signs were set on one strength of each fault. Read this before you trust them elsewhere.

# %% [markdown]
# Weaker and stronger faults, or the same fault under another rule, three runs of each with three seeds:

# %%
for fault, strengths in readings()["other"].items():
    total = {}
    for read in strengths:
        for name, count in read.items():
            total[name] = total.get(name, 0) + count
    missed = ", ".join(f"{name} {n}" for name, n in total.items() if name != fault)
    right, runs = total.get(fault, 0), sum(total.values())
    print(f"{fault}: {right} of {runs} right; {missed or 'no other reading'}")

# %% [markdown]
# A mild fault shows fewer signs, or a neighbour's: a learning rate slightly too large or a batch slightly too small can make a quiet run burst, as a fading √s does. A strong fault can hide its sign: under momentum, sorted data can drive the loss up until no pattern returns. And signs depend on the rule: slow momentum can be read as a large ε, which it does not have; a tiny $|w|$ makes the first ratio large. The *curves* stay useful; the limits do not.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Bring your own, 12 minutes
#
# A network, a rule or a loss of your own, with the same log and the same signs.

# %% [markdown]
# `watch` trains any network of the course on any of its data and keeps the log. Change the sizes, the rule, the settings; `diagnose` names the causes whose signs are all there, `weigh` says what speaks for and against one.

# %%
log = watch(Network((64, 24, 10), "relu"), ADAM, digits(), epochs=8, seed=3, lr=1e-4)
mine = curves(log)
print("signs of:", ", ".join(diagnose(mine)) or "no cause that is known here")
for side, words in zip(("for", "against"), weigh(mine, "start at a saddle")):
    print(f"{side} a start at a saddle:", "; ".join(words))

# %%
lesson_14.own(mine)

# %% [markdown]
# The limits were set on the digits network with 16 passes; on another network read `weigh` as a list of things to look at, not as a verdict. For a loss in two weights, write its formula in SymPy: surface, descent and curves follow.

# %%
w1, w2 = sp.symbols("w1 w2", real=True)
formula = 5 * (w1 - w2**2) ** 2 + (w2 - 1) ** 2 / 2
places = {"start": (2.0, -1.0), "minimum": (1.0, 1.0), "domain": ((-2, 3), (-2, 2))}
bent = Surface("my loss", formula, source="my own", **places)
lesson_14.two_weights(descend(bent, MOMENTUM, lr=0.02, beta=0.9, steps=200), reach=1e3)

# %% [markdown]
# Which of the signs do you see if you raise β to 0.99, or lr to 0.2? The loop of your own framework needs two lines for the same log, the gradient norm and the ratio, and nothing else of this lesson.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## What clipping costs, 8 minutes
#
# Clipping is often left on for safety. What does it do to the noise that a run ends in, and to one heavy sample?

# %%
show_kernel(clip_by_norm)

# %%
for limit in (0.5, 1, 3):
    slope, price = theory.clipped_slope(limit), theory.clipped_price(limit)
    print(f"limit {limit:g} σ: {slope:.2f} of the speed; at equal speed {price:.2f} of the floor")
targets = np.array([0.0] * 9 + [10.0])
for limit in (100.0, 1.0):
    print(f"limit {limit:g}: the minimum moves to {theory.clipped_minimum(targets, limit):.2f}")

# %% [markdown]
# With normal noise near a minimum, a low limit slows the descent, and at equal speed the floor of the loss is higher. With one sample in ten that pulls far away, a low limit moves the minimum from the mean towards the median. That may be what you want, but it is not the problem you wrote down.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Often said, 6 minutes
#
# Advice about curves that one meets in articles, posts and talks, and what we find.

# %% [markdown]
# | It is said, in our words | We find |
# |---|---|
# | if the loss jumps, lower the learning rate | it helps in several cases; sorted data and small batches have knobs of their own |
# | the ratio should be about 1e-3 | our healthy runs begin far above it and end a few times above it: compare with a healthy run, not with a number |
# | NaN means the learning rate is too large | our runs of a tanh network with a hundred times the healthy η end high, and finite; calm curves before NaN speak for the data |
# | clipping makes training safe | not from NaN; it slows, and it moves the minimum if single samples pull hard |
# | take the learning rate at the turn of the range test, divided by ten | a start for a search: on quadratics the turn lies between 2/λ₁ and several times as far, depending on κ; half the turn of momentum above is about the η of our run with *η too large* |

# %% [markdown]
# ## References
#
# - L. Smith, "Cyclical learning rates for training neural networks", *WACV* 2017, [arXiv:1506.01186](https://arxiv.org/abs/1506.01186).
# - R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural networks", *ICML* 2013, [arXiv:1211.5063](https://arxiv.org/abs/1211.5063).
# - I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", *ICLR* 2019, [arXiv:1711.05101](https://arxiv.org/abs/1711.05101).
# - X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", *AISTATS* 2010, [PMLR 9](https://proceedings.mlr.press/v9/glorot10a.html), 249–256.
# - A. Karpathy, ["A recipe for training neural networks"](https://karpathy.github.io/2019/04/25/recipe/), 2019, on what to look at first.
# - [PyTorch documentation, `torch.nn.utils.clip_grad_norm_`](https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html).
#
# Before: [13, A fair race](13_a_fair_race.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.

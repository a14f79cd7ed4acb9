# %% [markdown]
# # 13 · Race them fairly
#
# Seven rules train one network on our digits, from the same first weights, on the same batches, with the same learning rate, 0.01. Which one would you choose?

# %% jupyter={"source_hidden": true}
from itertools import combinations

import numpy as np
import sympy as sp
from sklearn.datasets import load_iris

from course_utils import libraries, theory
from course_utils.exercises import check, hint, predict, solution, tally
from course_utils.explorers import Budget
from course_utils.figures import lesson_13, progress
from course_utils.inventory import twelve_questions
from course_utils.symbolic import Equations, beta1, eps, fused, g, lr, m, rho, s, t, trace, upright, w

# %% jupyter={"source_hidden": true}
from course_utils.networks import Entry, Range, choose, digits_task, final, make_task, ratio
from course_utils.networks import record, repeat, search, train, wine_task, words_task
from course_utils.optimizers import ADAGRAD, ADAM, ADAM_HAT, ADAMW, AVERAGED_MOMENTUM
from course_utils.optimizers import GRADIENT_DESCENT, MOMENTUM, MOMENTUM_RATE_OUTSIDE, NESTEROV
from course_utils.optimizers import RMSPROP, RMSPROP_INSIDE, adam, averaged_momentum
from course_utils.optimizers import gradient_descent, least_moved, passes, rmsprop

digit = digits_task()
seven = GRADIENT_DESCENT, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM, ADAMW


def train_at(lr, seeds=range(4)):
    """Training losses of the seven rules on digits, all with this learning rate."""
    entries = [Entry(rule, {"lr": Range(1e-3, 1)}) for rule in seven]
    return {e.name: repeat(digit, e, {"lr": lr}, seeds).losses["training loss"] for e in entries}


def mean(losses):
    """Their geometric mean."""
    return float(np.exp(np.log(losses).mean()))


def races_of(trials, measures=("validation loss", "training loss")):
    """The losses of all trials by task, measure and entry."""
    by = lambda field, how: {name: one.losses[how] for name, one in field.items()}
    return {task: {how: by(field, how) for how in measures} for task, field in trials.items()}

# %%
same_rate = {lr: train_at(lr) for lr in (0.001, 0.01, 0.1, 1.0)}
lesson_13.one_rate(same_rate[0.01], lr=0.01, epochs=digit.epochs)

# %% [markdown]
# | About | this lesson |
# |---|---|
# | **Minutes** | 44 for the core; 6 to 45 for each section below it |
# | **You need** | lessons [04, Momentum](04_momentum.ipynb), [06, RMSProp](06_rmsprop.ipynb) and [07, Adam](07_adam.ipynb) |
# | **You will be able to** | say why one learning rate for all rules is no fair race · compute what a budget of trials buys · run a race by a protocol and say how sure its first place is |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+https://example.org/down-the-ravine` first, then restart the kernel.
#
# ## Remember
#
# Two quick questions, on lessons 04 and 07.

# %%
predict("13 remember momentum")

# %%
predict("13 remember Adam")

# %% [markdown]
# ## Predict
#
# The same race, seed by seed; only the learning rate that all rules share is now 1. Lock in your answer.

# %% tags=["predicts-C25"]
predict("13 same rate", measured=lambda: lesson_13.by_median(same_rate[1.0])[0])

# %% [markdown]
# ## The disease in one sentence
#
# A race is never between rules but between rules with settings, and whoever chooses the settings helps to choose the winner.
#
# ## Derive: the unit of a learning rate
#
# Multiply the loss by $c > 0$. Gradients and their averages are multiplied by $c$, averages of squares by $c^2$. Which learning rate $\eta'$ makes the same step as η did?
#
# $$\eta' c\,g = \eta\,g \;\Rightarrow\; \eta' = \frac{\eta}{c}, \qquad\qquad \eta'\,\frac{c\,m}{\sqrt{c^2 s}} = \eta\,\frac{m}{\sqrt s} \;\Rightarrow\; \eta' = \eta.$$
#
# The left is gradient descent's; the right, with ε = 0, Adam's, and RMSProp's with $g$ for $m$. From the kernels:

# %% tags=["shows-C25"]
c, new = sp.symbols("c eta_new", positive=True)
for kernel, usual, scaled in (
    (gradient_descent, {}, dict(g=c * g)),
    (rmsprop, dict(eps=0), dict(g=c * g, s=c**2 * s)),
    (adam, dict(eps=0), dict(g=c * g, m=c * m, s=c**2 * s)),
):
    change = trace(kernel, lr=new, **usual, **scaled)["w"] - trace(kernel, **usual)["w"]
    print(f"{kernel.__name__}: the same step at", *sp.simplify(sp.Matrix(sp.solve(change, new))))
lesson_13.places(same_rate)

# %% [markdown]
# Gradient descent's η has the unit of weight² / loss, an inverse curvature; Adam's has the unit of a weight, a length. **Two numbers in different units cannot be made equal, only written with the same digits.** Any of these four races could have been published, so every rule needs an η of its own. Who looks for it, and for how long?

# %% [markdown]
# ## Derive: the best of k
#
# *Random search* draws $k$ settings, trains with each (a *trial*) and keeps the best. Suppose that results are spread evenly between 0, good, and 1. All $k$ lie above $x$ with probability $(1-x)^k$, and the mean of a positive number is the area under the probability of exceeding $x$:
#
# $$\int_0^1 (1-x)^k\,dx = \frac{1}{k+1}.$$
#
# Real results are not. From $n$ results draw $k$ without replacement. Rank $r$ is the best one drawn if it is drawn and the other $k-1$ come from the $n-r$ worse ones; its weight is $\binom{n-r}{k-1}\big/\binom nk$.

# %%
x, k, n, r = sp.symbols("x k n r", positive=True)
print("the best of k on average:", sp.simplify(sp.integrate((1 - x) ** k, (x, 0, 1))))
weight = sp.binomial(n - r, k - 1) / sp.binomial(n, k)
four = [weight.subs({n: 4, k: 2, r: rank}) for rank in range(1, 5)]
print("weights of the ranks for 2 of 4 trials:", *four, "sum", sum(four))

# %% [markdown]
# **With evenly spread results, the first trials buy most**: the second lowers the mean from 1/2 to 1/3, the fortieth hardly at all.
#
# ## Implement: your turn
#
# Write the average smallest of $k$ values drawn without replacement. `math.comb(n, k)` counts draws; `hint("best of k")` helps. Below, the course's own is checked on seven results by counting every draw.

# %%
def my_best_of(values, k):
    """The average, over all draws of k of the values, of the smallest one."""
    ...


check("best of k", my_best_of)

# %%
seven_results = [9, 2, 5, 11, 3, 8, 20]
for budget in (1, 2, 3, 7):
    draws = [min(draw) for draw in combinations(seven_results, budget)]
    counted = sp.Rational(sum(draws), len(draws))
    agrees = abs(theory.best_of(seven_results, budget) - float(counted)) < 1e-12
    print(f"budget {budget}: {len(draws)} draws, best {counted} on average, agrees: {agrees}")

# %% [markdown]
# ## The rules of the race
#
# Before the race, everything is written down: tasks, trials, measure, ranges. These two cells are the ones to change for a race of your own.

# %%
TRIALS, FEW, FRESH, SEARCH_SEED = 40, 4, range(1000, 1010), 0
MEASURE, REFERENCE = "validation loss", "momentum"
TASKS = {task.name: task for task in (digits_task(), wine_task(), words_task())}
print(*map(repr, TASKS.values()), sep="\n")

# %%
long_memory, kept = Range(1e-3, 1, below_one=True), Range(1e-4, 1e-1, below_one=True)
every = {"lr": Range(1e-4, 1), "beta1": long_memory, "beta2": kept, "eps": Range(1e-10, 1)}
ENTRIES = (
    Entry(GRADIENT_DESCENT, {"lr": Range(1e-2, 1e2)}),
    Entry(MOMENTUM, {"lr": Range(1e-3, 10), "beta": long_memory}),
    Entry(NESTEROV, {"lr": Range(1e-3, 10), "beta": long_memory}),
    Entry(ADAGRAD, {"lr": Range(1e-3, 10)}),
    Entry(RMSPROP, {"lr": Range(1e-4, 1), "rho": long_memory}),
    Entry(ADAM, {"lr": Range(1e-4, 1)}),
    Entry(ADAMW, {"lr": Range(1e-4, 1), "decay": Range(1e-4, 1)}),
    Entry(ADAM, every, name="Adam (4 settings)"))  # fmt: skip

# %% [markdown]
# Every rule searches its η over four decades around what is customary for it. Trial $j$ has the same random numbers for all: its place in the range of η, first weights, batches. Training sees one part of the data; the *validation* part chooses settings; the *test* part stays sealed.
#
# ## Measure: the search
#
# One entry is Adam with all four settings to tune, and it can do whatever Adam with η alone can. You have time for two trials: which entry would you take? Lock in your answer, and the explorer opens.

# %%
trials = {
    name: {e.name: search(task, e, TRIALS, SEARCH_SEED) for e in progress(ENTRIES, name)}
    for name, task in TASKS.items()
}
luck, LABS = trials["digits"]["Adam"].u[:, 0], record("laboratories")
explorer = Budget(races_of(trials), luck, task="digits", measure=MEASURE, step=2)
both = [LABS["typical best"]["digits"]["2"][name] for name in ("Adam (4 settings)", "Adam")]

# %%
predict("13 four settings", opens=explorer, measured=lambda: ratio(*both))

# %% [markdown]
# ## Play
#
# The slider *step* is the budget. On the left, each rule's typical best loss with so many trials; on the right, the ranking. Nothing is trained here: the explorer draws again from the trials above. Then be unfair: give the others fewer trials than your favourite, or narrow the range of η as an expert would. The goal asks for four winners on one task.

# %%
explorer

# %% [markdown]
# ## Measure: learning-rate curves
#
# A curve says more than its lowest point: nine learning rates over each declared range, half a decade apart, three seeds, all other settings customary. Adam is said to forgive a wrong η.

# %%
curves = {}
for entry in ENTRIES[:-1]:
    rates = np.array([entry.ranges["lr"].at(u) for u in np.linspace(0, 1, 9)])
    runs = [repeat(digit, entry, {"lr": rate}, range(3)) for rate in rates]
    curves[entry.name] = rates, np.array([one.losses["training loss"] for one in runs])

# %%
predict("13 nine rates", measured=lambda: lesson_13.within_twice(*curves["Adam"])[1].sum())

# %%
lesson_13.losses_by_rate(curves, epochs=digit.epochs)

# %% [markdown]
# The outermost valleys lie more than a decade apart. Their width counts at a small budget, their depth at a large one. None is flat: **on this task, no rule of the seven takes the choice of η off your hands.**
#
# ## Measure: the final
#
# Each entry's best settings are trained again, with ten seeds that the search has not seen. *Best* has two readings: the single trial with the lowest validation loss; or, of the four best trials, repeated with three more seeds each, the one with the lowest mean.

# %%
lucky = final(TASKS, ENTRIES, trials, FRESH, lambda task, found: found.best(MEASURE))
careful = lambda task, found: choose(task, found, MEASURE, FEW)
picked = final(TASKS, ENTRIES, trials, FRESH, careful)
won = {name: [one.losses[MEASURE].min() for one in f.values()] for name, f in trials.items()}
fresh = [
    {name: [mean(one.losses[MEASURE]) for one in f.values()] for name, f in finals.items()}
    for finals in (lucky, picked)
]
everything = sum(fresh[0].values(), []), sum(won.values(), [])

# %%
predict("13 run again", measured=lambda: ratio(*everything))

# %%
for how, losses in zip(("best trial", f"best of {FEW}"), fresh, strict=True):
    for name, field in won.items():
        again = ratio(losses[name], field)
        print(f"{how}, {name}: {again.effect:.2g} times what won,", again.says(*lesson_13.WORDS))

# %% [markdown]
# This is the *winner's curse*: the lowest of many noisy numbers is low partly by luck. It is largest on wine, where 44 bottles decide. Here, repeating the best few takes some of it away. The number to report is the fresh one. We go on with the settings that were repeated.
#
# ## Measure: the test, once
#
# A second look with other weights is refused: a test set that is used twice has become part of the search.

# %%
tests = {
    name: TASKS[name].test.open({entry: one.weights for entry, one in field.items()})
    for name, field in picked.items()
}
against = {
    name: {n: ratio(x.loss, opened[REFERENCE].loss) for n, x in opened.items() if n != REFERENCE}
    for name, opened in tests.items()
}
opened, repeated = tests["digits"], LABS["finals"]["test loss"]
first = min(opened, key=lambda name: mean(opened[name].loss))
print(f"lowest mean test loss on digits: {first}")
lesson_13.against(against, REFERENCE)

# %% [markdown]
# An interval that contains 1 says that ten seeds cannot tell the two apart, not that they are equal. Of many intervals about one in twenty misses the truth by chance.
#
# ## Measure: how sure is a first place?
#
# These intervals describe other seeds *for the same settings*. Another laboratory would tune to other settings. So we repeated the whole race as 24 *laboratories*, each with 40 new trials per rule, its own choice, ten fresh seeds and one look at the test. On digits, in how many does our winner come first?

# %%
predict("13 how sure", measured=lambda: lesson_13.counts(repeated["digits"]).get(first, 0))

# %%
lesson_13.laboratories(against, repeated, REFERENCE)

# %% [markdown]
# **Tuning adds scatter that an interval from fresh seeds with frozen settings does not show.** Near the top the rules lie close together, and first places change hands. What nearly always repeats is coarser: on digits gradient descent, AdaGrad and RMSProp end behind momentum; on words the rules that divide by the root of squares end ahead of it.
#
# ## Which would you choose?
#
# A rule that is nowhere far behind is a safe first choice. On average, how far is each behind the lowest, after two trials and after the final?

# %%
lesson_13.behind(LABS)

# %% [markdown]
# **Verdict.** With time for a few trials and no experience with the task, take Adam or AdamW, leave their other settings alone, and spend every trial on η. With many trials, search two or three rules with equal effort, repeat the few that did well, and let fresh seeds decide. *Conditions:* three small tasks, short trainings, a constant η, our ranges, one split. **A rule wins under a budget, ranges, a measure, a task and seeds; a report that names all five can be checked.**

# %% [markdown]
# ## You will also hear
#
# - **Hyperparameters**: the settings. **Search space**: the declared ranges, log-uniform here.
# - **Tuning budget**: how many trials there are. **Grid search**: trials on a grid.
# - **Data leakage**: the test influences a choice, as when you look at it twice.
# - **Preregistration**: rules written down before the run.
# - In PyTorch: `torch.manual_seed(s)` before every run; `torch.optim.Adam(model.parameters(), lr=10 ** random.uniform(-4, 0))` for a trial.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** How many trials does a search need, so that with high probability one of them is among the best settings?
#
# **2 Make.** Be one more laboratory: give `SEARCH_SEED` and `FRESH` other numbers, run the lesson again, and compare first places and intervals with ours.
#
# **3 Explain.** A colleague has one afternoon, one machine, and a new task: which optimizer? `hint("which optimizer")` poses questions; `solution("which optimizer")` outlines an answer.

# %%
check("trials needed", ...)

# %% [markdown]
# ## Summary
#
# - *One learning rate for all* is no fair race: gradient descent's is an inverse curvature, Adam's a length.
# - *A budget.* If results are evenly spread, the best of $k$ falls like $1/(k+1)$; the weights $\binom{n-r}{k-1}/\binom nk$ read smaller budgets off the trials at hand.
# - *The protocol.* Ranges and trials declared, draws shared, best few repeated, fresh seeds, one test. Only new laboratories tell how sure a first place is.
#
# Here the story of the rules ends, on small networks; what carries over is the protocol, not the winner. Next: [lesson 14](14_read_your_own_run.ipynb).

# %% [markdown]
# # Going further
#
# Each section stands alone.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## One rule inside another, 12 minutes
#
# Adam divides one memory by the root of another and adds ε to the divisor. Read this if you tune ε or wonder whether a rule that contains another can lose to it.

# %% [markdown]
# Let ε grow without bound, and let the learning rate grow with it, $\eta\varepsilon$ in place of η.

# %% tags=["predicts-C29"]
predict("13 large eps")

# %% [markdown]
# With $\eta\varepsilon$ for η and any fixed memories,
#
# $$\frac{\eta\varepsilon\,\hat m}{\sqrt{\hat s} + \varepsilon} = \frac{\eta\,\hat m}{1 + \sqrt{\hat s}/\varepsilon} \;\longrightarrow\; \eta\,\hat m, \qquad\qquad \frac{\eta\varepsilon\,g}{\sqrt s + \varepsilon} \;\longrightarrow\; \eta\,g.$$

# %%
q = sp.Symbol("q", positive=True)


def far(kernel):
    """The step of a kernel as eps = 1/q grows without bound, with the learning rate lr/q."""
    return sp.limit(trace(kernel, eps=1 / q, lr=lr / q)["w"], q, 0, "+")


Equations({"RMSProp": far(rmsprop), "Adam": upright(far(adam) - w) + w})

# %% tags=["shows-C29"]
print("RMSProp less gradient descent:", sp.simplify(far(rmsprop) - trace(gradient_descent)["w"]))
corrected = trace(averaged_momentum, v=m, beta=beta1, lr=lr / (1 - beta1**t))["w"]
print("Adam less averaged momentum, corrected:", sp.simplify(far(adam) - corrected))
without_first = trace(adam, beta1=0, beta2=rho, eps=0)["w"] - w
by_root_of_s = trace(rmsprop, eps=0)["w"] - w
share = sp.simplify((without_first / by_root_of_s) ** 2)
print("Adam's step without its first memory, over RMSProp's, squared:", share)

# %% [markdown]
# So RMSProp contains gradient descent as a limit, and Adam contains averaged momentum, corrected at its start. **Adam's numerator is momentum's; what it divides by is RMSProp's.** One averages gradients, the other their squares. How large must ε be? The step is the limit times $\varepsilon/(\sqrt s + \varepsilon)$: within one per cent once ε is a hundred times $\sqrt s$. On digits:

# %%
def ends_apart(rule, partner, plan, sizes, seed=0, rate=0.5):
    """Distance of the two ends over the distance that the partner walked, by eps."""
    how = dict(epochs=digit.epochs, batch=digit.batch, seed=seed)
    begin = digit.network.init(seed)
    end = train(digit.network, partner, digit.known, lr=plan, **how).w
    ends = [
        train(digit.network, rule, digit.known, lr=rate * size, eps=size, **how).w
        for size in sizes
    ]
    return np.array([np.linalg.norm(x - end) for x in ends]) / np.linalg.norm(end - begin)


sizes = 10.0 ** np.arange(-4, 4)
corrected_rate = lambda step: 0.5 / (1 - 0.9**step)
apart = {
    "Adam": ends_apart(ADAM, AVERAGED_MOMENTUM, corrected_rate, sizes),
    "RMSProp": ends_apart(RMSPROP, GRADIENT_DESCENT, 0.5, sizes),
}
lesson_13.walked_apart(sizes, apart, lr=0.5)

# %% [markdown]
# With ε as a setting, Adam's settings include momentum's as a limit. A rule that contains another cannot do worse *if* tuning goes on for ever (Choi and others, 2019). In an afternoon it can, as the two entries of Adam show: the settings that make it win have to be found.

# %%
check("Adam as momentum", ...)

# %% [markdown]
# And tune RMSProp to a loss that its own cycle forbids at the usual ρ and ε.

# %%
check("RMSProp below 1e-6", {"lr": ..., "rho": ..., "eps": ...})

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## The same rules elsewhere, 25 minutes
#
# You have chosen; now you have to call it. Read this before you carry settings from one library to another: the same name may mean another rule.

# %% [markdown]
# ### The table of names
#
# Generated from the rules: what each library calls our arguments, and their defaults. A call marked *while lr is constant* makes our steps until a schedule changes the learning rate. An empty cell means that no call of the library makes our steps with our numbers unchanged. `None` is written as 0.

# %%
shown = (
    GRADIENT_DESCENT, MOMENTUM, MOMENTUM_RATE_OUTSIDE, AVERAGED_MOMENTUM, NESTEROV, ADAGRAD,
    RMSPROP, RMSPROP_INSIDE, ADAM, ADAM_HAT, ADAMW,
)  # fmt: skip
libraries.table(shown)

# %% [markdown]
# Names prove nothing. For every pair in the table our kernel and a transcription of the library's step run on symbols, and SymPy decides for all steps at once. Two of the proofs, a count of all, and the pairs that hold under a condition:

# %%
pairs = libraries.equivalences()
for pair in pairs:
    if pair.rule in (MOMENTUM_RATE_OUTSIDE, RMSPROP_INSIDE) and pair.library in ("torch", "keras"):
        print(pair.prove())
bound = [pair for pair in pairs if pair.condition]
proved = sum(bool(pair.prove()) for pair in pairs)
print(f"proved: {proved} of {len(pairs)}, {len(bound)} of them under a condition:")
for condition in dict.fromkeys(pair.condition for pair in bound):
    held = [p for p in bound if p.condition == condition]
    names = [f"{p.rule.name} in {libraries.LIBRARIES[p.library]}" for p in held]
    print(f"   {condition}: {', '.join(names)}")

# %% [markdown]
# Some pairs share a name and are not one rule. For each there are gradients that separate them, which anybody can run. Four of them:

# %%
for parted in libraries.differences()[:4]:
    print(parted)

# %% [markdown]
# The course writes a call for you, and reads one:

# %%
for rule, library in ((MOMENTUM_RATE_OUTSIDE, "torch"), (MOMENTUM, "keras"), (NESTEROV, "torch")):
    print(libraries.write(rule, library, lr=0.1, beta=0.9))
print(libraries.read("torch.optim.RMSprop(p, lr=0.01, alpha=0.9)"))

# %% [markdown]
# One argument deserves care: `weight_decay`. In `torch.optim.Adam` it goes through the gradient unless `decoupled_weight_decay=True` is given; in Keras it is decoupled in every optimizer, so `keras.optimizers.Adam` with it decays as AdamW does.
#
# ### Write the call
#
# In both directions; each answer is a call in quotes. It is read, not run, so nothing needs to be installed.

# %%
check("RMSProp in PyTorch", ...)

# %%
check("an average in PyTorch", ...)

# %%
check("RMSProp in optax", ...)

# %%
check("from PyTorch: SGD", ...)

# %%
check("from Keras: RMSprop", ...)

# %%
check("from PyTorch: Adam", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Why frameworks fuse, 15 minutes
#
# Frameworks offer *fused* optimizers, which make the same steps. Read this if you want to know where the time of a step goes, and what fusing can save.

# %% [markdown]
# NumPy carries out a kernel one operation at a time. Each operation runs through whole arrays, reading some and writing one, before the next begins: a *pass*. If the arrays are far larger than the processor's cache, every pass goes through main memory. We hand the kernel arrays that note what is done to them:

# %%
for rule in (ADAM, MOMENTUM):
    steps = passes(rule)
    numbers = sum(each.read + each.written for each in steps)
    print(f"{rule.name}: {len(steps)} passes, which move {numbers} numbers for each weight:")
    print("  ", *(each.operation for each in steps))

# %% [markdown]
# ### Derive: the memory limit
#
# Let the arrays be far larger than the cache. A step that uses and changes $k$ memories has to read $w$, $g$ and the memories, and to write $w$ and the memories. It moves at least
#
# $$(2 + k) + (1 + k) = 3 + 2k$$
#
# numbers for each weight. If each has $b$ bytes and main memory moves $B$ bytes a second, a step on $n$ weights takes at least $n\,b\,(3+2k)/B$ seconds, however quickly the processor computes.

# %%
for rule in (ADAM, MOMENTUM):
    least, operations = least_moved(rule), len(passes(rule))
    print(f"{rule.name}: at least {least} numbers, {8 * least} bytes in float64;",
          f"{operations / (8 * least):.2g} operations for each of these bytes")  # fmt: skip

# %% [markdown]
# Operations for each byte are the *arithmetic intensity*. By the *roofline model* (Williams and others, 2009), a computation takes at least the time of its arithmetic at the processor's peak rate, and at least the time of its bytes at the memory's. Where the intensity is below the ratio of the two rates, the bytes set the limit.

# %% [markdown]
# ### From the proved formula to one loop
#
# To come down to the limit, *fuse* the passes: do all operations for one weight, then go on to the next. The kernel runs on symbols, so SymPy can write that loop. It is proved as the kernel is: on symbols, both give the same formulas. (The outer loop is for weights in several rows.)

# %%
loop = fused(adam)
print(loop)
print("before the loop:", ", ".join(f"{name} = {value}" for value, name in loop.before.items()))

# %% [markdown]
# As Python this loop is slow, for each line goes through the interpreter once a weight. `compiled(adam)` in `course_utils.symbolic` has Numba, an optional package, turn it into machine code, and compares the two on random numbers before the first step. We timed it against others on one machine, with one thread. Lock in your answer.

# %%
predict("13 one loop", measured=lambda: lesson_13.loop_over_new_arrays(record("kernels")))

# %%
speed = record("kernels")
lesson_13.ladder(speed)

# %% [markdown]
# From top to bottom. *New arrays*: every result gets an array of its own, for which the system has to provide memory first. *In place*: our kernel changes $w$ and its memories where they are; intermediate results still get new arrays. *In blocks*: our kernel on one megabyte of weights after the other. Its arrays stay in a cache, and the next block uses their memory again.

# %% [markdown]
# So already *in blocks* a step goes through main memory about once. The rest of the gain lies nearer to the processor: each pass through the cache loads and stores, too. In the *proved loop* intermediate results stay in registers. It also divides once where the kernel divides three times, since $1/(1-\beta^t)$ is computed before it.

# %% [markdown]
# The limit is measured as well, by adding one array to another in place until as many bytes have moved. A ratio slightly below 1 says that the loop moves its bytes a little faster than this addition does.

# %%
print("Adam, nanoseconds a weight:")
for n in (10**3, 10**5, 10**7):
    times = lesson_13.step_times(speed, "Adam", n)
    kernel, one_loop, torch = (times[who][1] for who in ("ours", "compiled", "torch fused"))
    print(f"{n:>10,} weights: kernel {kernel:.3g}, loop {one_loop:.3g}, PyTorch fused {torch:.3g}")

# %% [markdown]
# A thousand weights fit into the cache, and calls cost more than passes: there, one call of PyTorch's fused step takes longer than all the operations of our kernel. **What fusing saves depends on the size: calls in a short step, passes through the cache in a longer one, and trips to main memory in a long one.**

# %% [markdown]
# ### What frameworks do
#
# - `torch.optim.Adam(params, fused=True)` calls one loop, written by hand.
# - `torch.compile` records operations; its *TorchInductor* generates fused loops from them (Ansel and others, 2024).
# - `jax.jit` hands a function, an optax step for instance, to *XLA*, which fuses element-wise operations.

# %% [markdown]
# All that we timed first made the same three steps, and had to agree. (Not to the last digit: another order of operations can change it.)
#
# How long must a step take on a machine that you have not measured? And where would fusing help little?

# %%
check("shortest step", ...)

# %%
check("bound by arithmetic", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Drawn again from one search, 10 minutes
#
# Each new laboratory costs as much as the race. Why not draw again from the trials at hand? Read this before you bootstrap a ranking.

# %% [markdown]
# Each rule draws 20 of its 40 trials, and the lowest training loss wins. `theory.win_chances` sums the weights of all ranks and is exact for such draws. The rule with the lowest typical best of 20 leads, and wins a share of the races drawn from our trials. Then 56 *new* searches are run, with 20 trials a rule each.

# %%
half, RACES = TRIALS // 2, races_of(trials)
drawn = {
    (name, how): dict(zip(field, theory.win_chances(field.values(), half), strict=True))
    for name, measures in RACES.items()
    for how, field in measures.items()
}
field = RACES["digits"]["training loss"]
typical = {name: theory.best_of(np.log(losses), half) for name, losses in field.items()}
leader = min(typical, key=typical.get)
new = LABS["races"]["digits"]["training loss"]["first"].get(leader, 0) / LABS["laboratories"]
error = 100 * max(np.sqrt(new * (1 - new) / LABS["laboratories"]), 1 / LABS["laboratories"])
share = {"drawn": 100 * drawn["digits", "training loss"][leader], "new": 100 * new, "error": error}

# %%
predict("13 drawn again", measured=lambda: share)

# %%
print(f"digits, training loss: {leader} leads our trials at a budget of {half}")
print(f"   it wins {share['drawn']:.0f} of 100 races drawn from them")
print(f"   and {share['new']:.0f} of 100 new searches, standard error {share['error']:.0f}")

# %%
shown = ("digits", "training loss"), ("digits", MEASURE), ("words", MEASURE)
lesson_13.pools(LABS, shown, drawn)

# %% [markdown]
# On average pools of trials are about right, but one, such as ours, may say almost anything: it holds only two disjoint draws of half its trials. **Drawing again from one search does not tell how sure its winner is; new trials do.** A leader is also chosen by the very trials that then vouch for it.
#
# The same holds for seeds. Student's interval takes the scatter of the logarithms for normal; the *bootstrap* draws the ten pairs again and again instead:

# %%
random = np.random.default_rng(0)
for name, found in tests.items():
    logs = np.log(found["gradient descent"].loss / found[REFERENCE].loss)
    means = random.choice(logs, (4000, logs.size)).mean(axis=1)
    low, high = np.exp(np.quantile(means, (0.025, 0.975)))
    both = against[name]["gradient descent"]
    print(f"{name}: Student [{both.low:.3g}, {both.high:.3g}], bootstrap [{low:.3g}, {high:.3g}]")

# %% [markdown]
# With few pairs the bootstrap interval tends to be the narrower one. That is a weakness: ten numbers, drawn again, cannot tell what an eleventh would be.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Larger races, 6 minutes
#
# Our race takes seconds. What have those found that took months, each under its own protocol?

# %% [markdown]
# Schmidt and others (2021): how well a rule does depends strongly on the task, none is best on all of theirs, and trying several at their defaults does about as well as tuning one. Sivaprasad and others (2020), who count the cost of tuning: Adam is the practical choice, above all at small budgets. Choi and others (2019): the search space may decide the ranking more than anything else.

# %% [markdown]
# Dodge and others (2019) ask to report the best as a function of the budget, and draw with replacement; Tang and others (2020) show that this is biased. Bouthillier and others (2021) show that data splits, first weights and the search itself all scatter, and that a comparison has to vary them. Ours varied weights, batches and draws, and *not* the split.
#
# With larger models one stops bad trials early, carries settings over from small models, and tunes the schedule along with η.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Your own small paper, 45 minutes
#
# One question, one task, two rules: the project of the course.

# %% [markdown]
# The task here is iris, 150 flowers; put your own in its place, with features in rows and samples in columns. Change entries, trials and seeds as you like, and run this cell: nothing is trained yet.

# %%
MY_TRIALS, MY_SEEDS, iris = 12, range(2000, 2010), load_iris()
my_task = make_task("iris", iris.data.T, iris.target, (8,), epochs=10, batch=16)
my_entries = Entry(ADAM, {"lr": Range(1e-4, 1)}), Entry(MOMENTUM, {"lr": Range(1e-3, 10)})


def my_result():
    """Search, choose, repeat with fresh seeds, open the test: one loss over the other."""
    runs = {}
    for entry in my_entries:
        found = search(my_task, entry, MY_TRIALS)
        best = choose(my_task, found, "validation loss")
        runs[entry.name] = repeat(my_task, entry, best, MY_SEEDS).weights
    one, other = my_task.test.open(runs).values()
    return ratio(one.loss, other.loss)

# %% [markdown]
# Now the **hypothesis**, before the run. Locking it in starts the race; until then, do not call `my_result()`.

# %%
predict("13 my hypothesis", about=[entry.name for entry in my_entries], measured=my_result)

# %% [markdown]
# Then the paper. Fill in the dots; for the result write `my_result()`. The check goes through a rubric: can it be repeated, were the budgets equal, are there fresh seeds and an interval, and **does the claim say what the interval allows, and no more**.

# %%
check("my paper", {
    "question": ..., "hypothesis": ..., "task": ..., "measure": ..., "ranges": ...,
    "trials": ..., "seeds": ..., "result": ..., "claim": ..., "limits": ...,
})  # fmt: skip

# %% [markdown]
# What a program cannot mark, a neighbour can: Is the question one that a race can answer? Would you have printed the opposite result? Do the limits name what would most likely change the result? `solution("my paper")` shows a short one.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## More exercises, 12 minutes
#
# One more derivation, and three sentences from the web to judge.

# %%
check("best of k, evenly spread", ...)

# %%
check("one rate, many rules", ...)

# %%
check("what may be said", ...)

# %%
check("no need to tune", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Often said, 6 minutes
#
# Claims about optimizers that one meets in articles, posts and talks, and what we find.

# %% [markdown]
# | It is said, in our words | We find |
# |---|---|
# | these rules improve speed and stability | often; each under its settings, and not on every task |
# | RMSProp takes the need to adjust η away | wrong: its curve has a valley like the others |
# | the second quotient of Adam is "as with momentum" | the numerator is momentum's, the divisor RMSProp's: the limits in *One rule inside another* show it |
# | momentum is the most used | perhaps in its time (2018); today AdamW is common |
# | momentum finds flatter minima, adaptive methods sharper ones, and flatter is better (contested) | a race like this one could be asked; ours asked for the loss. Evidence points both ways (Wilson 2017, Choi 2019) |
# | the methods end in different minima | yes; so does one method with different seeds |

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Twelve questions, after, 20 minutes
#
# The [twelve questions of lesson 00](00_start_here.ipynb#Twelve-questions,-before), once more, and this time with their answers.

# %% [markdown]
# After you hand in, the page says what you have gained since, question by question, and what to read again. If you gave a nickname before, give the same. As before, a ticked box means one more file in `my_answers`, and nothing leaves your computer unless you hand it to somebody.

# %%
twelve_questions("after")

# %% [markdown]
# A class that shares these files can see which beliefs it has lost, and which it has kept: `python3 course.py gather FOLDER` counts them; its table names nobody. And here is what you predicted in the lessons, against what came out:

# %%
tally()

# %% [markdown]
# ## References
#
# - D. Choi, C. Shallue, Z. Nado, J. Lee, C. Maddison, G. Dahl, "On Empirical Comparisons of Optimizers for Deep Learning", [arXiv:1910.05446](https://arxiv.org/abs/1910.05446).
# - P. Teja Sivaprasad, F. Mai, T. Vogels, M. Jaggi, F. Fleuret, "Optimizer Benchmarking Needs to Account for Hyperparameter Tuning", *ICML* 2020, [arXiv:1910.11758](https://arxiv.org/abs/1910.11758).
# - R. Schmidt, F. Schneider, P. Hennig, "Descending through a Crowded Valley: Benchmarking Deep Learning Optimizers", *ICML* 2021, [arXiv:2007.01547](https://arxiv.org/abs/2007.01547).
# - J. Dodge, S. Gururangan, D. Card, R. Schwartz, N. Smith, "Show Your Work: Improved Reporting of Experimental Results", *EMNLP* 2019, [arXiv:1909.03004](https://arxiv.org/abs/1909.03004).
# - R. Tang and others, "Showing Your Work Doesn't Always Work", *ACL* 2020, [arXiv:2004.13705](https://arxiv.org/abs/2004.13705).
# - X. Bouthillier and others, "Accounting for Variance in Machine Learning Benchmarks", *MLSys* 2021, [arXiv:2103.03098](https://arxiv.org/abs/2103.03098).
# - J. Bergstra, Y. Bengio, "Random Search for Hyper-Parameter Optimization", [*JMLR* 13](https://jmlr.org/papers/v13/bergstra12a.html) (2012), 281–305.
# - A. Wilson, R. Roelofs, M. Stern, N. Srebro, B. Recht, "The Marginal Value of Adaptive Gradient Methods in Machine Learning", *NeurIPS* 2017, [arXiv:1705.08292](https://arxiv.org/abs/1705.08292).
# - D. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", *ICLR* 2015, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980).
# - S. Williams, A. Waterman, D. Patterson, "Roofline: An Insightful Visual Performance Model for Multicore Architectures", *Communications of the ACM* 52(4), 2009, 65–76, [doi:10.1145/1498765.1498785](https://doi.org/10.1145/1498765.1498785).
# - J. Ansel and others, "PyTorch 2: Faster Machine Learning Through Dynamic Python Bytecode Transformation and Graph Compilation", *ASPLOS* 2024, [doi:10.1145/3620665.3640366](https://doi.org/10.1145/3620665.3640366).
# - [PyTorch documentation, torch.compiler](https://docs.pytorch.org/docs/stable/torch.compiler_get_started.html), on fusion; [OpenXLA documentation, XLA architecture](https://openxla.org/xla/architecture).
# - S. Aeberhard, M. Forina, Wine, UCI repository (1991), [doi:10.24432/C5PC7J](https://doi.org/10.24432/C5PC7J); R. Fisher, "The use of multiple measurements in taxonomic problems", *Annals of Eugenics* 7 (1936), 179–188, [doi:10.1111/j.1469-1809.1936.tb02137.x](https://doi.org/10.1111/j.1469-1809.1936.tb02137.x).
#
# Before: [12, Smoother landscapes](12_smoother_landscapes.ipynb). Next: [14, Read your own run](14_read_your_own_run.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.

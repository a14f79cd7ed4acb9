# %% [markdown]
# # 13 · Race them fairly
#
# By the end you can set up a race between optimizers that a stranger would believe, read what it says and what it cannot say, and write it up.
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 90 in class, and a project |
# | **You need** | lessons [04, Momentum](04_momentum.ipynb), [06, RMSProp](06_rmsprop.ipynb) and [07, Adam](07_adam.ipynb) |
# | **You will be able to** | say why one learning rate for all is no fair race · derive what is left of Adam and RMSProp as ε grows · compute what a budget of trials buys · run a race by a protocol, and say how sure its winner is · write a rule's call in PyTorch, optax and Keras · write a small paper whose claim its interval allows |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+ADDRESS-OF-THE-COURSE` first, then restart the kernel.

# %%
from itertools import combinations
from math import comb

import numpy as np
import sympy as sp
from sklearn.datasets import load_iris

from course_utils import libraries, theory
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution, tally
from course_utils.inventory import twelve_questions
from course_utils.explorers import Budget
from course_utils.figures import LINES, Captioned, canvas, draw_level, label_end, lesson_13, name_axes, progress

# %%
from course_utils.networks import Entry, Range, choose, difference, digits_task, make_task, ratio, record, repeat
from course_utils.networks import search, train, wine_task, words_task
from course_utils.optimizers import ADAGRAD, ADAM, ADAM_HAT, ADAMW, AVERAGED_MOMENTUM, GRADIENT_DESCENT, MOMENTUM
from course_utils.optimizers import MOMENTUM_RATE_OUTSIDE, NESTEROV, RMSPROP, RMSPROP_INSIDE, UNCORRECTED_ADAM_INSIDE
from course_utils.optimizers import adam, averaged_momentum, gradient_descent, rmsprop, show_kernel
from course_utils.surfaces import ravine
from course_utils.symbolic import Equations, beta1, c, eps, g, lr, m, rho, s, t, trace, upright, w

# %% [markdown]
# ## Remember
#
# Three questions; answer before you open them.
#
# <details><summary>The loss is multiplied by 100. What happens to the path of gradient descent, and what to Adam's with ε = 0?</summary>Gradient descent's first step grows a hundredfold; Adam's path stays as it was.</details>
#
# <details><summary>Momentum and gradient descent are compared at one learning rate. What else was changed?</summary>The effective rate, by 1/(1 − β).</details>
#
# <details><summary>An interval of a ratio holds 1. Are the two rules equally good?</summary>It says that these seeds cannot tell them apart, and no more.</details>

# %% [markdown]
# ## A broken picture
#
# Which optimizer would you choose? Here is the kind of figure that answers: our digits, eight passes, four seeds, and the same learning rate, 0.01, for everyone. What could be fairer?

# %%
digit, rule_of = digits_task(), {r.name: r for r in (GRADIENT_DESCENT, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM, ADAMW)}
plain = {name: Entry(rule, {"lr": Range(1e-3, 1)}) for name, rule in rule_of.items()}
same_rate = {
    rate: {name: repeat(digit, e, {"lr": rate}, range(4)).losses["training loss"] for name, e in plain.items()}
    for rate in (0.001, 0.01, 0.1, 1.0)
}


def order_at(rate):
    """Rules by their median loss at a rate that all share, best first."""
    return sorted(plain, key=lambda name: np.median(same_rate[rate][name]))

# %%
figure, ax = canvas(height=3.9)
for place, name in enumerate(order_at(0.01)):
    losses, look = same_rate[0.01][name], LINES[name]
    ax.plot(losses, [-place] * len(losses), linestyle="", marker=look["marker"], color=look["color"], markersize=7, alpha=0.8)
    label_end(ax, losses.max(), -place, name, look["color"], xytext=(12, 0))
ax.set(xscale="log", yticks=[], xlim=(0.05, 9))
name_axes(ax, "training loss", "")
said = ", ".join(f"{name} {np.median(same_rate[0.01][name]):.2g}" for name in order_at(0.01))
Captioned(figure, f"Training loss on digits after {digit.epochs} passes with η = 0.01 for all rules, a mark a seed. Medians: {said}.")

# %% [markdown]
# ## Predict
#
# Same network, same seeds, same passes; only the one rate that all share is now 1 in place of 0.01. **Who comes first?** Lock in your answer.

# %% tags=["predicts-C25"]
predict("13 same rate", measured=lambda: order_at(1.0)[0])

# %% [markdown]
# ## The disease in one sentence
#
# A rule does not race; a rule with settings does, and whoever chooses the settings chooses the winner.

# %% [markdown]
# ## Derive: the unit of a learning rate
#
# Multiply the loss by $c$. All gradients are multiplied by $c$, and so are averages of them; averages of squares by $c^2$. Which rate makes the same step as before?

# %%
scale = sp.Symbol("c", positive=True)
new = sp.Symbol("x", positive=True)
step = {
    "gradient descent": trace(gradient_descent, g=scale * g, lr=new)["w"] - trace(gradient_descent)["w"],
    "RMSProp": trace(rmsprop, g=scale * g, s=scale**2 * s, eps=0, lr=new)["w"] - trace(rmsprop, eps=0)["w"],
    "Adam": trace(adam, g=scale * g, m=scale * m, s=scale**2 * s, eps=0, lr=new)["w"] - trace(adam, eps=0)["w"],
}
Equations({f"the rate for {name}": sp.simplify(sp.solve(change, new)[0]) for name, change in step.items()})

# %% [markdown]
# Gradient descent's rate has the unit of weight squared over loss: an inverse curvature. The rate of RMSProp and Adam has the unit of a weight: it is a length. **Two numbers in different units cannot be made equal, only be written with the same digits.** The ravine shows it, and so does our figure at other rates.

# %% tags=["shows-C25"]
for rule, rate in ((GRADIENT_DESCENT, 0.04), (ADAM, 0.3)):
    usual, scaled = (descend(ravine(kappa=25, c=size), rule, lr=rate, steps=50) for size in (1, 1e4))
    print(f"{rule.name}, loss times 1e4:", scaled.stopped or f"the end moves by {np.abs(usual.positions[-1] - scaled.positions[-1]).max():.0e}")
for rate in same_rate:
    print(f"digits, lr = {rate:g} for all, first to last: {', '.join(order_at(rate))}")

# %%
figure, ax = canvas(height=4.2)
place = {name: [order_at(rate).index(name) + 1 for rate in same_rate] for name in plain}
for name, places in place.items():
    ax.plot(range(4), places, **LINES[name])
    label_end(ax, 3, places[-1], name, LINES[name]["color"], xytext=(12, 0))
ax.set_xticks(range(4), [f"{rate:g}" for rate in same_rate])
ax.set(ylim=(7.5, 0.5), xlim=(-0.2, 4.2))
name_axes(ax, "the learning rate that all share", "place")
firsts = {rate: order_at(rate)[0] for rate in same_rate}
Captioned(figure, f"Places on digits by median training loss, at four rates that all rules share. First: {'; '.join(f'{n} at {r:g}' for r, n in firsts.items())}. So {len(set(firsts.values()))} different rules win at {len(firsts)} rates.")

# %% [markdown]
# Each of these figures could be published, and none says which rule is better. So every rule needs a rate of its own. Who looks for it, and how long?

# %% [markdown]
# ## Derive: one rule inside another
#
# Before we race, a question about what is raced. Adam divides a memory by another one, and adds ε to the divisor. **Predict:** let ε grow without bound, and let the rate grow with it, $\eta\varepsilon$ in place of η. What is left of Adam?

# %% tags=["predicts-C29"]
predict("13 large eps")

# %%
q = sp.Symbol("q", positive=True)


def far(kernel):
    """The step of a kernel as eps = 1/q grows without bound, with the rate lr/q."""
    return sp.limit(trace(kernel, eps=1 / q, lr=lr / q)["w"], q, 0, "+")


Equations({"RMSProp": far(rmsprop), "Adam": upright(far(adam) - w) + w})

# %% tags=["shows-C29"]
print("RMSProp less gradient descent:", sp.simplify(far(rmsprop) - trace(gradient_descent)["w"]))
corrected = trace(averaged_momentum, v=m, beta=beta1, lr=lr / (1 - beta1**t))["w"]
print("Adam less averaged momentum with the rate lr/(1 - beta1^t):", sp.simplify(far(adam) - corrected))
without_first = trace(adam, beta1=0, beta2=rho, eps=0)["w"] - w
by_root_of_s = trace(rmsprop, eps=0)["w"] - w
print("the square of Adam's step without its first memory, over RMSProp's:", sp.simplify((without_first / by_root_of_s) ** 2))

# %% [markdown]
# So RMSProp holds gradient descent, and Adam holds momentum, the average, corrected at its start. Take the first memory away, and Adam is RMSProp up to a correction. **Adam's numerator is momentum's; what it divides by is RMSProp's.** The two are not the same average, as a hasty sentence has it.

# %% [markdown]
# How large must ε be? RMSProp's step is gradient descent's times this factor; Adam's is momentum's times the same, with $\hat s$ for $s$:

# %%
factor = sp.simplify((trace(rmsprop, eps=eps, lr=lr * eps)["w"] - w) / (far(rmsprop) - w))
root = sp.Symbol("r", positive=True)
new_s = trace(rmsprop)["s"]
shown = factor.subs(sp.sqrt(new_s), root) if factor.has(sp.sqrt(new_s)) else sp.simplify(factor.subs(s, (root**2 - (1 - rho) * g**2) / rho))
Equations({"share of the step without a divisor, with r for the root of s": shown})

# %% [markdown]
# Within one per cent once ε is about a hundred times $\sqrt s$. On digits:

# %%
def walked_apart(rule, partner, plan, sizes, seed=0, rate=0.5):
    """Distance of the two ends over the distance that the partner walked, by eps."""
    how = dict(epochs=digit.epochs, batch=digit.batch, seed=seed)
    begin = digit.network.init(seed)
    end = train(digit.network, partner, digit.known, lr=plan, **how).w
    ends = [train(digit.network, rule, digit.known, lr=rate * size, eps=size, **how).w for size in sizes]
    return np.array([np.linalg.norm(x - end) for x in ends]) / np.linalg.norm(end - begin)


sizes = 10.0 ** np.arange(-4, 4)
apart = {
    "Adam": walked_apart(ADAM, AVERAGED_MOMENTUM, lambda n: 0.5 / (1 - 0.9**n), sizes),
    "RMSProp": walked_apart(RMSPROP, GRADIENT_DESCENT, 0.5, sizes),
}

# %%
figure, ax = canvas(height=3.9)
for name, gaps in apart.items():
    ax.loglog(sizes, gaps, **LINES[name])
    near, beside = {"Adam": "momentum", "RMSProp": "gradient descent"}[name], {"Adam": (4, 14), "RMSProp": (-170, -16)}[name]
    label_end(ax, sizes[5], gaps[5], f"{name} from {near}", LINES[name]["color"], xytext=beside)
draw_level(ax, 0.01, "one per cent")
name_axes(ax, "ε, with the rate 0.5 ε", "distance of the ends / way walked")
said = "; ".join(f"{name} {', '.join(f'{x:.1g} at ε = {e:g}' for e, x in zip(sizes[[1, 3, 5, 7]], gaps[[1, 3, 5, 7]]))}" for name, gaps in apart.items())
Captioned(figure, f"How far from each other the trained weights end, over the way that the partner walked, one seed of digits. {said}.")

# %% [markdown]
# With ε as a setting, Adam's settings hold momentum's. A rule that contains another cannot lose to it, *if* tuning goes on for ever (Choi and others, 2019). In an afternoon it can: the settings that make it win have to be found. So the next question is what a number of trials buys.

# %% [markdown]
# ## Derive: the best of k
#
# Trials drawn at random have results that are spread somehow. Suppose evenly between 0 and 1, lower is better. All of $k$ are above $x$ with the chance $(1-x)^k$. The average of a positive number is the area under the chance to be above $x$:

# %%
x, k = sp.symbols("x k", positive=True)
Equations({"the best of k on average": sp.simplify(sp.integrate((1 - x) ** k, (x, 0, 1)))})

# %% [markdown]
# Halving what is left takes twice as many trials each time. **Where results are spread evenly, a second trial is worth a great deal, a fortieth next to nothing**, so rules that learn well over a wide range shine at small budgets, and rules with a narrow, deep range at large ones.

# %% [markdown]
# Real trials are not spread evenly. From $n$ results at hand we can say what a smaller budget would have found. Draw $k$ of the $n$ without putting any back. In how many of the draws is the result of rank $r$ the best? Then $k-1$ come from the $n-r$ that are worse.

# %%
n, r = sp.symbols("n r", integer=True, positive=True)
weight = sp.binomial(n - r, k - 1) / sp.binomial(n, k)
four = {i: weight.subs({n: 4, k: 2, r: i}) for i in range(1, 5)}
print("4 trials, budget 2, weights of the ranks:", ", ".join(f"{i}: {v}" for i, v in four.items()), "sum", sum(four.values()))
Equations({"weight of rank r": weight})

# %% [markdown]
# ## Implement: your turn
#
# Write it: the smallest of $k$ of the values on average, drawn without replacement. `comb(n, k)` counts draws; `hint("best of k")` helps.

# %%
def my_best_of(values, k):
    """The average, over all draws of k of the values, of the smallest one."""
    ...


check("best of k", my_best_of)

# %% [markdown]
# ## Prove: all draws, counted
#
# Seven results, and every draw there is, in whole numbers. The course's function against the count, and a slip that was printed and used: putting each trial back before the next draw (Dodge and others, 2019; that it is biased was shown by Tang and others, 2020).

# %%
seven = [9, 2, 5, 11, 3, 8, 20]


def put_back(values, k):
    """The same with replacement."""
    left = 1 - np.arange(len(values) + 1) / len(values)
    return np.sort(values) @ (left[:-1] ** k - left[1:] ** k)


for budget in (1, 2, 3, 7):
    draws = [min(draw) for draw in combinations(seven, budget)]
    counted = sp.Rational(sum(draws), comb(7, budget))
    print(f"budget {budget}: all {len(draws)} draws {counted}, best_of agrees: {abs(theory.best_of(seven, budget) - float(counted)) < 1e-12}; with replacement too high by {put_back(seven, budget) - float(counted):.2f}")

# %% [markdown]
# The same weights say who wins if the race is drawn again *from these trials*: each rule draws $k$ of its $n$. A is first at its rank $r$ if no other rule draws anything better. We sum over all ranks. For such draws `theory.win_chances` is exact. A new race has new trials, and for that it is an estimate; how good a one, we measure below.

# %%
show_kernel(theory.win_chances)

# %% [markdown]
# ## Write the rules of the race down
#
# Before anything runs, everything is written down: tasks, ranges, trials, what is measured, who is compared with whom. **These are the cells to change** if you want another race; the numbers and verbs below follow from them.

# %%
TRIALS, FEW, FRESH, SEARCH_SEED, MEASURE, REFERENCE = 40, 4, range(1000, 1010), 0, "validation loss", "momentum"

# %%
long_memory, kept = Range(1e-3, 1, below_one=True), Range(1e-4, 1e-1, below_one=True)
ENTRIES = (
    Entry(GRADIENT_DESCENT, {"lr": Range(1e-2, 1e2)}),
    Entry(MOMENTUM, {"lr": Range(1e-3, 10), "beta": long_memory}),
    Entry(NESTEROV, {"lr": Range(1e-3, 10), "beta": long_memory}),
    Entry(ADAGRAD, {"lr": Range(1e-3, 10)}),
    Entry(RMSPROP, {"lr": Range(1e-4, 1), "rho": long_memory}),
    Entry(ADAM, {"lr": Range(1e-4, 1)}),
    Entry(ADAMW, {"lr": Range(1e-4, 1), "decay": Range(1e-4, 1)}),
    Entry(ADAM, {"lr": Range(1e-4, 1), "beta1": long_memory, "beta2": kept, "eps": Range(1e-10, 1)}, name="Adam (4 settings)"),
)  # fmt: skip

# %%
TASKS = {task.name: task for task in (digits_task(), wine_task(), words_task())}
for task in TASKS.values():
    print(repr(task))
for entry in ENTRIES:
    print(f"{entry.name}: in the middle of its ranges {', '.join(f'{n} = {v:.3g}' for n, v in entry.draw([0.5] * 4).items())}")

# %% [markdown]
# Every rule searches its rate over four decades around what is customary for it. A share that a memory keeps is drawn so that its *window* is spread over decades. Trial number $j$ draws the same luck for all: the same place in the range of η, the same first weights, the same batches. *Words* is synthetic, like texts: most features are rare.

# %% [markdown]
# The data are parted in three. The gradient sees the first part. Settings are chosen by the second, the *validation* part. The third is sealed, and opened once, at the end.

# %% [markdown]
# ## Measure: the search
#
# Every entry searches on every task: nearly a thousand trainings, about a quarter of a minute. Nothing is stored; the race runs here, or in your copy with other numbers.

# %%
trials = {name: {e.name: search(task, e, TRIALS, SEARCH_SEED) for e in progress(ENTRIES, name)} for name, task in TASKS.items()}
shares = next(iter(trials["digits"].values())).u[:, 0]
RACES = {
    task: {measure: {name: one.losses[measure] for name, one in field.items()} for measure in ("training loss", "validation loss")}
    for task, field in trials.items()
}


def leader(task, measure, budget):
    """The rule with the lowest typical best of a budget, by geometric mean."""
    typical = {name: theory.best_of(np.log(v), budget) for name, v in RACES[task][measure].items()}
    return min(typical, key=typical.get)

# %% [markdown]
# Take the training loss on digits, at a budget of half the trials. One rule has the lowest typical best, so it leads, and it wins a certain share of the races that are drawn from our trials. Now *new laboratories* repeat the race as declared above, each with draws, first weights and batches of its own. **Predict:** does the leader come first as often there? This was run, in a few minutes, by `tools/laboratories.py`; the counts are stored. Then the explorer opens.

# %%
half = min(TRIALS // 2, Budget.last)
sure = {
    (task, measure): dict(zip(field, theory.win_chances(field.values(), half)))
    for task, measures in RACES.items() for measure, field in measures.items()
}
turning = [task for task in RACES if leader(task, MEASURE, 1) != leader(task, MEASURE, half)]
explorer = Budget(RACES, shares, task=(turning or ["digits"])[0], measure=MEASURE, step=2)
LABS = record("laboratories")


def counted(task, measure):
    """How many of 100 new laboratories crown each rule, with the standard error of the count."""
    n, first = LABS["laboratories"], LABS["races"][task][measure]["first"]
    return {name: (100 * x / n, 100 * np.sqrt(x / n * (1 - x / n) / n)) for name, x in first.items()}

# %%
leads = leader("digits", "training loss", half)
real, error = counted("digits", "training loss").get(leads, (0, 0))
share = {
    "drawn": 100 * sure["digits", "training loss"][leads],
    "new": real,
    "error": max(error, 100 / LABS["laboratories"]),
}

# %%
predict("13 how sure", opens=explorer, measured=lambda: share)

# %%
for task, measure in sure:
    leads = [leader(task, measure, budget) for budget in range(1, half + 1)]
    turns = [f"{leads[i]} from {i + 1} trials on" for i in range(1, half) if leads[i] != leads[i - 1]]
    chances = sure[task, measure]
    often = max(chances, key=chances.get)
    print(f"{task}, {measure}: with one trial each {leads[0]} leads{''.join(', ' + x for x in turns)}.")
    draws = round(100 - 100 * sum(chances.values()))
    wins = f"{leads[-1]} wins {round(100 * chances[leads[-1]])} of 100 races drawn from these trials, {often} most often with {round(100 * chances[often])}; {draws} are ties"
    print(f"   At {half} trials {wins if draws < 100 else 'all of 100 races are ties'}.")

# %% [markdown]
# Losses are kept between 1e-4 and that of a blind guess, which is what a lost run counts as. A tie is a loss of 1e-4 on both sides: such a task is solved by many, and tells nobody apart. Now the new laboratories. A standard error stands behind each count.

# %%
print(f"{LABS['laboratories']} laboratories, {LABS['trials of a rule']} trials a rule; {LABS['command']}, {LABS['date']}")
print(f"seeds: {LABS['seeds']}")
for task, measure in sure:
    said = ", ".join(f"{name} {x:.0f} ± {se:.0f}" for name, (x, se) in list(counted(task, measure).items())[:5])
    print(f"{task}, {measure}, of 100 new laboratories crown: {said}")

# %% [markdown]
# Two laboratories together have as many trials as our search. What does `win_chances` say of each such pool, and what do the laboratories say?

# %%
figure, panels = canvas(columns=3, width=10.5, height=4.2)
SHOWN = ("digits", "training loss"), ("digits", MEASURE), ("words", MEASURE)
for ax, (task, measure) in zip(panels, SHOWN):
    pools = LABS["races"][task][measure]["win_chances of the pools, per cent"]
    for row, (name, chances) in enumerate(pools.items()):
        (x, se), colour = counted(task, measure).get(name, (0, 0)), LINES[name]["color"]
        ax.plot(chances, [-row] * len(chances), "o", color=colour, alpha=0.35, markersize=5)
        ax.errorbar(x, -row, xerr=2 * se, fmt="D", color="black", markersize=6, capsize=4)
    ax.set_yticks([-row for row in range(len(pools))], list(pools) if task == "digits" and measure != MEASURE else [""] * len(pools))
    name_axes(ax, "first in 100 races", "", f"{task}, {measure}")

# %%
def scatter(task, measure):
    """The rule that most laboratories crown: their count, and mean and spread of the pools' numbers."""
    name = next(n for n in LABS["races"][task][measure]["first"] if n != "a tie")
    of_pools = np.array(LABS["races"][task][measure]["win_chances of the pools, per cent"][name])
    x, se = counted(task, measure)[name]
    return f"{task}, {measure}: {name} {x:.0f} ± {se:.0f} in the laboratories, pools {of_pools.mean():.0f} ± {of_pools.std(ddof=1):.0f}, from {of_pools.min():.0f} to {of_pools.max():.0f}, ours {100 * sure[task, measure][name]:.0f}"


pools = LABS["laboratories"] // 2
Captioned(figure, f"How often each rule comes first. Dots: what `win_chances` says of {pools} independent pools as large as our search. Diamonds: counts of {LABS['laboratories']} laboratories, with two standard errors. {'. '.join(scatter(*one) for one in SHOWN)}.")

# %% [markdown]
# On average the pools are about right, and a single pool, such as ours, says almost anything. **Drawing again from one search does not tell how sure its winner is; only new trials do.** A leader is also chosen by the very trials that then vouch for it. Equal ranges, equal trials and shared luck, and still the protocol, repeated, may crown somebody else. A table with one winner in bold hides all this.

# %% [markdown]
# ## Play
#
# The slider *step* is the budget. On the left, what the best of so many trials is worth to each rule; on the right, the ranking, and how often each comes first in draws from our trials. Nothing is trained here: the explorer reads the trials again. Marks show where the lead changes hands. Then be unfair: choose a favourite, and give the others fewer trials.

# %%
explorer

# %%
explorer.filmstrip(
    {"step": 2},
    {"step": 20},
    {"step": 4, "width": 1.5},
    {"step": 20, "others": 10, "favourite": "gradient descent"},
)

# %% [markdown]
# (a) and (b) differ in the budget alone. In (c) an expert has narrowed the ranges to a decade and a half, so that every trial counts. In (d) one side was tuned with twenty trials and the others got two each, which is how a new rule is easily made to look good. How many rules can you crown?

# %% [markdown]
# ## Measure: learning-rate curves
#
# A curve says more than its lowest point. Nine rates over each declared range, three seeds, all other settings customary.

# %%
curves, wide = {}, {}
for entry in ENTRIES[:-1]:
    rates = np.array([entry.ranges["lr"].at(u) for u in np.linspace(0, 1, 9)])
    curves[entry.name] = rates, np.array([repeat(digit, entry, {"lr": rate}, range(3)).losses["training loss"] for rate in rates])
for name, (rates, losses) in curves.items():
    middle = np.median(losses, axis=1)
    wide[name] = int(np.sum(middle < 2 * middle.min()))

# %% [markdown]
# Adam is said to forgive a wrong rate. The nine rates lie half a decade apart. **Predict** before you run on: with how many of them is Adam within twice its best loss?

# %%
predict("13 nine rates", measured=lambda: wide["Adam"])

# %%
figure = lesson_13.losses_by_rate(curves, f"training loss after {digit.epochs} passes")
said = ", ".join(f"{name} {count}" for name, count in wide.items())
Captioned(figure, f"Training loss on digits by learning rate, median and range of 3 seeds, in front of the medians of the other rules; marked are the rates within twice the best. Rates of nine within twice the best: {said}.")

# %% [markdown]
# The valleys lie decades apart, since the units of the rates differ. One compares their width, which is what counts at a small budget, and their depth, which counts at a large one. No valley is flat: **none of these rules takes the rate off your hands.**

# %% [markdown]
# ## Measure: the final
#
# We take each rule's best settings and run them again, with seeds that the search has not seen. Best settings in two senses: of the single trial with the lowest loss; and, with a little more work, of the best few trials, each repeated with three more seeds, the one that is lowest on average.

# %%
lucky = {task: {name: one.best(MEASURE) for name, one in field.items()} for task, field in trials.items()}
picked = {task: {name: choose(TASKS[task], one, MEASURE, FEW) for name, one in field.items()} for task, field in trials.items()}
finals = {
    how: {task: {e.name: repeat(TASKS[task], e, settings[task][e.name], FRESH) for e in progress(ENTRIES, task)} for task in TASKS}
    for how, settings in (("lucky", lucky), ("picked", picked))
}

# %%
def mean(losses):
    """Geometric mean of losses."""
    return np.exp(np.log(losses).mean())


won = {task: np.array([one.losses[MEASURE].min() for one in field.values()]) for task, field in trials.items()}
fresh = {
    (how, task): np.array([mean(one.losses[MEASURE]) for one in field.values()])
    for how, fields in finals.items() for task, field in fields.items()
}
everything = ratio(np.concatenate([fresh["lucky", task] for task in TASKS]), np.concatenate(list(won.values())))

# %%
predict("13 winner's curse", measured=lambda: everything)

# %%
for task in TASKS:
    for how, words in (("lucky", "its best trial"), ("picked", f"the best of {FEW} on average")):
        again = fresh[how, task]
        verdict = ratio(again, won[task]).says("lower than", "not told apart from", "higher than")
        print(f"{task}, settings of {words}: fresh {MEASURE} {np.median(again):.2g} (median of the rules), {verdict} the {np.median(won[task]):.2g} that won the search")

# %% [markdown]
# Where fresh losses are higher it is the *winner's curse*: the lowest of many noisy numbers is low by luck as well, and the more so the smaller the validation part. On wine 44 bottles decide. A remedy is cheap: repeat the best few, choose by the mean. It takes away some of the luck, not always all, so the number to report is the fresh one. We go on with settings chosen like that.

# %% [markdown]
# ## Measure: the test, once
#
# Now the seal is broken. A second look with other weights is refused, since a test that is asked twice has become part of the search.

# %%
tests = {task: TASKS[task].test.open({name: one.weights for name, one in finals["picked"][task].items()}) for task in TASKS}
against = {
    task: {name: ratio(seen.loss, opened[REFERENCE].loss) for name, seen in opened.items() if name != REFERENCE}
    for task, opened in tests.items()
}
try:
    TASKS["digits"].test.open({"a better one": finals["lucky"]["digits"]["Adam"].weights})
except ValueError as refusal:
    print(refusal)

# %%
figure, panels = canvas(columns=3, width=10.5, height=4.4)
for ax, (task, field) in zip(panels, against.items()):
    for row, (name, x) in enumerate(field.items()):
        ax.errorbar(x.effect, -row, xerr=[[x.effect - x.low], [x.high - x.effect]], fmt=LINES[name]["marker"], color=LINES[name]["color"], capsize=4, markersize=7)
    ax.axvline(1, color="#57606a", linestyle=(0, (1, 3)))
    ax.set(xscale="log", ylim=(-len(field) + 0.5, 0.5))
    low, high = ax.get_xlim()
    ticks = [x for x in ((0.1, 0.3, 1, 3, 10) if high > 4 * low else (0.6, 0.8, 0.9, 1, 1.2, 1.5)) if low < x < high]
    ax.set_xticks(ticks, [f"{x:g}" for x in ticks])
    ax.minorticks_off()
    ax.set_yticks([-row for row in range(len(field))], list(field) if task == "digits" else [""] * len(field))
    name_axes(ax, f"test loss / {REFERENCE}'s", "", task)

# %%
words = ("lower", "no difference to be seen", "higher")
said = ". ".join(f"{task}: " + "; ".join(f"{name} {x}, {x.says(*words)}" for name, x in field.items()) for task, field in against.items())
Captioned(figure, f"Test loss over that of {REFERENCE}, {len(FRESH)} fresh seeds, geometric mean with 95 % interval. {said}.")

# %%
best = {task: min(opened, key=lambda name: mean(opened[name].loss)) for task, opened in tests.items()}
for task, opened in tests.items():
    first = opened[best[task]]
    tied = [name for name, seen in opened.items() if name != best[task] and ratio(first.loss, seen.loss).says("", "tied", "") == "tied"]
    points = difference(100 * first.accuracy, 100 * opened[REFERENCE].accuracy)
    print(f"{task}: lowest test loss {best[task]}; not told apart from it: {', '.join(tied) or 'nobody'}")
    if best[task] != REFERENCE:
        print(f"   accuracy {100 * first.accuracy.mean():.1f} %, less {REFERENCE}'s: {points} points, {points.says(*words)}")
print(f"different winners on {len(best)} tasks: {len(set(best.values()))}")
beside = sum(len(opened) - 1 for opened in tests.values()) + sum(best[task] != REFERENCE for task in tests)
looks = sum(len(field) for field in against.values()) + beside
print(f"intervals looked at: {looks}; if all were true ties, 5 in 100 would still be called a difference, here about {0.05 * looks:.0f}")

# %% [markdown]
# Two cautions. Many intervals were looked at, so one that barely clears 1 is a reason to run more seeds and no more. The comparisons with the winner lean its way, since the same numbers chose it. And each rule was tuned once: other draws are another race, as the laboratories above show. Is Student's interval to blame, which takes the scatter for normal? The *bootstrap* does not; it draws the pairs again and again, and looks how the mean scatters:

# %%
random = np.random.default_rng(0)
for task, opened in tests.items():
    name = next(iter(against[task]))
    logs = np.log(opened[name].loss / opened[REFERENCE].loss)
    low, high = np.exp(np.quantile(random.choice(logs, (4000, logs.size)).mean(axis=1), (0.025, 0.975)))
    both = against[task][name]
    print(f"{task}, {name} over {REFERENCE}: Student [{both.low:.3g}, {both.high:.3g}], bootstrap [{low:.3g}, {high:.3g}]")

# %% [markdown]
# With few pairs the bootstrap tends to be the narrower one, which is a weakness and no sign of strength: ten numbers, drawn again, do not know what an eleventh would be.

# %% [markdown]
# ## Read: the same rules elsewhere
#
# You have chosen; now you have to call it. The names are alike and the rules are not. **Predict:** the article gives Adam β2 = 0.99 and ε = 1e-10. How many of these four have those defaults: the paper, PyTorch, optax, Keras?

# %% tags=["predicts-C28"]
predict("13 defaults")

# %% tags=["shows-C28"]
said = {
    "the article": libraries.ARTICLE[UNCORRECTED_ADAM_INSIDE],
    "the paper": libraries.PAPERS[ADAM],
    **{libraries.LIBRARIES[place]: libraries.defaults(rule, place) for rule, place in ((ADAM, "torch"), (ADAM, "optax"), (ADAM_HAT, "keras"))},
}
for where, values in said.items():
    print(f"{where}: {', '.join(f'{name} = {value:g}' for name, value in values.items())}")

# %% [markdown]
# ### The table of names
#
# Generated from the rules: what each library calls our arguments, and their defaults. A call marked *while lr is constant* parts from ours once a schedule changes the rate. An empty cell means that no call of the library makes our steps with our numbers unchanged. `None` is written as 0.

# %%
SPINE = (GRADIENT_DESCENT, MOMENTUM, MOMENTUM_RATE_OUTSIDE, AVERAGED_MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, RMSPROP_INSIDE, ADAM, ADAM_HAT, ADAMW)
libraries.table(SPINE)

# %% [markdown]
# Names prove nothing. For every pair in the table our kernel and a transcription of the library's step run on symbols, with a substitution of settings and memories, and SymPy decides for all steps at once. Two of them, a count of all, and those that hold under a condition:

# %%
pairs = libraries.equivalences()
for pair in pairs:
    if pair.rule in (MOMENTUM_RATE_OUTSIDE, RMSPROP_INSIDE) and pair.library in ("torch", "keras"):
        print(pair.prove())
print(f"proved: {sum(bool(pair.prove()) for pair in pairs)} of {len(pairs)} pairs, {sum(bool(pair.condition) for pair in pairs)} of them under a condition:")
for condition in dict.fromkeys(pair.condition for pair in pairs if pair.condition):
    print(f"   {condition}: " + ", ".join(f"{pair.rule.name} in {libraries.LIBRARIES[pair.library]}" for pair in pairs if pair.condition == condition))

# %% [markdown]
# And some pairs share a name and are not one rule. Each has gradients that part them, which anybody can run. Four of them:

# %%
for parted in libraries.differences()[:4]:
    print(parted)

# %% [markdown]
# The course writes a call for you, and reads one: `libraries.write(RMSPROP, "torch", lr=0.01)`, `libraries.read("torch.optim.Adam(p)")`.

# %%
for rule, library in ((MOMENTUM_RATE_OUTSIDE, "torch"), (MOMENTUM, "keras"), (NESTEROV, "torch")):
    print(libraries.write(rule, library, lr=0.1, beta=0.9))
print(libraries.read("torch.optim.RMSprop(p, lr=0.01, alpha=0.9)"))

# %% [markdown]
# One argument deserves care: `weight_decay`. In `torch.optim.Adam` it goes through the gradient unless `decoupled_weight_decay=True` is given; in Keras it is decoupled in every optimizer, so `keras.optimizers.Adam` with it decays as AdamW does.

# %% [markdown]
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

# %% [markdown]
# **Verdict.** A rule wins under a budget, ranges, a measure, a task and seeds; a report that names all five can be checked, and one that names a winner alone cannot.

# %% [markdown]
# ## What larger races found
#
# In our words, each under its own protocol. Schmidt and others (2021): how a rule does depends strongly on the task, none is best throughout, and trying several at their defaults does about as well as tuning one. Sivaprasad and others (2020), who count the cost of tuning: Adam is the practical choice, above all at small budgets. Choi and others (2019): the search space may decide the ranking more than anything else.

# %% [markdown]
# Dodge and others (2019) ask to report the best as a function of the budget; how best to estimate it is a question of bias against scatter. Bouthillier and others (2021) show that data splits, first weights and the search itself all scatter, and that a comparison has to vary them. Ours varied weights, batches and draws, and *not* the split.

# %% [markdown]
# ## Test the article
#
# | It says, in our words | We find |
# |---|---|
# | these rules improve speed and stability | often; each under its settings, and not on every task |
# | RMSProp takes the need to adjust η away | wrong: its curve has a valley like the others |
# | the second quotient of Adam is "as with momentum" | the numerator is momentum's, the divisor RMSProp's: the limits show it |
# | β2 about 0.99 and ε about 1e-10, Adam for *optimization* | defaults are 0.999, and 1e-8 or 1e-7; *estimation* |
# | all three are adaptive | momentum has one rate for all weights |
# | momentum is the most used | of its time (2018); today AdamW is common |

# %% [markdown]
# | It says, in our words | We find |
# |---|---|
# | momentum finds flatter minima, adaptive methods sharper ones, and flatter is better (contested) | a race like this one could be asked; ours asked for the loss. Evidence points both ways (Wilson 2017, Choi 2019) |
# | the methods end in different minima | yes, and with each seed in another |

# %% [markdown]
# ## Where this story ends
#
# Small networks, minutes of training, no schedule, one split each. Trials cost the same here; with larger models one stops bad trials early, carries settings over from small models, and tunes the schedule along with the rate. What carries over is the protocol, not the winner.

# %% [markdown]
# ## Your own small paper
#
# One question, one task, two rules. The task here is iris, 150 flowers; put your own in its place, with features in rows and samples in columns. Change entries, trials and seeds as you like, and run this cell: nothing is trained yet.

# %%
MY_TRIALS, MY_SEEDS = 12, range(2000, 2010)
iris = load_iris()
my_task = make_task("iris", iris.data.T, iris.target, (8,), epochs=10, batch=16)
my_entries = Entry(ADAM, {"lr": Range(1e-4, 1)}), Entry(MOMENTUM, {"lr": Range(1e-3, 10)})


def my_result():
    """Search, choose, repeat with fresh seeds, open the test: the first rule's loss over the second's."""
    runs = {}
    for entry in my_entries:
        found = search(my_task, entry, MY_TRIALS)
        runs[entry.name] = repeat(my_task, entry, choose(my_task, found, "validation loss"), MY_SEEDS).weights
    one, other = my_task.test.open(runs).values()
    return ratio(one.loss, other.loss)

# %% [markdown]
# Now the **hypothesis**, before the run. Locking it in starts the race; there is no other way to see the result first.

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
# What a program cannot mark, a neighbour can: Is the question one that a race can answer? Would you have printed it, had it come out otherwise? Do the limits name what would most likely change the result? `solution("my paper")` shows a short one.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** The rate with which Adam follows PyTorch's momentum; the best of $k$ between $a$ and $b$; and the number of trials that are enough.

# %%
check("Adam as momentum", ...)

# %%
check("best of k, evenly spread", ...)

# %%
check("trials needed", ...)

# %% [markdown]
# **2 Tune.** RMSProp to a loss that its own cycle forbids, as long as ε is small.

# %%
check("RMSProp below 1e-6", {"lr": ..., "rho": ..., "eps": ...})

# %% [markdown]
# **3 Read with care.**

# %%
check("one rate, many rules", ...)

# %%
check("what may be said", ...)

# %%
check("no need to tune", ...)

# %% [markdown]
# **4 Discuss.** A colleague has one afternoon, one machine, and a new task: which optimizer? `hint("which optimizer")` asks back; `solution("which optimizer")` outlines an answer.

# %%
tally()

# %% [markdown]
# ## Twelve questions, after
#
# The twelve questions of [lesson 00](00_start_here.ipynb#Twelve-questions,-before), once more, and this time with their answers. After you hand in, the page says what you have won since, question by question, and what to read again. If you gave a nickname before, give the same. As before, a ticked box means one more file in `my_answers`, and nothing leaves your computer unless you hand it to somebody.

# %%
twelve_questions("after")

# %% [markdown]
# A class that shares these files can see which beliefs it has lost, and which it has kept: `python3 course.py gather FOLDER` counts them; its table names nobody.

# %% [markdown]
# ## Summary
#
# - *One rate for all.* Gradient descent's rate is an inverse curvature, Adam's a length.
# - *ε without bound.* RMSProp becomes gradient descent, Adam averaged momentum, at the rate ηε.
# - *A budget.* Evenly spread, the best of $k$ falls like $1/(k+1)$; weights $\binom{n-r}{k-1}/\binom nk$ read it off trials.
# - *A first place.* Only new trials say how sure it is.
# - *The protocol.* Ranges and trials declared, the best repeated, fresh seeds, intervals, the test once.
# - *Calls.* One name may hide another ε, default or sum.
# - *A paper.* It claims what its interval allows.

# %% [markdown]
# ## References
#
# - D. Choi, C. Shallue, Z. Nado, J. Lee, C. Maddison, G. Dahl, "On Empirical Comparisons of Optimizers for Deep Learning", arXiv:1910.05446.
# - P. Teja Sivaprasad, F. Mai, T. Vogels, M. Jaggi, F. Fleuret, "Optimizer Benchmarking Needs to Account for Hyperparameter Tuning", *ICML* 2020, arXiv:1910.11758.
# - R. Schmidt, F. Schneider, P. Hennig, "Descending through a Crowded Valley: Benchmarking Deep Learning Optimizers", *ICML* 2021, arXiv:2007.01547.
# - J. Dodge, S. Gururangan, D. Card, R. Schwartz, N. Smith, "Show Your Work: Improved Reporting of Experimental Results", *EMNLP* 2019, arXiv:1909.03004.
# - R. Tang and others, "Showing Your Work Doesn't Always Work", *ACL* 2020, arXiv:2004.13705.
# - X. Bouthillier and others, "Accounting for Variance in Machine Learning Benchmarks", *MLSys* 2021, arXiv:2103.03098.
# - J. Bergstra, Y. Bengio, "Random Search for Hyper-Parameter Optimization", *JMLR* 13 (2012), 281–305.
# - A. Wilson, R. Roelofs, M. Stern, N. Srebro, B. Recht, "The Marginal Value of Adaptive Gradient Methods in Machine Learning", *NeurIPS* 2017, arXiv:1705.08292.
# - D. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", *ICLR* 2015, arXiv:1412.6980.
# - S. Aeberhard, M. Forina, Wine, UCI repository (1991); R. Fisher, "The use of multiple measurements in taxonomic problems", *Annals of Eugenics* 7 (1936), 179–188.
#
# Before: [12, Smoother landscapes](12_smoother_landscapes.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.

# %% [markdown]
# # 04 · Straighten the path with memory
#
# By the end you can write momentum down in the two ways that textbooks use, turn one into the other, and say in numbers what it does to each direction of a ravine.
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 60 in class, 90 alone with all exercises |
# | **You need** | lesson [01, The ravine](01_the_ravine.ipynb); [03, Averages with memory](03_averages_with_memory.ipynb) helps |
# | **You will be able to** | write both conventions of momentum and convert their learning rates · explain with two numbers why w1 is calmed and w2 is sped up · say at which settings momentum damps a zig-zag and at which it does not · test a claim about training on a real network, with seeds and spread |

# %%
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import Damping
from course_utils.figures import Captioned, canvas, draw_contours, draw_path, lesson_04, name_axes
from course_utils.optimizers import GRADIENT_DESCENT, MOMENTUM, MOMENTUM_RATE_OUTSIDE, show_kernel
from course_utils.optimizers import averaged_momentum, gradient_descent, momentum, momentum_rate_outside

# %%
from course_utils.figures import draw_intervals, draw_level, draw_rates
from course_utils.networks import Network, batches_per_epoch, difference, digits, ratio, train
from course_utils.optimizers import anneal
from course_utils.surfaces import ravine
from course_utils.symbolic import Equations, beta, g, iteration_matrix, lr, prove, trace, unroll, upright, v, w

# %% [markdown]
# ## Remember
#
# Two questions on lesson 01; answer before you open them.
#
# <details><summary>In our ravine the curvatures are 25 and 1. Between which learning rates does gradient descent zig-zag and still converge?</summary>Between 1/25 = 0.04 and 2/25 = 0.08.</details>
#
# <details><summary>Which two things make the w1 part of a gradient large?</summary>A large curvature along w1, and a distance from the floor: the part is curvature times distance.</details>

# %% [markdown]
# ## A broken picture
#
# Here is the descent we could not mend: at a learning rate of 0.076 it leaps across the valley and back, and creeps along it.

# %%
surface = ravine(kappa=25)
plain = descend(surface, GRADIENT_DESCENT, lr=0.076, steps=30)
steps_taken = np.diff(plain.positions, axis=0)
figure, ax = canvas(height=4.1)
draw_contours(ax, surface)
draw_path(ax, plain)
Captioned(
    figure,
    f"Gradient descent, η = 0.076, 30 steps. Along w1 it walks {np.abs(steps_taken[:, 0]).sum():.1f} units in all "
    f"and is moved by {abs(steps_taken[:, 0].sum()):.1f}; along w2 it walks {np.abs(steps_taken[:, 1]).sum():.1f} and is moved by just as much.",
)

# %% [markdown]
# Look at the steps as a list of pushes. Along $w_1$ each push undoes the one before. Along $w_2$ they all agree. Gradient descent treats both alike, since each step forgets every other. What if we added the pushes up?

# %% [markdown]
# ## Predict
#
# We keep a running total. At each step nine tenths of the total stay (β = 0.9), and the new push is added. **How many times as strong does a steady push become, compared with one that flips at every step?** Lock in your guess; then the explorer opens.

# %% tags=["predicts-C11"]
explorer = Damping(step=6)
predict("04 gain ratio", opens=explorer)

# %% [markdown]
# ## The disease in one sentence
#
# Gradient descent has no memory: it cannot tell a push that repeats from one that cancels.

# %% [markdown]
# ## Derive: the velocity
#
# **Momentum** keeps a vector $v$, the *velocity*, zero at the start. At each step it keeps a share β of it, adds the fresh step $-\eta g$, and moves by the result: $v \leftarrow \beta v - \eta g$, then $w \leftarrow w + v$. We let SymPy run three steps, with gradients $g_1, g_2, g_3$ and β = 9/10.

# %%
three = unroll(momentum, 3, beta=sp.Rational(9, 10))
Equations({sp.Symbol("v3"): three["v"]})

# %% [markdown]
# Every gradient so far is still there, the newest with weight 1, the one before with 0.9, the one before that with 0.81. This is a *sum* of gradients in which the old ones fade.

# %% [markdown]
# ## Derive: a push that repeats, a push that flips
#
# Let the gradient be the same at every step. The velocity grows until it repeats itself: $v = \beta v - \eta g$. Now let the gradient change its sign at every step. The velocity then settles into flipping too: $-v = \beta v - \eta g$. SymPy solves both.

# %%
steady = sp.solve(sp.Eq(v, beta * v - lr * g), v)[0]
flipping = sp.solve(sp.Eq(-v, beta * v - lr * g), v)[0]
gain_steady = upright(steady / (-lr * g))
gain_flipping = upright(flipping / (lr * g))
Equations({"gain of a steady push": gain_steady, "gain of a flipping push": gain_flipping})

# %% tags=["shows-C11"]
quotient = gain_steady / gain_flipping
nine_tenths = {beta: sp.Rational(9, 10)}
print("steady over flipping =", quotient)
print("at beta = 9/10: steady", gain_steady.subs(nine_tenths), " flipping", gain_flipping.subs(nine_tenths), " quotient", quotient.subs(nine_tenths))

# %% [markdown]
# A push that repeats is made ten times as strong; of one that flips, 10/19 is left, and it is not cancelled. **These two numbers say what momentum does to pushes that are given.** In a valley the pushes answer to the motion; the measurements below show what comes of that.

# %% tags=["shows-C11"]
fresh = np.ones(60), np.where(np.arange(60) % 2, -1.0, 1.0)
velocities = []
for pushes, name in zip(fresh, ("steady push", "flipping push")):
    position, velocity, history = np.zeros(1), np.zeros(1), []
    for push in pushes:
        momentum(position, np.array([-push]), velocity, lr=1.0, beta=0.9)
        history.append(velocity[0])
    velocities.append(history)
    print(f"{name}: velocity after 60 steps {abs(history[-1]):.3f} times the push")

# %%
Captioned(lesson_04.two_pushes(*velocities), f"The velocity of momentum at β = 0.9 under a push of size 1. A steady push is built up to {theory.gain(0.9):.0f} times its size; it takes {int(np.ceil(theory.steps_for(0.1, 0.9)))} steps to reach nine tenths of that. A push that flips at every step is held at {theory.gain(0.9, alternating=True):.3f} times its size.")

# %% [markdown] tags=["predicts-C07"]
# ## Derive: a sum is not an average
#
# Many texts, our article among them, say that momentum takes an *average* of the gradients. In an average the weights add up to 1. **Predict** what they add up to here, at β = 0.9; then run the cell.

# %% tags=["shows-C07"]
n, i = sp.symbols("n i", integer=True, positive=True)
weights = sp.summation(sp.Rational(9, 10) ** i, (i, 0, n - 1))
Equations({"sum of the weights after n steps": weights})

# %% [markdown]
# Ten in the long run. So switching on β = 0.9 also multiplies the long-run learning rate by ten, and a comparison "with and without momentum" at one η compares two learning rates as well.
#
# The average exists too: $v \leftarrow \beta v + (1-\beta) g$, then $w \leftarrow w - \eta v$. Adam (lesson 07) starts from this average. As a change to the sum:

# %%
show_kernel(averaged_momentum, since=momentum)

# %% [markdown]
# At a constant η the two make the same path if the sum gets the learning rate $(1-\beta)\eta$. Proof by induction: both velocities start at zero. Suppose that before a step the velocities are related by $v_{sum} = -\eta\, v_{average}$. We run one step of each on symbols and look whether they still are, and whether the weights agree.

# %%
as_sum = trace(momentum, v=-lr * v, lr=(1 - beta) * lr)
as_average = trace(averaged_momentum)
still_related = sp.simplify(as_sum["v"] + lr * as_average["v"]) == 0
same_weights = sp.simplify(as_sum["w"] - as_average["w"]) == 0
print("velocities still related:", still_related, "  same weights:", same_weights)

# %% [markdown] tags=["predicts-C30"]
# ## Derive: where the learning rate sits
#
# PyTorch keeps the learning rate out of the velocity: $v \leftarrow \beta v + g$, then $w \leftarrow w - \eta v$. While η is constant this is the same path as ours. Let it drop from $a$ to $b$ before the third step, and subtract one unrolled path from the other. **Predict**: is the difference zero?

# %% tags=["shows-C30"]
a, b = sp.symbols("a b", positive=True)
inside = unroll(momentum, 3, lr=[a, a, b])["w"]
outside = unroll(momentum_rate_outside, 3, lr=[a, a, b])["w"]
sp.factor(inside - outside)

# %% [markdown]
# For β > 0 they are equal for all gradients only if $a = b$. With the rate inside, the velocity gathered at the old rate rolls on; with the rate outside, the drop shrinks it at once. Neither is wrong; a recipe with a schedule has to say which one it means.

# %% tags=["shows-C30"]
drop = lambda t: 0.076 if t <= 15 else 0.0076
rolls_on = descend(surface, MOMENTUM, lr=drop, beta=0.9, steps=16)
cut_short = descend(surface, MOMENTUM_RATE_OUTSIDE, lr=drop, beta=0.9, steps=16)
for run in (rolls_on, cut_short):
    print(f"{run.rule.name}: the first step after a tenfold drop has length {np.linalg.norm(run.positions[16] - run.positions[15]):.3f}")

# %% [markdown]
# ## Implement: your turn
#
# Fill in momentum, the sum. Change `w` and `v` in place, or return both. If something is off, the check says which idea went wrong; `hint("momentum")` helps in steps.

# %%
def my_momentum(w, g, v, *, lr, beta):
    """v <- beta v - lr g, then w <- w + v."""
    ...


check("momentum", my_momentum)

# %%
def my_average(w, g, v, *, lr, beta):
    """v <- beta v + (1 - beta) g, then w <- w - lr v."""
    ...


check("averaged momentum", my_average)

# %% [markdown]
# The course's kernel, as a change to gradient descent:

# %%
show_kernel(momentum, since=gradient_descent)

# %% [markdown]
# ## Prove: the kernel is the formula

# %%
prove(momentum, v=beta * v - lr * g, w=w + beta * v - lr * g)

# %%
prove(averaged_momentum, v=beta * v + (1 - beta) * g, w=w - lr * (beta * v + (1 - beta) * g))

# %% [markdown]
# And a slip that is easily made, moving before the velocity is brought up to date:

# %%
def too_early(w, g, v, *, lr, beta):
    w += v
    v *= beta
    v -= lr * g


prove(too_early, w=w + beta * v - lr * g)

# %% [markdown]
# ## Play
#
# Gradient descent in grey, momentum in green. At the green point the black arrow is the fresh step $-\eta g$, split into its parts; the dotted arrow is the velocity that was kept. Below, the ledger of each direction: bars are fresh steps, the line is the velocity. Press *Play*, then try the presets. The marks show momentum's best setting and its limit.

# %%
explorer

# %% [markdown]
# At η = 0.01 gradient descent does not zig-zag at all, since ηλ₁ = 0.25 is below 1. **Predict**: what does momentum with β = 0.95 do to $w_1$ there?

# %% tags=["predicts-C10"]
predict("04 makes a swing")

# %% tags=["shows-C10"]
explorer.filmstrip(
    {"lr": 0.076, "beta": 0.5, "step": 40},
    {"lr": 0.076, "beta": 0.95, "step": 40},
    {"lr": 0.01, "beta": 0.95, "step": 60},
)

# %% [markdown]
# In (a) memory calms the zig-zag, in (b) there is too much of it. In (c) gradient descent does not zig-zag. Momentum with β = 0.95 swings across the floor by itself: here memory *makes* the oscillation.

# %% [markdown]
# ## Measure: does it damp the zig-zag?
#
# Our ravine at η = 0.076 has ηλ₁ = 1.9, so each step of gradient descent multiplies the zig-zag by 0.9. The factor of momentum, in the long run, is the largest eigenvalue, in size, of the matrix that takes $(v, w)$ to its next value. We trace it from the kernel, and read off the factor for several β.

# %%
iteration_matrix(momentum)

# %%
betas = np.array([0.0, 0.3, 0.5, 0.7, 0.9, 0.95])
across = theory.momentum_rate(0.076, betas, 25)
along = theory.momentum_rate(0.076, betas, 1)
for row in zip(betas, across, along):
    print("beta = %.2f: each step multiplies the zig-zag by %.3f, the way along the valley by %.3f" % row)

# %% [markdown]
# A little memory damps the zig-zag *and* hurries along the valley: at β = 0.5 the two factors fall to about 0.7 and 0.8. More is not better: at β = 0.9 the swing across the valley outlives gradient descent's zig-zag. Lesson 05 derives the border: momentum is the quicker one across if $\eta\lambda > 1 + \sqrt\beta$, here for β below 0.81. Does the measurement agree with the factors?

# %%
heavy = descend(surface, MOMENTUM, lr=0.076, beta=betas, steps=600)
predicted = theory.steps_for(1e-6 / surface.value([2.0, -10.0]), np.maximum(across, along) ** 2)
for value, step, expected in zip(betas, heavy.settles_at(1e-6), predicted):
    print(f"beta = {value:.2f}: below 1e-6 for good from step {step:.0f}; the slower factor says {expected:.0f}")

# %% [markdown]
# It does, to within a few steps. (The factor counts twice, since the loss is quadratic in the distance.)

# %%
for kappa in (25, 100):
    lr_plain, _ = theory.best_descent(kappa, 1)
    lr_heavy, best_beta, _ = theory.best_momentum(kappa, 1)
    plain = descend(ravine(kappa), GRADIENT_DESCENT, lr=lr_plain, steps=2000)
    heavy = descend(ravine(kappa), MOMENTUM, lr=lr_heavy, beta=best_beta, steps=2000)
    print(f"kappa = {kappa}, at the best long-run rates: gradient descent {plain.steps_to(1e-6)} steps to 1e-6, momentum {heavy.steps_to(1e-6)}")

# %% [markdown]
# These settings have the best factor *in the long run*: for gradient descent from lesson 01, for momentum from a formula that [lesson 05](05_how_much_momentum.ipynb) derives. Momentum needs between a seventh and about a quarter of the steps. Lesson 05 shows why: √κ takes the place of κ. For one start and one goal a search finds settings that are a little quicker for descent and much quicker for momentum; exercise 2 is such a search.

# %% [markdown]
# ## Measure: a real network
#
# Now the digits: 1347 images of 8 × 8 pixels to learn from, a network with 2410 weights, 12 passes over the data. Each step takes its gradient from 64 images, a *mini-batch*. Each seed fixes the first weights and the batches, and both rules get the same seeds, so we compare pairs.
#
# The loss is the mean of −log of the probability given to the right digit; one tenth for each digit, a blind guess, costs log 10 ≈ 2.30. We count it on all training images at the end.

# %%
data, network, seeds = digits(), Network(), range(8)


def last_losses(rule, epochs=12, **hyper):
    """Loss on the whole training set after the last pass, one number a seed."""
    runs = [train(network, rule, data, batch=64, epochs=epochs, seed=s, **hyper) for s in seeds]
    return np.array([run.losses[-1] for run in runs])

# %% [markdown]
# A fair race gives both the same *effective rate* $\eta/(1-\beta)$, the distance a steady push is carried. **Predict** before you run on: at equal effective rate, does momentum still win? At small rates, at large rates, at both, at none?

# %%
rates = (0.1, 0.4, 1, 4)
plain = {r: last_losses(GRADIENT_DESCENT, lr=r) for r in rates}
heavy = {r: last_losses(MOMENTUM, lr=r * (1 - 0.9), beta=0.9) for r in (*rates, 6)}
blind = np.log(10)


def versus(a, b):
    """The ratio of two sets of losses in words, or how many runs were lost."""
    first, second = (int(np.sum(~(x < blind))) for x in (a, b))
    if first or second:
        return f"{first} of {len(a)} runs of the first and {second} of the second end above a blind guess"
    return f"{ratio(a, b)}, {ratio(a, b).says('lower', 'no difference to be seen', 'higher')}"

# %%
figure, ax = canvas(height=4.6)
draw_rates(ax, plain, "gradient descent", "gradient descent", at=4)
draw_rates(ax, heavy, "momentum, β = 0.9", "momentum", at=4, below=16)
draw_level(ax, blind, "a blind guess, log 10")
name_axes(ax, "effective rate η / (1 − β)", "training loss")
ax.set_ylim(3e-3, 200)
against = "; ".join(f"at {r:g}: {versus(heavy[r], plain[r])}" for r in rates)
Captioned(figure, f"Loss after 12 passes, a dot for each of {len(seeds)} seeds, line through the medians. Momentum's loss over that of gradient descent at equal effective rate, with 95 % interval, {against}.")

# %%
print(f"same learning rate 0.1, momentum over gradient descent: {versus(heavy[1], plain[0.1])}")
print(f"gradient descent with ten times the rate over gradient descent: {versus(plain[1], plain[0.1])}")
best_heavy, best_plain = (theory.best_of_grid({r: np.median(x) for r, x in runs.items()}) for runs in (heavy, plain))
at_best = f"momentum at {best_heavy:g} over gradient descent at {best_plain:g}"
print(f"each at its best rate of these, {at_best}: {versus(heavy[best_heavy], plain[best_plain])}")

# %% [markdown]
# So at one learning rate momentum looks several times better, and most of that is its tenfold effective rate. At effective rates 0.1 and 0.4 the two are one curve to within a few per cent; at 1 momentum is ahead; at 4 it still trains where gradient descent is lost. What momentum buys here is room for a *larger* rate. Wang and others (2023) prove such an equality for small rates, and see little gain where noise, not curvature, sets the limit.

# %% [markdown]
# ### Annealing
#
# The article advises to start with β = 0.5 and to anneal it to 0.9, and to anneal "in case you overshoot". Three schedules against constant settings, at the same seeds: β rising at one η; β rising with η lowered so that the effective rate stays; and η falling to 0, which is what the second piece of advice must mean.

# %%
steps = 12 * batches_per_epoch(1347, 64)
rising = anneal(0.5, 0.9, steps)
beta_up = {r: last_losses(MOMENTUM, lr=r / 10, beta=rising) for r in (1, 4)}
same_effect = {}
for r in (1, 4):
    lowered = lambda t, r=r: r * (1 - rising(t))
    same_effect[r] = last_losses(MOMENTUM, lr=lowered, beta=rising)
rate_down = {r: last_losses(MOMENTUM, lr=anneal(r / 10, 0, steps), beta=0.9) for r in (1, 4, 6)}

# %%
groups = {
    "β 0.5 → 0.9": {i: ratio(beta_up[r], heavy[r]) for i, r in enumerate((1, 4))},
    "same effective rate": {0: ratio(same_effect[1], heavy[1])},
    "η → 0": {i: ratio(rate_down[r], heavy[r]) for i, r in enumerate((1, 4, 6))},
}
said = {name: "; ".join(f"{(1, 4, 6)[i]}: {c}" for i, c in places.items()) for name, places in groups.items()}

# %%
figure, ax = canvas(height=4.4)
draw_intervals(ax, groups, ("momentum", "averaged momentum", "momentum, rate outside"))
draw_level(ax, 1, "as with constant settings")
ax.set_xticks(range(3), ["1", "4", "6, overshoots"])
ax.set(xlim=(-0.6, 2.6), ylim=(0.08, 22))
name_axes(ax, "effective rate at constant settings", "loss / loss at constant settings")
Captioned(figure, "Loss over the loss with constant η and β = 0.9, by effective rate, with 95 % intervals over 8 seeds. " + ". ".join(f"{name}, at {words}" for name, words in said.items()) + ".")

# %%
word = ("helps", "makes no difference to be seen", "hurts")
print("annealing beta at one learning rate, effective rate 1:", groups["β 0.5 → 0.9"][0].says(*word))
print("annealing beta at equal effective rate 1:", groups["same effective rate"][0].says(*word))
print("annealing beta at equal effective rate 4, against constant settings:", versus(same_effect[4], heavy[4]))
begins = last_losses(GRADIENT_DESCENT, lr=4 * (1 - 0.5))
print("gradient descent at the η with which that run begins: most seeds above a blind guess:", np.mean(~(begins < blind)) > 0.5)
print("lowering the rate to 0 where it did not overshoot (1):", groups["η → 0"][0].says(*word))
print("lowering the rate to 0 where it overshot (6):", groups["η → 0"][2].says(*word))

# %% [markdown]
# Read with care: one small network, one data set, 12 passes. At effective rate 1, annealing β at a fixed η acts as a smaller learning rate: once the effective rate is held, no difference is left. At 4 that cure kills the training, which then begins with a small β and an η that loses gradient descent, too. Lowering η pays at 6, where the rate overshoots, and costs progress at 1 and 4.

# %% [markdown]
# The training losses of the best momentum and the best gradient descent differ several times over. Does the test accuracy show it?

# %%
def last_accuracies(rule, **hyper):
    runs = [train(network, rule, data, batch=64, epochs=12, seed=s, **hyper) for s in seeds]
    return 100 * np.array([run.accuracies[-1] for run in runs])


gap = difference(last_accuracies(MOMENTUM, lr=best_heavy / 10, beta=0.9), last_accuracies(GRADIENT_DESCENT, lr=best_plain))
print(f"test accuracy, {at_best.replace('over', 'minus')}: {gap} points, {gap.says('lower', 'no difference to be seen', 'higher')}")

# %% [markdown]
# An interval that holds 0 does not show that there is no difference; it shows that eight seeds cannot tell.

# %% [markdown]
# **Verdict.** Momentum is a sum of past gradients that fades: what repeats is made $1/(1-\beta)$ times as strong, what flips is held to $1/(1+\beta)$ of itself, and in a valley too much memory rings on its own.

# %% [markdown]
# ## Test the article
#
# | It says, in our words | We find |
# |---|---|
# | momentum also uses the gradients of past steps | right |
# | the coefficient is the *percentage of the gradient* retained | imprecise: the share of the *velocity* that is kept, 0.9 and not a percentage |
# | with 0.9, older gradients weigh less and less | right: 1, 0.9, 0.81, … |
# | this is an exponential *average* | a sum: the weights add up to $1/(1-\beta)$; the average needs $(1-\beta)$ |
# | the w1 parts cancel, the w2 parts add up | right as a tendency: $1/(1+\beta)$ against $1/(1-\beta)$ |
# | it *zeroes out* the w1 part | wrong: 10/19 of a flipping push is left at β = 0.9 |
# | it dampens oscillations | where $\eta\lambda > 1 + \sqrt\beta$, yes; from 1 to there it prolongs them, and below 1 a β above $(1 - \sqrt{\eta\lambda})^2$ makes them (lesson 05) |
# | it speeds up convergence | on a ravine, with a β that suits it, yes; in the training above not by itself at equal effective rate: it allows a larger rate |
# | use *simulated annealing* if you overshoot | wrong name: that is a random search that sometimes accepts uphill moves (Kirkpatrick 1983); what helped here, where the rate was too large, is to lower it |
# | β starts at 0.5 and is annealed to 0.9 | advice of its time; tested above |

# %% [markdown]
# ## Where this story ends
#
# Two pushes, steady and flipping, are the extremes; lesson 03 draws the gain for every rhythm in between, and lesson 05 solves the quadratic completely. Beyond quadratics momentum's acceleration is not guaranteed, and it can even cycle (lesson 05).

# %% [markdown]
# ## Exercises
#
# **1 Derive.** The coefficient of $g_1$ in $v_3$, as an expression in `lr` and `beta`. The ratio of the two gains. And the rate of the *sum* that makes the same path as the average with rate `lr`.

# %%
check("unrolled", ...)

# %%
check("gain ratio", ...)

# %%
check("convert the rate", ...)

# %% [markdown]
# **2 Tune.** On `ravine(100)`, from the course's start, bring the loss below 1e-6 within 100 steps. Its curvatures are 100 and 1; the explorer at κ = 100 shows 25 and 0.25, so divide a learning rate found there by four. Gradient descent cannot do it at any constant learning rate.

# %%
check("below 1e-6 within 100 steps", {"lr": ..., "beta": ...})

# %% [markdown]
# **3 Correct the article.** Run each cell to see its options, then put the letter of the true one in place of the dots.

# %%
check("exponential average", ...)

# %%
check("zeroing out", ...)

# %%
check("simulated annealing", ...)

# %% [markdown]
# And an error in print. *Machine Learning Refined* begins its averaged momentum with $d_0 = +g$, where $-g$ is meant; its code begins with 0.

# %%
check("printed start", ...)

# %% [markdown]
# **4 Discuss.** A paper reports that adding momentum 0.9, at an unchanged learning rate, made training faster. What else did it change, and which run would you ask for? `solution("fair comparison")` outlines an answer.

# %% [markdown]
# ## Summary
#
# - *Both conventions.* Sum: $v \leftarrow \beta v - \eta g$, $w \leftarrow w + v$. Average: $v \leftarrow \beta v + (1-\beta) g$, $w \leftarrow w - \eta v$. Same path at a constant η if $\eta_{sum} = (1-\beta)\,\eta_{average}$.
# - *Two numbers.* A steady push is made $1/(1-\beta)$ times as strong, a flipping one $1/(1+\beta)$.
# - *Damps or makes a zig-zag.* At ηλ₁ = 1.9 a β of 0.5 calms it and one of 0.95 does not. At ηλ₁ = 0.25, where descent does not zig-zag, β = 0.95 makes one.
# - *On a real network.* A claim needs equal effective rates, several seeds, and their spread.

# %% [markdown]
# ## References
#
# - B. Polyak, "Some methods of speeding up the convergence of iteration methods", *USSR Comput. Math. Math. Phys.* 4 (1964), 1–17, doi:10.1016/0041-5553(64)90137-5.
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of initialization and momentum in deep learning", *ICML* 2013, PMLR 28, 1139–1147.
# - G. Goh, "Why Momentum Really Works", *Distill* 2017, doi:10.23915/distill.00006.
# - D. Kingma, J. Ba, "Adam: a method for stochastic optimization", *ICLR* 2015, arXiv:1412.6980.
# - R. Wang, S. Malladi, T. Wang, K. Lyu, Z. Li, "The marginal value of momentum for small learning rate SGD", arXiv:2307.15196.
# - S. Kirkpatrick, C. Gelatt, M. Vecchi, "Optimization by simulated annealing", *Science* 220 (1983), 671–680, doi:10.1126/science.220.4598.671.
# - J. Watt, R. Borhani, A. Katsaggelos, *Machine Learning Refined*, 2nd ed., Cambridge 2020, appendix A.2, doi:10.1017/9781108690935.
# - PyTorch documentation, `torch.optim.SGD`, note on the implementation of momentum.
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.

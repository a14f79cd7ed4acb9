# %% [markdown]
# # 04 · Straighten the path with memory
#
# Two points start together with the same learning rate. One of them remembers its past steps, and β sets how much. Press *Play*; then move β to 0 and back.

# %% jupyter={"source_hidden": true}
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import Damping
from course_utils.figures import lesson_04
from course_utils.optimizers import GRADIENT_DESCENT, MOMENTUM, MOMENTUM_RATE_OUTSIDE, show_kernel
from course_utils.optimizers import anneal, averaged_momentum, gradient_descent, momentum, momentum_rate_outside

# %% jupyter={"source_hidden": true}
from course_utils.networks import Network, batches_per_epoch, difference, digits, ratio, train
from course_utils.surfaces import ravine
from course_utils.symbolic import Equations, beta, g, iteration_matrix, lr, prove, trace, unroll, v, w

explorer = Damping(step=40)

# %%
explorer

# %% [markdown]
# | About | this lesson |
# |---|---|
# | **Minutes** | 38 for the core; 5 to 15 for each section below it |
# | **You need** | lesson [01, The ravine](01_the_ravine.ipynb); [03, Averages with memory](03_averages_with_memory.ipynb) helps |
# | **You will be able to** | write momentum as a kernel and prove it · say in two numbers what it does to pushes that repeat and to pushes that flip · tell settings at which memory damps a zig-zag from settings at which it does not |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+https://example.org/down-the-ravine` first, then restart the kernel.

# %% [markdown]
# ## Remember
#
# Two questions on lesson 01; answer before you open them.
#
# <details><summary>In our ravine the curvatures are 25 and 1. Between which learning rates does gradient descent zig-zag and still converge?</summary>Between 1/25 = 0.04 and 2/25 = 0.08.</details>
#
# <details><summary>Which two things make the steep part of a gradient large?</summary>A large curvature, and a distance from the valley floor: the part is curvature times distance.</details>

# %% [markdown]
# ## The disease in one sentence
#
# Gradient descent has no memory: it cannot tell a *push*, a step $-\eta g$, that repeats from one that cancels. In a zig-zag each push across the valley undoes part of the one before; along the valley all pushes agree, and gradient descent treats both alike.

# %% [markdown]
# ## Predict
#
# Suppose we add the pushes up: at each step we keep nine tenths of the total (β = 0.9) and add the new push. A *steady* push is the same at every step; a *flipping* one changes its sign at every step.

# %% tags=["predicts-C07"]
predict("04 steady push")

# %% tags=["predicts-C11"]
predict("04 gain ratio")

# %% [markdown]
# ## Derive: the velocity
#
# **Momentum** keeps a vector $v$, the *velocity*, zero at the start. Each step keeps a share β of it, $0 \le \beta < 1$, adds the fresh step, and moves by the result:
#
# $$v \leftarrow \beta v - \eta g, \qquad w \leftarrow w + v.$$
#
# Three steps with gradients $g_1, g_2, g_3$ give, one after the other,
#
# $$v_1 = -\eta g_1, \qquad v_2 = -\eta\,(g_2 + \beta g_1), \qquad v_3 = -\eta\,(g_3 + \beta g_2 + \beta^2 g_1).$$
#
# No gradient is dropped at once; each fades by the factor β at every step. SymPy runs the kernel three times and agrees:

# %%
Equations({sp.Symbol("v3"): unroll(momentum, 3)["v"]})

# %% [markdown]
# ## Derive: a push that repeats, a push that flips
#
# Let every gradient be the same $g$. In the long run all powers of β add up, a geometric series:
#
# $$v = -\eta g\,(1 + \beta + \beta^2 + \dots) = \frac{-\eta g}{1-\beta}.$$
#
# Let the gradient change its sign at every step. Now the signs alternate as well, and the newest gradient still counts most:
#
# $$|v| = \eta |g|\,(1 - \beta + \beta^2 - \dots) = \frac{\eta |g|}{1+\beta}.$$
#
# The rule itself confirms both: once settled, a steady velocity reproduces itself, and a flipping one returns with the opposite sign.

# %% tags=["shows-C11"]
(steady,) = sp.solve(sp.Eq(v, beta * v - lr * g), v)
(flipping,) = sp.solve(sp.Eq(-v, beta * v - lr * g), v)
print("steady push:  ", sp.simplify(steady / (-lr * g) - 1 / (1 - beta)) == 0)
print("flipping push:", sp.simplify(flipping / (lr * g) - 1 / (1 + beta)) == 0)

# %% tags=["shows-C07"]
lesson_04.two_pushes(beta=0.9)

# %% [markdown]
# At β = 0.9 a push that repeats is made ten times as strong, and about half is left of one that flips. It does not cancel: the newer of two neighbours counts more. **These two numbers hold for pushes that are fixed in advance.** In a valley the pushes depend on the motion; the effect is measured below.
#
# The velocity is a fading *sum*, not an average: its coefficients add up to $1/(1-\beta)$. A steady gradient eventually moves $w$ as plain descent at $\eta/(1-\beta)$ would, the **effective learning rate**.

# %% [markdown]
# ## Implement: your turn
#
# Fill in momentum. Change `w` and `v` in place, or return both. If something is off, the check says which idea went wrong; `hint("momentum")` helps in steps.

# %%
def my_momentum(w, g, v, *, lr, beta):
    """v <- beta v - lr g, then w <- w + v."""
    ...


check("momentum", my_momentum)

# %% [markdown]
# The course's kernel, as a change to gradient descent:

# %%
show_kernel(momentum, since=gradient_descent)

# %% [markdown]
# ## Prove: the kernel is the formula

# %%
prove(momentum, v=beta * v - lr * g, w=w + beta * v - lr * g)

# %% [markdown]
# And an easy slip, moving before the velocity is updated:

# %%
def too_early(w, g, v, *, lr, beta):
    w += v
    v *= beta
    v -= lr * g


prove(too_early, w=w + beta * v - lr * g)

# %% [markdown]
# ## Play
#
# In the explorer above, the black arrow is the fresh step $-\eta g$ and the dotted one the velocity that was kept. In the panels under its map, one for w1 and one for w2, bars are fresh steps and the line is the velocity. Before you try the presets:

# %% tags=["predicts-C10"]
predict("04 makes a swing")

# %% tags=["shows-C10"]
explorer.filmstrip(
    {"lr": 0.076, "beta": 0.5, "step": 40},
    {"lr": 0.076, "beta": 0.95, "step": 40},
    {"lr": 0.01, "beta": 0.95, "step": 60},
)

# %% [markdown]
# In (a) memory calms the zig-zag; in (b) there is too much memory. In (c) gradient descent does not zig-zag, and momentum with β = 0.95 swings across the floor: here memory *makes* the oscillation. At this η every β between 0.25 and 1 makes w1 swing, a larger one for longer. Lesson 05 derives the borders between these cases.
#
# Now take up the explorer's goal: κ = 100, and momentum below 1e-6 within 100 steps.

# %% [markdown]
# ## Measure: steps in the ravine
#
# How much is there to gain? We give each rule the setting that is best in the long run: gradient descent the one of lesson 01, momentum one that [lesson 05](05_how_much_momentum.ipynb) derives.

# %%
for kappa in (25, 100, 400):
    eta, _ = theory.best_descent(kappa, 1)
    eta_m, beta_m, _ = theory.best_momentum(kappa, 1)
    plain = descend(ravine(kappa), GRADIENT_DESCENT, lr=eta, steps=4000)
    heavy = descend(ravine(kappa), MOMENTUM, lr=eta_m, beta=beta_m, steps=4000)
    counts = plain.steps_to(1e-6), heavy.steps_to(1e-6)
    print("κ = %d: below 1e-6 after %d steps of descent, %d of momentum" % (kappa, *counts))

# %% [markdown]
# For gradient descent, four times the κ means about four times the steps; for momentum, about twice: √κ takes the place of κ.

# %% [markdown]
# ## Measure: a real network
#
# Now 1347 images of digits, a network with 2410 weights, 12 passes over the data in mini-batches of 64: each gradient uses one batch. Each seed fixes the first weights and the batches, and both rules get the same seeds, so we compare pairs. A blind guess, a tenth for each digit, has the loss log 10 ≈ 2.30.
#
# With β = 0.9 momentum's effective learning rate is ten times its η. A fairer comparison gives both the same *effective* rate.

# %%
predict("04 equal effective rate")

# %% jupyter={"source_hidden": true}
data, network, seeds, blind = digits(), Network(), range(8), np.log(10)


def last_losses(rule, epochs=12, **hyper):
    """Loss on the whole training set after the last pass, one number a seed."""
    runs = [train(network, rule, data, batch=64, epochs=epochs, seed=s, **hyper) for s in seeds]
    return np.array([run.losses[-1] for run in runs])


def versus(a, b):
    """The ratio of two sets of losses in words, or how many runs were lost."""
    first, second = (int(np.sum(~(x < blind))) for x in (a, b))
    if first or second:
        return f"{first} of {len(a)} runs of the first and {second} of the second end above a blind guess"
    return f"{ratio(a, b)}, {ratio(a, b).says('lower', 'too close to call', 'higher')}"

# %%
rates = (0.1, 0.4, 1, 4)
plain = {r: last_losses(GRADIENT_DESCENT, lr=r) for r in rates}
heavy = {r: last_losses(MOMENTUM, lr=r * (1 - 0.9), beta=0.9) for r in (*rates, 6)}
lesson_04.equal_rates(plain, heavy, blind, {r: versus(heavy[r], plain[r]) for r in rates})

# %%
print(f"at one learning rate, 0.1, momentum over gradient descent: {versus(heavy[1], plain[0.1])}")
print(f"gradient descent at 1 over gradient descent at 0.1: {versus(plain[1], plain[0.1])}")

# %% [markdown]
# At the same learning rate momentum looks several times better, mostly because its effective rate is ten times as large. At equal effective rates 0.1 and 0.4 the two losses agree to within a few per cent; at 1 momentum is ahead; at 4 it still trains where gradient descent fails. On this network momentum buys room for a *larger* rate.

# %% [markdown]
# **Verdict.** Momentum is a fading sum of gradients: what repeats is made $1/(1-\beta)$ times as strong, what flips is held to $1/(1+\beta)$, and too much memory makes an oscillation of its own.

# %% [markdown]
# ## You will also hear
#
# - **Heavy ball**: this rule, after a ball that rolls down the valley. **Velocity** or **momentum buffer**: $v$.
# - **Hyperparameter**: a number such as η or β that we choose and training does not.
# - **Dampening**: PyTorch's factor $1-$`dampening` before the gradient; 0 gives our sum.
# - In PyTorch: `torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)`. It keeps η out of $v$; while η is constant the path is the same.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** In the long run, how many times as large is momentum's step under a steady push as under one that flips at every step? A formula in `beta`.

# %%
check("gain ratio", ...)

# %% [markdown]
# **2 Tune.** On `ravine(100)`, from the course's start, bring the loss below 1e-6 within 100 steps. Its curvatures are 100 and 1; the explorer at κ = 100 shows 25 and 0.25, so divide a learning rate found there by four.

# %%
check("below 1e-6 within 100 steps", {"lr": ..., "beta": ...})

# %% [markdown]
# **3 Explain.** A paper reports that adding momentum 0.9, at an unchanged learning rate, made training faster. What else did it change, and which run would you ask for? `solution("fair comparison")` outlines an answer.

# %% [markdown]
# ## Summary
#
# - *The kernel.* $v \leftarrow \beta v - \eta g$, then $w \leftarrow w + v$, proved.
# - *Two numbers.* A steady push is made $1/(1-\beta)$ times as strong, a flipping one $1/(1+\beta)$.
# - *Damps or makes a zig-zag.* At ηλ₁ = 1.9 a β of 0.5 calms it and one of 0.95 does not. At ηλ₁ = 0.25, where descent does not zig-zag, β = 0.95 makes one.
#
# Steady and flipping are the two extremes. [Lesson 05](05_how_much_momentum.ipynb) solves the quadratic completely and finds the β that suits it; beyond quadratics momentum, at some settings, can even cycle for ever.

# %% [markdown]
# # Going further
#
# Each section stands alone.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Two conventions, 15 minutes
#
# Textbooks and libraries write momentum in three ways. Read this before you compare settings from two of them, or lower a learning rate in the middle of a run.

# %% [markdown]
# Many texts take an *average* of the gradients, whose weights add up to 1: $v \leftarrow \beta v + (1-\beta) g$, then $w \leftarrow w - \eta v$. Adam (lesson 07) starts from it. As a change to the sum:

# %%
show_kernel(averaged_momentum, since=momentum)

# %%
def my_average(w, g, v, *, lr, beta):
    """v <- beta v + (1 - beta) g, then w <- w - lr v."""
    ...


check("averaged momentum", my_average)

# %%
prove(averaged_momentum, v=beta * v + (1 - beta) * g, w=w - lr * (beta * v + (1 - beta) * g))

# %% [markdown]
# At a constant η the two make the same path if the sum gets the learning rate $(1-\beta)\eta$. Proof by induction: both velocities start at zero. Suppose that before a step $v_{sum} = -\eta\, v_{average}$. We run one step of each on symbols and check whether this still holds, and whether the weights agree.

# %%
as_sum = trace(momentum, v=-lr * v, lr=(1 - beta) * lr)
as_average = trace(averaged_momentum)
print("velocities still related:", sp.simplify(as_sum["v"] + lr * as_average["v"]) == 0)
print("same weights:", sp.simplify(as_sum["w"] - as_average["w"]) == 0)

# %%
check("convert the rate", ...)

# %%
check("unrolled", ...)

# %% [markdown]
# PyTorch keeps the learning rate out of the velocity: $v \leftarrow \beta v + g$, then $w \leftarrow w - \eta v$. While η is constant this is the same path as ours. Now let a schedule lower η in the middle of a run.

# %% tags=["predicts-C30"]
predict("04 dropped rate")

# %% [markdown]
# Let η drop from $a$ to $b$ before the third step, and subtract one unrolled path from the other.

# %% tags=["shows-C30"]
a, b = sp.symbols("a b", positive=True)
inside = unroll(momentum, 3, lr=[a, a, b])["w"]
outside = unroll(momentum_rate_outside, 3, lr=[a, a, b])["w"]
sp.factor(inside - outside)

# %% [markdown]
# For β > 0 they are equal for all gradients only if $a = b$. With the rate inside, the velocity gathered at the old rate rolls on; with the rate outside, the drop shrinks it at once. Neither is wrong; a recipe with a schedule has to say which one it means.

# %% tags=["shows-C30"]
drop = lambda t: 0.076 if t <= 15 else 0.0076
rolls_on = descend(ravine(25), MOMENTUM, lr=drop, beta=0.9, steps=16)
cut_short = descend(ravine(25), MOMENTUM_RATE_OUTSIDE, lr=drop, beta=0.9, steps=16)
for run in (rolls_on, cut_short):
    length = np.linalg.norm(run.positions[16] - run.positions[15])
    print(f"{run.rule.name}: the first step after a tenfold drop has length {length:.3f}")

# %% [markdown]
# One error in print: *Machine Learning Refined* begins its averaged momentum with $d_0 = +g$, where $-g$ is meant; its code begins with 0.

# %%
check("printed start", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Which β damps a zig-zag, 8 minutes
#
# A first look at what lesson 05 derives: how much of the zig-zag each step leaves, for several β.

# %% [markdown]
# At η = 0.076 our ravine has ηλ₁ = 1.9, so each step of gradient descent multiplies the zig-zag by 0.9. The factor of momentum, in the long run, is the largest eigenvalue, in size, of the matrix that takes $(v, w)$ to its next value. We read that matrix off the kernel.

# %%
iteration_matrix(momentum)

# %%
betas = np.array([0.0, 0.3, 0.5, 0.7, 0.9, 0.95])
across = theory.momentum_rate(0.076, betas, 25)
along = theory.momentum_rate(0.076, betas, 1)
for row in zip(betas, across, along):
    print("β = %.2f: each step multiplies the zig-zag by %.3f, the way along by %.3f" % row)

# %% [markdown]
# A little memory damps the zig-zag *and* speeds up the motion along the valley: at β = 0.5 the two factors fall to about 0.7 and 0.8. More is not better: at β = 0.9 the swing across the valley outlives gradient descent's zig-zag. Across the valley momentum is quicker if $\eta\lambda > 1 + \sqrt\beta$, here for β below 0.81. Does the measurement agree with the factors?

# %%
runs = descend(ravine(25), MOMENTUM, lr=0.076, beta=betas, steps=600)
slower = np.maximum(across, along)
predicted = theory.steps_for(1e-6 / ravine(25).value([2.0, -10.0]), slower**2)
for value, step, expected in zip(betas, runs.settles_at(1e-6), predicted):
    print(f"β = {value:.2f}: below 1e-6 for good from step {step:.0f}; predicted {expected:.0f}")

# %% [markdown]
# It does, to within a few steps. (The factor counts twice, since the loss is quadratic in the distance.)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Annealing β, tested, 12 minutes
#
# Old advice says to raise β during training, and to anneal "in case you overshoot". Here both are put to the test.

# %% [markdown]
# Three schedules against constant settings, at the same seeds: β rising from 0.5 to 0.9 at one η; β rising with η lowered so that the effective rate stays; and η falling to 0, which is what the second piece of advice must mean.

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
lesson_04.annealed(groups, (1, 4, 6))

# %%
word = ("helps", "cannot be told from no change", "hurts")
print("annealing β at one learning rate, effective rate 1:", groups["β 0.5 → 0.9"][0].says(*word))
print("annealing β at equal effective rate 1:", groups["same effective rate"][0].says(*word))
print("annealing β at equal effective rate 4:", versus(same_effect[4], heavy[4]))
begins = last_losses(GRADIENT_DESCENT, lr=4 * (1 - 0.5))
lost = np.mean(~(begins < blind))
print("gradient descent at that run's first η: most seeds above a blind guess:", lost > 0.5)
print("lowering the rate to 0 where it did not overshoot (1):", groups["η → 0"][0].says(*word))
print("lowering the rate to 0 where it overshot (6):", groups["η → 0"][2].says(*word))

# %% [markdown]
# Read with care: one small network, one data set, 12 passes. At effective rate 1, annealing β at a fixed η acts as a smaller learning rate: once the effective rate is held, eight seeds see no difference. At 4 that remedy ruins the training, which then begins with a small β and an η at which gradient descent fails, too. Lowering η pays at 6, where the rate overshoots, and costs progress at 1 and 4.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Does the test accuracy follow? 4 minutes
#
# The training losses of the best momentum and the best gradient descent differ several times over. That says little about new images; here is the comparison.

# %%
best_heavy = theory.best_of_grid({r: np.median(x) for r, x in heavy.items()})
best_plain = theory.best_of_grid({r: np.median(x) for r, x in plain.items()})


def last_accuracies(rule, **hyper):
    runs = [train(network, rule, data, batch=64, epochs=12, seed=s, **hyper) for s in seeds]
    return 100 * np.array([run.accuracies[-1] for run in runs])


print(f"momentum at effective rate {best_heavy:g}, gradient descent at {best_plain:g}")
print("training loss over training loss:", versus(heavy[best_heavy], plain[best_plain]))
ahead = last_accuracies(MOMENTUM, lr=best_heavy / 10, beta=0.9)
gap = difference(ahead, last_accuracies(GRADIENT_DESCENT, lr=best_plain))
print("test accuracy minus test accuracy:", gap, gap.says("lower", "too close to call", "higher"))

# %% [markdown]
# An interval that holds 0 does not show that there is no difference; it shows that eight seeds cannot tell.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Often said, 10 minutes
#
# Claims about momentum that one meets in articles, posts and talks, and what we find.

# %% [markdown]
# | It is said, in our words | We find |
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
# Run each cell to see its options, then put the letter of the true one in place of the dots.

# %%
check("exponential average", ...)

# %%
check("zeroing out", ...)

# %%
check("simulated annealing", ...)

# %% [markdown]
# ## References
#
# - B. Polyak, "Some methods of speeding up the convergence of iteration methods", *USSR Comput. Math. Math. Phys.* 4 (1964), 1–17, [doi:10.1016/0041-5553(64)90137-5](https://doi.org/10.1016/0041-5553%2864%2990137-5).
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of initialization and momentum in deep learning", *ICML* 2013, [PMLR 28](https://proceedings.mlr.press/v28/sutskever13.html), 1139–1147.
# - G. Goh, "Why Momentum Really Works", *Distill* 2017, [doi:10.23915/distill.00006](https://doi.org/10.23915/distill.00006).
# - D. Kingma, J. Ba, "Adam: a method for stochastic optimization", *ICLR* 2015, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980).
# - R. Wang, S. Malladi, T. Wang, K. Lyu, Z. Li, "The marginal value of momentum for small learning rate SGD", [arXiv:2307.15196](https://arxiv.org/abs/2307.15196). They prove the equality at small rates, and see little gain where noise, not curvature, sets the limit.
# - S. Kirkpatrick, C. Gelatt, M. Vecchi, "Optimization by simulated annealing", *Science* 220 (1983), 671–680, [doi:10.1126/science.220.4598.671](https://doi.org/10.1126/science.220.4598.671).
# - J. Watt, R. Borhani, A. Katsaggelos, *Machine Learning Refined*, 2nd ed., Cambridge 2020, appendix A.2, [doi:10.1017/9781108690935](https://doi.org/10.1017/9781108690935).
# - [PyTorch documentation, `torch.optim.SGD`](https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html), note on the implementation of momentum.
#
# Before: [03, Averages with memory](03_averages_with_memory.ipynb). Next: [05, How much momentum?](05_how_much_momentum.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.

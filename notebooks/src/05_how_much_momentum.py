# %% [markdown]
# # 05 · Choose how much momentum
#
# By the end you can look at a learning rate, a β and a curvature and say whether a direction creeps, rings, flips or runs away, which β is best for a ravine, and what that saves.
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 75 in class, 120 alone with all exercises |
# | **You need** | lessons [01, The ravine](01_the_ravine.ipynb) and [04, Momentum](04_momentum.ipynb); eigenvalues of a 2 × 2 matrix |
# | **You will be able to** | name the regime of a direction and its rate · state the limit of the learning rate and the critical β · set both for a known κ, and say what the square root saves · tell when momentum damps a zig-zag and when it does not · turn Nesterov's two forms into each other · find out how much of it holds outside quadratics |

# %%
from fractions import Fraction

import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import RateMap
from course_utils.figures import LINES, Captioned, canvas, draw_level, label_end, name_axes

# %%
from course_utils.optimizers import GRADIENT_DESCENT, MOMENTUM, NESTEROV, NESTEROV_LOOK_AHEAD
from course_utils.optimizers import gradient_descent, look_ahead, momentum, nesterov, show_kernel
from course_utils.surfaces import bent_ravine, ravine
from course_utils.symbolic import Equations, beta, curvature, g, iteration_matrix, lr, prove
from course_utils.symbolic import stability_limit, trace, v, w

# %% [markdown]
# ## Remember
#
# Three questions on lessons 01 and 04; answer before you open them.
#
# <details><summary>By what does gradient descent multiply a weight of curvature λ per step?</summary>By 1 − ηλ: it converges for 0 &lt; ηλ &lt; 2 and flips for ηλ above 1.</details>
#
# <details><summary>How strong does momentum make a steady push, and a flipping one?</summary>1/(1 − β) and 1/(1 + β) times.</details>
#
# <details><summary>How do the steps of the best gradient descent grow with κ?</summary>In proportion to it.</details>

# %% [markdown]
# ## A broken picture
#
# If memory helps, more memory should help more. Here is a ravine with κ = 100 and one learning rate, with no memory, with β = 0.8, and with much more. **Predict**: which of them arrives first?

# %% tags=["predicts-C12"]
predict("05 more memory")

# %% tags=["shows-C12"]
surface, memories, heavy = ravine(kappa=100), (0.0, 0.8, 0.95, 0.99), LINES["momentum"]["color"]
runs = {b: descend(surface, MOMENTUM, lr=0.01, beta=b, steps=2400) for b in memories}
figure, ax = canvas(height=4.2)
for b, run in runs.items():
    colour = heavy if b else LINES["gradient descent"]["color"]
    ax.semilogy(run.losses[:401], color=colour, linestyle="-" if b else (0, (5, 2)), linewidth=1.4 if b > 0.9 else 2.2)
    at = 170 if b == 0.8 else 400
    label_end(ax, at, run.losses[at], f"β = {b:g}", colour)
name_axes(ax, "step", "loss")
ax.set(ylim=(1e-10, 1e4), xlim=(0, 400))
arrives = "; ".join(f"β = {b:g}: step {run.settles_at(1e-6)}" for b, run in runs.items())
Captioned(figure, f"Momentum with η = 0.01 on a ravine with κ = 100, 400 steps. The loss is below 1e-6 for good from: {arrives}.")

# %% [markdown]
# A little memory is seven times as quick as none, more of it is slower again, and the most is slower than none at all. The loss then swings up and down on its way. So there is a best amount, and a price on both sides of it.

# %% [markdown]
# ## Predict
#
# Still κ = 100, and now every β may have the learning rate that suits it best. **Which β arrives first?** Lock in your guess; the explorer opens.

# %% tags=["predicts-C12"]
explorer = RateMap(step=30)
predict("05 best beta", opens=explorer)

# %% [markdown]
# ## The disease in one sentence
#
# One β serves every direction: too little lets the flat one creep, too much lets the steep one ring, and the ringing outlasts everything.

# %% [markdown]
# ## Derive: one step as a matrix
#
# In a direction of curvature λ the gradient is λw, and a step of momentum turns the pair $(v, w)$ into a new pair, linearly. We run the kernel on symbols and read the matrix off.

# %%
R = iteration_matrix(momentum)
R

# %%
Equations({"determinant": R.det(), "trace": R.trace()})

# %% [markdown]
# After k steps the pair has been multiplied by this matrix k times, so its two eigenvalues say everything about the long run. The larger one, in size, is the **rate**: the factor by which the direction shrinks per step. And a 2 × 2 matrix gives its eigenvalues away in two numbers: β is their product, $1 + \beta - \eta\lambda$ their sum.

# %% [markdown]
# ## Derive: creeping and ringing
#
# Learning rate and curvature only ever occur as a product, $z = \eta\lambda$. The eigenvalues are the roots of a quadratic; where its discriminant is negative they are complex, and the direction **rings**: it swings through the minimum and back.

# %%
z, sigma = sp.Symbol("z", positive=True), sp.Symbol("sigma")


def polynomial(matrix):
    """The polynomial in sigma whose roots are the eigenvalues."""
    return sp.collect(sp.expand((sigma * sp.eye(2) - matrix).det()), sigma)


momentum_in_z = polynomial(R.subs(lr, z / curvature))
from_z, to_z = sp.solve(sp.discriminant(momentum_in_z, sigma), z)
Equations({"polynomial": momentum_in_z, "it rings from z": from_z, "to z": to_z})

# %% [markdown]
# Both ends are squares: the direction rings where $(1-\sqrt\beta)^2 < \eta\lambda < (1+\sqrt\beta)^2$. Complex eigenvalues come as a conjugate pair, whose product is the square of their size. And the product is the determinant, β.

# %%
one, other = sp.solve(momentum_in_z, sigma)
b = sp.Symbol("b", positive=True)
squares = [sp.factor(edge.subs(beta, b**2)) for edge in (from_z, to_z)]
Equations({"product of the rates": sp.simplify(one * other), "ends, with b² for β": sp.Tuple(*squares)})

# %%
for share in (0.5, 0.8, 0.9, 0.99):
    steps = theory.steps_for(1e-3, np.sqrt(share))
    print(f"beta = {share}: each step multiplies the ringing pair by {np.sqrt(share):.3f}, a factor 1000 takes {steps:.0f} steps")

# %% [markdown]
# **Each step multiplies the two components of a direction that rings by $\sqrt\beta$ in size, whatever the learning rate and the curvature.** The distance itself comes in waves under an envelope that falls like this. So more memory is not always better: at β = 0.99 the envelope takes 1375 steps for a factor 1000, at every η at which the direction rings. (The last wave above a thousandth of the start may end earlier, or much later where the envelope begins far above it.)

# %% [markdown]
# ## A picture of the two rates
#
# On the left both eigenvalues of one direction walk through the complex plane as β grows from 0 to 1. On the right their larger size, for the two directions of our ravine with κ = 25 at η = 0.076.

# %%
memory = np.linspace(0, 0.999, 1000)
figure, (plane, sizes) = canvas(columns=2, height=4.3)
paths = np.array([np.linalg.eigvals(theory.momentum_matrix(0.2, m, 1.0)) for m in memory])
turn = np.exp(2j * np.pi * np.linspace(-0.15, 0.15, 200))
plane.plot(turn.real, turn.imag, **LINES["predicted"])
plane.plot(paths.real, paths.imag, ".", color=LINES["momentum"]["color"], markersize=3)
names = {(0, 0): ("β = 0", (-4, 10)), (0.8, 0): ("β = 0", (-6, 10)), (0.9, 0.43): ("β → 1", (-58, 0))}
names |= {(1 - np.sqrt(0.2), 0): ("meet", (-36, 10)), (1, 0): ("unit circle", (6, -4))}
for at, (words, beside) in names.items():
    plane.annotate(words, at, xytext=beside, textcoords="offset points")
plane.set(xlim=(-0.1, 1.35), ylim=(-0.72, 0.72), aspect="equal")
name_axes(plane, "real part", "imaginary part", "both rates, ηλ = 0.2")

# %%
low = [float(theory.critical_beta(0.076, curve)) for curve in (25, 1)]
for kind, curve, at in (("w1", 25, low[0]), ("w2", 1, low[1])):
    sizes.plot(memory, theory.momentum_rate(0.076, memory, curve), **{**LINES[kind], "marker": ""})
    sizes.plot(at, np.sqrt(at), marker=LINES[kind]["marker"], color=LINES[kind]["color"], markersize=9)
label_end(sizes, 0.3, 0.55, "w1, steep", LINES["w1"]["color"], xytext=(4, -12))
label_end(sizes, 0.2, theory.momentum_rate(0.076, 0.2, 1), "w2, flat", LINES["w2"]["color"], xytext=(0, 12))
name_axes(sizes, "memory β", "rate", "shrinks per step, η = 0.076")

# %%
meet = theory.critical_beta(0.2, 1)
Captioned(
    figure,
    f"Left: two real rates approach each other, meet at β = {meet:.3f}, and part as a complex pair of size √β "
    "that ends on the unit circle. Right: the rate of each direction is lowest where its two eigenvalues meet "
    f"(markers), w1 at β = {low[0]:.3f}, w2 at β = {low[1]:.3f}; beyond, both follow √β.",
)

# %% [markdown]
# ## Derive: the limit of the learning rate
#
# **Predict** first: gradient descent survives up to $2/\lambda_1$. And momentum with β = 0.9, which makes a steady push ten times as strong?

# %% tags=["predicts-C13"]
predict("05 limit")

# %% [markdown]
# A descent runs away when an eigenvalue leaves the unit circle. While they are complex it cannot happen, since $\sqrt\beta < 1$. So it happens on the real line, at 1 or at −1: there the polynomial must vanish.

# %%
ends = {f"polynomial at {place}": sp.factor(polynomial(R).subs(sigma, place)) for place in (1, -1)}
limits = {rule.__name__.replace("_", " "): stability_limit(rule) for rule in (momentum, gradient_descent)}
Equations({**ends, **{f"limit of {name}": limit for name, limit in limits.items()}})

# %% tags=["shows-C13"]
mild = ravine(kappa=25)
for share in (0.5, 0.9):
    limit = float(theory.momentum_limit(share, 25))
    below, above = (descend(mild, MOMENTUM, lr=s * limit, beta=share, steps=3000) for s in (0.995, 1.005))
    print(f"beta = {share}, limit {limit:.3f}. Half a per cent below it settles at step {below.settles_at(1e-6)}; above it:")
    print("  ", above.stopped or f"the loss is {above.losses[-1]:.1e} after 3000 steps")

# %% [markdown]
# At 1 the polynomial is ηλ and never zero; at −1 it gives **$0 < \eta\lambda < 2(1+\beta)$**. With β = 0.9 that is 1.9 times as far as gradient descent goes, never more than twice. Momentum does not let you keep any learning rate.

# %% [markdown]
# ## Derive: critical damping
#
# For a given η a direction is quickest where its eigenvalues meet. We write $r = 1-\sqrt{\eta\lambda}$, solve for β there, and check a guess for the path from rest: not a pure power, but a power with a factor that grows.

# %%
r = sp.Symbol("r", positive=True)
k = sp.Symbol("k", integer=True, nonnegative=True)
meeting = sp.solve(sp.discriminant(momentum_in_z, sigma).subs(z, (1 - r) ** 2), beta)
path = lambda j: (1 + j * (1 - r)) * r**j
gap = path(k + 2) - (1 + r**2 - (1 - r) ** 2) * path(k + 1) + r**2 * path(k)
print("with lr lambda = (1 - r)^2 the rates meet at beta =", " and ".join(str(sp.factor(m)) for m in meeting))
print("the path solves the recurrence:", sp.simplify(gap) == 0)

# %% [markdown]
# The second is always above 1, so the critical β is $r^2 = (1-\sqrt{\eta\lambda})^2$. A direction that starts at rest then comes home as $(1 + k(1-r))\,r^k$: all of it is positive for ηλ below 1, so it never passes the minimum. With any more memory it rings and overshoots.

# %%
figure, ax = canvas(height=3.9)
best, lowest = float(theory.critical_beta(0.04, 1)), {}
look = {"too little": (0.4, (0, (5, 2)), (14, 12)), "critical": (best, "-", (-8, -25))}
look["too much"] = 0.9, (0, (1, 1.5)), (8, -4)
for words, (share, dash, place) in look.items():
    way = descend(ravine(1), MOMENTUM, start=(1, 0), lr=0.04, beta=share, steps=60).positions[:, 0]
    ax.plot(way, **{**LINES["momentum"], "linestyle": dash, "markersize": 3})
    label_end(ax, 18, way[18], words, LINES["momentum"]["color"], xytext=place)
    lowest[words] = f"{words}, β = {share:.2f}: lowest point {way.min():.3f}, after 30 steps {way[30]:.4f}"
draw_level(ax, 0, "minimum")

# %%
ax.set_xlim(-1, 70)
name_axes(ax, "step", "distance, starting at 1")
Captioned(figure, "One direction from rest, ηλ = 0.04. " + "; ".join(lowest.values()) + ".")

# %% [markdown]
# ## Derive: a weight on a spring
#
# Let the steps be short, and read $\sqrt\eta$ as the time that one of them takes. The kernel then becomes Newton's law for a weight on a spring of stiffness λ, with friction $c = (1-\beta)/\sqrt\eta$. SymPy knows it.

# %%
tau, friction = sp.Symbol("tau", nonnegative=True), sp.Symbol("c", positive=True)
x = sp.Function("x")
spring = x(tau).diff(tau, 2) + friction * x(tau).diff(tau) + curvature * x(tau)
sp.dsolve(spring, x(tau))

# %% [markdown]
# It swings where $c^2 < 4\lambda$, that is where $1-\beta < 2\sqrt{\eta\lambda}$: our critical β up to a term ηλ, small for short steps. At the border the spring from rest does what the critical path does when its steps get short:

# %%
at_rest = {x(0): 1, x(tau).diff(tau).subs(tau, 0): 0}
settles = sp.dsolve(spring.subs(friction, 2 * sp.sqrt(curvature)), x(tau), ics=at_rest).rhs
h = sp.Symbol("h", positive=True)
short_steps = sp.limit(path(tau / h).subs(r, 1 - h * sp.sqrt(curvature)), h, 0)
print("the same:", sp.simplify(settles - short_steps) == 0)
Equations({"spring at the border": settles})

# %% [markdown]
# The heavy ball is a picture that survives the algebra: β sets the friction, λ the spring. Too little friction rings, too much is treacle.

# %% [markdown]
# ## Derive: the best of both directions
#
# A ravine has two curvatures and one pair of settings. While both ring, the rate is $\sqrt\beta$, so we lower β until one of them stops ringing. The flat one stops at $\sqrt\beta = 1-\sqrt{\eta\lambda_2}$, the steep one, from the other side, at $\sqrt\beta = \sqrt{\eta\lambda_1}-1$. The best η makes both stop together.

# %%
lambda1, lambda2, kappa = sp.symbols("lambda1 lambda2 kappa", positive=True)
best_root = sp.solve(sp.Eq(h * sp.sqrt(lambda1) - 1, 1 - h * sp.sqrt(lambda2)), h)[0]
best_rate = sp.simplify((1 - best_root * sp.sqrt(lambda2)).subs(lambda1, kappa * lambda2))
Equations({"best η": best_root**2, "best rate": best_rate, "best β": best_rate**2})

# %% [markdown]
# The rate of gradient descent was $(\kappa-1)/(\kappa+1)$. **Momentum puts $\sqrt\kappa$ in place of κ.** The steps shrink by about that root; in the limit, exactly (with q for the root):

# %%
q = sp.Symbol("q", positive=True)
rate_of_descent = (q**2 - 1) / (q**2 + 1)
steps_saved = sp.log(best_rate.subs(kappa, q**2)) / sp.log(rate_of_descent)
print("steps without over steps with momentum, divided by the root of kappa, tend to", sp.limit(steps_saved / q, q, sp.oo))
best_for = sp.solve(sp.Eq(sp.sqrt(beta), (q - 1) / (q + 1)), q)[0] ** 2
for share in ("0.5", "0.9", "0.99"):
    print(f"beta = {share} is the best for kappa = {float(best_for.subs(beta, sp.Rational(share))):.0f}")

# %% [markdown]
# We argued with directions that ring. Is there nothing better where one of them does not? A grid over β and over η, up to the limit for the largest β, finds nothing:

# %% tags=["shows-C12"]
rates = np.linspace(0.0005, 0.16, 320)[:, None]
shares = np.linspace(0, 0.998, 500)
grid = theory.momentum_rate(rates, shares, 25, 1)
for setting, axis in ((rates[:, 0], 1), (shares, 0)):
    theory.best_of_grid(dict(zip(setting, grid.min(axis=axis))))  # it stops if the best is at an end
i, j = np.unravel_index(grid.argmin(), grid.shape)
formula = theory.best_momentum(25, 1)
print(f"best of {grid.size} settings: rate {grid.min():.4f} at lr = {rates[i, 0]:.4f}, beta = {shares[j]:.3f}")
print("formula:                    rate {2:.4f} at lr = {0:.4f}, beta = {1:.3f}".format(*formula))

# %% [markdown]
# ## Derive: when it damps a zig-zag
#
# Momentum is said to damp oscillations. Take the steep direction with ηλ₁ = 0.9: gradient descent keeps a tenth of $w_1$ at every step. **Predict** what β = 0.9 does to it, at the same learning rate.

# %% tags=["predicts-C10"]
predict("05 damps")

# %% [markdown]
# Each step of gradient descent multiplies a zig-zag by $\eta\lambda - 1$ in size. With momentum the direction rings, and each step multiplies it by $\sqrt\beta$. Momentum damps the zig-zag where the second is smaller. (If ηλ is so large that it flips instead of ringing, the sizes of its rates are the roots of $s^2 - (z-1-\beta)s + \beta$, which at $s = z-1$ is βz, above zero: both are smaller still.)

# %%
print("damps a zig-zag from lr lambda =", sp.solve(sp.Eq(z - 1, sp.sqrt(beta)), z)[0])
s = sp.Symbol("s")
print("the other polynomial at s = z - 1:", sp.factor((s**2 - (z - 1 - beta) * s + beta).subs(s, z - 1)))

# %% [markdown]
# We measure it in one direction of curvature 1, from $w_1 = 1$; there the loss is $w_1^2/2$.

# %% tags=["shows-C10"]
one_direction = ravine(1)
for product in (0.9, 1.5, 1.9, 1.97, 1.99):
    ways = [descend(one_direction, MOMENTUM, start=(1, 0), lr=product, beta=share, steps=2000) for share in (0, 0.5, 0.9)]
    steps = [way.settles_at(0.001**2 / 2) for way in ways]
    print("lr lambda = %.2f: |w1| at most 1/1000 from step %4d at beta 0, %4d at 0.5, %4d at 0.9" % (product, *steps))

# %% [markdown]
# **Momentum damps the zig-zag only where $\eta\lambda > 1+\sqrt\beta$**, which for β = 0.9 is the last twentieth of the range in which gradient descent zig-zags. Between 1 and $1+\sqrt\beta$ the zig-zag was there, and momentum makes it last longer. Between $(1-\sqrt\beta)^2$ and 1 momentum makes an oscillation that was not there. Below that nothing oscillates, and momentum only speeds up: a direction shrinks faster with it where $|1-\eta\lambda| > \sqrt\beta$.

# %% [markdown]
# ## Derive: look before you leap
#
# Momentum knows where it is about to go: to $w + \beta v$ and a little farther. Nesterov asks for the gradient *there*. Everything else stays as it is.

# %%
show_kernel(look_ahead)

# %% [markdown]
# Frameworks write it otherwise. They keep the point ahead as their `w`, so that the gradient can be taken where the weights are. As a change to momentum, one line:

# %%
show_kernel(nesterov, since=momentum)

# %% [markdown]
# Are these the same? Let the framework's weights be the point ahead, $u = w + \beta v$, and the gradient at $u$ be any $g$. We run one step of each form on symbols and look where the next point ahead lies.

# %%
u = sp.Symbol("u", real=True)
paper, framework = trace(momentum, w=u - beta * v), trace(nesterov, w=u)
beta_next = sp.Symbol("beta_next", positive=True)
ahead = paper["w"] + beta_next * paper["v"]
print("same velocity:", sp.simplify(paper["v"] - framework["v"]) == 0)
print("next point ahead, minus the framework's:", sp.factor(ahead - framework["w"]))

# %% [markdown]
# Zero if β stays as it is, for any gradient whatever: nothing here was quadratic. **One path, seen from two places.** If β is annealed the two part, by the change of β times the velocity. A run on the bent ravine, which is no quadratic:

# %%
bent = bent_ravine()
by_paper = descend(bent, NESTEROV_LOOK_AHEAD, lr=0.004, beta=0.9, steps=200)
by_framework = descend(bent, NESTEROV, lr=0.004, beta=0.9, steps=200)
points_ahead = by_paper.positions + 0.9 * by_paper.memory["v"]
print("largest distance between the two below 1e-9:", np.abs(points_ahead - by_framework.positions).max() < 1e-9)
print(f"loss of both after 200 steps: {by_paper.losses[-1]:.2e}, {by_framework.losses[-1]:.2e}")

# %% [markdown]
# ## Derive: Nesterov is momentum with less memory
#
# What does the look ahead buy? We put its matrix beside momentum's.

# %%
N = iteration_matrix(nesterov)
less = polynomial(R).subs(beta, beta * (1 - lr * curvature))
print("same eigenvalues with less memory:", sp.expand(polynomial(N) - less) == 0)
print("and in the paper's form:", sp.expand(polynomial(iteration_matrix(NESTEROV_LOOK_AHEAD)) - less) == 0)
memories = {"momentum remembers": R.det(), "Nesterov remembers": sp.factor(N.det())}
Equations({**memories, "limit of Nesterov": stability_limit(nesterov)})

# %% [markdown]
# **In a direction of curvature λ, Nesterov is momentum with $\beta(1-\eta\lambda)$ in place of β.** Along a flat direction that is almost β. Along a steep one memory is taken away, so what rings shrinks by $\sqrt{\beta(1-\eta\lambda)}$ a step, and from $\eta\lambda = 1$ on nothing rings. The price is a narrower range:

# %%
for share in (0.5, 0.9, 0.99):
    limits = theory.descent_limit(1), theory.momentum_limit(share, 1), theory.nesterov_limit(share, 1)
    print("beta = %.2f: lr lambda1 up to %.2f (gradient descent), %.2f (momentum), %.3f (Nesterov)" % (share, *limits))

# %%
for share in (0.9, 0.95, 0.99):
    pair = [descend(surface, rule, lr=0.008, beta=share, steps=300) for rule in (MOMENTUM, NESTEROV)]
    rings = [np.abs(run.positions[20:, 0]).max() for run in pair]
    print("beta = %.2f: after step 20 the largest |w1| is %.2f with momentum, %.0e with Nesterov" % (share, *rings))

# %% [markdown]
# This is Sutskever's observation of 2013, and its reason.

# %% [markdown]
# ## Implement: your turn
#
# Write Nesterov in the framework's form: update the velocity as momentum does, then move by β times it and by the fresh step. `hint("Nesterov")` helps in steps.

# %%
def my_nesterov(w, g, v, *, lr, beta):
    """v <- beta v - lr g, then w <- w + beta v - lr g."""
    ...


check("Nesterov", my_nesterov)

# %% [markdown]
# ## Prove: the kernel is the formula

# %%
prove(nesterov, v=beta * v - lr * g, w=w + beta * (beta * v - lr * g) - lr * g)

# %% [markdown]
# A slip that is easily made, moving with the old velocity. It makes plain momentum out of it:

# %%
def too_early(w, g, v, *, lr, beta):
    w += beta * v - lr * g
    v *= beta
    v -= lr * g


prove(too_early, w=w + beta * (beta * v - lr * g) - lr * g)

# %% [markdown]
# ## Play
#
# The map shows the rate over η and β, darker where it is better; a click or the sliders move the point. The lines are what we derived: the limit, and where each direction is critical. Their crossing is the best. Beside the map, velocity against weight in both directions: a spiral rings, a straight dotted line is a real eigenvalue. Press *Nesterov* for its map.

# %%
explorer

# %%
explorer.filmstrip(
    {"lr": 0.04, "beta": 0.1, "step": 40},
    {"lr": 0.111, "beta": 0.444, "step": 40},
    {"lr": 0.036, "beta": 0.9, "step": 60},
    {"nesterov": True, "lr": 0.0525, "beta": 0.626, "step": 40},
)

# %% [markdown]
# ## Measure: what κ costs now
#
# Three rules at their best settings, on six ravines: how many steps until the distance to the minimum is a thousandth for good?

# %%
def steps_home(rule, kappa, most, **settings):
    """Steps from (1, 10) until the distance stays below a thousandth of what it was."""
    run = descend(ravine(kappa), rule, start=(1, 10), steps=most, **settings)
    distance = np.linalg.norm(run.positions, axis=1)
    stays = np.logical_and.accumulate((distance <= 1e-3 * distance[0])[::-1])[::-1]
    return int(np.argmax(stays))


kappas, counts, guesses = np.array([10, 30, 100, 300, 1000, 3000]), {}, {}
best = (GRADIENT_DESCENT, theory.best_descent), (MOMENTUM, theory.best_momentum), (NESTEROV, theory.best_nesterov)
for rule, formula in best:
    settings = [dict(zip(rule.hyper, formula(n, 1))) for n in kappas]
    counts[rule.name] = np.array([steps_home(rule, n, 4 * n + 80, **s) for n, s in zip(kappas, settings)])
    guesses[rule.name] = theory.steps_for(1e-3, np.array([formula(n, 1)[-1] for n in kappas]))

# %%
figure, ax = canvas(height=4.6)
for name, steps in counts.items():
    ax.loglog(kappas, steps, **{**LINES[name], "markersize": 8})
    ax.loglog(kappas, guesses[name], **LINES["predicted"])
    label_end(ax, 3000, steps[-1], name, LINES[name]["color"])
label_end(ax, 300, guesses["momentum"][3], "from the rate alone", LINES["predicted"]["color"], xytext=(10, -14))
name_axes(ax, "condition number κ", "steps for a factor 1000")

# %%
ax.set_xlim(8, 12000)
slopes = {name: np.polyfit(np.log(kappas[2:]), np.log(steps[2:]), 1)[0] for name, steps in counts.items()}
said = [f"{name} {n[2]} at κ = 100 and {n[-1]} at κ = 3000, slope {slopes[name]:.2f}" for name, n in counts.items()]
words = "Steps for a factor 1000 at the best settings, measured (markers) and from the rate alone (dots)"
Captioned(figure, f"{words}: {'; '.join(said)}.")

# %% [markdown]
# Slope one without memory, one half with it: at κ = 3000 momentum is more than thirty times as quick. And the measured points of momentum lie well above the dots. The rate is right and yet something is missing.

# %% [markdown]
# ## Measure: the factor that a rate leaves out
#
# One printed theorem says that at the best settings $|w_k| \le \rho^k |w_0|$, with ρ the best rate. We divide the measured distance by that bound; the quotient should stay below one.

# %%
lr_best, beta_best, rate = theory.best_momentum(100, 1)
run = descend(surface, MOMENTUM, lr=lr_best, beta=beta_best, steps=200)
distance = np.linalg.norm(run.positions, axis=1)
quotient = distance / (rate ** np.arange(201) * distance[0])
both = np.array([theory.critical_path(lr_best, curve, 200) for curve in (100, 1)]).T * run.positions[0]
print("exact path of both directions, largest error below 1e-9:", np.abs(both - run.positions).max() < 1e-9)
for step in (1, 10, 50, 200):
    print(f"step {step}: the distance is {quotient[step]:.1f} times the bound")

# %% [markdown]
# The bound is passed at the first step, and by ever more. At the best settings both eigenvalues are *equal*, and the matrix has only one eigenvector: it is a Jordan block. Its powers behave like $k\rho^{k}$, with the factor we met in the critical path.

# %%
at_best = R.subs({lr: (2 / (sp.sqrt(100) + 1)) ** 2, curvature: 1, beta: sp.Rational(9, 11) ** 2})
defect = at_best - sp.Rational(9, 11) * sp.eye(2)
print("matrix minus its eigenvalue:", defect.tolist())
print("its square:", (defect**2).tolist())

# %% [markdown]
# Not zero, but its square is. So the rate is right in the limit, and from rest a bound needs a factor: $1 + k(1-\rho)$ along the flat direction, whose eigenvalues are ρ, and $1 + k(1+\rho)$ along the steep one, whose eigenvalues are −ρ. The fmin.xyz notes on the heavy ball print the theorem without it; Goh avoids the trap by speaking of an asymptotic rate only. With both factors the count is exact:

# %%
for n, measured in zip(kappas, counts["momentum"]):
    lr_n = theory.best_momentum(n, 1)[0]
    exact = np.array([theory.critical_path(lr_n, curve, 2000) for curve in (n, 1)]).T * (1, 10)
    away = np.linalg.norm(exact, axis=1) > 1e-3 * np.hypot(1, 10)
    print(f"kappa = {n}: measured {measured}, from the path with its factor {np.flatnonzero(away)[-1] + 1}")

# %% [markdown]
# ## Measure: outside quadratics
#
# **Predict.** Take a convex function of one weight whose curvature lies between 1 and 25, and momentum with its best settings for those two, η = 1/9 and β = 4/9. Does it arrive from every start?

# %% tags=["predicts-C14"]
predict("05 arrives")

# %% [markdown]
# Lessard, Recht and Packard (2016) give a function with slope 25x below 1, x + 24 from 1 to 2, and 25x − 24 above. The kernel runs on exact fractions, so the answer is not a matter of rounding.

# %%
def slope(x):
    """Steep, flat for a while, steep again; it only ever rises, so the function is convex."""
    return np.where(x < 1, 25 * x, np.where(x < 2, x + 24, 25 * x - 24))


x_now = np.array([Fraction(792, 1225)])
v_now, cycle = x_now - Fraction(2592, 1225), []
for step in (1, 2, 3):
    momentum(x_now, slope(x_now), v_now, lr=Fraction(1, 9), beta=Fraction(4, 9))
    cycle.append(x_now[0])
    print(f"step {step}: at {x_now[0]}, velocity {v_now[0]}")

# %% [markdown]
# After three steps it stands where it stood, with the velocity it had: an exact cycle, for ever. Is it a freak, or do neighbours fall into it?

# %% tags=["shows-C14"]
starts = np.array([3.0, 3.05, 3.1, 3.2, 3.3, 3.4, 3.45, 3.5])
rules = {"momentum": (momentum, theory.best_momentum), "Nesterov": (nesterov, theory.best_nesterov)}
for name, (kernel, formula) in rules.items():
    lr_best, beta_best, _ = formula(25, 1)
    x_now, v_now = starts.copy(), np.zeros_like(starts)
    for _ in range(3000):
        kernel(x_now, slope(x_now), v_now, lr=lr_best, beta=beta_best)
    home = np.abs(x_now) < 1e-6
    print(f"{name}: home from {starts[home].tolist()}, cycles from {starts[~home].tolist()}")

# %%
figure, (left, right) = canvas(columns=2, height=4.0)
line = np.linspace(-3, 4, 200)
left.plot(line, slope(line), **{**LINES["predicted"], "linestyle": "-"})
name_axes(left, "x", "slope", "the slope of a convex function")
for start, style in ((3.0, "predicted"), (3.3, "momentum")):
    x_now, v_now, seen = np.array([start]), np.zeros(1), [start]
    for _ in range(40):
        momentum(x_now, slope(x_now), v_now, lr=1 / 9, beta=4 / 9)
        seen.append(float(x_now[0]))
    right.plot(seen, **{**LINES[style], "marker": "s" if style == "momentum" else ".", "markersize": 4})
    label_end(right, 40, seen[-1], f"from {start}", LINES[style]["color"])

# %%
right.set_xlim(-1, 55)
name_axes(right, "step", "x", "momentum, η = 1/9, β = 4/9")
places = ", ".join(f"{float(place):.3f}" for place in cycle)
slopes = "Left: the slope rises with 25, with 1 between 1 and 2, and with 25 again."
Captioned(figure, f"{slopes} Right: from 3.3 momentum falls into the cycle {places}; from 3.0 it comes home.")

# %% [markdown]
# The neighbours fall into it. On quadratics the analysis above is complete; outside them the best settings of a quadratic do not guarantee that you arrive. Nesterov arrives from all these starts. Goujaud, Taylor and Dieuleveut (2023) show more: no setting of momentum has the √κ for every function with curvature between two bounds.

# %% [markdown]
# **Verdict.** The swings of a direction that rings shrink by $\sqrt\beta$ a step, whatever its curvature. At the best settings the steepest and the flattest direction both stop ringing, and $\sqrt\kappa$ stands in place of κ. That is proven here for quadratics; on another convex function the same settings can cycle for ever.

# %% [markdown]
# ## Test the article
#
# | It says, in our words | We find |
# |---|---|
# | momentum dampens oscillations | where ηλ₁ > 1 + √β, yes; from 1 to there it makes them last; between (1 − √β)² and 1 it makes them |
# | it cancels the motion along w1 | wrong: where w1 rings its swings shrink by √β a step, slower than without wherever √β > \|1 − ηλ₁\| |
# | it builds speed and converges faster | on a quadratic, at best √κ in place of κ; too much of it is slower than none |
# | you may overshoot the minimum | right: from rest, whenever β > (1 − √(ηλ))² |
# | then use *simulated annealing* | wrong name, see lesson 04; in one direction a smaller η ends it, and so does a smaller β if ηλ is below 1 |
# | start β at 0.5 and anneal to 0.9 | the best β depends on κ: 0.5 suits 34, 0.9 suits 1442 |
# | it is one of the *adaptive* methods | no: one β and one η for all directions, set in advance |

# %% [markdown]
# ## Errors in print
#
# The best texts on this subject contain slips, and so may ours. SymPy finds them in three lines. Two from *Dive into Deep Learning*, section Momentum: the parabola $\frac12 qx^2 + cx + d$ is rewritten with $(x - c/q)^2$; and gradient descent along an eigenvector is written $z_t = (1-\Lambda) z_{t-1}$.

# %%
check("printed square", ...)

# %%
q, c, d, x = sp.symbols("q c d x", positive=True)
printed = q * (x - c / q) ** 2 / 2 + d - c**2 / (2 * q)
print("printed minus parabola:", sp.expand(printed - (q * x**2 / 2 + c * x + d)))
print("one step along an eigenvector:", sp.factor(trace(gradient_descent, g=curvature * w)["w"]))

# %% [markdown]
# Not zero: the minimum is at $-c/q$, so it should be $(x + c/q)^2$. And the step has lost its learning rate. Neither slip hurts what follows in that text. Now four from Goh's article in *Distill*, the best there is on momentum; find what should stand there. And a number for the bound that we measured above.

# %%
check("printed modulus", ...)

# %%
check("printed power", ...)

# %%
check("printed sum", ...)

# %%
check("printed half", ...)

# %%
check("printed bound", ...)

# %% [markdown]
# ## Where this story ends
#
# A network is no quadratic, its curvatures move as it learns, and nobody tells you κ. Under mini-batches the gradient is a guess, and at one small η a longer memory shakes the run more, not less ([lesson 09](09_noise_and_schedules.ipynb)). What remains is a question for what you see. If the loss swings slowly, is there too much memory for this learning rate? If it creeps, is there too little, or is the learning rate too small?

# %% [markdown]
# ## Exercises
#
# **1 Derive.** Write each as an expression in `lr`, `beta`, `lambda1`, or `kappa`: the critical β of a direction, the limit of momentum, the best β of a ravine, and the memory of Nesterov.

# %%
check("critical beta", ...)

# %%
check("momentum limit", ...)

# %%
check("best beta", ...)

# %%
check("Nesterov's memory", ...)

# %% [markdown]
# **2 Tune.** On a ravine with κ = 100, bring Nesterov's loss below 1e-6 within 110 steps. The map is a good place to look; mind that its steep curvature is 25 and the one here 100.

# %%
check("Nesterov below 1e-6", {"lr": ..., "beta": ...})

# %% [markdown]
# **3 Correct the article.** Run the cell to see the options, then put the letter of the true one in place of the dots.

# %%
check("dampens oscillations", ...)

# %% [markdown]
# **4 Discuss.** Goh advises to take β as close to 1 as you can, and then the largest learning rate that still converges. When is this good advice? `hint("close to one")` helps; `solution("close to one")` outlines an answer.

# %% [markdown]
# ## Summary
#
# - *Regimes.* A direction rings for $(1-\sqrt\beta)^2 < \eta\lambda < (1+\sqrt\beta)^2$, and its swings shrink by $\sqrt\beta$ a step; below it creeps, above it flips.
# - *Limit and critical β.* $\eta\lambda < 2(1+\beta)$; $\beta = (1-\sqrt{\eta\lambda})^2$ for ηλ below 1.
# - *Best settings.* $\eta = (2/(\sqrt{\lambda_1}+\sqrt{\lambda_2}))^2$, rate $(\sqrt\kappa-1)/(\sqrt\kappa+1)$: the square root of κ.
# - *Damps or makes a zig-zag.* It damps one for $\eta\lambda > 1+\sqrt\beta$, prolongs one from 1 to there, and makes one from $(1-\sqrt\beta)^2$ to 1.
# - *Nesterov.* The framework's weights are the paper's point ahead; in each direction it is momentum with $\beta(1-\eta\lambda)$.
# - *A valley without arrival.* Lessard's cycle, in exact fractions.

# %% [markdown]
# ## References
#
# - B. Polyak, "Some methods of speeding up the convergence of iteration methods", *USSR Comput. Math. Math. Phys.* 4 (1964), 1–17, doi:10.1016/0041-5553(64)90137-5.
# - Y. Nesterov, "A method for solving the convex programming problem with convergence rate O(1/k²)", *Soviet Math. Dokl.* 27 (1983), 372–376.
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of initialization and momentum in deep learning", *ICML* 2013, PMLR 28, 1139–1147.
# - L. Lessard, B. Recht, A. Packard, "Analysis and design of optimization algorithms via integral quadratic constraints", *SIAM J. Optim.* 26 (2016), 57–95, arXiv:1408.3595.
# - G. Goh, "Why Momentum Really Works", *Distill* 2017, doi:10.23915/distill.00006.
# - B. Goujaud, A. Taylor, A. Dieuleveut, "Provable non-accelerations of the heavy-ball method", arXiv:2307.11291.
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, arXiv:2106.11342, section Momentum.
# - D. Merkulov, notes on optimization, fmin.xyz, page "Heavy Ball Method".
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.

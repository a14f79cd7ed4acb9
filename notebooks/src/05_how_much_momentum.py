# %% [markdown]
# # 05 · Choose how much momentum
#
# If memory helps, more memory should help more. Here are four runs of momentum on one ravine, at one learning rate.

# %% jupyter={"source_hidden": true}
from fractions import Fraction

import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import RateMap
from course_utils.figures import lesson_05
from course_utils.optimizers import GRADIENT_DESCENT, MOMENTUM, NESTEROV, NESTEROV_LOOK_AHEAD

# %% jupyter={"source_hidden": true}
from course_utils.optimizers import gradient_descent, look_ahead, momentum, nesterov, show_kernel
from course_utils.surfaces import bent_ravine, ravine
from course_utils.symbolic import Equations, beta, curvature, g, iteration_matrix, lr, prove
from course_utils.symbolic import stability_limit, trace, v, w

surface, explorer = ravine(kappa=100), RateMap(step=30)
four = {b: descend(surface, MOMENTUM, lr=0.01, beta=b, steps=2400) for b in (0.0, 0.8, 0.95, 0.99)}

# %%
lesson_05.more_memory(four, lr=0.01)

# %% [markdown]
# | About | this lesson |
# |---|---|
# | **Minutes** | 36 for the core; 5 to 20 for each section below it |
# | **You need** | lessons [01, The ravine](01_the_ravine.ipynb) and [04, Momentum](04_momentum.ipynb); eigenvalues of a 2 × 2 matrix |
# | **You will be able to** | say from η, β and λ whether a direction is overdamped, underdamped or diverges · compute the best β and η for a known κ, and what they save · tell when momentum damps a zig-zag and when it makes one |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+https://example.org/down-the-ravine` first, then restart the kernel.

# %% [markdown]
# ## Remember
#
# Answer before you open.
#
# <details><summary>By what does gradient descent multiply a weight of curvature λ at each step? When does it zig-zag, when does it run away?</summary>By 1 − ηλ. It zig-zags for ηλ above 1 and runs away for ηλ above 2.</details>
#
# <details><summary>How do the steps of the best gradient descent grow with κ?</summary>For a large κ in proportion to it.</details>

# %% [markdown]
# ## Predict
#
# At η = 0.01 a memory of 0.8 wins. Now give each β the learning rate that suits it best; κ is still 100.

# %% tags=["predicts-C12"]
predict("05 best beta")

# %% [markdown]
# ## The disease in one sentence
#
# One β and one η serve every direction: with too little memory the flat direction is slow, with too much the steep one swings, and the slowest direction decides.
#
# ## Derive: one step as a matrix
#
# In a direction of curvature λ the gradient is λw. Put it into the two lines of momentum:
#
# $$v'=\beta v-\eta\lambda w,\qquad w'=w+v'=\beta v+(1-\eta\lambda)\,w.$$
#
# Each step multiplies the pair by one and the same matrix,
#
# $$\begin{pmatrix}v'\\w'\end{pmatrix}=R\begin{pmatrix}v\\w\end{pmatrix},\qquad R=\begin{pmatrix}\beta&-\eta\lambda\\\beta&1-\eta\lambda\end{pmatrix},$$
#
# so its two eigenvalues σ decide the long run. The size of the larger one is the **factor per step**.

# %% [markdown]
# Two numbers determine the eigenvalues of a 2 × 2 matrix. Their product is the determinant, $\beta(1-\eta\lambda) + \beta\eta\lambda = \beta$, and their sum the trace, $1 + \beta - \eta\lambda$. With $z=\eta\lambda$ the eigenvalues are the roots of
#
# $$\sigma^2-(1+\beta-z)\,\sigma+\beta=0.$$
#
# Learning rate and curvature occur only as their product. The kernel agrees:

# %%
R, z, sigma = iteration_matrix(momentum), sp.Symbol("z", positive=True), sp.Symbol("sigma")
polynomial = sigma**2 - (1 + beta - z) * sigma + beta
from_kernel = (sigma * sp.eye(2) - R).det()
print("same polynomial:", sp.expand(from_kernel - polynomial.subs(z, lr * curvature)) == 0)
Equations({"determinant": R.det(), "trace": R.trace()})

# %% [markdown]
# ## Derive: overdamped and underdamped
#
# The roots are complex where the discriminant is negative:
#
# $$(1+\beta-z)^2<4\beta\iff-2\sqrt\beta<1+\beta-z<2\sqrt\beta\iff(1-\sqrt\beta)^2<z<(1+\sqrt\beta)^2.$$
#
# For 0 < β < 1 this makes three regimes:
#
# - **overdamped**, $z < (1-\sqrt\beta)^2$: σ real and positive. The direction *decays*.
# - **underdamped**, between the two: σ complex. It *oscillates* through the minimum.
# - above $(1+\sqrt\beta)^2$: σ real and negative. It *flips sign* at every step.
#
# Complex roots are a conjugate pair; their product, the determinant, is the square of their size:
#
# $$|\sigma|^2=\sigma\bar\sigma=\beta,\qquad\boldsymbol{|\sigma|=\sqrt\beta}.$$
#
# **In an underdamped direction each step leaves $\sqrt\beta$ of the swing, whatever the learning rate and the curvature.**

# %%
one, other = sp.solve(polynomial, sigma)
ends = sp.solve(sp.discriminant(polynomial, sigma), z)
squares = [(1 - sp.sqrt(beta)) ** 2, (1 + sp.sqrt(beta)) ** 2]
print("product of the two roots:", sp.simplify(one * other))
print("the ends are those squares:", {*map(sp.expand, ends)} == {*map(sp.expand, squares)})
for share in (0.5, 0.8, 0.9, 0.99):
    steps = theory.steps_for(1e-3, np.sqrt(share))
    print(f"β = {share}: √β = {np.sqrt(share):.3f}, a factor of 1000 takes {steps:.0f} steps")

# %% [markdown]
# At β = 0.99 the envelope of the swings needs more than a thousand steps for a factor of 1000. Follow both eigenvalues of one direction as β grows:

# %%
lesson_05.two_eigenvalues(product=0.2)

# %% [markdown]
# ## Derive: the limit of the learning rate
#
# Gradient descent converges below $2/\lambda_1$. Momentum with β = 0.9 makes a steady push ten times as strong.

# %% tags=["predicts-C13"]
predict("05 limit")

# %% [markdown]
# A direction runs away when an eigenvalue crosses the unit circle. In the underdamped range none does, since $\sqrt\beta < 1$. Elsewhere σ is real: it can reach the circle only at 1 or −1, and there the polynomial would vanish. It is
#
# $$1-(1+\beta-z)+\beta=z \quad\text{at } 1, \qquad 1+(1+\beta-z)+\beta=2(1+\beta)-z \quad\text{at } -1.$$
#
# The first is never zero for $z > 0$. The second is zero at the limit: **momentum converges for $0 < \eta\lambda < 2(1+\beta)$**, less than twice as far as gradient descent.

# %% tags=["shows-C13"]
print("limit from the kernel:", stability_limit(momentum))
for share in (0.5, 0.9):
    limit = float(theory.momentum_limit(share, 25))
    for part in (0.995, 1.005):
        run = descend(ravine(25), MOMENTUM, lr=part * limit, beta=share, steps=3000)
        home = run.settles_at(1e-6)
        said = "runs away" if home is None else f"below 1e-6 from step {home}"
        print(f"β = {share}, η at {part} of the limit {limit:.3f}: {said}")

# %% [markdown]
# ## Derive: critical damping
#
# Hold η, and let β grow from 0. In the underdamped range $\sqrt\beta$ grows. Before it the larger root falls, as the picture shows: at a given σ below 1 the polynomial grows with β. So for $z<1$ a direction has its least factor where the two roots meet, at $1+\beta-z=2\sqrt\beta$:
#
# $$(1-\sqrt\beta)^2=z,\qquad\boldsymbol{\beta=(1-\sqrt{\eta\lambda})^2},\qquad\sigma=\sqrt\beta=1-\sqrt{\eta\lambda}.$$
#
# This is **critical damping**.

# %% [markdown]
# How does such a direction come home? Call the double root $r$. With a double root $w_k$ combines $r^k$ and $k\,r^k$, so from distance 1 the path is $w_k = (1 + ck)\,r^k$. From rest the first step is a gradient step:
#
# $$w_1=1-z=1-(1-r)^2=(1+(1-r))\,r, \qquad\text{hence } c=1-r, \qquad w_k=(1+k(1-r))\,r^k.$$
#
# Every $w_k$ is positive: the path never passes the minimum. To confirm, $v_k = w_k - w_{k-1}$ turns the two lines of momentum into one:

# %%
r, k = sp.Symbol("r", positive=True), sp.Symbol("k", integer=True, nonnegative=True)
path = lambda j: (1 + j * (1 - r)) * r**j
next_one = (1 + beta - z) * path(k + 1) - beta * path(k)
gap = (path(k + 2) - next_one).subs({beta: r**2, z: (1 - r) ** 2})
print("w(k+2) = (1 + β − z) w(k+1) − β w(k):", sp.simplify(gap) == 0)
lesson_05.one_direction(product=0.04, short=0.4, long=0.9)

# %% [markdown]
# ## Derive: the best of both directions
#
# A ravine has two curvatures and one pair of settings. At a given η no β brings a direction below $|1-\sqrt{\eta\lambda}|$; for $\eta\lambda > 1$ the same argument holds on the negative side. The slower direction decides:
#
# $$\text{factor} \;\ge\; \max\left(1-\sqrt{\eta\lambda_2},\; \sqrt{\eta\lambda_1}-1\right).$$
#
# With β as the square of this maximum one direction is critical, the other underdamped or critical, so both have factor $\sqrt\beta$: the bound is reached.

# %%
lesson_05.meeting_edges(steep=25, flat=1)

# %% [markdown]
# The first term falls with η, the second grows. The maximum is least where they are equal:
#
# $$\sqrt\eta=\frac{2}{\sqrt{\lambda_1}+\sqrt{\lambda_2}},\qquad\sqrt\beta=1-\frac{2\sqrt{\lambda_2}}{\sqrt{\lambda_1}+\sqrt{\lambda_2}}=\frac{\sqrt\kappa-1}{\sqrt\kappa+1}.$$
#
# The best factor of gradient descent is $(\kappa-1)/(\kappa+1)$. **Momentum puts $\sqrt\kappa$ in place of κ.** SymPy solves it, and at κ = 100 a grid looks for something better:

# %% tags=["shows-C12"]
l1, l2, h = sp.symbols("lambda1 lambda2 h", positive=True)
(best_h,) = sp.solve(sp.Eq(h * sp.sqrt(l1) - 1, 1 - h * sp.sqrt(l2)), h)
root_kappa = sp.sqrt(l1 / l2)
gap = (1 - best_h * sp.sqrt(l2)) - (root_kappa - 1) / (root_kappa + 1)
print("the least factor is (√κ − 1)/(√κ + 1):", sp.simplify(gap) == 0)
rates, shares = np.linspace(0.0005, 0.16, 320)[:, None], np.linspace(0, 0.998, 500)
grid = theory.momentum_rate(rates, shares, 100, 1)
for setting, axis in ((rates[:, 0], 1), (shares, 0)):
    theory.best_of_grid(dict(zip(setting, grid.min(axis=axis))))  # it stops at a best on the border
i, j = np.unravel_index(grid.argmin(), grid.shape)
print(f"grid:    factor {grid.min():.4f} at η = {rates[i, 0]:.4f}, β = {shares[j]:.3f}")
print("formula: factor {2:.4f} at η = {0:.4f}, β = {1:.3f}".format(*theory.best_momentum(100, 1)))

# %% [markdown]
# ## Play
#
# All of it on one map: the factor over η and β, darker where it is better, with the limit and the lines on which each direction is critical. Click on it. Beside it is the *phase portrait*, velocity against weight: a spiral means oscillation, a straight dotted line a real eigenvalue.

# %%
explorer

# %%
explorer.filmstrip(
    {"lr": 0.04, "beta": 0.1, "step": 40},
    {"lr": 0.111, "beta": 0.444, "step": 40},
    {"lr": 0.036, "beta": 0.9, "step": 60},
)

# %% [markdown]
# ## Derive: when it damps a zig-zag
#
# Momentum is said to damp oscillations. Take ηλ₁ = 0.9: gradient descent keeps a tenth of $w_1$ at every step. Now add β = 0.9 at the same η.

# %% tags=["predicts-C10"]
predict("05 damps")

# %% [markdown]
# Compare the factors. Gradient descent has $|1-z|$ and zig-zags for $z > 1$; an underdamped direction has $\sqrt\beta$. The zig-zag dies sooner with momentum where $\sqrt\beta < z - 1$. (Where it flips, its two sizes are the roots of $s^2-(z-1-\beta)s+\beta$. At $s=z-1$, beyond the vertex, this is $\beta z>0$: both are smaller still.) So three borders cut the range of gradient descent into four:

# %% tags=["shows-C10"]
lesson_05.four_intervals(beta=0.3)

# %% [markdown]
# **Momentum damps a zig-zag where $\eta\lambda > 1+\sqrt\beta$. From 1 to there it makes the zig-zag last longer; from $(1-\sqrt\beta)^2$ to 1 it makes an oscillation that was not there; below that it only speeds up.** A larger β shrinks both outer intervals. Steps counted, for curvature 1:

# %% tags=["shows-C10"]
for z_now in (0.9, 1.5, 1.9, 1.97, 1.99):
    one_way = lambda b: descend(ravine(1), MOMENTUM, start=(1, 0), lr=z_now, beta=b, steps=2000)
    steps = [one_way(b).settles_at(0.001**2 / 2) for b in (0, 0.5, 0.9)]
    print("ηλ = %.2f: 1/1000 after %4d steps at β = 0, %4d at 0.5, %4d at 0.9" % (z_now, *steps))

# %% [markdown]
# ## Measure: what κ costs now
#
# Both rules at their best settings: after how many steps does the distance stay below a thousandth?

# %% jupyter={"source_hidden": true}
def steps_home(rule, kappa, most, **settings):
    """Steps from 1 along the steep and 10 along the flat axis to a thousandth, for good."""
    run = descend(ravine(kappa), rule, start=(1, 10), steps=most, **settings)
    distance = np.linalg.norm(run.positions, axis=1)
    stays = np.logical_and.accumulate((distance <= 1e-3 * distance[0])[::-1])[::-1]
    return int(np.argmax(stays))

# %%
kappas, counts, expected = (10, 30, 100, 300, 1000, 3000), {}, {}
for rule, best in ((GRADIENT_DESCENT, theory.best_descent), (MOMENTUM, theory.best_momentum)):
    tuned = [best(kappa, 1) for kappa in kappas]
    settings = [dict(zip(rule.hyper, found)) for found in tuned]
    counts[rule.name] = [steps_home(rule, n, 4 * n + 80, **s) for n, s in zip(kappas, settings)]
    expected[rule.name] = [theory.steps_for(1e-3, found[-1]) for found in tuned]
lesson_05.cost_of_kappa(kappas, counts, expected)

# %% [markdown]
# For a large κ the steps of gradient descent grow like κ, those of momentum little faster than its root. Momentum lies above the dotted line: the eigenvalue leaves out the factor $1+k(1-r)$, larger along the steep direction, where $r<0$.
#
# **Verdict.** Where a direction oscillates, each step leaves $\sqrt\beta$ of its swings, whatever the curvature. At the best settings the steepest and flattest directions are critical, and $\sqrt\kappa$ stands in place of κ. This is proven for quadratics; on another convex function the same settings can cycle for ever.

# %% [markdown]
# ## You will also hear
#
# - **Spectral radius**: the size of the largest eigenvalue, our factor per step. **Rate of convergence**: that number, or its logarithm.
# - **Damped oscillator**: physics' word for such a direction.
# - **Acceleration**: $\sqrt\kappa$ in place of κ. **Ill-conditioned**: κ is large.
# - In PyTorch: `torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)`; without `nesterov=True` it is this lesson's rule.
#
# ## Exercises
#
# **1 Derive.** You are given β. For which κ is it the best one? A formula in `beta`.

# %%
check("kappa for beta", ...)

# %% [markdown]
# **2 Make.** Write the function behind the map: the factor per step of one direction, in every regime.

# %%
def my_factor(lr, beta, curvature):
    """The size of the larger eigenvalue of one step of momentum."""
    ...


check("factor per step", my_factor)

# %% [markdown]
# **3 Explain.** Goh advises taking β as close to 1 as you can, and then the largest learning rate that still converges. When is this good advice? `hint("close to one")` helps; `solution("close to one")` outlines an answer.

# %% [markdown]
# ## Summary
#
# - *Regimes.* Overdamped below $\eta\lambda=(1-\sqrt\beta)^2$, underdamped with $|\sigma|=\sqrt\beta$ up to $(1+\sqrt\beta)^2$, then flipping; above $2(1+\beta)$ it runs away.
# - *Best settings.* $\eta=(2/(\sqrt{\lambda_1}+\sqrt{\lambda_2}))^2$, $\sqrt\beta=(\sqrt\kappa-1)/(\sqrt\kappa+1)$: for a large κ the factor alone promises about $\sqrt\kappa$ times fewer steps.
# - *A zig-zag.* Damped above $\eta\lambda=1+\sqrt\beta$, prolonged from 1 to there, made from $(1-\sqrt\beta)^2$ to 1.
#
# Memory cures the step's direction. Its size still depends on the gradient's, and that misleads: [lesson 06](06_rmsprop.ipynb).

# %% [markdown]
# # Going further
#
# Each section stands alone.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Nesterov: look before you leap, 20 minutes
#
# The other momentum, which most libraries offer as a switch. Read this to see what the switch does.

# %% [markdown]
# Momentum knows where it is about to go: to $w + \beta v$ and a little farther. Nesterov asks for the gradient *there*. Everything else stays as it is.

# %%
show_kernel(look_ahead)

# %% [markdown]
# Frameworks write it differently. They keep the point ahead as their `w`, so that the gradient can be taken where the weights are. As a change to momentum, one line:

# %%
show_kernel(nesterov, since=momentum)

# %% [markdown]
# Are these the same? Let the framework's weights be the point ahead, $u = w + \beta v$, and the gradient at $u$ be any $g$. We run one step of each form on symbols and see where the next point ahead lies.

# %%
u = sp.Symbol("u", real=True)
paper, framework = trace(momentum, w=u - beta * v), trace(nesterov, w=u)  # a step on symbols
beta_next = sp.Symbol("beta_next", positive=True)
ahead = paper["w"] + beta_next * paper["v"]
print("same velocity:", sp.simplify(paper["v"] - framework["v"]) == 0)
print("next point ahead, minus the framework's:", sp.factor(ahead - framework["w"]))

# %% [markdown]
# The difference is zero if β stays as it is, whatever the gradient: nothing here was quadratic. **One path, seen from two places.** If β is annealed, the two differ by the change of β times the velocity. A run on the bent ravine, which is no quadratic:

# %%
bent = bent_ravine()
by_paper = descend(bent, NESTEROV_LOOK_AHEAD, lr=0.004, beta=0.9, steps=200)
by_framework = descend(bent, NESTEROV, lr=0.004, beta=0.9, steps=200)
points_ahead = by_paper.positions + 0.9 * by_paper.memory["v"]
gap = np.abs(points_ahead - by_framework.positions).max()
print("largest distance between the two below 1e-9:", gap < 1e-9)
print(f"loss of both after 200 steps: {by_paper.losses[-1]:.2e}, {by_framework.losses[-1]:.2e}")

# %% [markdown]
# **Nesterov is momentum with less memory.** What does looking ahead buy? We put its matrix beside momentum's.

# %%
def characteristic(matrix):
    """The polynomial in sigma whose roots are the eigenvalues."""
    return sp.expand((sigma * sp.eye(2) - matrix).det())


N = iteration_matrix(nesterov)
less = characteristic(R).subs(beta, beta * (1 - lr * curvature))
print("same eigenvalues with less memory:", sp.expand(characteristic(N) - less) == 0)
in_paper = characteristic(iteration_matrix(NESTEROV_LOOK_AHEAD))
print("and in the paper's form:", sp.expand(in_paper - less) == 0)
Equations({"determinant": sp.factor(N.det()), "limit of Nesterov": stability_limit(nesterov)})

# %% [markdown]
# **In a direction of curvature λ, Nesterov is momentum with $\beta(1-\eta\lambda)$ in place of β.** Along a flat direction that is almost β. Along a steep one memory is taken away, so an oscillation shrinks by $\sqrt{\beta(1-\eta\lambda)}$ a step, and from $\eta\lambda = 1$ on there is none. The price is a narrower range:

# %%
for share in (0.5, 0.9, 0.99):
    limits = theory.momentum_limit(share, 1), theory.nesterov_limit(share, 1)
    print("beta = %.2f: lr lambda1 up to %.2f (gradient descent), %.2f (momentum), %.3f (Nesterov)"
          % (share, theory.descent_limit(1), *limits))

# %%
for share in (0.9, 0.95, 0.99):
    same = {"lr": 0.008, "beta": share, "steps": 300}
    pair = [descend(surface, rule, **same) for rule in (MOMENTUM, NESTEROV)]
    rings = [np.abs(run.positions[20:, 0]).max() for run in pair]
    print("beta = %.2f: after step 20 the largest |w1| is %.2f with momentum, %.0e with Nesterov"
          % (share, *rings))

# %% [markdown]
# This is Sutskever's observation of 2013, and its reason. Now write Nesterov in the framework's form: update the velocity as momentum does, then move by β times it and by the fresh step. `hint("Nesterov")` helps in steps.

# %%
def my_nesterov(w, g, v, *, lr, beta):
    """v <- beta v - lr g, then w <- w + beta v - lr g."""
    ...


check("Nesterov", my_nesterov)

# %%
prove(nesterov, v=beta * v - lr * g, w=w + beta * (beta * v - lr * g) - lr * g)

# %% [markdown]
# A slip that is easily made, moving with the old velocity. It turns Nesterov back into plain momentum:

# %%
def too_early(w, g, v, *, lr, beta):
    w += beta * v - lr * g
    v *= beta
    v -= lr * g


prove(too_early, w=w + beta * (beta * v - lr * g) - lr * g)

# %% [markdown]
# Which memory does Nesterov keep in a direction of curvature λ₁? A formula in `lr`, `beta`, `lambda1`.

# %%
check("Nesterov's memory", ...)

# %% [markdown]
# And tune it: on a ravine with κ = 100, bring Nesterov's loss below 1e-6 within 110 steps. The explorer's map for *Nesterov* is a good place to look; mind that its steep curvature is 25 and the one here 100.

# %%
check("Nesterov below 1e-6", {"lr": ..., "beta": ...})

# %% [markdown]
# What does κ cost it at its best settings?

# %%
for n in (30, 300, 3000):
    tuned = dict(zip(NESTEROV.hyper, theory.best_nesterov(n, 1)))
    steps = steps_home(NESTEROV, n, 4 * n + 80, **tuned)
    print(f"κ = {n}: Nesterov {steps} steps, momentum {counts['momentum'][kappas.index(n)]}")

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## A weight on a spring, 6 minutes
#
# Read this for the picture behind the words *damped* and *heavy ball*: a spring with friction, which momentum follows when its steps get short.

# %% [markdown]
# Let the steps be short, and read $\sqrt\eta$ as the time that one of them takes. The kernel then becomes Newton's law for a weight on a spring of stiffness λ, with friction $c = (1-\beta)/\sqrt\eta$. SymPy solves it:

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
# β sets the friction, λ the spring. With too little friction the weight swings on and on; with too much it is slow, as in honey.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## The factor that a rate leaves out, 10 minutes
#
# A printed theorem bounds momentum by its eigenvalue alone. It is wrong; here is why, and the true bound.

# %% [markdown]
# The theorem says that at the best settings $|w_k| \le \rho^k |w_0|$, with ρ the best factor per step. We divide the measured distance by that bound; the quotient should stay below one.

# %%
lr_best, beta_best, rate = theory.best_momentum(100, 1)
run = descend(surface, MOMENTUM, lr=lr_best, beta=beta_best, steps=200)
distance = np.linalg.norm(run.positions, axis=1)
quotient = distance / (rate ** np.arange(201) * distance[0])
both = np.array([theory.critical_path(lr_best, curve, 200) for curve in (100, 1)]).T
error = np.abs(both * run.positions[0] - run.positions).max()
print("exact path of both directions, largest error below 1e-9:", error < 1e-9)
for step in (1, 10, 50, 200):
    print(f"step {step}: the distance is {quotient[step]:.1f} times the bound")

# %% [markdown]
# The bound is violated at the first step, and by a growing margin. At the best settings both eigenvalues are *equal*, and the matrix has only one eigenvector: it is a Jordan block. Its powers behave like $k\rho^{k}$, with the factor of the critical path.

# %%
at_best = R.subs({lr: (2 / (sp.sqrt(100) + 1)) ** 2, curvature: 1, beta: sp.Rational(9, 11) ** 2})
defect = at_best - sp.Rational(9, 11) * sp.eye(2)
print("matrix minus its eigenvalue:", defect.tolist())
print("its square:", (defect**2).tolist())

# %% [markdown]
# Not zero, but its square is. From rest the true factor is $1 + k(1-\rho)$ along the flat direction, whose eigenvalues are ρ, and $1 + k(1+\rho)$ along the steep one, whose eigenvalues are −ρ. So for every start at rest in our two directions
#
# $$1 + k(1-\rho) \;\le\; \frac{|w_k|}{\rho^k\,|w_0|} \;\le\; 1 + k(1+\rho).$$
#
# The fmin.xyz notes on the heavy ball print the theorem without the factor; Goh avoids the trap by speaking of an asymptotic rate only. With both factors the count is exact:

# %%
for n, measured in zip(kappas, counts["momentum"]):
    lr_n = theory.best_momentum(n, 1)[0]
    exact = np.array([theory.critical_path(lr_n, curve, 2000) for curve in (n, 1)]).T * (1, 10)
    away = np.linalg.norm(exact, axis=1) > 1e-3 * np.hypot(1, 10)
    print(f"κ = {n}: measured {measured}, from the path with its factor "
          f"{np.flatnonzero(away)[-1] + 1}")

# %%
check("printed bound", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## A convex function without arrival, 8 minutes
#
# Everything above is about quadratics. Read this before you trust its settings on anything else.

# %% [markdown]
# Take a convex function of one weight whose curvature lies between 1 and 25, and momentum with its best settings for those two, η = 1/9 and β = 4/9. Does it arrive from every start?

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
# After three steps it stands where it stood, with the velocity it had: an exact cycle, for ever. Is it a fluke, or do neighbouring starts fall into it?

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
lesson_05.convex_cycle(slope, [float(place) for place in cycle])

# %% [markdown]
# The neighbours fall into it. Nesterov arrives from all these starts. Goujaud, Taylor and Dieuleveut (2023) show more: no setting of momentum reaches √κ for every function with curvature between two bounds.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Which β? 5 minutes
#
# A network is no quadratic, and nobody tells you its κ. What is left of this lesson when you train one?

# %% [markdown]
# First, what the customary values mean: the κ for which each is best, and what it then saves.

# %%
for share in (0.5, 0.9, 0.95, 0.99):
    kappa = ((1 + np.sqrt(share)) / (1 - np.sqrt(share))) ** 2
    plain, heavy = theory.best_descent(kappa, 1)[-1], np.sqrt(share)
    saved = theory.steps_for(1e-3, plain) / theory.steps_for(1e-3, heavy)
    print(f"β = {share}: best for κ = {kappa:.0f}, in the long run {saved:.0f} times fewer steps")

# %% [markdown]
# The curvatures of a network move as it learns, and under mini-batches the gradient is a guess; at one small η a longer memory then makes the run noisier ([lesson 09](09_noise_and_schedules.ipynb)). So in practice one tries a few values, 0.9, 0.95 and 0.99, each with its own learning rate. If the loss swings slowly, ask whether β is too large for this η; if it is slow, whether β or η is too small.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Often said, 5 minutes
#
# Claims about momentum that one meets in articles, posts and talks, and what we find.

# %% [markdown]
# | It is said, in our words | We find |
# |---|---|
# | momentum dampens oscillations | where ηλ₁ > 1 + √β, yes; from 1 to there it makes them last longer; between (1 − √β)² and 1 it makes them |
# | it cancels the motion along w1 | wrong: where w1 oscillates its swings shrink by √β a step, slower than without wherever √β > \|1 − ηλ₁\| |
# | it builds speed and converges faster | on a quadratic, at best √κ in place of κ; too much of it is slower than none |
# | you may overshoot the minimum | right: from rest, whenever β > (1 − √(ηλ))² |
# | then use *simulated annealing* | wrong name, see lesson 04; in one direction a smaller η ends it, and so does a smaller β if ηλ is below 1 |
# | start β at 0.5 and anneal to 0.9 | the best β depends on κ: 0.5 suits 34, 0.9 suits 1442 |
# | it is one of the *adaptive* methods | no: one β and one η for all directions, set in advance |

# %% [markdown]
# Run the cell to see its options, then put the letter of the true one in place of the dots.

# %%
check("dampens oscillations", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## More exercises, 12 minutes
#
# The results of the core, from memory.

# %% [markdown]
# Write each as an expression in `lr`, `beta`, `lambda1`, or `kappa`: the critical β of a direction, the limit of momentum, and the best β of a ravine.

# %%
check("critical beta", ...)

# %%
check("momentum limit", ...)

# %%
check("best beta", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Errors in print, 16 minutes
#
# The best texts on this subject contain slips, and so may ours. For teachers, and for the pleasure of finding them.

# %% [markdown]
# Two from *Dive into Deep Learning*, section Momentum: the parabola $\frac12 qx^2 + cx + d$ is rewritten with $(x - c/q)^2$; and gradient descent along an eigenvector is written $z_t = (1-\Lambda) z_{t-1}$.

# %%
check("printed square", ...)

# %%
q, c, d, x = sp.symbols("q c d x", positive=True)
printed = q * (x - c / q) ** 2 / 2 + d - c**2 / (2 * q)
print("printed minus parabola:", sp.expand(printed - (q * x**2 / 2 + c * x + d)))
print("one step along an eigenvector:", sp.factor(trace(gradient_descent, g=curvature * w)["w"]))

# %% [markdown]
# Not zero: the minimum is at $-c/q$, so it should be $(x + c/q)^2$. And the step has lost its learning rate. Neither slip hurts what follows in that text. Now four from Goh's article in *Distill*, the best there is on momentum; find what should stand there.

# %%
check("printed modulus", ...)

# %%
check("printed power", ...)

# %%
check("printed sum", ...)

# %%
check("printed half", ...)

# %% [markdown]
# ## References
#
# - B. Polyak, "Some methods of speeding up the convergence of iteration methods", *USSR Comput. Math. Math. Phys.* 4 (1964), 1–17, [doi:10.1016/0041-5553(64)90137-5](https://doi.org/10.1016/0041-5553%2864%2990137-5).
# - Y. Nesterov, "A method for solving the convex programming problem with convergence rate O(1/k²)", [*Soviet Math. Dokl.* 27](https://www.mathnet.ru/eng/dan46009) (1983), 372–376.
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of initialization and momentum in deep learning", *ICML* 2013, [PMLR 28](https://proceedings.mlr.press/v28/sutskever13.html), 1139–1147.
# - L. Lessard, B. Recht, A. Packard, "Analysis and design of optimization algorithms via integral quadratic constraints", *SIAM J. Optim.* 26 (2016), 57–95, [arXiv:1408.3595](https://arxiv.org/abs/1408.3595).
# - G. Goh, "Why Momentum Really Works", *Distill* 2017, [doi:10.23915/distill.00006](https://doi.org/10.23915/distill.00006).
# - B. Goujaud, A. Taylor, A. Dieuleveut, "Provable non-accelerations of the heavy-ball method", [arXiv:2307.11291](https://arxiv.org/abs/2307.11291).
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, [arXiv:2106.11342](https://arxiv.org/abs/2106.11342), section Momentum.
# - D. Merkulov, notes on optimization, [fmin.xyz](https://fmin.xyz), page "Heavy Ball Method".
#
# Before: [04, Momentum](04_momentum.ipynb). Next: [06, RMSProp](06_rmsprop.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.

# %% [markdown]
# # 01 · See why gradient descent zig-zags
#
# Thirty steps downhill in a long valley: most of the motion goes from one wall to the other.

# %% jupyter={"source_hidden": true}
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import Directions, ZigZag
from course_utils.figures import lesson_01 as figures
from course_utils.optimizers import GRADIENT_DESCENT, gradient_descent, show_kernel
from course_utils.surfaces import article_ravine, ravine
from course_utils.symbolic import Equations, g, lr, prove, w

# %%
run = descend(ravine(kappa=25), GRADIENT_DESCENT, lr=0.076, steps=30)
figures.descent(run)

# %% [markdown]
# | About | this lesson |
# |---|---|
# | **Minutes** | 38 for the core; 8, 12, 5, 11 and 3 for the sections below |
# | **You need** | lesson [00, Start here](00_start_here.ipynb); derivatives, vectors, matrices, a little NumPy |
# | **You will be able to** | **derive** which learning rates converge, zig-zag or run away · **predict** the best learning rate and its number of steps from the curvatures, of two weights or of many · **tell** a stalled descent from a minimum |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+https://example.org/down-the-ravine` first, then restart the kernel.

# %% [markdown]
# ## What goes wrong
#
# A network has millions of weights. We keep two, and a loss that bends 25 times as strongly along $w_1$, the *steep* axis, as along $w_2$, the *flat* one:
#
# $$f(w) = \frac12\left(\lambda_1 w_1^2 + \lambda_2 w_2^2\right), \qquad \lambda_1 = 25, \quad \lambda_2 = 1.$$
#
# The second derivatives $\lambda$ are *curvatures*; the ratio $\kappa = \lambda_1/\lambda_2$ is the **condition number**. Such a valley is called a *ravine*. On the map each *contour* joins points of equal loss, and darker is lower. Gradient descent steps against the gradient $g$, by $w \leftarrow w - \eta g$, with a **learning rate** η.

# %% [markdown]
# ## Predict
#
# The descent above has η = 0.076. What does a slightly larger learning rate do? Lock in your answer; an explorer opens, in which you can move η.

# %%
explorer = ZigZag(step=12)
predict("01 runs away", opens=explorer)

# %% [markdown]
# ## The disease in one sentence
#
# One learning rate has to serve two curvatures: what is a cautious step along the flat axis is a leap across the valley along the steep one.

# %% [markdown]
# ## Derive: the gradient looks across the contour
#
# Walk along a contour, and call your place $w(t)$. The loss does not change, so its derivative is zero, and the chain rule says
#
# $$0 = \frac{d}{dt} f(w(t)) = \frac{\partial f}{\partial w_1}\,\dot w_1 + \frac{\partial f}{\partial w_2}\,\dot w_2 = g \cdot \dot w.$$
#
# On any smooth loss, wherever the gradient is not zero, it is perpendicular to the contour. Along most of a long ellipse that means *across* the valley. SymPy agrees on our ravine: `idiff` finds how $w_2$ changes with $w_1$ along the contour.

# %%
lambda1, lambda2, eta, kappa = sp.symbols("lambda1 lambda2 eta kappa", positive=True)
w1, w2 = sp.symbols("w1 w2", real=True)
f = (lambda1 * w1**2 + lambda2 * w2**2) / 2
gradient = sp.Matrix([f.diff(w1), f.diff(w2)])
along = sp.Matrix([1, sp.idiff(f, w2, w1)])
Equations({"g1": gradient[0], "g2": gradient[1], "g · along": sp.simplify(gradient.dot(along))})

# %% [markdown]
# Each part of the gradient is **curvature times distance**, $g_i = \lambda_i w_i$, and both matter. At the start the minimum is much farther away along the flat axis, and yet the steep part is the larger one. On the floor of the valley the steep part vanishes.

# %%
for steep, flat in ((2, -10), (0, -10)):
    g1, g2 = run.surface.gradient([steep, flat])
    print(f"{steep} along the steep axis, {flat} along the flat one: g1 = {g1:.0f}, g2 = {g2:.0f}")

# %% [markdown]
# ## Derive: one direction at a time
#
# No term $w_1 w_2$ couples the weights, so each follows a rule of its own:
#
# $$w_i \leftarrow w_i - \eta\lambda_i w_i = (1-\eta\lambda_i)\,w_i, \qquad\text{after } k \text{ steps}\quad (1-\eta\lambda_i)^k\,w_i.$$
#
# The weight shrinks if the size of the factor is below 1, and changes sign at every step, which is the zig-zag, if the factor is negative:
#
# $$|1-\eta\lambda| < 1 \iff 0 < \eta\lambda < 2, \qquad\qquad 1-\eta\lambda < 0 \iff \eta\lambda > 1.$$

# %%
z = sp.Symbol("z", real=True)  # ηλ
print("shrinks for ηλ in", sp.solveset(sp.Abs(1 - z) < 1, z, sp.S.Reals))
factors = theory.contraction(0.076, np.array([25, 1]))
formula = run.positions[0] * factors ** np.arange(31)[:, None]
print("factors per step:", *factors.round(3))
print("formula and descent agree:", np.allclose(formula, run.positions, rtol=0, atol=1e-12))

# %% [markdown]
# ## Derive: the best that one learning rate can do
#
# Along the steep axis our ηλ is close to the limit of 2: the weight flips at every step and shrinks slowly. Along the flat axis the same η makes no zig-zag, but slow progress.
#
# The slower direction decides. Raising η speeds up the flat one; beyond $1/\lambda_1$, where the steep one's factor is negative, it slows the steep one. The best η makes the two equally fast.

# %%
figures.two_factors({kappa: theory.best_descent(kappa, 1) for kappa in (5, 25)})

# %% [markdown]
# The lowest point of the grey band is where the two lines cross, with opposite signs:
#
# $$1-\eta\lambda_2 = -(1-\eta\lambda_1) \;\Longrightarrow\; \eta = \frac{2}{\lambda_1+\lambda_2}, \qquad 1-\eta\lambda_2 = \frac{\lambda_1-\lambda_2}{\lambda_1+\lambda_2} = \frac{\kappa-1}{\kappa+1}.$$

# %%
best = sp.solve(sp.Eq(1 - eta * lambda2, -(1 - eta * lambda1)), eta)[0]
factor = sp.simplify((1 - best * lambda2).subs(lambda1, kappa * lambda2))
Equations({"best η": best, "factor per step": factor})

# %% [markdown]
# At this η each step multiplies the distance to the minimum by $(\kappa-1)/(\kappa+1)$, wherever we start. And what if we give up the zig-zag and take $\eta = 1/\lambda_1$, the largest learning rate that does not flip?

# %% tags=["predicts-C02"]
predict("01 no zig-zag")

# %% tags=["shows-C02"]
for k in (25, 100):
    steps = theory.steps_for(1e-3, np.array([(k - 1) / (k + 1), 1 - 1 / k]))
    print("κ = {}: {:.0f} steps at the best η, {:.0f} without zig-zag".format(k, *np.ceil(steps)))

# %% [markdown]
# ## Derive: any quadratic falls apart into such directions
#
# A quadratic of $n$ weights with its minimum at 0 is $f = \frac12 w^{\mathsf T} H w$ with a symmetric matrix $H$, the *Hessian*; its gradient is $Hw$. A symmetric matrix has $n$ perpendicular eigenvectors, $Hq_i = \lambda_i q_i$. Here $w$ is the error; write it as a sum over the eigenvectors, $w = \sum u_i q_i$:
#
# $$w - \eta H w = \sum_i u_i\,(q_i - \eta H q_i) = \sum_i (1-\eta\lambda_i)\,u_i\,q_i.$$
#
# Along each eigenvector, whichever way it points, the error shrinks or grows independently of the others. The eigenvalues are the curvatures; together they form the **spectrum**. If they are positive, $\kappa = \lambda_{\max}/\lambda_{\min}$.

# %%
H = sp.Matrix([[13, 12], [12, 13]])  # our ravine, turned by 45 degrees
Q, spectrum = H.diagonalize(normalize=True)
Equations({"spectrum": spectrum, "one step": sp.simplify(Q.T * (sp.eye(2) - eta * H) * Q)})

# %%
directions = Directions(n=30)
predict("01 thirty directions", opens=directions)

# %% [markdown]
# The line $1-\eta\lambda$ is largest in size at its ends. So the flattest or the steepest direction sets the pace, and the best learning rate is $2/(\lambda_{\max}+\lambda_{\min})$; at that rate all directions in between, however many, shrink faster. On a quadratic, two weights can therefore stand for millions; the preset *Two directions* is our ravine. (Curvatures of zero and below: [lesson 02](02_curvature_and_newton.ipynb).)

# %%
figures.thirty(directions.filmstrip({"step": 9}))

# %% [markdown]
# ## Implement: your turn
#
# Fill in one step of gradient descent and run the cell. Change `w` in place or return the new weights. `hint("descent step")` gives one hint at a time.

# %%
def my_descent(w, g, *, lr):
    """One step of gradient descent from weights w with gradient g and learning rate lr."""
    ...


check("descent step", my_descent)

# %% [markdown]
# We call a function that makes one step of a rule a **kernel**. The course's own kernel drew every path above. To *prove* that it computes the formula, we pass it symbols in place of numbers, and SymPy compares the result with the formula.

# %%
show_kernel(gradient_descent)

# %%
prove(gradient_descent, w=w - lr * g)

# %% [markdown]
# ## Play
#
# Three marks on the slider now have a meaning: at 1/λ1 the descent lands on the floor in one step, at *best* both directions shrink equally fast, and beyond 2/λ1 it runs away, unless it starts on the floor. Raising κ flattens the flat axis. Click to move the start.

# %%
explorer

# %% [markdown]
# ## Measure: what κ costs
#
# Do actual descents follow the formula? On six ravines we count steps until the distance to the minimum has shrunk a thousandfold: at the best η, and at $1/\lambda_1$, which removes the zig-zag but not the slowness.

# %%
def steps_measured(kappa, lr):
    """Steps until the distance to the minimum is a thousandth of what it was."""
    run = descend(ravine(kappa), GRADIENT_DESCENT, start=(1, 10), lr=lr, steps=8 * kappa + 20)
    distance = np.linalg.norm(run.positions, axis=1)
    return int(np.argmax(distance <= 1e-3 * distance[0]))


kappas = [3, 10, 30, 100, 300, 1000]
at_best = [steps_measured(k, 2 / (k + 1)) for k in kappas]
timid = [steps_measured(k, 1 / k) for k in kappas]
formula = [theory.steps_for(1e-3, (k - 1) / (k + 1)) for k in kappas]
figures.cost_of_kappa(kappas, at_best, timid, formula)

# %% [markdown]
# ## A stall is not a minimum
#
# Take a learning rate small enough to be safe, and watch the loss as you would watch a training run.

# %%
slow = descend(ravine(1000), GRADIENT_DESCENT, lr=0.0002, steps=4000)
figures.stall(slow, seen=200)

# %% [markdown]
# The left picture is all that you see if you give up early. James Martens described it in 2010: where only directions of low curvature lead down, descent can seem to halt as if at a local minimum.
#
# **Verdict.** Gradient descent zig-zags where η exceeds one over the *largest* curvature, and runs away beyond two over it. The *smallest* curvature asks for η as large as possible, so even the best constant η zig-zags, and in a long ravine its number of steps grows like κ.

# %% [markdown]
# **You will also hear**
#
# - *ill-conditioned*: κ is large;
# - *L-smooth, μ-strongly convex*: all curvatures lie between μ and L, so κ ≤ L/μ;
# - *spectral radius* of $I - \eta H$: the largest $|1-\eta\lambda_i|$, also called *convergence rate* or *contraction factor*;
# - *linear convergence*: the error shrinks by at least a fixed factor per step, on a logarithmic axis often a straight line;
# - in PyTorch: `torch.optim.SGD(model.parameters(), lr=0.076)`, which is gradient descent if every step sees all the data.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** A quadratic has three curvatures, `lambda1` > `lambda2` > `lambda3`. Which learning rate makes its slowest direction as quick as possible? Write a SymPy expression.

# %%
check("best of three", ...)

# %% [markdown]
# **2 Make.** On `ravine(25)` from the course's start, find the learning rate that brings the loss below 1e-6 in the fewest steps. The explorer is a good place to look; the check counts for you.

# %%
check("reach 1e-6", {"lr": ...})

# %% [markdown]
# **3 Explain.** A colleague shows you a loss that has been flat for a thousand steps, and says the network has reached a minimum. Which two measurements would you ask for, and what would each answer tell you? `hint("stall")` helps; `solution("stall")` outlines a good answer.

# %% [markdown]
# ## Summary
#
# - *Derive.* A direction of curvature λ converges for $0 < \eta\lambda < 2$, and flips at every step above 1.
# - *Predict.* The ends of the spectrum give the best constant learning rate, $2/(\lambda_{\max}+\lambda_{\min})$, and its factor per step, $(\kappa-1)/(\kappa+1)$.
# - *Tell.* A small gradient along a flat direction can look like a minimum.
#
# Momentum ([lesson 04](04_momentum.ipynb)) and RMSProp ([lesson 06](06_rmsprop.ipynb)) set out to reduce that cost. Limits of this story: a network's curvature changes as it learns, and its gradient is a guess ([lesson 09](09_noise_and_schedules.ipynb)). Next: [02, Curvature and Newton](02_curvature_and_newton.ipynb).

# %% [markdown]
# # Going further

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## How far off can downhill point? (8 minutes)
#
# Read this if you believe that downhill leads to the minimum.

# %% [markdown]
# First your guess, for the ravine with κ = 25: how many degrees lie between downhill and the way to the minimum, where they differ most?

# %% tags=["predicts-C01"]
predict("01 angle")

# %% [markdown]
# At 1 along the steep axis and $r$ along the flat one, downhill is $-(\kappa, r)$ and the way to the minimum is $-(1, r)$. The tangent of the angle between two arrows is cross product over dot product:
#
# $$\tan\varphi = \frac{\kappa r - r}{\kappa + r^2} = \frac{\kappa - 1}{r + \kappa/r} \le \frac{\kappa-1}{2\sqrt\kappa},$$
#
# since $r + \kappa/r \ge 2\sqrt\kappa$, with equality at $r = \sqrt\kappa$ (arithmetic and geometric mean). SymPy finds the same place and the cosine there.

# %%
r = sp.Symbol("r", positive=True)
slope, away = sp.Matrix([kappa, r]), sp.Matrix([1, r])
tangent = (slope[0] * away[1] - slope[1] * away[0]) / slope.dot(away)
(place,) = sp.solve(tangent.diff(r), r)
largest = sp.simplify(tangent.subs(r, place))
cosine = sp.factor(sp.cos(sp.atan(largest)), deep=True)
Equations({"worst place": place, "tangent": largest, "cosine": cosine})

# %% tags=["shows-C01"]
figures.worst_angle({k: theory.worst_angle(k) for k in (4, 25, 100)})

# %% [markdown]
# On circles downhill points to the minimum from everywhere; in a ravine it does so on the two axes alone. Our start, 2 along the steep axis and −10 along the flat one, is one of the worst places for κ = 25. Try κ = 100:

# %%
check("worst angle", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Steps of different lengths (12 minutes)
#
# Read this if you believe that only memory can cure the ravine.

# %% [markdown]
# So far η has been constant. Let it be one number in the first step and another in the second.

# %%
predict("01 two lengths")

# %% [markdown]
# Two steps multiply a direction by $(1-\eta_1\lambda)(1-\eta_2\lambda)$. With $\eta_1 = 1/\lambda_1$ and $\eta_2 = 1/\lambda_2$ one of the two factors is zero in each direction, in either order. On the turned ravine, in exact fractions:

# %%
H = sp.Matrix([[13, 12], [12, 13]])
for order in ((25, 1), (1, 25)):
    place = sp.Matrix([2, -10])
    for curvature in order:
        place = place - H * place / curvature
    print("after 1 /", order[0], "and then 1 /", order[1], "the weights are", list(place))

# %% [markdown]
# With $n$ different curvatures, $n$ steps of $1/\lambda_i$ end at the minimum, from every start. This is the Cayley–Hamilton theorem: a matrix is a root of its characteristic polynomial. (In floating point many such steps magnify rounding errors.)
#
# Suppose you know only that all curvatures lie between $\mu$ and $L$, and have $k$ steps. They leave $p(\lambda) = \prod (1-\eta_j\lambda)$ of each direction, a polynomial of degree $k$ with $p(0) = 1$. Which one is smallest on the whole spectrum?

# %% [markdown]
# The Chebyshev polynomial $T_k$ is the one that stays between −1 and 1 on $[-1, 1]$ and touches both bounds in turn, $k+1$ times in all. Shift it onto the spectrum:
#
# $$p(\lambda) = \frac{T_k(x(\lambda))}{T_k(x(0))}, \quad x(\lambda) = \frac{L+\mu-2\lambda}{L-\mu}, \quad \frac{1}{\eta_j} = \frac{L+\mu}2 + \frac{L-\mu}2\cos\frac{(2j-1)\pi}{2k}.$$
#
# No other $q$ with $q(0) = 1$ stays smaller: $p-q$ would change sign between any two neighbours of those $k+1$ points, and vanish at 0 as well. That makes $k+1$ roots, too many for degree $k$.

# %% [markdown]
# So $1/T_k(x(0))$ is left in the worst case, with $x(0) = (\kappa+1)/(\kappa-1)$. If $x = (\rho + 1/\rho)/2$, then $T_k(x) = (\rho^k + \rho^{-k})/2$. Here
#
# $$\rho = \frac{\sqrt\kappa+1}{\sqrt\kappa-1}, \qquad \frac{2}{\rho^k+\rho^{-k}} \approx 2\left(\frac{\sqrt\kappa-1}{\sqrt\kappa+1}\right)^k.$$
#
# The square root of κ stands where κ stood. SymPy confirms ρ, and at κ = 9, where ρ is 2, the bound and the learning rates in exact numbers:

# %%
rho = (sp.sqrt(kappa) + 1) / (sp.sqrt(kappa) - 1)
print("x(0) = (ρ + 1/ρ)/2:", sp.simplify((rho + 1 / rho) / 2 - (kappa + 1) / (kappa - 1)) == 0)
lam = sp.Symbol("lambda")
for k in (1, 2, 3, 4):
    left = sp.chebyshevt(k, (10 - 2 * lam) / 8) / sp.chebyshevt(k, sp.Rational(10, 8))
    rates = [1 / (5 + 4 * sp.cos((2 * j - 1) * sp.pi / (2 * k))) for j in range(1, k + 1)]
    product = sp.prod([1 - rate * lam for rate in rates])
    same = sp.simplify(sp.expand(left - product)) == 0
    bound = sp.Rational(2) / (2**k + sp.Rational(1, 2**k))
    print(f"k = {k}: these rates: {same}; left at μ: {left.subs(lam, 1)}, bound: {bound}")

# %%
k = 8
rates = [1 / (13 + 12 * np.cos((2 * j - 1) * np.pi / (2 * k))) for j in range(1, k + 1)]
figures.rates_that_vary(rates, constant=1 / 13, steep=25, flat=1)

# %% [markdown]
# If you know the ends of the spectrum and fix the number of steps in advance, you get the square root on a quadratic without any memory. Momentum gets the same root with two constants and no plan ([lesson 05](05_how_much_momentum.ipynb)).

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Walls that do not throw you out (5 minutes)
#
# Read this if your descent bounces for ever and does not run away.

# %% [markdown]
# On a quadratic a constant learning rate above $2/\lambda_1$ runs away from every point off the floor. On walls of bounded slope, $A\left(\sqrt{1+(w_1/s)^2}-1\right)$, the same mistake looks different. We ask for a place that one step takes to its mirror image. With the curvature $\lambda_1 = A/s^2$ on the floor:
#
# $$w_1 - \eta\,\frac{\lambda_1 w_1}{\sqrt{1+(w_1/s)^2}} = -w_1 \iff \sqrt{1+(w_1/s)^2} = \frac{\eta\lambda_1}{2} \iff w_1 = \pm s\sqrt{\left(\frac{\eta\lambda_1}2\right)^2 - 1}.$$

# %%
x, s = sp.symbols("x s", positive=True)
wall = lambda1 * s**2 * (sp.sqrt(1 + (x / s) ** 2) - 1)
mirror = sp.solve(sp.Eq(x - eta * wall.diff(x), -x), x)[0]
Equations({"curvature on the floor": wall.diff(x, 2).subs(x, 0), "bounces at": sp.simplify(mirror)})

# %% [markdown]
# The bounce exists as soon as $\eta > 2/\lambda_1$: the same limit, but a bounce instead of a catastrophe. We try it with A = 5 and s = 1/4, so that the limit is 2/80.

# %%
bouncing = descend(article_ravine(), GRADIENT_DESCENT, lr=0.05, steps=300)
calm = descend(article_ravine(), GRADIENT_DESCENT, lr=0.024, steps=300)
figures.walls(bouncing, calm, theory.bounce(lr=0.05, curvature=80, width=0.25))

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## More exercises (11 minutes)
#
# Do these if the derivations went by too quickly.

# %% [markdown]
# Write each answer as a SymPy expression in `lambda1` (steep) and `lambda2` (flat). Above which η does $w_1$ change sign at every step? Above which η does the descent run away? Which η is best?

# %%
check("flip threshold", ...)

# %%
check("stability limit", ...)

# %%
check("best rate", ...)

# %% [markdown]
# A proof is worth something only if a wrong kernel fails it. What is wrong with this one, and at which point would you show it?

# %%
def climbing(w, g, *, lr):
    w += lr * g


prove(climbing, w=w - lr * g)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Often said (3 minutes)
#
# Read this to test what articles, talks and posts say about the ravine.

# %% [markdown]
# | Claim | Verdict | How we know |
# |---|---|---|
# | Descent bounces along the *ridges* | imprecise | it bounces between walls; a ridge is the top |
# | The steep part of the gradient is larger because of the curvature | half | it is curvature times distance, and zero on the floor |
# | A smaller learning rate stops the bouncing but takes too long | right in a long ravine | about twice the steps at 1/λ1, and more below |
# | You have to slow down near a minimum | imprecise | on a smooth loss, below the limit, the step shrinks with the gradient; under steady noise the rate has to fall ([lesson 09](09_noise_and_schedules.ipynb)) |
# | First go slowly to the floor, then speed up | right as a plan | 1/λ1, then 1/λ2, if you know both curvatures |
# | The loss has settled, so this is a minimum | wrong | the stall above |

# %% [markdown]
# ## References
#
# - A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", *Comptes rendus* 25 (1847), 536–538.
# - J. Martens, "Deep learning via Hessian-free optimization", [*ICML* 2010](https://icml.cc/Conferences/2010/papers/458.pdf), 735–742.
# - G. Goh, "Why Momentum Really Works", *Distill* 2017, [doi:10.23915/distill.00006](https://doi.org/10.23915/distill.00006).
# - J. Nocedal and S. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, chapter 3, [doi:10.1007/978-0-387-40065-5](https://doi.org/10.1007/978-0-387-40065-5).
# - D. Young, "On Richardson's Method for Solving Linear Systems with Positive Definite Matrices", *Journal of Mathematics and Physics* 32 (1953), 243–255, [doi:10.1002/sapm1953321243](https://doi.org/10.1002/sapm1953321243).

# %% [markdown]
# Before: [00, Start here](00_start_here.ipynb). Next: [02, Curvature and Newton](02_curvature_and_newton.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.

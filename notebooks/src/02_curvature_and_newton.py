# %% [markdown]
# # 02 · Divide by the curvature
#
# Three losses over one weight share a point and the slope there. Gradient descent takes the same step on all three, here with η = 1.

# %% jupyter={"source_hidden": true}
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.curvature import hessian, hessian_vector
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import NewtonArrows
from course_utils.figures import lesson_02 as figures
from course_utils.networks import Network, digits, one_thread, ratio
from course_utils.optimizers import DAMPED_NEWTON, EXACT_LINE_SEARCH, GRADIENT_DESCENT
from course_utils.optimizers import GUARDED_NEWTON

# %% jupyter={"source_hidden": true}
from course_utils.optimizers import NEWTON, SADDLE_FREE_NEWTON, damped_newton, exact_step
from course_utils.optimizers import gradient_descent, newton, saddle_free_newton, show_kernel
from course_utils.surfaces import W1, W2, himmelblau, ravine, rosenbrock, saddle_well, three_curves
from course_utils.surfaces import tilted_well
from course_utils.symbolic import Equations, mu, prove, symbol, trace

explorer, data, small, seeds = NewtonArrows(), digits(), Network((64, 4, 10)), range(5)
x, y = data.x_train[:, :200], data.y_train[:200]


def slope_at(w):
    """The gradient of the small network's loss on 200 images of digits."""
    return small.gradient(w, x, y)

# %%
figures.one_gradient(three_curves())

# %% [markdown]
# | About | this lesson |
# |---|---|
# | **Minutes** | 42 for the core; 4 to 15 for each section below it |
# | **You need** | lesson [01, The ravine](01_the_ravine.ipynb); matrices, eigenvalues |
# | **You will be able to** | write the quadratic that touches a surface and derive Newton's step from it · draw −g and Newton's step at a point · tell from the curvatures where Newton's step leads · say what a Hessian costs, and what a product with it costs |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+https://example.org/down-the-ravine` first, then restart the kernel.
#
# One step gains nothing, one gains what the slope promised, one gains more. The gradient at the red point cannot tell the curves apart. What does is how the slope *changes*: the **second derivative**, or curvature. It is positive on the curve that bends up, zero on the straight one, negative on the one that bends down.

# %% [markdown]
# ## Remember
#
# Answer before you open.
#
# <details><summary>Which curvature limits the learning rate of gradient descent, and which one sets the pace?</summary>The largest limits it, to 2/λ₁; the smallest sets the pace. The price is about κ steps.</details>
#
# <details><summary>In a ravine, what is the part of the gradient along a direction of curvature λ?</summary>Curvature times distance: λ times how far away the floor is in that direction.</details>

# %% [markdown]
# ## Predict
#
# Suppose we know the curvature everywhere. **Newton's method** fits a quadratic to the surface where we stand, and goes to the quadratic's flat point. Some say that it tells us how far to go along the gradient. We stand in the ravine of lesson 01, 2 along the steep axis and −10 along the flat one, and compare −g with Newton's step.

# %% tags=["predicts-C03"]
predict("02 newton angle", opens=explorer)

# %% [markdown]
# ## The disease in one sentence
#
# A gradient says which way is down, but not how far.
#
# ## Derive: the quadratic that touches the surface
#
# Near a point a smooth curve is nearly a parabola, its Taylor series to second order:
#
# $$f(w + p) \approx f + f'p + \frac12 f''p^2.$$
#
# This parabola has the curve's value, slope and curvature at $p = 0$. It is flat where its own slope vanishes:
#
# $$f' + f''p = 0 \qquad\text{at}\qquad p = -\frac{f'}{f''}.$$

# %%
f, f1, f2, p = sp.symbols("f f' f'' p", real=True)
parabola = f + f1 * p + f2 * p**2 / 2
print("value, slope, curvature at 0:", [parabola.diff(p, k).subs(p, 0) for k in (0, 1, 2)])
print("flat at p =", sp.solve(parabola.diff(p), p)[0])
figures.touching(tilted_well(), 1.5)

# %% [markdown]
# The step is **slope over curvature**: sharp bend, short step. Nobody has to choose a learning rate. Of our three curves, the one that bends up *is* a parabola, so one step leads to its lowest point. The straight one has no flat point, and Newton has no step there.

# %% [markdown]
# ## Derive: two weights
#
# With two weights the slope has two parts and the curvature has four: how each slope changes with each weight. This table of second derivatives is the **Hessian** $H$. Where they are continuous, it is symmetric. The model and its slope are
#
# $$f(w+p) \approx f + g \cdot p + \frac12\, p \cdot Hp, \qquad \text{slope } g + Hp.$$
#
# The slope is zero at **Newton's step**, wherever $H$ has an inverse:
#
# $$p = -H^{-1} g.$$

# %%
g1, g2, h11, h12, h22, w1, w2 = map(symbol, "g1 g2 h11 h12 h22 w1 w2".split())
p1, p2 = sp.symbols("p1 p2", real=True)
g, H, p = sp.Matrix([g1, g2]), sp.Matrix([[h11, h12], [h12, h22]]), sp.Matrix([p1, p2])
model = g.dot(p) + p.dot(H * p) / 2
flat = sp.solve([model.diff(p1), model.diff(p2)], [p1, p2])
newton_step = -H.inv() * g
print("flat at -H^-1 g:", sp.simplify(p.subs(flat) - newton_step) == sp.zeros(2, 1))

# %% [markdown]
# ## Derive: another direction, not only another length
#
# Along an eigenvector of $H$ the step is again slope over curvature. In the ravine the eigenvectors are the axes, and $g_i = \lambda_i w_i$, so
#
# $$p_i = -\frac{g_i}{\lambda_i} = -w_i,$$
#
# straight home, while −g looks across the valley.

# %% tags=["shows-C03"]
figures.two_arrows(ravine(kappa=25))

# %% [markdown]
# Dividing nonzero parts by unequal curvatures turns the step. The two share a line only where the gradient is an eigenvector of $H$, as it always is with one weight.
#
# ## Implement: your turn
#
# Fill in one step of Newton's method. `H` is the Hessian at `w`, and `np.linalg.solve(H, b)` finds the vector that $H$ maps to `b`. If something is off, the check says what.

# %%
def my_newton(w, g, H):
    """One step of Newton's method from weights w with gradient g and Hessian H."""
    ...


check("newton", my_newton)

# %% [markdown]
# The course's kernel, as a change to gradient descent, and the proof:

# %%
show_kernel(newton, since=gradient_descent)

# %%
prove(newton, w1=w1 + newton_step[0], w2=w2 + newton_step[1])

# %% [markdown]
# ## Derive: one step on any quadratic
#
# Take a quadratic whose flat point is $m$, with any $H$ that has an inverse. Its gradient is $g = H(w - m)$, so
#
# $$w - H^{-1}g = w - H^{-1}H\,(w - m) = m,$$
#
# from wherever we stand. The kernel agrees:

# %%
m1, m2 = sp.symbols("m1 m2", real=True)
away = H * sp.Matrix([w1 - m1, w2 - m2])
landing = trace(newton, g1=away[0], g2=away[1])  # one step of the kernel, on symbols
Equations({"new w1": sp.simplify(landing["w1"]), "new w2": sp.simplify(landing["w2"])})

# %% [markdown]
# **One step.** The condition number has left the formula, and so has the angle at which the ravine lies. That is what perfect knowledge of curvature buys: the κ steps of lesson 01 become one.
#
# ## Predict: hills and saddles
#
# On other surfaces Newton goes on, each time to the flat point of a new model. Himmelblau's function has four minima of loss 0, four saddles and one hilltop.

# %%
hills = himmelblau()
figures.landscape(hills)

# %% tags=["predicts-C04"]
predict("02 himmelblau")

# %% tags=["shows-C04"]
climb = descend(hills, NEWTON, steps=30)
slide = descend(hills, GRADIENT_DESCENT, lr=0.01, steps=60)
print("curvatures at the start:", np.linalg.eigvalsh(hills.hessian(hills.start)).round().tolist())
slope = np.abs(hills.gradient(climb.positions[-1])).max()
print("gradient at Newton's end below 1e-9:", slope < 1e-9)
figures.landscape(hills, {"Newton": climb, "gradient descent": slide})

# %% [markdown]
# Newton climbed to the hilltop, in a few steps. "The gradient is zero" is no proof of a minimum.
#
# ## Derive: where Newton climbs
#
# A step leads downhill, to first order, if its dot product with $g$ is negative. Along the eigenvectors of $H$, with Newton's $p_i = -g_i/\lambda_i$,
#
# $$g \cdot p = -\frac{g_1^2}{\lambda_1} - \frac{g_2^2}{\lambda_2}.$$
#
# Each direction adds its part: downhill where the surface curves up, **uphill where it curves down**.

# %%
l1, l2 = sp.symbols("lambda1 lambda2", real=True, nonzero=True)
in_axes = newton_step.subs({h11: l1, h22: l2, h12: 0})
Equations({"slope along Newton's step": sp.expand(g.dot(in_axes))})

# %% [markdown]
# On the curve that bends down, Newton steps backwards, to the top of the parabola. On a quadratic saddle its one step lands *on* the saddle, since that is the flat point.
#
# There are three common **remedies**. **Go back** to the gradient where a curvature is negative, with a bounded step. **Damp**: add the same μ to every curvature, $p = -(H + \mu I)^{-1} g$, with μ above the size of the most negative one. Or divide by **sizes**, $|\lambda_i|$ in place of $\lambda_i$.

# %% [markdown]
# ## Play
#
# The thin black arrow points along −g; the others are Newton's step and the *exact line search*, to the quadratic's lowest point along −g. On the right: the loss along both, Newton's quadratic as dots. Choose the saddle and take up the goal: a mark shows the μ above which the step is sure to lead downhill.

# %%
explorer

# %%
explorer.filmstrip(
    {"surface": "saddle", "w1": 0.4, "w2": 0.4, "step": 6},
    {"surface": "saddle", "w1": 0.4, "w2": 0.4, "saddle_free": True, "step": 6},
)

# %% [markdown]
# ## Measure: what a Hessian costs
#
# A network of $n$ weights has a Hessian of $n^2$ numbers of four bytes; by symmetry, about half of them are enough. Often one does not need the matrix, only its product $Hv$ with a vector.

# %%
predict("02 exabytes")

# %% tags=["predicts-C27"]
predict("02 product")

# %%
n = 10**9
print(f"Hessian: {4 * n**2 / 1e18:g} exabytes, half of it with equal entries stored once")
print(f"gradient: {4 * n / 1e9:g} gigabytes")

# %% [markdown]
# Nobody stores that matrix. But the product says how the gradient changes along $v$:
#
# $$Hv = \frac{d}{dr}\, g(w + rv)\Big|_{r=0} \approx \frac{g(w + hv) - g(w - hv)}{2h}.$$

# %% tags=["shows-C27"]
here, h = small.init(0), 1e-4
v = np.random.default_rng(1).normal(size=small.parameters)
product = (slope_at(here + h * v) - slope_at(here - h * v)) / (2 * h)
error = np.linalg.norm(product - hessian(slope_at, here) @ v) / np.linalg.norm(product)
print(f"{small.parameters} weights: like the full matrix's to six digits: {error < 1e-6}")

# %% [markdown]
# Two gradients, whatever $n$ is. Second-order methods for networks are built from such products, or from cheap guesses at $H$.
#
# **Verdict.** Along each eigenvector Newton's step is slope over curvature, so a quadratic ravine takes one step, whatever its κ. It goes to the flat point of the touching quadratic, even uphill. The Hessian of a large network cannot be stored; its products with vectors cost about two gradients each.

# %% [markdown]
# ## You will also hear
#
# - **Second-order method**: it uses second derivatives. **Quasi-Newton** (BFGS, L-BFGS): it guesses $H$ from gradients.
# - **Levenberg–Marquardt**: damping by μ, in least squares. **Trust region**: a bound on the step, which amounts to a μ.
# - **Saddle-free Newton**: sizes of curvatures. **HVP**: the Hessian-vector product.
# - In PyTorch: `torch.autograd.functional.hvp(loss, w, v)`, which returns the loss and $Hv$.
#
# ## Exercises
#
# **1 Derive.** At w = (1, 1), H = diag(100, 10) and g = (100, 10). What is the angle between −g and Newton's step, in degrees?

# %%
check("newton angle", ...)

# %% [markdown]
# **2 Mend.** Write a step that keeps Newton's speed in a ravine with κ = 1000 and ends in a minimum from all the check's starts, beside a saddle and near a hilltop too. Any of the three remedies will do; a fixed μ will not.

# %%
def my_step(w, g, H):
    """A step that never settles on a saddle."""
    ...


check("mend negative curvature", my_step)

# %% [markdown]
# **3 Explain.** A second-order step costs as much as thirty gradient steps on your network and takes the loss as far as fifty. Would you use it? `hint("worth it")` helps; `solution("worth it")` outlines an answer.

# %% [markdown]
# ## Summary
#
# - *The quadratic and Newton's step.* Slope $g + Hp$, flat at $p = -H^{-1}g$.
# - *Two arrows.* −g and Newton's step share a line where the gradient is an eigenvector of $H$.
# - *Where it leads.* To the flat point: uphill along directions that curve down. Remedies: a bounded gradient step, a μ, sizes.
# - *Cost.* The matrix: $n$ products and $n(n+1)/2$ numbers. A product: two gradients.
#
# With mini-batches the Hessian, too, is an estimate. The next lessons look for curvature in past gradients, which come for free. Next: [03, Averages with memory](03_averages_with_memory.ipynb).

# %% [markdown]
# # Going further
#
# Each section stands alone.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Along other axes, 4 minutes
#
# What $H^{-1}$ does where the axes of the weights are not the axes of the valley.

# %% [markdown]
# Along an eigenvector of $H$ Newton's step is $-g_i/\lambda_i$. And along other axes? We turn the ravine by 45°, and its Hessian becomes ((13, 12), (12, 13)).

# %% tags=["predicts-C05"]
predict("02 inverse")

# %% tags=["shows-C05"]
turned = ravine(kappa=25, theta=np.pi / 4).hessian((0.0, 0.0))
for name, guess in {"inverse": np.linalg.inv(turned), "one over each entry": 1 / turned}.items():
    print(f"{name:20} {guess.round(2).tolist()}   undoes H: "
          f"{np.allclose(turned @ guess, np.eye(2))}")

# %% [markdown]
# $H^{-1}g$ is the solution of a linear system, which mixes the slopes.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## The exact line search, 12 minutes
#
# What is the most that one can do *along* the gradient, with the curvature known? Read this if a line search sounds like a cure for the ravine.

# %% [markdown]
# The model at $p = -tg$ is a parabola in $t$; its lowest point is the **exact line search**. In a ravine:

# %%
s1, s2, length = sp.symbols("lambda1 lambda2 t", positive=True)
in_ravine = model.subs({h11: s1, h22: s2, h12: 0, p1: -length * g1, p2: -length * g2})
best = sp.factor(sp.solve(in_ravine.diff(length), length)[0])
Equations({"best length along −g": best})

# %%
surface, A = ravine(kappa=25), np.array([2.0, -10.0])
g_A, H_A = surface.gradient(A), surface.hessian(A)
after = {"Newton": A - np.linalg.solve(H_A, g_A), "line search": A - exact_step(g_A, H_A) * g_A}
for name, end in after.items():
    share = surface.value(end) / surface.value(A)
    print(f"{name:12} ends at {end[0]:.2f} along w1, {end[1]:.2f} along w2: {100 * share:.0f} % "
          "of the loss is left")

# %% [markdown]
# The line search knows the curvature too, but uses it for the length alone, and zig-zags. From its worst start, proportional to (λ₂, λ₁), it does so for ever:

# %%
worst = descend(surface, EXACT_LINE_SEARCH, start=(0.4, 10), steps=60)
shares = worst.losses[1:] / worst.losses[:-1]
print(f"share of the loss left by each step: {shares.min():.4f} to {shares.max():.4f}")
print(f"predicted, ((kappa - 1)/(kappa + 1))^2: {theory.line_search_rate(25, 1):.4f}")

# %% [markdown]
# That is the factor of gradient descent at its best *constant* learning rate in lesson 01, squared because it counts loss and not distance. **Neither the best constant length nor the greedy best one cures the ravine.** A plan of lengths can, if one knows all the curvatures. One over each of them in turn, along −g:

# %%
planned = descend(surface, GRADIENT_DESCENT, steps=2, lr=lambda t: (1 / 25, 1)[t - 1])
print("after lengths 1/25 and 1 the loss is below 1e-20:", planned.losses[-1] < 1e-20)

# %% [markdown]
# Each length removes the error along the directions of one curvature, so n different curvatures take n steps, and all must be found first. Newton changes the direction, and removes the whole error at once.

# %%
check("line search", ...)

# %%
check("along the gradient", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Leaving a saddle, 5 minutes
#
# Newton walks to a saddle. What does gradient descent do there?

# %% [markdown]
# The surface $w_1^2/2 + (w_2^2 - 1)^2/4$ has a saddle at the origin, with the curvatures 1 along $w_1$ and −1 along $w_2$, and a minimum on either side, at $w_2 = \pm 1$. Gradient descent starts one millionth away from $w_2 = 0$, with η = 0.1. **Does it leave, and when?**

# %% tags=["predicts-C06"]
predict("02 leaving a saddle")

# %% tags=["shows-C06"]
left = descend(saddle_well(), GRADIENT_DESCENT, start=(1.5, 1e-6), lr=0.1, steps=400)
leaves = int(np.argmax(np.abs(left.positions[:, 1]) > 0.5))
factor = float(theory.contraction(0.1, -1.0))
print(f"measured {leaves} steps; at {factor} per step the formula gives "
      f"{np.log(0.5 / 1e-6) / np.log(factor):.0f}")
never = descend(saddle_well(), GRADIENT_DESCENT, start=(1.5, 0.0), lr=0.1, steps=400)
print(f"from w2 = 0 exactly: after 400 steps w2 is {never.positions[-1, 1]:.0f}, the loss "
      f"{never.losses[-1]:.2f}")

# %% [markdown]
# A loss that has stopped moving, for a hundred steps, need not be at a minimum. And from $w_2 = 0$ exactly nothing pushes the point off the ridge; a rounding error would.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Three ways to mend it, 15 minutes
#
# The three remedies of the core with their formulas, and what each of them risks.

# %% [markdown]
# **1 Go back to the gradient.** Where a curvature is negative, a common piece of advice is to take an arbitrary step and to return to gradient descent. The direction is sound. The length is not arbitrary, for the surface bends up again somewhere. From the origin of Himmelblau's function we take one step against the gradient, and then gradient descent at η = 0.01:

# %%
down = -hills.gradient((0.0, 0.0)) / np.linalg.norm(hills.gradient((0.0, 0.0)))
for far in (0.1, 1, 3, 5, 10):
    after = descend(hills, GRADIENT_DESCENT, start=far * down, lr=0.01, steps=200).steps_to(1e-6)
    end = f"below 1e-6 after {after} more" if after else "runs away"
    print(f"step of length {far:4}: loss {hills.value(far * down):6.1f} (it was "
          f"{hills.value((0, 0)):.0f}), then {end}")

# %% [markdown]
# A long step lands where gradient descent runs away; Newton's steps would climb down from there, late. So: a *bounded* gradient step. **2 Damping**: add the same $\mu$ to every curvature, $p = -(H + \mu I)^{-1} g$. As a change to Newton's kernel:

# %%
show_kernel(damped_newton, since=newton)

# %%
damped = sp.Matrix([trace(damped_newton)[n] for n in ("w1", "w2")]) - sp.Matrix([w1, w2])
at_axes = damped.subs({h11: l1, h22: l2, h12: 0})
far = sp.Matrix([sp.limit(mu * part, mu, sp.oo) for part in damped])
Equations({
    "step in the eigenvectors": sp.simplify(at_axes),
    "step at μ = 0": sp.factor(damped.subs(mu, 0)),
    "μ times step as μ grows": far,
})

# %% [markdown]
# At μ = 0 it is Newton; for large μ it is gradient descent with the rate 1/μ; in between it turns from one to the other. It is certain to lead downhill once μ exceeds the size of the most negative curvature. **3 Sizes**: divide by $|\lambda_i|$, so that no direction leads uphill. Dauphin and others (2014) call it *saddle-free Newton*.

# %% [markdown]
# In the eigenvectors $Q$ of $H = Q \Lambda Q^T$ that is $p = -Q\,|\Lambda|^{-1} Q^T g$.

# %%
place = np.array([0.4, 0.4])
saddle_free_newton(place, np.array([0.4, -0.4]), np.diag([1.0, -1.0]))
print("on the saddle (w1^2 - w2^2)/2 it goes from (0.4, 0.4) to", tuple(place.round(9).tolist()))

# %% [markdown]
# Your turn again: damped Newton.

# %%
def my_damped(w, g, H, *, mu):
    """Newton's step with mu added to every curvature."""
    ...


check("damped newton", my_damped)

# %% [markdown]
# On `saddle_well()`, the saddle between two wells, from 1.5 along w1 and 0.001 along w2, find the μ with which damped Newton brings the loss below 1e-6 within 13 steps. Then run the second cell to see its options, and put the letter of the true one in place of the dots.

# %%
check("damp the saddle", {"mu": ...})

# %%
check("arbitrary step", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Three surfaces, six rules, 10 minutes
#
# A comparison: how many steps each rule needs, and where Newton's method is thrown far out on its way.

# %% [markdown]
# Steps until the loss is below 1e-6, from each surface's own start. Gradient descent gets a learning rate that suits each surface.

# %%
grounds = {rosenbrock(): 0.002, himmelblau(): 0.01, saddle_well(): 0.1}
rules = {
    "gradient descent": lambda lr: (GRADIENT_DESCENT, {"lr": lr}),
    "Newton": lambda lr: (NEWTON, {}),
    "back to the gradient": lambda lr: (GUARDED_NEWTON, {"lr": lr, "bound": 1.0}),
    "damped, μ = 1.1": lambda lr: (DAMPED_NEWTON, {"mu": 1.1}),
    "damped, μ = 60": lambda lr: (DAMPED_NEWTON, {"mu": 60.0}),
    "saddle-free": lambda lr: (SADDLE_FREE_NEWTON, {}),
}


def outcome(ground, rule, settings):
    """Steps to 1e-6, or where it ends."""
    run = descend(ground, rule, steps=3000, **settings)
    return run.steps_to(1e-6) or f"ends at loss {run.losses[-1]:.3g}"

# %%
print(f"{'':22}" + "".join(f"{ground.name:26}" for ground in grounds))
for name, make in rules.items():
    cells = [outcome(ground, *make(lr)) for ground, lr in grounds.items()]
    print(f"{name:22}" + "".join(f"{cell!s:26}" for cell in cells))

# %% [markdown]
# From two of these starts, where the surface curves down, Newton ends on a saddle or a hilltop. One fixed μ does not suit all: it leads downhill for certain only above the size of the most negative curvature, and elsewhere it costs speed. Sizes, and going back to a bounded gradient step, reach a minimum from all three. But a small size is still a small divisor:

# %%
thrown = descend(saddle_well(), SADDLE_FREE_NEWTON, steps=30)
highest = int(thrown.losses.argmax())
w2_before = thrown.positions[highest - 1, 1]
print(f"leaving the saddle, saddle-free Newton meets a curvature of {3 * w2_before**2 - 1:.3f} "
      "along w2")
print(f"and the next step, number {highest}, throws it up to a loss of "
      f"{thrown.losses[highest]:.0f}")

# %% [markdown]
# That is why the algorithm of Dauphin and others damps the sizes as well. In Rosenbrock's valley Newton needs five steps, and the losses on its way are worth a look too.

# %%
valley = rosenbrock()
quick, calm = descend(valley, NEWTON, steps=8), descend(valley, DAMPED_NEWTON, mu=1, steps=30)
figures.calm_and_quick({"Newton": quick, "damped, μ = 1": calm}, least=1e-12)

# %% [markdown]
# The quadratic was right about the slope at the point and wrong about what lay far away. So "a step that does not overshoot" is exact on quadratics; elsewhere Newton's step needs a bound, a line search or damping. And close to a minimum where no curvature is zero the number of correct digits about doubles at each step. (Not on $w^4$: there the curvature vanishes together with the slope.)

# %%
seen = {}
tried = {GRADIENT_DESCENT: {"lr": 0.01}, NEWTON: {}, SADDLE_FREE_NEWTON: {}}
tried[DAMPED_NEWTON] = {"mu": 60.0}
for rule, settings in tried.items():
    seen[rule.name] = descend(hills, rule, steps=40, **settings)
figures.descents(hills, seen)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## A product without the matrix, 10 minutes
#
# What a product with the Hessian is good for: the largest curvature of a network, and with it the limit of its learning rate.

# %% [markdown]
# That $Hv$ is the change of the gradient along $v$ is the chain rule. SymPy checks it on Rosenbrock's valley:

# %%
r, v1, v2 = sp.symbols("r v1 v2", real=True)
banana = rosenbrock().expression
slopes = sp.Matrix([banana.diff(s) for s in (W1, W2)])
moved = slopes.subs({W1: W1 + r * v1, W2: W2 + r * v2}, simultaneous=True)
change = moved.diff(r).subs(r, 0)
product = sp.hessian(banana, (W1, W2)) * sp.Matrix([v1, v2])
difference = sp.simplify(change - product)
Equations({"change of the gradient along v": sp.simplify(change), "minus Hv": difference})

# %% [markdown]
# With complex numbers one gradient is enough, and to all digits; Pearlmutter (1994) gives the exact product at about that price. On five networks of 310 weights we compare products with the full Hessian, and find the largest curvature by **power iteration**: multiply a vector by $H$ again and again, and it turns towards the direction of the curvature that is largest in size.

# %%
def steepest(w, products=40):
    """The largest curvature in size, from products alone."""
    v = np.random.default_rng(0).normal(size=w.size)
    for _ in range(products):
        v = hessian_vector(slope_at, w, v / np.linalg.norm(v))
    return np.linalg.norm(v)

# %%
with one_thread():
    full = [hessian(slope_at, small.init(seed)) for seed in seeds]
    found = np.array([steepest(small.init(seed)) for seed in seeds])
    exact = np.array([np.abs(np.linalg.eigvalsh(H)).max() for H in full])
    v = np.random.default_rng(1).normal(size=small.parameters)
    products = [hessian_vector(slope_at, small.init(s), v) for s in seeds]
    gap = max(np.abs(p - H @ v).max() for p, H in zip(products, full))
print("largest difference between a product and the full matrix below 1e-12:", gap < 1e-12)
top = [np.linalg.eigvalsh(H).max() for H in full]
print("the largest in size is positive:", np.allclose(top, exact))
print("largest curvature, 40 products: ", " ".join(f"{x:.2f}" for x in found))
print("largest curvature, 310 columns: ", " ".join(f"{x:.2f}" for x in exact))

# %% [markdown]
# Two over that number is the limit of the learning rate from lesson 01, known at the price of forty gradients in complex numbers, or of about eighty real ones. From products alone, of a stand-in for $H$ that has no negative curvature, Martens (2010) computes a whole damped step approximately; he trained deep networks with it. This is *Hessian-free* optimization.

# %%
check("higher order", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Curvature of a real network, 12 minutes
#
# What are the curvatures of a network at its first weights, and do steps that use them pay?

# %% [markdown]
# The full Hessians of five small networks, 310 weights each, on 200 images of digits.

# %%
with one_thread():
    hessians = [hessian(slope_at, small.init(seed)) for seed in seeds]
spectra = np.array([np.linalg.eigvalsh(H) for H in hessians])
down = 100 * np.mean(spectra < -1e-9, axis=1)
none = np.sum(np.abs(spectra) <= 1e-9, axis=1)
blank = int(np.sum(np.all(x == 0, axis=1)))
print(f"curvatures below zero: {down.min():.0f} to {down.max():.0f} % of all, over 5 seeds")
print(f"curvatures of zero: {none.min()} to {none.max()} of {small.parameters}, {4 * blank} of "
      f"them from {blank} pixels that are blank in all images")
print(f"largest {spectra.max():.2f}, most negative {spectra.min():.2f}")

# %%
def newton_slope(w, H):
    """The slope of the loss along Newton's step, over the directions that have a curvature."""
    curvatures, axes = np.linalg.eigh(H)
    parts, bent = axes.T @ slope_at(w), np.abs(curvatures) > 1e-9
    return -np.sum(parts[bent] ** 2 / curvatures[bent])


with one_thread():
    along = [newton_slope(small.init(seed), H) for seed, H in zip(seeds, hessians)]
print("slope of the loss along Newton's step:", " ".join(f"{x:+.2f}" for x in along))

# %% [markdown]
# About a third are negative: these networks begin in a landscape of saddles, where Newton's step need not be downhill (in two of five it leads up), and some curvatures are zero, where it does not exist. So damping is needed anyway. We take three steps with μ = 0.1, once on $H$ and once on $|H|$, from five seeds. Which of them lower the loss? And what does gradient descent reach for the same number of gradients?

# %%
def sizes(H):
    """|H|: the eigenvectors of H with the sizes of its eigenvalues."""
    curvatures, axes = np.linalg.eigh(H)
    return axes * np.abs(curvatures) @ axes.T


def three_steps(seed, shape):
    """The loss after three damped steps on shape(H)."""
    w = small.init(seed)
    for _ in range(3):
        damped_newton(w, slope_at(w), shape(hessian(slope_at, w)), mu=0.1)
    return small.loss(w, x, y)


def plain(seed, steps, lr=1.0):
    """The loss after so many steps of gradient descent."""
    w = small.init(seed)
    for _ in range(steps):
        gradient_descent(w, slope_at(w), lr=lr)
    return small.loss(w, x, y)


def in_words(gap, interval="{}, "):
    """A comparison with its interval, and whether it is told from one."""
    return interval.format(gap) + gap.says("lower", "no detectable difference", "higher")

# %%
with one_thread():
    before = np.array([small.loss(small.init(s), x, y) for s in seeds])
    signed = np.array([three_steps(s, lambda H: H) for s in seeds])
    sized = np.array([three_steps(s, sizes) for s in seeds])
    short = np.array([plain(s, 3) for s in seeds])
    price = np.array([plain(s, 3 * (small.parameters + 1)) for s in seeds])
print(f"H + 0.1 I:   the loss is above the first one in {np.sum(signed > before)} of 5 runs")
print(f"|H| + 0.1 I: loss over the first loss {in_words(ratio(sized, before))}")
print(f"|H| + 0.1 I over three steps of gradient descent: {in_words(ratio(sized, short))}")
gap = ratio(price, sized)
print(f"gradient descent, {3 * (small.parameters + 1)} steps for as many gradients, over |H| + "
      f"0.1 I: {in_words(gap, '')}, and the whole interval is below a tenth: {gap.high < 0.1}")

# %% [markdown]
# Read with care: one small network, 200 images, no mini-batches, μ and η not tuned. Signed curvature misled in most runs, sizes did not. Step for step curvature is ahead; gradient for gradient, if one pays for the whole Hessian, it is a bad bargain: the price of three such steps buys 933 plain ones. That price, not impossibility, is why the next lessons look for curvature in past gradients, which come for free.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Often said, 8 minutes
#
# Claims about curvature that one meets in articles, posts and talks, and what we find.

# %% [markdown]
# | It is said, in our words | We find |
# |---|---|
# | second derivatives can help | right: κ steps become one, on a quadratic |
# | gradient descent is of first order and has no clue about curvature | one gradient has none; two in a row do |
# | it cannot tell a plane from a surface that curves up or down | right: our three curves |
# | Newton gives the ideal step size *along the gradient* | wrong with two weights or more: another direction too, 67 degrees here; along −g the ideal is g·g/g·Hg |
# | so that we do not overshoot the floor | exact on a quadratic; in Rosenbrock's valley the second step is thrown up to a loss of 1412 |
# | the Hessian gathers all these gradients | imprecise: second derivatives for all pairs of weights, n(n+1)/2 different ones |

# %% [markdown]
# | It is said, in our words | We find |
# |---|---|
# | the Hessian estimates the curvature at a point | imprecise: it *is* the curvature; in a direction u of length 1 it is u·Hu |
# | positive curvature: less steep as we move; negative: steeper | only if you walk downhill |
# | if the curvature is negative, an arbitrary step and back to gradient descent | too free with the length: after a long step the loss is higher, and gradient descent may be lost |
# | else the step is inversely proportional to the curvature | right, along each eigenvector |
# | the step becomes smaller where the surface becomes less steep | imprecise: slope over curvature, both at the point |
# | the square of a billion entries is intractable | right for the matrix: 2 exabytes, even with equal entries stored once |
# | so methods of higher order are intractable | wrong in general: a product Hv costs about two gradients |
# | one can look at past gradients instead | right: lessons 03 to 07 |

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Errors in print, 6 minutes
#
# A slip in a widely used textbook, and the proof of what it means.

# %% [markdown]
# An open textbook says of Newton's method near a minimum that the error obeys $e_{k+1} \le c\, e_k^2$, and calls this *linear* convergence. Which is it? First a number, then a proof.

# %%
check("printed convergence", ...)

# %% [markdown]
# We take $f = w - \ln w$, minimum at 1, and let the kernel's formula act on $w = 1 - e$.

# %%
error, point = sp.symbols("e w", positive=True)
log_loss = point - sp.log(point)
next_point = point - log_loss.diff(point) / log_loss.diff(point, 2)
Equations({"next error": sp.factor(1 - next_point.subs(point, 1 - error))})

# %% [markdown]
# The error is squared: **quadratic** convergence, digits double. Linear would be $e_{k+1} \le a\, e_k$ with $a$ below 1, which is gradient descent in lesson 01.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## More exercises, 6 minutes
#
# Two on the size of a Hessian.

# %% [markdown]
# The number of different entries of a Hessian, in `n`. And its exabytes for a billion weights.

# %%
check("hessian entries", ...)

# %%
check("Hessian memory", ...)

# %% [markdown]
# ## References
#
# - J. Martens, "Deep learning via Hessian-free optimization", [*ICML* 2010](https://icml.cc/Conferences/2010/papers/458.pdf), 735–742.
# - Y. Dauphin, R. Pascanu, C. Gulcehre, K. Cho, S. Ganguli, Y. Bengio, "Identifying and attacking the saddle point problem in high-dimensional non-convex optimization", *NeurIPS* 2014, [arXiv:1406.2572](https://arxiv.org/abs/1406.2572).
# - B. Pearlmutter, "Fast exact multiplication by the Hessian", *Neural Computation* 6 (1994), 147–160, [doi:10.1162/neco.1994.6.1.147](https://doi.org/10.1162/neco.1994.6.1.147).
# - K. Levenberg, "A method for the solution of certain non-linear problems in least squares", *Quarterly of Applied Mathematics* 2 (1944), 164–168, [doi:10.1090/qam/10666](https://doi.org/10.1090/qam/10666).
# - H. Rosenbrock, "An automatic method for finding the greatest or least value of a function", *The Computer Journal* 3 (1960), 175–184, [doi:10.1093/comjnl/3.3.175](https://doi.org/10.1093/comjnl/3.3.175).
# - J. Nocedal and S. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, chapter 3, [doi:10.1007/978-0-387-40065-5](https://doi.org/10.1007/978-0-387-40065-5).
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, [arXiv:2106.11342](https://arxiv.org/abs/2106.11342), chapter "Gradient Descent", section "Newton's Method" (the line on convergence).
#
# Before: [01, The ravine](01_the_ravine.ipynb). Next: [03, Averages with memory](03_averages_with_memory.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.

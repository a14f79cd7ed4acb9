# %% [markdown]
# # 02 · Divide by the curvature
#
# By the end you can say which way and how far a rule steps that knows the curvature, where it walks astray, and what it would cost on a network of a billion weights.
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 60 in class, 90 alone with all exercises |
# | **You need** | lesson [01, The ravine](01_the_ravine.ipynb); matrices, eigenvalues |
# | **You will be able to** | write the quadratic that touches a surface and derive Newton's step from it · draw −g, the exact line search and Newton's step at a point and say how they differ · tell from the curvatures where Newton climbs, and mend it · say what a Hessian costs, and what a product with it costs |

# %%
import time

import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.curvature import hessian, hessian_vector
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import NewtonArrows
from course_utils.figures import LINES, Captioned, canvas, label_end, lesson_02, name_axes

# %%
from course_utils.networks import Network, digits, one_thread, ratio
from course_utils.optimizers import DAMPED_NEWTON, EXACT_LINE_SEARCH, GRADIENT_DESCENT, GUARDED_NEWTON
from course_utils.optimizers import NEWTON, SADDLE_FREE_NEWTON, damped_newton, exact_step
from course_utils.optimizers import gradient_descent, newton, saddle_free_newton, show_kernel
from course_utils.surfaces import W1, W2, himmelblau, ravine, rosenbrock, saddle_well, three_curves
from course_utils.symbolic import Equations, mu, prove, symbol, trace

# %% [markdown]
# ## Remember
#
# Two questions on lesson 01; answer before you open them.
#
# <details><summary>Which curvature limits the learning rate of gradient descent, and which one sets the pace?</summary>The largest limits it, to two over λ₁; the smallest sets the pace. The price is about κ steps.</details>
#
# <details><summary>In a ravine, what is the part of the gradient along a direction of curvature λ?</summary>Curvature times distance: λ times how far the floor is away in that direction.</details>

# %% [markdown]
# ## A broken picture
#
# Three losses over one weight. At the red point they have the same value and the same slope, so gradient descent takes the same step on all three, here with η = 1.

# %%
t = np.linspace(-0.9, 1.6, 101)
figure, ax = canvas(height=4.0)
landed = {}
for curve, dash in zip(three_curves(), ("-", (0, (1, 1.5)), (0, (5, 2)))):
    step = -1.0 * curve.slope(0.0)
    landed[curve.name] = curve.value(step)
    ax.plot(t, curve.value(t), color="#2f6db3", linestyle=dash)
    ax.plot([0, step], [1, curve.value(step)], **LINES["gradient descent"], linewidth=1.2)
    label_end(ax, 1.6, curve.value(1.6), curve.name, "#2f6db3")

# %%
ax.scatter([0], [1], s=120, color="#c1121f", zorder=3)
ax.set(ylim=(-3.6, 3.2), xlim=(-0.9, 2.25))
name_axes(ax, "w", "loss")
Captioned(figure, "Three curves through the red point, loss 1, slope −1, and one step of gradient descent on each. Where the step ends, the loss is " + ", ".join(f"{loss:.0f} on the one that {name}" if "curves" in name else f"{loss:.0f} on the {name} one" for name, loss in landed.items()).replace("-", "−") + ".")

# %% [markdown]
# One of the steps gains nothing, one gains what the slope promised, one could go much farther. The gradient at the red point cannot tell them apart. What tells them apart is how the slope *changes*: the **second derivative**, or curvature. It is positive on the curve that bends up, zero on the straight one, negative on the one that bends down.

# %% [markdown]
# ## Predict
#
# Suppose we know the curvature everywhere. Newton's method fits a quadratic to the surface where we stand and goes to its flat point. Our article says that this tells us how far to go *along the gradient*. We stand in the ravine of lesson 01, at (2, −10). **What is the angle between downhill, −g, and Newton's step?**

# %% tags=["predicts-C03"]
explorer = NewtonArrows()
predict("02 newton angle", opens=explorer)

# %% [markdown]
# ## The disease in one sentence
#
# A gradient says which way is down and not for how long.

# %% [markdown]
# ## Derive: the quadratic that touches the surface
#
# Close to a point every smooth curve looks like a parabola: Taylor's series up to the second term. SymPy writes it for any $f$, and looks for the step $p$ to its flat point.

# %%
x, p = sp.symbols("x p", real=True)
f = sp.Function("f")
f0, f1, f2 = sp.symbols("f f' f''", real=True)
taylor = sp.series(f(x + p), p, 0, 3).removeO().doit()
named = {f(x).diff(x, 2): f2, f(x).diff(x): f1, f(x): f0}
model = sp.expand(taylor.subs(sp.Subs(f(x + p), p, 0), f(x)).subs(named))
step = sp.solve(model.diff(p), p)[0]
Equations({"model": model, "step to its flat point": step})

# %% [markdown]
# The step is **inversely proportional to the curvature**: strongly bent, short step. Nobody has to choose a learning rate. On our three curves:

# %%
for curve in three_curves():
    bend = curve.bend(0.0)
    where = "no step, nothing is flat" if bend == 0 else f"step {-curve.slope(0.0) / bend:+.1f}"
    print(f"{curve.name:12} curvature {bend:+.0f}: {where}")

# %% [markdown]
# Two surprises already. Without curvature there is no step, since the parabola is a line. And where the curve bends *down*, the step is −0.5: backwards and uphill, to the top of the parabola. Newton's method looks for a flat point and does not ask which kind. We come back to that.

# %% [markdown]
# With two weights the slope has two parts and the curvature has four: how each slope changes with each weight. That table of second derivatives is the **Hessian** $H$. It is symmetric, since the order of deriving does not matter. For the two-weight model, SymPy takes the gradient with respect to the step:

# %%
g1, g2, h11, h12, h22, w1, w2 = map(symbol, "g1 g2 h11 h12 h22 w1 w2".split())
p1, p2 = sp.symbols("p1 p2", real=True)
slope, bends, way = sp.Matrix([g1, g2]), sp.Matrix([[h11, h12], [h12, h22]]), sp.Matrix([p1, p2])
model = slope.dot(way) + way.dot(bends * way) / 2
flat = sp.solve([model.diff(p1), model.diff(p2)], [p1, p2])
newton_step = sp.Matrix([sp.factor(flat[p1]), sp.factor(flat[p2])])
Equations({"slope of the model": sp.Matrix([model.diff(p1), model.diff(p2)]), "step": newton_step})

# %%
print("step = -H^-1 g:", sp.simplify(newton_step + bends.inv() * slope) == sp.zeros(2, 1))

# %% [markdown]
# The slope of the model is $g + Hp$, and **Newton's step** is $p = -H^{-1} g$. Along an eigenvector of $H$ it is again slope over curvature, $-g_i/\lambda_i$. And along other axes? We turn the ravine by 45°, and its Hessian becomes ((13, 12), (12, 13)). **Predict** the first entry of its inverse.

# %% tags=["predicts-C05"]
predict("02 inverse")

# %% tags=["shows-C05"]
turned = ravine(kappa=25, theta=np.pi / 4).hessian((0.0, 0.0))
print("H:", turned.round(9).tolist())
for name, candidate in {"inverse": np.linalg.inv(turned), "one over each entry": 1 / turned}.items():
    undone = np.allclose(turned @ candidate, np.eye(2))
    print(f"{name:20} {candidate.round(3).tolist()}   undoes H: {undone}")

# %% [markdown]
# $H^{-1}$ is a linear solve, which mixes the slopes, and not "one over each entry".

# %% [markdown]
# ## Derive: another direction, not only another length
#
# In the ravine $g_i = \lambda_i w_i$, so Newton's step is $-w_i$ in each direction: straight home. What is the best one can do *along* the gradient? The model at $p = -tg$ is a parabola in $t$; its lowest point is the **exact line search**.

# %%
l1, l2, length = sp.symbols("lambda1 lambda2 t", positive=True)
in_ravine = model.subs({h11: l1, h22: l2, h12: 0, p1: -length * g1, p2: -length * g2})
best = sp.factor(sp.solve(in_ravine.diff(length), length)[0])
Equations({"best length along −g": best})

# %% tags=["shows-C03"]
surface, A = ravine(kappa=25), np.array([2.0, -10.0])
g, H = surface.gradient(A), surface.hessian(A)
after = {"Newton": A - np.linalg.solve(H, g), "line search": A - exact_step(g, H) * g}
for name, w in after.items():
    share = surface.value(w) / surface.value(A)
    print(f"{name:12} from (2, -10) to ({w[0]:.2f}, {w[1]:.2f}): {100 * share:.0f} % of the loss is left")
print(f"angle between -g and Newton's step: {theory.newton_angle(g, H):.1f} degrees")

# %% [markdown]
# The two differ by 67 degrees. Only if the gradient is an eigenvector of $H$, as it always is with one weight, do they share a direction. So the exact line search knows the curvature too, spends it on the length alone, and zig-zags. From its worst start, proportional to (λ₂, λ₁), it does so for ever:

# %%
worst = descend(surface, EXACT_LINE_SEARCH, start=(0.4, 10), steps=60)
shares = worst.losses[1:] / worst.losses[:-1]
print(f"share of the loss left by each step: {shares.min():.4f} to {shares.max():.4f}")
print(f"predicted, ((kappa - 1)/(kappa + 1))^2: {theory.line_search_rate(25, 1):.4f}")

# %% [markdown]
# That is the rate of gradient descent at its best *constant* learning rate in lesson 01, squared because it counts loss and not distance. **Neither the best constant length nor the greedy best one cures the ravine.** A plan of lengths can, if one knows all the curvatures. One over each of them in turn, along −g:

# %%
planned = descend(surface, GRADIENT_DESCENT, steps=2, lr=lambda t: (1 / 25, 1)[t - 1])
print("after lengths 1/25 and 1 the loss is below 1e-20:", planned.losses[-1] < 1e-20)

# %% [markdown]
# Each length ends the directions of one curvature, so n different curvatures take n steps, and all must be found first. Newton changes the direction, and ends all of them at once.

# %% [markdown]
# ## Implement: your turn
#
# Fill in one step of Newton's method. `H` is the Hessian at `w`, and `np.linalg.solve(H, b)` finds the vector that $H$ takes to `b`. If something is off, the check says which idea went wrong.

# %%
def my_newton(w, g, H):
    """One step of Newton's method from weights w with gradient g and Hessian H."""
    ...


check("newton", my_newton)

# %% [markdown]
# The course's kernel, as a change to gradient descent:

# %%
show_kernel(newton, since=gradient_descent)

# %% [markdown]
# ## Prove: the kernel is the formula

# %%
prove(newton, w1=w1 + newton_step[0], w2=w2 + newton_step[1])

# %% [markdown]
# And the slip of taking "one over each entry", with the diagonal alone:

# %%
def entry_by_entry(w, g, H):
    w[0] -= g[0] / H[0, 0]
    w[1] -= g[1] / H[1, 1]


prove(entry_by_entry, w1=w1 + newton_step[0], w2=w2 + newton_step[1])

# %% [markdown]
# How many steps does Newton need on a quadratic? We give the traced kernel the gradient of a quadratic whose flat point is $(m_1, m_2)$, whatever its Hessian (if it has an inverse), wherever $w$ is:

# %%
m1, m2 = sp.symbols("m1 m2", real=True)
away = bends * sp.Matrix([w1 - m1, w2 - m2])
landing = trace(newton, g1=away[0], g2=away[1])
Equations({"new w1": sp.simplify(landing["w1"]), "new w2": sp.simplify(landing["w2"])})

# %% [markdown]
# **One.** The condition number has left the formula, and so has the angle at which the ravine lies. That is what perfect knowledge of curvature buys: the bill of κ steps from lesson 01 becomes one step.

# %% [markdown]
# ## Derive: where Newton climbs
#
# Is Newton's step downhill? We multiply it by the gradient, in the eigenvectors of the Hessian. A negative result means downhill.

# %%
a1, a2 = sp.symbols("lambda1 lambda2", real=True, nonzero=True)
along_axes = newton_step.subs({h11: a1, h22: a2, h12: 0})
Equations({"slope along Newton's step": sp.expand(slope.dot(along_axes))})

# %% [markdown]
# Each direction adds $-g_i^2/\lambda_i$: downhill where the surface curves up, **uphill where it curves down**. One step on the pure saddle $(w_1^2 - w_2^2)/2$ lands on the saddle, from anywhere. (A word on signs: "positive curvature means that it becomes less steep" holds for somebody who walks downhill; uphill it becomes steeper.)

# %%
saddle = (W1**2 - W2**2) / 2
landing = trace(newton, g1=saddle.diff(W1), g2=saddle.diff(W2), h11=1, h12=0, h22=-1)
print("one step on the saddle, from any (w1, w2), leads to", (landing["w1"], landing["w2"]))

# %% [markdown]
# Himmelblau's function has four minima of loss 0, four saddles and one hilltop between them. **Where does Newton end from (0, 0)?**

# %% tags=["predicts-C04"]
predict("02 himmelblau")

# %% tags=["shows-C04"]
hills = himmelblau()
top = descend(hills, NEWTON, steps=30)
curvatures = np.linalg.eigvalsh(hills.hessian(hills.start))
end = top.positions[-1]
print(f"curvatures at (0, 0): {curvatures[0]:.0f} and {curvatures[1]:.0f}, loss {top.losses[0]:.0f}")
print(f"Newton ends at ({end[0]:.4f}, {end[1]:.4f}) with loss {top.losses[-1]:.3f}")
print("the gradient there is zero to nine digits:", np.abs(hills.gradient(end)).max() < 1e-9)

# %% [markdown]
# It climbed to the maximum, quickly and surely. "The gradient is zero" and "the loss stopped moving" are no proof of a minimum. And gradient descent, at a saddle? **Predict**: from one millionth beside it, at η = 0.1 and curvature −1, does it leave, and when?

# %% tags=["predicts-C06"]
predict("02 leaving a saddle")

# %% tags=["shows-C06"]
left = descend(saddle_well(), GRADIENT_DESCENT, start=(1.5, 1e-6), lr=0.1, steps=400)
leaves = int(np.argmax(np.abs(left.positions[:, 1]) > 0.5))
factor = float(theory.contraction(0.1, -1.0))
print(f"measured {leaves} steps; at {factor} per step the formula gives {np.log(0.5 / 1e-6) / np.log(factor):.0f}")
never = descend(saddle_well(), GRADIENT_DESCENT, start=(1.5, 0.0), lr=0.1, steps=400)
print(f"from w2 = 0 exactly: after 400 steps w2 is {never.positions[-1, 1]:.0f}, the loss {never.losses[-1]:.2f}")

# %% [markdown]
# ## Derive: three ways to mend it
#
# **1 Go back to the gradient.** Where a curvature is negative, our article takes an arbitrary step and returns to gradient descent. The direction is sound. The length is not arbitrary: the surface bends up again somewhere. From (0, 0) on Himmelblau's function we take one step against the gradient, and then gradient descent at η = 0.01:

# %%
down = -hills.gradient((0.0, 0.0)) / np.linalg.norm(hills.gradient((0.0, 0.0)))
for far in (0.1, 1, 3, 5, 10):
    after = descend(hills, GRADIENT_DESCENT, start=far * down, lr=0.01, steps=200).steps_to(1e-6)
    end = f"below 1e-6 after {after} more" if after else "runs away"
    print(f"step of length {far:4}: loss {hills.value(far * down):6.1f} (it was {hills.value((0, 0)):.0f}), then {end}")

# %% [markdown]
# A long step lands where gradient descent is lost; Newton's steps would climb down from there, late. So: a *bounded* gradient step. **2 Damping**: add the same $\mu$ to every curvature, $p = -(H + \mu I)^{-1} g$. As a change to Newton's kernel:

# %%
show_kernel(damped_newton, since=newton)

# %%
damped = sp.Matrix([trace(damped_newton)[n] for n in ("w1", "w2")]) - sp.Matrix([w1, w2])
at_axes = damped.subs({h11: a1, h22: a2, h12: 0})
far = sp.Matrix([sp.limit(mu * part, mu, sp.oo) for part in damped])
Equations({
    "step in the eigenvectors": sp.simplify(at_axes),
    "step at μ = 0": sp.factor(damped.subs(mu, 0)),
    "μ times step as μ grows": far,
})

# %% [markdown]
# At μ = 0 it is Newton; for large μ it is gradient descent with the rate 1/μ; in between it turns from one to the other. It leads downhill for certain once μ exceeds the size of the most negative curvature. **3 Sizes**: divide by $|\lambda_i|$, which no one can turn uphill. Dauphin and others (2014) call it *saddle-free Newton*.

# %%
show_kernel(saddle_free_newton)

# %%
place = np.array([0.4, 0.4])
saddle_free_newton(place, np.array([0.4, -0.4]), np.diag([1.0, -1.0]))
print("on the pure saddle it goes from (0.4, 0.4) to", tuple(place.round(9).tolist()))

# %% [markdown]
# Your turn again: damped Newton.

# %%
def my_damped(w, g, H, *, mu):
    """Newton's step with mu added to every curvature."""
    ...


check("damped newton", my_damped)

# %% [markdown]
# ## Play
#
# The thin black arrow is −g, its direction only; the two others, in the colours of their paths, are the exact line search (a step of length ½ where nothing is lowest along −g) and Newton's step. On the right, the loss along both steps, with the quadratic that Newton believes in as dots. Move the point by a click or the sliders, turn Newton into the gradient with μ, change the surface. The marks show the curvatures at the point, or where damping makes the step lead downhill.

# %%
explorer

# %%
explorer.filmstrip(
    {"step": 0},
    {"mu": 5.0, "step": 20},
    {"surface": "saddle", "w1": 0.4, "w2": 0.4, "step": 6},
    {"surface": "saddle", "w1": 0.4, "w2": 0.4, "saddle_free": True, "step": 6},
)

# %% [markdown]
# ## Measure: three surfaces, six rules
#
# Steps until the loss is below 1e-6, from each surface's own start. Gradient descent gets a rate that suits each surface.

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
print(f"leaving the saddle, saddle-free Newton meets a curvature of {3 * w2_before**2 - 1:.3f} along w2")
print(f"and the next step, number {highest}, throws it up to a loss of {thrown.losses[highest]:.0f}")

# %% [markdown]
# Which is why the algorithm of Dauphin and others damps the sizes as well. In Rosenbrock's valley Newton needs five steps, and the losses on its way are worth a look too.

# %%
valley = rosenbrock()
quick, calm = descend(valley, NEWTON, steps=8), descend(valley, DAMPED_NEWTON, mu=1, steps=30)
figure = lesson_02.calm_and_quick({"Newton": quick, "damped, μ = 1": calm}, least=1e-12)
Captioned(figure, f"Rosenbrock's valley from (−1.2, 1), loss {quick.losses[0]:.1f}. Newton's losses are {', '.join(f'{x:.3g}' for x in quick.losses[1:6])}: its second step throws it up to {quick.losses[2]:.0f}, and it is below 1e-6 after {quick.steps_to(1e-6)} steps. Damped with μ = 1 the loss never rises above {calm.losses.max():.1f}, and it takes {calm.steps_to(1e-6)}.")

# %% [markdown]
# The quadratic was right about the slope at the point and wrong about what lay far away. So "a step that does not overshoot" is exact on quadratics; elsewhere Newton's step needs a bound, a line search or damping. And close to a minimum where no curvature is zero the number of correct digits about doubles at each step. (Not on $w^4$: there the curvature vanishes together with the slope.)

# %%
seen = {}
for rule, settings in ((GRADIENT_DESCENT, {"lr": 0.01}), (NEWTON, {}), (SADDLE_FREE_NEWTON, {}), (DAMPED_NEWTON, {"mu": 60.0})):
    seen[rule.name] = descend(hills, rule, steps=40, **settings)
figure = lesson_02.descents(hills, seen)
Captioned(figure, "Himmelblau's function from (0, 0): " + "; ".join(f"{name} ends at ({run.positions[-1, 0]:.2f}, {run.positions[-1, 1]:.2f}) with loss {run.losses[-1]:.3g}" for name, run in seen.items()) + ".")

# %% [markdown]
# ## Measure: what a Hessian costs
#
# Now a network: the digits, 64 pixels in, one hidden layer, 64 images. We build its Hessian column by column. A column is the derivative of the gradient along one weight, which costs one gradient in complex numbers. We count the gradients, look at the memory, and time it.

# %%
data = digits()
x, y = data.x_train[:, :64], data.y_train[:64]


def cost(width, seconds=False):
    """A line about the Hessian of a network with so many hidden units; True adds its seconds."""
    network, calls, times = Network((64, width, 10)), [], []

    def gradient(w):
        calls.append(1)
        return network.gradient(w, x, y)

    w = network.init(0)
    start = time.perf_counter()
    H = hessian(gradient, w)
    times.append(time.perf_counter() - start)
    counts = len(calls)
    for job in (lambda: hessian_vector(gradient, w, w), lambda: gradient(w)):
        clock = [time.perf_counter()]
        for _ in range(20):
            job()
            clock.append(time.perf_counter())
        times.append(min(np.diff(clock)))
    claims = times[0] > len(w) / 2 * times[1], times[1] < 20 * times[2]
    more = "   %.2g s against %.2g s and %.2g s" % tuple(times) if seconds else ""
    return f"{len(w):7} {counts:10} {H.nbytes / 1e6:8.1f} MB {8 * len(w) / 1e3:7.1f} kB   {claims[0]!s:13} {claims[1]}{more}"

# %%
print("weights  gradients    Hessian    product   Hessian takes  product takes less")
print("                                          > n/2 products  than 20 gradients")
with one_thread():
    for width in (4, 8, 16, 32):
        print(cost(width))

# %% [markdown]
# Eight times the weights, eight times the gradients, sixty times the memory, and each gradient is dearer too. Seconds differ from machine to machine, so the page stores comparisons; `print(cost(32, seconds=True))` shows yours. The largest of these is a toy. **Predict**: how much memory for a billion weights, at four bytes a number, equal entries stored once?

# %%
predict("02 exabytes")

# %%
year = 365.25 * 24 * 3600
print("  weights    entries    Hessian, EB   gradient, GB   years at a second a column   years to solve")
for power in (3, 6, 9, 12):
    n = 10**power
    print(f"    10^{power:<4} {theory.hessian_entries(n):9.2g} {theory.hessian_entries(n) * 4 / 1e18:14.2g} {4 * n / 1e9:14.2g} {n / year:28.2g} {n**3 / 3 / 1e18 / year:16.2g}")

# %% [markdown]
# (The last column: $n^3/3$ operations on a machine that does 10¹⁸ a second.) So far the article is right: **nobody stores the Hessian of a large network.** It then concludes that methods of higher order are out of reach. Does that follow?

# %% [markdown]
# ## Measure: a product without the matrix
#
# What do we need the Hessian for? Often only for what it does to a vector. And that is how the gradient changes along the vector. SymPy, on Rosenbrock's valley:

# %%
r, v1, v2 = sp.symbols("r v1 v2", real=True)
banana = rosenbrock().expression
slopes = sp.Matrix([banana.diff(s) for s in (W1, W2)])
moved = slopes.subs({W1: W1 + r * v1, W2: W2 + r * v2}, simultaneous=True)
change = moved.diff(r).subs(r, 0)
product = sp.hessian(banana, (W1, W2)) * sp.Matrix([v1, v2])
Equations({"change of the gradient along v": sp.simplify(change), "minus Hv": sp.simplify(change - product)})

# %% tags=["predicts-C27"]
predict("02 product")

# %% [markdown]
# Two gradients, or one in complex numbers, and no matrix. (Pearlmutter, 1994, gives the exact product at that price.) On five networks of 310 weights we compare products with the full Hessian, and find the largest curvature by **power iteration**: multiply a vector by $H$ again and again, and it turns to the direction of the largest curvature in size.

# %%
x, y = data.x_train[:, :200], data.y_train[:200]
small, seeds = Network((64, 4, 10)), range(5)


def slope_at(w):
    return small.gradient(w, x, y)


def steepest(w, products=40):
    """The largest curvature in size, from products alone."""
    v = np.random.default_rng(0).normal(size=w.size)
    for _ in range(products):
        v = hessian_vector(slope_at, w, v / np.linalg.norm(v))
    return np.linalg.norm(v)

# %% tags=["shows-C27"]
with one_thread():
    full = [hessian(slope_at, small.init(seed)) for seed in seeds]
    found = np.array([steepest(small.init(seed)) for seed in seeds])
    exact = np.array([np.abs(np.linalg.eigvalsh(H)).max() for H in full])
    v = np.random.default_rng(1).normal(size=small.parameters)
    gap = max(np.abs(hessian_vector(slope_at, small.init(s), v) - H @ v).max() for s, H in zip(seeds, full))
print("largest difference between a product and the full matrix below 1e-12:", gap < 1e-12)
print("the largest in size is positive:", all(np.isclose(np.linalg.eigvalsh(H).max(), size) for H, size in zip(full, exact)))
print("largest curvature, 40 products: ", " ".join(f"{x:.2f}" for x in found))
print("largest curvature, 310 columns: ", " ".join(f"{x:.2f}" for x in exact))

# %% [markdown]
# Two over that number is the limit of the learning rate from lesson 01, known for the price of forty gradients in complex numbers, or of about eighty real ones. Martens (2010), whose sentence on ravines our article quotes, solves approximately for a whole damped step with products alone, of a stand-in for $H$ that has no negative curvature, and trained deep networks with it: *Hessian-free* optimization. The quotation comes from a paper that does what the article calls intractable.

# %% [markdown]
# ## Measure: curvature of a real network
#
# The full Hessians of the five networks are at hand. What are their curvatures, at the first weights?

# %%
spectra = np.array([np.linalg.eigvalsh(H) for H in full])
down = 100 * np.mean(spectra < -1e-9, axis=1)
none = np.sum(np.abs(spectra) <= 1e-9, axis=1)
blank = int(np.sum(np.all(x == 0, axis=1)))
print(f"curvatures below zero: {down.min():.0f} to {down.max():.0f} % of all, over 5 seeds")
print(f"curvatures of zero: {none.min()} to {none.max()} of {small.parameters}, {4 * blank} of them from {blank} pixels that are blank in all images")
print(f"largest {spectra.max():.2f}, most negative {spectra.min():.2f}")

# %%
def newton_slope(w, H):
    """The slope of the loss along Newton's step, over the directions that have a curvature."""
    curvatures, axes = np.linalg.eigh(H)
    parts, bent = axes.T @ slope_at(w), np.abs(curvatures) > 1e-9
    return -np.sum(parts[bent] ** 2 / curvatures[bent])


with one_thread():
    along = [newton_slope(small.init(seed), H) for seed, H in zip(seeds, full)]
print("slope of the loss along Newton's step:", " ".join(f"{x:+.2f}" for x in along))

# %% [markdown]
# About a third are negative: these networks begin in a landscape of saddles, where Newton's step need not be downhill (twice of five it leads up), and some curvatures are zero, where it does not exist. So damping is needed anyway. **Predict**: three steps with μ = 0.1, once on $H$ and once on $|H|$, five seeds. Which of them lower the loss? And what does gradient descent do for the same number of gradients?

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

# %%
with one_thread():
    before = np.array([small.loss(small.init(s), x, y) for s in seeds])
    signed = np.array([three_steps(s, lambda H: H) for s in seeds])
    sized = np.array([three_steps(s, sizes) for s in seeds])
    short = np.array([plain(s, 3) for s in seeds])
    price = np.array([plain(s, 3 * (small.parameters + 1)) for s in seeds])
print(f"H + 0.1 I:   the loss is above the first one in {np.sum(signed > before)} of 5 runs")
print(f"|H| + 0.1 I: loss over the first loss {ratio(sized, before)}, {ratio(sized, before).says('lower', 'no difference to be seen', 'higher')}")
print(f"|H| + 0.1 I over three steps of gradient descent: {ratio(sized, short)}, {ratio(sized, short).says('lower', 'no difference to be seen', 'higher')}")
print(f"gradient descent, {3 * (small.parameters + 1)} steps for as many gradients, over |H| + 0.1 I: {ratio(price, sized).says('lower', 'no difference to be seen', 'higher')}, and the whole interval is below a tenth: {ratio(price, sized).high < 0.1}")

# %% [markdown]
# Read with care: one small network, 200 images, no mini-batches, μ and η not tuned. Signed curvature misled in most runs, sizes did not. Step for step curvature is ahead; gradient for gradient, if one pays for the whole Hessian, it is a bad bargain: the price of three such steps buys 933 plain ones. That price, not impossibility, is why the next lessons look for curvature in past gradients, which come for free.

# %% [markdown]
# **Verdict.** Newton's step divides each direction by its curvature, so a quadratic ravine takes one step whatever κ; it goes to the flat point of the quadratic, uphill included; and the full Hessian costs n gradients and n² numbers, a product with it about two.

# %% [markdown]
# ## Test the article
#
# | It says, in our words | We find |
# |---|---|
# | second derivatives can help | right: κ steps become one, on a quadratic |
# | gradient descent is of first order and has no clue about curvature | one gradient has none; two in a row do, and the article relies on that later |
# | it cannot tell a plane from a surface that curves up or down | right: our three curves |
# | "double derivative" | second derivative |
# | Newton gives the ideal step size *along the gradient* | wrong: another direction too, 67 degrees here; along −g the ideal is g·g/g·Hg |
# | so that we do not overshoot the floor | exact on a quadratic; in Rosenbrock's valley the second step is thrown up to a loss of 1412 |
# | the Hessian gathers all these gradients | imprecise: second derivatives for all pairs of weights, n(n+1)/2 different ones |

# %% [markdown]
# | It says, in our words | We find |
# |---|---|
# | the Hessian estimates the curvature at a point | imprecise: it *is* the curvature; in a direction u it is u·Hu |
# | positive curvature: less steep as we move; negative: steeper | only for somebody who walks downhill |
# | if the curvature is negative, an arbitrary step and back to gradient descent | too free with the length: after a long step the loss is higher, and gradient descent may be lost; and Newton itself would climb |
# | else the step is inversely proportional to the curvature | right, along each eigenvector |
# | the step becomes smaller where the surface becomes less steep | imprecise: slope over curvature, both at the point |
# | the square of a billion entries is intractable | right for the matrix: 2 exabytes, even with equal entries stored once |
# | so methods of higher order are intractable | wrong in general: a product Hv costs about two gradients |
# | one can look at past gradients instead | right: lessons 03 to 07 |

# %% [markdown]
# ## An error in print
#
# A widely used open textbook says of Newton's method near a minimum that the error obeys $e_{k+1} \le c\, e_k^2$, and calls this *linear* convergence. Which is it? First a number, then a proof.

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

# %% [markdown]
# ## Where this story ends
#
# Everything beyond quadratics is local: dividing by a curvature near zero makes steps without end, with or without sizes. With mini-batches the Hessian is a guess as the gradient is ([lesson 09](09_noise_and_schedules.ipynb)), and a noisy small divisor hurts more than a noisy slope. And approximations that cost little more than a gradient exist; [lesson 08](08_the_axes_matter.ipynb) meets some.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** The length of the exact line search in a ravine, as an expression in `lambda1`, `lambda2`, `g1`, `g2`. The number of different entries of a Hessian, in `n`.

# %%
check("line search", ...)

# %%
check("hessian entries", ...)

# %% [markdown]
# **2 Compute.** At w = (1, 1) with H = diag(100, 10) and g = (100, 10), the angle between −g and Newton's step, in degrees. And the exabytes of a billion weights, from the formula.

# %%
check("newton angle", ...)

# %%
check("cost ledger", ...)

# %% [markdown]
# **3 Mend.** Write a step that keeps Newton's speed in a ravine with κ = 1000 and ends in a minimum from all of the check's starts, beside a saddle and on a hilltop too. Any of the three remedies will do.

# %%
def my_step(w, g, H):
    """A step that never settles on a saddle."""
    ...


check("mend negative curvature", my_step)

# %% [markdown]
# **4 Tune.** On `saddle_well()`, from (1.5, 0.001), find the μ with which damped Newton brings the loss below 1e-6 within 13 steps.

# %%
check("damp the saddle", {"mu": ...})

# %% [markdown]
# **5 Correct the article.** Run each cell to see its options, then put the letter of the true one in place of the dots.

# %%
check("along the gradient", ...)

# %%
check("arbitrary step", ...)

# %%
check("higher order", ...)

# %% [markdown]
# **6 Discuss.** A second-order step costs as much as thirty gradient steps on your network and takes the loss as far as fifty. Would you use it? `hint("worth it")` helps; `solution("worth it")` outlines an answer.

# %% [markdown]
# ## Summary
#
# - *The quadratic and Newton's step.* Slope $g + Hp$, flat at $p = -H^{-1}g$: each eigen-direction is divided by its curvature.
# - *Three arrows.* −g, the exact line search along it, and Newton's step in another direction; one line if the gradient is an eigenvector.
# - *Where Newton climbs.* Where a curvature is negative. Mend it by a bounded gradient step, by μ above the size of that curvature, or by $|H|$ and a bound.
# - *Cost.* The matrix: n gradients, n(n+1)/2 numbers, 2 exabytes for a billion weights. A product: about two gradients.

# %% [markdown]
# ## References
#
# - J. Martens, "Deep learning via Hessian-free optimization", *ICML* 2010, 735–742.
# - Y. Dauphin, R. Pascanu, C. Gulcehre, K. Cho, S. Ganguli, Y. Bengio, "Identifying and attacking the saddle point problem in high-dimensional non-convex optimization", *NeurIPS* 2014, arXiv:1406.2572.
# - B. Pearlmutter, "Fast exact multiplication by the Hessian", *Neural Computation* 6 (1994), 147–160, doi:10.1162/neco.1994.6.1.147.
# - K. Levenberg, "A method for the solution of certain non-linear problems in least squares", *Quarterly of Applied Mathematics* 2 (1944), 164–168.
# - H. Rosenbrock, "An automatic method for finding the greatest or least value of a function", *The Computer Journal* 3 (1960), 175–184, doi:10.1093/comjnl/3.3.175.
# - J. Nocedal and S. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, chapter 3, doi:10.1007/978-0-387-40065-5.
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, chapter "Gradient Descent", section "Newton's Method" (the line on convergence).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.

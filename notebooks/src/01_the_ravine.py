# %% [markdown]
# # 01 · See why gradient descent zig-zags
#
# By the end you can look at a valley, say at which learning rate gradient descent begins to zig-zag, at which it runs away, and how many steps it will need.
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 60 in class, 90 alone with all exercises |
# | **You need** | lesson [00, Start here](00_start_here.ipynb); derivatives, vectors, a little NumPy |
# | **You will be able to** | read a contour map and draw the gradient on it · split a gradient into its w1 and w2 parts · state the limits of the learning rate and derive them · say what the condition number costs · tell a stalled descent from a minimum |

# %%
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import ZigZag
from course_utils.figures import LINES, Captioned, canvas, draw_contours, draw_path, label_end, name_axes
from course_utils.optimizers import GRADIENT_DESCENT, gradient_descent, show_kernel
from course_utils.surfaces import article_ravine, ravine
from course_utils.symbolic import Equations, g, lr, prove, w

# %% [markdown]
# ## A broken picture
#
# A network's loss has millions of weights. We keep two, $w_1$ and $w_2$, and a loss that bends 25 times as strongly along $w_1$ as along $w_2$. This bending, the second derivative, is called *curvature*; the ratio of the two curvatures is the **condition number** κ. Such a long narrow valley is called a *ravine*, and the whole course takes place in it.

# %%
surface = ravine(kappa=25)
surface.formula

# %% [markdown]
# Gradient descent takes the gradient $g$, the vector of slopes, and steps against it: $w \leftarrow w - \eta g$. The number η is the **learning rate**. Every thin line below joins points of equal loss, and darker blue is deeper. The map is turned so that the valley lies flat: $w_1$ points up, $w_2$ to the right. A point is written (w1, w2).

# %%
run = descend(surface, GRADIENT_DESCENT, lr=0.076, steps=30)
figure, ax = canvas(height=4.1)
draw_contours(ax, surface)
draw_path(ax, run)
Captioned(
    figure,
    f"Gradient descent with η = 0.076 from (w1, w2) = (2, −10). In {run.steps} steps it crosses the "
    f"valley floor {run.sign_flips(0)} times; the minimum, marked +, lies "
    f"{np.hypot(*run.positions[-1]):.2f} away from where it stops.",
)

# %% [markdown]
# The way to the minimum is to the right. The descent spends most of its motion going up and down, from one wall of the valley to the other. (The bottom of a valley has *walls*; a ridge would be the top.)

# %% [markdown]
# ## Predict
#
# The descent above uses η = 0.076 and arrives in the end. Before you touch a slider, commit yourself: **what does a slightly larger learning rate do?** Lock in your answer and the explorer opens under it.

# %%
explorer = ZigZag(step=12)
predict("01 runs away", opens=explorer)

# %% [markdown]
# ## The disease in one sentence
#
# One learning rate has to serve two curvatures: what is a bold step along the flat direction is a leap across the valley along the steep one.

# %% [markdown]
# ## Derive: the gradient looks across the contour
#
# We let SymPy walk along a contour of the valley, $w_1$ and $w_2$ on an ellipse of constant loss $h$, and ask for the angle between that walk and the gradient.

# %%
lambda1, lambda2, h, t = sp.symbols("lambda1 lambda2 h t", positive=True)
w1, w2 = sp.symbols("w1 w2", real=True)
f = (lambda1 * w1**2 + lambda2 * w2**2) / 2
gradient = sp.Matrix([f.diff(w1), f.diff(w2)])
contour = {w1: sp.sqrt(2 * h / lambda1) * sp.cos(t), w2: sp.sqrt(2 * h / lambda2) * sp.sin(t)}
walk = sp.Matrix([contour[w1].diff(t), contour[w2].diff(t)])
across = sp.simplify(walk.dot(gradient.subs(contour)))
Equations({"w1 part of g": gradient[0], "w2 part of g": gradient[1], "walk · g": across})

# %% [markdown]
# The last line is zero everywhere: the gradient stands at a right angle to the contour. Along most of a long ellipse that is *across* the valley; only near its tips does it point along.
#
# At the start A = (2, −10) the two parts of the gradient are:

# %%
A = np.array([2.0, -10.0])
part1, part2 = surface.gradient(A)
print(f"g at A = ({part1:.0f}, {part2:.0f}): the w1 part is {abs(part1 / part2):.0f} times the w2 part,")
print(f"although A lies {abs(A[1] / A[0]):.0f} times farther from the minimum along w2.")

# %% [markdown]
# Each part is curvature times distance, $g_i = \lambda_i w_i$. So a large part needs both: on the floor of the valley, at (0, −10), the steep direction contributes nothing at all.

# %%
part1, part2 = surface.gradient([0.0, -10.0])
print(f"g on the floor, at (0, -10): ({part1:.0f}, {part2:.0f})")

# %% [markdown]
# How far can downhill point away from home? **Predict**, for our ravine with κ = 25: how many degrees lie between downhill and the way to the minimum, where they differ most?

# %% tags=["predicts-C01"]
predict("01 angle")

# %% [markdown]
# At the point (1, r) of a ravine with curvatures κ and 1 the gradient is (κ, r), and the way to the minimum is −(1, r). Their angle depends on the ratio $r = |w_2/w_1|$ alone. It is zero on both axes, so the one place where its cosine has slope zero is the worst.

# %%
kappa, r = sp.symbols("kappa r", positive=True)
slope, away = sp.Matrix([kappa, r]), sp.Matrix([1, r])
cosine = slope.dot(away) / (slope.norm() * away.norm())
worst = sp.solve(sp.diff(cosine, r), r)
smallest = sp.sqrt(sp.factor(cosine.subs(r, worst[0]) ** 2))
Equations({"cosine of the worst angle": smallest, "where |w2/w1|": worst[0]})

# %% tags=["shows-C01"]
angle = float(sp.deg(sp.acos(smallest.subs(kappa, 25))))
print(f"for kappa = 25 the worst angle is {angle:.1f} degrees")

# %% [markdown]
# For κ = 25 downhill can point more than 67 degrees away from the minimum. "Downhill points to the minimum" holds everywhere on circles; in a ravine it holds only on its two axes. Our start, (2, −10), is one of the worst points.

# %% [markdown]
# ## Derive: one direction at a time
#
# The ravine has no term $w_1 w_2$, so each weight lives alone: $w \leftarrow w - \eta \lambda w$. SymPy solves this recurrence.

# %%
eta, lam, x0 = sp.symbols("eta lambda x0", positive=True)
k = sp.Symbol("k", integer=True, nonnegative=True)
x = sp.Function("x")
closed_form = sp.rsolve(x(k + 1) - (1 - eta * lam) * x(k), x(k), {x(0): x0})
sp.Eq(x(k), closed_form)

# %% [markdown]
# Each step multiplies the weight by $1 - \eta\lambda$. It converges if this factor lies between −1 and 1, and it changes sign at every step, which is the zig-zag, if the factor is negative. With $z = \eta\lambda$:

# %%
z = sp.Symbol("z", real=True)
converges = sp.solveset(sp.Abs(1 - z) < 1, z, sp.S.Reals)
flips = sp.solveset(1 - z < 0, z, sp.S.Reals).intersect(converges)
print("converges for ηλ in", converges)
print("zig-zags and converges for ηλ in", flips)

# %% [markdown]
# Our descent had η = 0.076 and $\lambda_1 = 25$, so ηλ₁ = 1.9: it zig-zags, and it is close to the limit of 2. Along $w_2$ the same η gives ηλ₂ = 0.076, a factor of 0.924: no zig-zag, and no hurry.
#
# The closed form and the descent are the same numbers:

# %%
steps = np.arange(run.steps + 1)
predicted = A * (1 - 0.076 * np.array([25.0, 1.0])) ** steps[:, None]
print("factors a step:", ", ".join(f"{theory.contraction(0.076, x):.3f}" for x in (25, 1)))
print(f"differences over {run.steps} steps all below 1e-12:", np.abs(predicted - run.positions).max() < 1e-12)

# %% [markdown]
# ## Derive: the best that one learning rate can do
#
# The slower of the two directions decides. Raising η helps the flat one until the steep one, its factor now negative, shrinks no faster. The best η makes both equally slow: $1 - \eta\lambda_2 = -(1 - \eta\lambda_1)$.

# %%
best = sp.solve(sp.Eq(1 - eta * lambda2, -(1 - eta * lambda1)), eta)[0]
rate = sp.factor((1 - best * lambda2).subs(lambda1, kappa * lambda2))
Equations({"best η": best, "rate": sp.simplify(rate)})

# %% [markdown]
# So each step multiplies the distance to the minimum by $(\kappa - 1)/(\kappa + 1)$, and nothing else about this valley of two weights matters: not its scale, not where we start. And what if we give up the zig-zag and take $\eta = 1/\lambda_1$, the largest rate that does not flip? **Predict** for κ = 100: what does that do to the number of steps?

# %% tags=["predicts-C02"]
predict("01 no zig-zag")

# %% tags=["shows-C02"]
cautious = sp.simplify((1 - lambda2 / lambda1).subs(lambda1, kappa * lambda2))
for value in (25, 100):
    numbers = [theory.steps_for(1e-3, float(e.subs(kappa, value))) for e in (rate, cautious)]
    print(f"kappa = {value}, steps per factor 1000: {np.ceil(numbers[0]):.0f} at the best rate, {np.ceil(numbers[1]):.0f} without zig-zag")

# %% [markdown]
# In a long ravine a rate that does not bounce takes about twice as many steps. A smaller learning rate removes the zig-zag; it does not cure the ravine.

# %% [markdown]
# ## Implement: your turn
#
# Fill in one step of gradient descent, then run the cell. The check looks at what your function does; it may change `w` in place or return the new weights. `hint("descent step")` gives hints one at a time.

# %%
def my_descent(w, g, *, lr):
    """One step of gradient descent from weights w with gradient g and learning rate lr."""
    ...


check("descent step", my_descent)

# %% [markdown]
# A function that makes one step of a rule we call a **kernel** (Jupyter's *Kernel* menu means something else). The course's own changes `w` in place, in one line. It is what drew every picture above.

# %%
show_kernel(gradient_descent)

# %% [markdown]
# ## Prove: the kernel is the formula
#
# We hand the kernel symbols in place of numbers. What comes out is its formula, and SymPy decides whether it is the one we derived.

# %%
prove(gradient_descent, w=w - lr * g)

# %% [markdown]
# A proof is worth something only if a wrong kernel fails it. This one climbs:

# %%
def climbing(w, g, *, lr):
    w += lr * g


prove(climbing, w=w - lr * g)

# %% [markdown]
# ## Play
#
# The explorer again, now that its marks mean something: at 1/λ₁ the steep direction lands on the floor at once, at 2/λ₁ it no longer shrinks and beyond that it runs away, and *best* is $2/(\lambda_1+\lambda_2)$. The slider for κ keeps $w_1$'s curvature at 25 and flattens $w_2$'s. A click on the map moves the start; the arrow keys move every slider.

# %%
explorer

# %% [markdown]
# The same states as still pictures:

# %%
explorer.filmstrip({"lr": 0.02, "step": 40}, {"lr": 0.076, "step": 40}, {"lr": 0.082, "step": 12})

# %% [markdown]
# ## Measure: what κ costs
#
# Does the formula hold for real descents? We run gradient descent at its best rate on six ravines and count the steps until the distance to the minimum has shrunk a thousandfold.

# %%
def steps_measured(kappa, lr):
    """Steps until the distance to the minimum is a thousandth of what it was."""
    run = descend(ravine(kappa), GRADIENT_DESCENT, start=(1, 10), lr=lr, steps=8 * int(kappa) + 20)
    distance = np.linalg.norm(run.positions, axis=1)
    return int(np.argmax(distance <= 1e-3 * distance[0]))


kappas = np.array([3, 10, 30, 100, 300, 1000])
measured = np.array([steps_measured(x, theory.best_descent(x, 1)[0]) for x in kappas])
timid = np.array([steps_measured(x, 1 / x) for x in kappas])
formula = theory.steps_for(1e-3, theory.best_descent(kappas, 1)[1])

# %%
figure, ax = canvas(height=4.2)
ax.loglog(kappas, measured, **LINES["gradient descent"], markersize=8)
ax.loglog(kappas, timid, **{**LINES["w2"], "color": "#8a5a00"}, markersize=7)
ax.loglog(kappas, formula, **LINES["predicted"])
label_end(ax, 300, measured[-2], "best η", LINES["gradient descent"]["color"], xytext=(8, -10))
label_end(ax, 300, timid[-2], "no zig-zag", "#8a5a00", xytext=(-12, 8), ha="right")
name_axes(ax, "condition number κ", "steps for a factor 1000")
worst = np.abs(measured - formula).max()
Captioned(figure, f"Steps to shrink the distance a thousandfold, measured (markers) and predicted (dots): from {measured[0]} at κ = 3 to {measured[-1]} at κ = 1000, never more than {worst:.1f} steps from the formula. Without zig-zag, η = 1/λ1, it takes {timid[-1] / measured[-1]:.2f} times as many at κ = 1000.")

# %% [markdown]
# The line has slope one, as nearly as the eye can tell: **ten times the κ, about ten times the steps.** This is the bill that momentum (lesson 04) and RMSProp (lesson 06) set out to reduce.

# %% [markdown]
# ## Walls that do not throw you out
#
# On a quadratic a constant learning rate above 2/λ₁ runs away from every point off the valley floor. A loss can also have walls of bounded slope, and there the same mistake looks different: the descent bounces for ever. We ask SymPy for the place that one step takes to its mirror image, for walls $A(\sqrt{1 + (w_1/s)^2} - 1)$.

# %%
place, s, height = sp.symbols("w1 s A", positive=True)
wall = height * (sp.sqrt(1 + (place / s) ** 2) - 1)
mirror = sp.solve(sp.Eq(place - eta * wall.diff(place), -place), place)[0]
by_curvature = sp.simplify(mirror.subs(height, lambda1 * s**2))
Equations({"curvature on the floor": wall.diff(place, 2).subs(place, 0), "bounces at w1": by_curvature})

# %% [markdown]
# With the curvature $\lambda_1 = A/s^2$ the bounce exists as soon as $\eta > 2/\lambda_1$: the same limit, and a bounce in place of a catastrophe. We try it with A = 5 and s = 1/4, so λ₁ = 80.

# %%
walls = article_ravine()
bouncing = descend(walls, GRADIENT_DESCENT, lr=0.05, steps=300)
calm = descend(walls, GRADIENT_DESCENT, lr=0.024, steps=300)
place = theory.bounce(lr=0.05, curvature=80, width=0.25)
print(f"predicted bounce between w1 = -{place:.5f} and {place:.5f}")

# %%
figure, axes = canvas(columns=2, height=4.4)
for ax, run in zip(axes, (bouncing, calm)):
    draw_contours(ax, walls)
    draw_path(ax, run, markersize=3)
    ax.set_title(f"η = {run.settings['lr']}")
Captioned(figure, f"Walls of bounded slope, 300 steps. Left, above the limit 2/80 = 0.025: the descent ends in a bounce between w1 = ±{abs(bouncing.positions[-1, 0]):.5f} (predicted ±{place:.5f}) and its loss stays at {bouncing.losses[-1]:.2f}. Right, below the limit: loss {calm.losses[-1]:.4f}.")

# %% [markdown]
# ## A stall is not a minimum
#
# Take a learning rate small enough to be safe, on a ravine with κ = 1000, and watch the loss as one would watch a training run.

# %%
slow = descend(ravine(1000), GRADIENT_DESCENT, lr=0.0002, steps=4000)
drop = 1 - slow.losses[200] / slow.losses[100]
figure, axes = canvas(columns=2, height=3.8)
axes[0].plot(slow.losses[:201], **{**LINES["gradient descent"], "marker": ""})
axes[1].semilogy(slow.losses, **{**LINES["gradient descent"], "marker": ""})
name_axes(axes[0], "step", "loss", "what one sees: 200 steps")
name_axes(axes[1], "step", "loss (log)", "what is going on: 4000 steps")
Captioned(figure, f"κ = 1000, η = 0.0002. Left: from step 100 to step 200 the loss falls by {100 * drop:.1f} % and looks finished at {slow.losses[200]:.1f}. Right: it is still falling at step 4000, where it is {slow.losses[4000]:.1f}; the minimum is 0.")

# %% [markdown]
# The left picture is what a person sees who then gives up. James Martens described it in 2010: where only directions of low curvature lead down, descent can seem to halt, as if at a local minimum. His is the paper that our article quotes without naming it, and it goes on to propose a *second-order* method, which is where lesson 02 goes.

# %% [markdown]
# **Verdict.** Gradient descent zig-zags because one constant learning rate must stay below two over the *largest* curvature while the *smallest* one sets the pace; even at the best one, the steps of a long ravine grow in proportion to κ.

# %% [markdown]
# ## Test the article
#
# The course answers a well-read article on optimizers. Its claims about the ravine, in our words, and what this lesson found:
#
# | It says | We find |
# |---|---|
# | red is high, blue is low, and the blue trough is the ravine | right, by convention; our maps use dark blue for low |
# | the trough is "pathological curvature" | right: a large ratio κ of curvatures |
# | descent bounces along the *ridges* | imprecise: between the walls; a ridge is the top |
# | the w1 part of the gradient is larger because of the curvature | half: curvature times distance; on the floor it is zero |
# | a slower learning rate stops the bouncing but takes too long | right: in a long ravine about twice the steps at 1/λ₁, and more below |
# | it makes sense to slow down near a minimum | imprecise: the step shrinks by itself with the gradient; on a smooth loss, below the limit, the *rate* need not, under noise it must (lesson 09) |
# | one should go slowly to the floor first and only then speed up | right as a plan of two learning rates: 1/λ₁, then 1/λ₂ ends at the minimum, if one knows both curvatures (lesson 02 tries it) |
# | "minimas" | one minimum, several minima |

# %% [markdown]
# ## Where this story ends
#
# Everything here is exact on a quadratic and a local approximation elsewhere. A network's curvature changes as it learns, and under mini-batches the gradient is a guess ([lesson 09](09_noise_and_schedules.ipynb)). And our axes lie along the ravine; [lesson 08](08_the_axes_matter.ipynb) turns them.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** Write each answer as a SymPy expression in `lambda1` (steep), `lambda2` (flat). From which η on does $w_1$ flip at every step? From which η on does the descent run away? Which η is best?

# %%
check("flip threshold", ...)

# %%
check("stability limit", ...)

# %%
check("best rate", ...)

# %% [markdown]
# **2 Compute.** For κ = 100, what is the largest angle, in degrees, between downhill and the way home?

# %%
check("worst angle", ...)

# %% [markdown]
# **3 Tune.** On `ravine(25)` from the course's start, find the learning rate that brings the loss below 1e-6 in the fewest steps. The explorer is a good place to look; the check counts for you.

# %%
check("reach 1e-6", {"lr": ...})

# %% [markdown]
# **4 Discuss.** A colleague shows you a loss curve that has been flat for a thousand steps and says the network has reached a minimum. Which two measurements would you ask for, and what would each answer tell you? `hint("stall")` helps; `solution("stall")` outlines a good answer.

# %% [markdown]
# ## Summary
#
# - *Read a contour map.* The gradient stands at a right angle to the contour; in a ravine that is across it.
# - *Split a gradient.* Each part is curvature times distance, $g_i = \lambda_i w_i$.
# - *Limits of the learning rate.* A direction converges for $0 < \eta\lambda < 2$ and flips at every step for $\eta\lambda > 1$.
# - *What κ costs.* At the best constant learning rate a factor $(\kappa-1)/(\kappa+1)$ a step: in a long ravine, steps in proportion to κ.
# - *Stalled or done.* A small gradient along a flat direction looks like a minimum and is not one.

# %% [markdown]
# ## References
#
# - A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", *Comptes rendus* 25 (1847), 536–538.
# - J. Martens, "Deep learning via Hessian-free optimization", *ICML* 2010, 735–742.
# - G. Goh, "Why Momentum Really Works", *Distill* 2017, doi:10.23915/distill.00006.
# - J. Nocedal and S. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, chapter 3, doi:10.1007/978-0-387-40065-5.
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.

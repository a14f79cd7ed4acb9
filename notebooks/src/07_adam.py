# %% [markdown]
# # 07 · Divide one memory by the other
#
# By the end you can write Adam from memory with its correction, say how long its steps can be, and tell its conventions apart.
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 60 in class, 90 alone with all exercises |
# | **You need** | lessons [03, Averages](03_averages_with_memory.ipynb), [04, Momentum](04_momentum.ipynb) and [06, RMSProp](06_rmsprop.ipynb) |
# | **You will be able to** | say what the quotient of the two memories asks · derive the correction and tell what happens without it · bound the step, and test a printed bound · say what the loss's scale and ε do · write Adam and AdamW as kernels, and tell decoupled decay from L2 |

# %%
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import TwoMemories
from course_utils.figures import LINES, Captioned, canvas, draw_contours, draw_level, label_end, lesson_07, name_axes
from course_utils.libraries.signatures import SIGNATURES
from course_utils.networks import Network, batches, digits, one_thread, ratio, train

# %%
from course_utils.optimizers import ADAM, MOMENTUM, UNCORRECTED_ADAM, adam, adam_hat, adam_inside, adam_l2, adamw
from course_utils.optimizers import gradient_descent, rmsprop, show_kernel, uncorrected_adam
from course_utils.surfaces import ravine
from course_utils.symbolic import Equations, beta1, beta2, c, decay, eps, g, lr, m, prove
from course_utils.symbolic import s, stability_limit, t, trace, unroll, upright, w

# %% [markdown]
# ## Remember
#
# Three questions; answer before you open them.
#
# <details><summary>An exponential average starts at 0 and sees t values with mean μ. What does it read on average?</summary>(1 − β^t) μ.</details>
#
# <details><summary>What does momentum do to a push that flips at every step, against a steady one?</summary>At β = 0.9 it makes it nineteen times weaker.</details>
#
# <details><summary>By what does RMSProp divide the gradient, and how long is its first step?</summary>By the root of an average of its squares; η/√(1 − ρ).</details>

# %% [markdown]
# ## A broken picture
#
# Momentum has a direction and no sense of size; RMSProp knows sizes and forgets directions. So take both: average the gradients in $m$, their squares in $s$, and step by $-\eta\, m/\sqrt s$. That is what our article describes. We run it with η = 0.3 and two lengths of the second memory.

# %%
surface, pink = ravine(kappa=25), LINES["Adam"]["color"]
runs = {b: descend(surface, UNCORRECTED_ADAM, lr=0.3, beta2=b, steps=60) for b in (0.99, 0.999)}
longest = {b: (np.abs(np.diff(run.positions, axis=0)) / 0.3).max() for b, run in runs.items()}
figure, ax = canvas(height=4.1)
draw_contours(ax, surface)
for (b, run), look, at, beside in zip(runs.items(), ("-", (0, (2, 2))), (10, 4), ((-14, 14), (0, -14))):
    ax.plot(*run.positions.T[::-1], color=pink, linestyle=look, marker="h", markersize=3.5)
    label_end(ax, *run.positions[at, ::-1], f"β2 = {b}", pink, ha="center", xytext=beside)

# %%
said = "; ".join(f"with β2 = {b} the longest step of a weight is {x:.2f} η, and w2 overshoots to {runs[b].positions[:, 1].max():.2f}" for b, x in longest.items())
Captioned(figure, f"Both memories in one rule, as the article describes it, η = 0.3, β1 = 0.9, 60 steps from (2, −10): {said}.")

# %% [markdown]
# A quotient of two averages should be about 1 in size, so a step should be about η. These steps are two and five times that. The larger β2, the worse, and 0.999 is the default of PyTorch, optax and Keras.

# %% [markdown]
# ## Predict
#
# Let the gradient be the same at every step, and β1 = 0.9, β2 = 0.999. **How long does the longest step of this rule become, in units of η?** Lock in your answer; then the explorer opens.

# %%
explorer = TwoMemories(corrected=False, step=16)
predict("07 peak", opens=explorer)

# %% [markdown]
# ## The disease in one sentence
#
# Both memories start at zero and wake at different speeds, and until both are awake the size of their quotient tells of the start as much as of the gradients.

# %% [markdown]
# ## Derive: what the quotient asks
#
# First the healthy rule, long after the start. The numerator comes from momentum, the divisor from RMSProp. **Predict**: the gradient flips between 1 and −1 for a long time. What do the two read?

# %% tags=["predicts-C29"]
predict("07 two averages")

# %% [markdown]
# Let all gradients have size 1, so that $\sqrt s = 1$, whatever their signs, and ask where $m$ settles when they agree, when they flip, and how large it is when they are independent noise.

# %%
x = sp.Symbol("x", real=True)
steady = sp.solve(sp.Eq(x, trace(adam, m=x, g=1)["m"]), x)[0]
flipping = sp.solve(sp.Eq(-x, trace(adam, m=x, g=-1)["m"]), x)[0]
left = sp.solve(sp.Eq(x, beta1**2 * x + (1 - beta1) ** 2), x)[0]
Equations({"agreeing": steady, "flipping": upright(flipping), "noise": sp.sqrt(upright(sp.factor(left)))})

# %% tags=["shows-C29"]
nine = {beta1: sp.Rational(9, 10)}
print("at beta1 = 0.9: agreeing 1, flipping", flipping.subs(nine), "and noise", sp.sqrt(left.subs(nine)).evalf(3))

# %% [markdown]
# So for gradients of one size $m/\sqrt s$ is a number between −1 and 1, without units: **it asks how far they agree.** (The paper calls it a signal-to-noise ratio.) Where they do, the step is η. Where they quarrel it is a fraction of that, however large they are. Neither memory can ask this alone.

# %% [markdown]
# ## Derive: the correction
#
# Now the start. Suppose the gradients have a mean μ, whatever else they do. Averages are linear, so the mean of $m$ obeys the rule of $m$ with μ in place of $g$. Claim: after $t$ steps it is $(1-\beta_1^t)\mu$. One more step of the kernel:

# %%
mu = sp.Symbol("mu", real=True)
one_more = trace(adam, m=(1 - beta1**t) * mu, g=mu)["m"]
print("from zero, t = 1:", trace(adam, m=0, g=mu)["m"])
print("from t to t + 1:", sp.simplify(one_more - (1 - beta1 ** (t + 1)) * mu) == 0)

# %% [markdown]
# The same holds for $s$, with the mean of $g^2$ and β2. Dividing by what has arrived cures both: $\hat m = m/(1-\beta_1^t)$ and $\hat s = s/(1-\beta_2^t)$. **Predict: after how many steps has the correction of $s$ faded to one per cent?**

# %% tags=["predicts-C26"]
predict("07 fades")

# %% tags=["shows-C26"]
for value in (0.9, 0.95, 0.99, 0.999):
    print(f"beta = {value}: {theory.bias_steps(value)} steps")

# %% [markdown]
# The bias is no matter of a few steps. And a fine point: $\hat s$ is right on average, its root is not. At $t = 1$, with Gaussian gradients of size 1, $\hat s = g^2$ has the mean 1, and its root the mean of $|g|$:

# %%
density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
means = [2 * sp.integrate(f * density, (x, 0, sp.oo)) for f in (x**2, x)]
Equations({"mean of the corrected s": means[0], "mean of its root": means[1], "about": means[1].evalf(3)})

# %% [markdown]
# ## Derive: the first step
#
# We let SymPy take one step from zero, ε = 0, with the correction and without.

# %%
first = {"corrected": trace(adam, m=0, s=0, t=1, eps=0)["w"], "not corrected": trace(uncorrected_adam, m=0, s=0, eps=0)["w"]}
print("first step at 9/10 and 999/1000, and at 9/10 and 99/100, in units of lr:")
for b in (sp.Rational(999, 1000), sp.Rational(99, 100)):
    step = (w - first["not corrected"]).subs({**nine, beta2: b, g: 1}) / lr
    print(f"   not corrected {step} = {float(step):.3f}")
Equations(first)

# %% [markdown]
# **With the correction and ε = 0 the first step is η along every weight** whose gradient is not 0; only its sign counts. Without it the first step is 3.16 η at the paper's settings. At the article's β2 = 0.99 it is η by accident, which hides the fault from anyone who checks one step. What follows under a steady gradient?

# %%
steps = np.arange(1, 5001)
figure, ax = canvas(height=4.0)
for b, dash, at in ((0.999, "-", 60), (0.99, (0, (6, 2)), 30), (0.95, (0, (1.5, 1.5)), 3)):
    lengths = theory.uncorrected_step(0.9, b, steps)
    ax.semilogx(steps, lengths, color=pink, linestyle=dash)
    label_end(ax, at, lengths[at - 1], f"β2 = {b}", pink, xytext=(8, 6) if b > 0.95 else (0, -14))
draw_level(ax, 1, "corrected")
name_axes(ax, "step t", "step, in units of η")
peaks = {b: theory.uncorrected_peak(0.9, b) for b in (0.999, 0.99, 0.95)}
said = "; ".join(f"{height:.2f} η at step {at} for β2 = {b}" for b, (at, height) in peaks.items())
Captioned(figure, f"Steps under a steady gradient without correction, β1 = 0.9; with it every step is η. The peaks: {said}.")

# %% [markdown]
# The first memory wakes in tens of steps, the second in thousands. In between the divisor is too small. The steps are 6.57 η long at the twelfth, and come back to η only when $s$ is awake.

# %% [markdown]
# A **trace by hand**, with the gradients 1, 1, −1. Adam's memories are rational numbers, so we can watch every digit. With $|g| = 1$ the corrected $s$ is 1 at every step, and the step is $\hat m$.

# %%
exact = dict(eps=0, beta1=sp.Rational(9, 10), beta2=sp.Rational(999, 1000))
before = w
for count, seen in enumerate((1, 1, -1), 1):
    now = unroll(adam, count, g=[1, 1, -1][:count], **exact)
    m_hat, s_hat = now["m"] / (1 - exact["beta1"] ** count), now["s"] / (1 - exact["beta2"] ** count)
    step, before = sp.simplify((before - now["w"]) / lr), now["w"]
    print(f"g = {seen:2}: m = {now['m']}, s = {now['s']}, corrected {m_hat} and {s_hat}, step {step} lr")

# %% [markdown]
# After two that agree and one that does not, Adam still moves on, with about a quarter of η.

# %% [markdown]
# ## Derive: how long a step can be
#
# It is often said that η bounds Adam's step. The paper prints a bound, $(1-\beta_1)/\sqrt{1-\beta_2}$ times η or η, whichever is larger: 3.16 η at its settings. **Predict: how long can a step of the *corrected* rule become, over all gradients and all $t$?**

# %% tags=["predicts-C20"]
predict("07 bound")

# %% [markdown]
# With $g_k$ the gradient $k$ steps back, $m = (1-\beta_1)\sum \beta_1^k g_k$ and $s = (1-\beta_2)\sum \beta_2^k g_k^2$. Cauchy and Schwarz: split each term of $m$ into $(\beta_1^k/\beta_2^{k/2})\,(\beta_2^{k/2} g_k)$. Then $m^2$ is at most $(1-\beta_1)^2$ times the two sums of squares, and the second is $s/(1-\beta_2)$. It remains to sum the first.

# %%
k, T = sp.symbols("k T", integer=True, nonnegative=True)
share = sp.Symbol("q", positive=True)
partial = sp.summation(share**k, (k, 0, T - 1)).args[1][0]
everything = sp.summation(share**k, (k, 0, sp.oo)).args[0][0]
bound = (1 - beta1) / sp.sqrt((1 - beta2) / everything)
Equations({"T terms, with q = β1²/β2": partial, "all terms": everything, "the step over η is at most": bound})

# %%
settings = {"paper": (0.9, 0.999), "article": (0.9, 0.99), "0.95": (0.9, 0.95), "equal": (0.9, 0.9), "short m": (0.5, 0.999)}
for name, pair in settings.items():
    exact_bound = float(bound.subs(share, beta1**2 / beta2).subs(dict(zip((beta1, beta2), pair))))
    print(f"{name}: beta1 = {pair[0]}, beta2 = {pair[1]}: steps up to {exact_bound:.3f} lr; printed bound {theory.printed_bound(*pair):.3f}")

# %% [markdown]
# Only for β1 = β2 is η the bound, and if $\beta_1^2 \ge \beta_2$ there is none. Is 7.27 ever reached? Cauchy and Schwarz are equal where the two factors are proportional: $g_k \propto (\beta_1/\beta_2)^k$. Those are gradients that *grow*, by 11 per cent a step. The kernel runs on them, and on one lone gradient after a long silence:

# %% tags=["shows-C20"]
def last_step(kernel, gradients, **hyper):
    """The length of the last step under the given gradients, in units of the learning rate."""
    place, first, second = np.zeros((3, 1))
    for count, slope in enumerate(gradients, 1):
        was = place.copy()
        more = {"t": count} if kernel is adam else {}
        kernel(place, np.array([slope]), first, second, lr=1.0, eps=0.0, **hyper, **more)
    return abs(place - was)[0]


paper = {"beta1": 0.9, "beta2": 0.999}
for count in (20, 200, 1000, 3000):
    grown = theory.adversary(0.9, 0.999, count)
    print(f"{count} growing gradients: {last_step(uncorrected_adam, grown, **paper):.3f} lr not corrected, {last_step(adam, grown, **paper):.3f} lr corrected")
silence = np.r_[np.full(6000, 1e-9), 1.0]
print(f"one gradient after silence: {last_step(adam, silence, **paper):.3f} lr")

# %%
counts = np.unique(np.geomspace(1, 10000, 120).astype(int))
corrected, bare = ([theory.longest_adam_step(0.9, 0.999, n, fixed) for n in counts] for fixed in (True, False))
levels = {"the printed bound": theory.printed_bound(0.9, 0.999), "the supremum": theory.adam_bound(0.9, 0.999)}
figure = lesson_07.longest_steps(counts, corrected, bare, levels)
passed = next(n for n in range(1, 999) if theory.longest_adam_step(0.9, 0.999, n) > theory.printed_bound(0.9, 0.999))
Captioned(figure, f"The longest step that any t gradients can make, β1 = 0.9, β2 = 0.999. The corrected rule passes the printed bound, {theory.printed_bound(0.9, 0.999):.2f} η, from step {passed} on; both tend to {theory.adam_bound(0.9, 0.999):.2f} η.")

# %% [markdown]
# The printed bound is the lone gradient after silence, taken for the worst case; growing gradients are worse. Here is the whole map, with the steady gradient on the left and the worst one on the right.

# %%
short, long = np.geomspace(1, 100, 240), np.geomspace(1.2, 3000, 240)
b1, b2 = (1 - 1 / short)[None, :], (1 - 1 / long)[:, None]
late = np.unique(np.geomspace(1, 20000, 300).astype(int))
peaks = np.max([theory.uncorrected_step(b1, b2, n) for n in late], axis=0)
maps = {"steady gradient, not corrected": peaks, "worst gradients": theory.adam_bound(b1, b2)}

# %%
figure = lesson_07.windows(short, long, maps, settings)
said = "; ".join(f"{name} {theory.uncorrected_peak(*pair)[1]:.2f} and {theory.adam_bound(*pair):.2f}" for name, pair in settings.items())
Captioned(figure, f"Longest step in units of η, the stronger the colour, the longer; at most 1.01 where there is none. Left the peak under a steady gradient without correction, right the supremum over all gradients; below β2 = β1² it is infinite. {said}.")

# %% [markdown]
# From β2 = β1 on, the longer $s$ remembers, the longer the worst step. At β1 = 0.9 a β2 of 0.95, often used for large language models, keeps even that below 1.17 η.

# %% [markdown]
# ## Derive: no units
#
# Multiply the loss by $c$: gradients and $m$ are multiplied by $c$, $s$ by $c^2$. What becomes of the step?

# %%
scaled = dict(g=c * g, m=c * m, s=c**2 * s)
with_c = sp.Symbol("c", positive=True)
same = trace(adam, eps=0)["w"] - trace(adam, eps=0, **{n: e.subs(c, with_c) for n, e in scaled.items()})["w"]
also = trace(adam)["w"] - trace(adam, eps=with_c * eps, **{n: e.subs(c, with_c) for n, e in scaled.items()})["w"]
print("eps = 0, the step changes by", sp.simplify(same), "- and if eps is multiplied as well, by", sp.simplify(also))
print("the memories know the learning rate:", lr in trace(adam)["m"].free_symbols | trace(adam)["s"].free_symbols)

# %%
plain = descend(surface, ADAM, lr=0.3, steps=100, eps=0)
for scale in (1e-4, 1e4):
    other = descend(ravine(kappa=25, c=scale), ADAM, lr=0.3, steps=100, eps=0)
    print(f"loss times {scale:g}: the paths differ by at most 1e-9: {np.abs(other.positions - plain.positions).max() < 1e-9}")
drop = descend(surface, ADAM, lr=lambda n: 0.3 if n <= 15 else 0.03, steps=16)
kept = descend(surface, ADAM, lr=0.3, steps=16)
shares = np.diff(drop.positions, axis=0)[15] / np.diff(kept.positions, axis=0)[15]
print("the first step after a tenfold drop of the rate, over the step without:", shares.round(3))

# %% [markdown]
# With ε = 0 nothing changes: η is a length in the space of weights, whatever the unit of the loss. And since the memories hold gradients, a drop of the rate acts at once, which is not so for momentum with the rate inside (see [momentum, where the learning rate sits](04_momentum.ipynb#Two-conventions,-15-minutes)).

# %% [markdown]
# ## Derive: where ε sits
#
# One number breaks the invariance, and it has the gradient's unit. **Predict:** a weight whose gradients are 1e-8, and ε = 1e-8, as in the paper. By how much does its first step shrink if ε moves from outside the root to inside?

# %%
predict("07 inside")

# %%
tiny = sp.Rational(1, 10**8)
for kernel in (adam, adam_inside):
    step = (w - trace(kernel, m=0, s=0, t=1, g=tiny, eps=tiny)["w"]) / lr
    print(f"{kernel.__name__}: the first step is {float(step.subs({**nine, beta2: sp.Rational(999, 1000)})):.2g} lr")
q = sp.Symbol("q", positive=True)
hat, ours = (trace(kernel, eps=size)["w"].subs(beta2**t, 1 - q) for kernel, size in ((adam_hat, eps * sp.sqrt(q)), (adam, eps)))
print("corrected in the rate, with eps sqrt(q) for eps and q = 1 - beta2^t, less Adam:", sp.simplify(hat - ours))

# %% [markdown]
# Inside, the divisor never falls below $\sqrt\varepsilon$, a ten-thousandth; that is 5000 times as strong. The last line is a third place. The paper remarks that one may correct in the rate, $\eta_t = \eta\sqrt{1-\beta_2^t}/(1-\beta_1^t)$, and add an *epsilon hat* to the raw root; Keras does. It is Adam with another ε at each step.

# %%
for size in (0.0, 1e-8):
    place, first_m, second_m = np.array([1.0]), np.zeros(1), np.zeros(1)
    with np.errstate(invalid="ignore"):
        adam(place, np.zeros(1), first_m, second_m, lr=0.1, beta1=0.9, beta2=0.999, eps=size, t=1)
    print(f"a weight whose gradient is 0, eps = {size:g}: it goes to {place[0]}")
far = trace(adam, eps=1 / x)["w"].subs(lr, lr / x)
momentum_like = w - lr * (beta1 * m + (1 - beta1) * g) / (1 - beta1**t)
print("eps without bound, lr/eps held at lr: corrected averaged momentum:", sp.simplify(sp.limit(far.subs(x, share), share, 0, "+") - momentum_like) == 0)

# %% [markdown]
# Without ε a dead unit turns into NaN, which spreads. With an ε far above the gradients Adam turns into averaged momentum with the rate η/ε, corrected at the start. So ε is a guard and also a knob.

# %% [markdown]
# ## Implement: your turn
#
# Fill in Adam: two averages, two corrections, one step. `hint("Adam")` helps in steps; the check knows more than sixty ways to get it wrong, and names yours.

# %%
def my_adam(w, g, m, s, *, lr, beta1, beta2, eps, t):
    """Averages m of g and s of g^2; correct both; w <- w - lr m_hat / (sqrt(s_hat) + eps)."""
    ...


check("Adam", my_adam)

# %% [markdown]
# The course's kernel, as a change to RMSProp's:

# %%
show_kernel(adam, since=rmsprop)

# %% [markdown]
# ## Prove: the kernel is the formula

# %%
new_m, new_s = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g**2
new_w = w - lr * (new_m / (1 - beta1**t)) / (sp.sqrt(new_s / (1 - beta2**t)) + eps)
prove(adam, m=new_m, s=new_s, w=new_w)

# %% [markdown]
# Two slips that are easily made: one β in both corrections, and a correction that is stored.

# %%
def one_beta(w, g, m, s, *, lr, beta1, beta2, eps, t):
    m[...] = beta1 * m + (1 - beta1) * g
    s[...] = beta2 * s + (1 - beta2) * g**2
    w -= lr * (m / (1 - beta1**t)) / (np.sqrt(s / (1 - beta1**t)) + eps)


prove(one_beta, w=new_w)

# %%
def stored(w, g, m, s, *, lr, beta1, beta2, eps, t):
    m[...] = (beta1 * m + (1 - beta1) * g) / (1 - beta1**t)
    s[...] = (beta2 * s + (1 - beta2) * g**2) / (1 - beta2**t)
    w -= lr * m / (np.sqrt(s) + eps)


prove(stored, w=new_w, m=new_m)

# %% [markdown]
# The second one makes the right step from right memories, so `w` alone would not have betrayed it; the next step, from memories that were corrected already, is wrong.

# %% [markdown]
# ## Derive: a decay that is not divided
#
# A penalty $\frac12 d\,|w|^2$ in the loss adds $d\,w$ to the gradient. For gradient descent that is the same as taking the share $\eta d$ off every weight. And for Adam?

# %%
print("gradient descent on the penalised loss, less decay and step:", sp.expand(trace(gradient_descent, g=g + decay * w)["w"] - ((1 - lr * decay) * w - lr * g)))
start = dict(m=0, s=0, t=1, eps=0)
first = {name: trace(kernel, **start)["w"].subs(decay, sp.Symbol("d")) for name, kernel in (("penalty", adam_l2), ("decoupled", adamw))}
Equations({f"first step, {name}": formula for name, formula in first.items()})

# %% [markdown]
# In the first one the decay can at most turn a sign. The penalty enters the memories and is divided by $\sqrt{\hat s}$ with the rest, so weights with large gradients hardly decay. **Decoupled** decay, AdamW, takes it off the weights and tells the memories nothing. Write it; you may call `adam`.

# %%
def my_adamw(w, g, m, s, *, lr, beta1, beta2, eps, decay, t):
    """w <- w - lr decay w, then Adam's step."""
    ...


check("AdamW", my_adamw)

# %%
show_kernel(adamw, since=adam_l2)

# %% [markdown]
# A demonstration. Three weights start at 1, with gradients that flip between plus and minus 1, 10 and 100. Nothing pulls anywhere, so only the decay should be seen. We take the mean of a run that begins with plus and one that begins with minus.

# %%
size, phase = np.array([[1.0], [10.0], [100.0]]), np.array([[1.0, -1.0]])
usual = dict(lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8, decay=0.1)
for kernel, divided in ((adam_l2, size[:, 0]), (adamw, 1)):
    place, first_m, second_m = np.ones((3, 2)), np.zeros((3, 2)), np.zeros((3, 2))
    for count in range(1, 2001):
        kernel(place, size * phase * (-1) ** count, first_m, second_m, t=count, **usual)
    predicted = np.broadcast_to((1 - 0.001 / divided) ** 2000, 3)
    print(f"{kernel.__name__}: after 2000 steps {place.mean(axis=1).round(3)}, predicted {predicted.round(3)}")

# %% [markdown]
# With the penalty the decay is in proportion to $1/|g|$: a hundred times weaker where the gradients are a hundred times larger. With AdamW it is $(1-\eta d)^t$ for all. Two traps remain. The first: what does AdamW's decay do when you change the learning rate? Without gradients, the decay alone:

# %%
for rate, share in ((0.01, 0.1), (0.001, 0.1), (0.001, 1.0)):
    place, first_m, second_m = np.ones(1), np.zeros(1), np.zeros(1)
    for count in range(1, 2001):
        adamw(place, np.zeros(1), first_m, second_m, t=count, **{**usual, "lr": rate, "decay": share})
    print(f"lr = {rate}, d = {share}: a weight of 1 is {place[0]:.3f} after 2000 steps")

# %% [markdown]
# **Only the product ηd counts: a tenth of the rate is a tenth of the decay,** unless $d$ grows tenfold. A schedule of the rate moves both, and so it is in PyTorch, optax and Keras. The paper writes α for our η and $\eta_t$ for the schedule's factor alone: its decay is $\eta_t\lambda w$. There, too, a schedule moves both, but another α leaves the decay alone.
#
# The second trap is a name: `weight_decay` means two things.

# %% [markdown]
# | in | the penalty, L2 | decoupled, times the rate |
# |---|---|---|
# | PyTorch | `Adam`, and `SGD`, `RMSprop`, `Adagrad` | `AdamW`, and `Adam` with `decoupled_weight_decay=True` |
# | optax | none: put `add_decayed_weights` before `scale_by_adam` | `adamw`; `adam` has no decay |
# | Keras | none: a regularizer of the layer | `AdamW`, and `Adam` and every other rule, too |

# %%
for call in ("torch.optim.Adam", "torch.optim.AdamW", "optax.adamw", "keras.optimizers.Adam", "keras.optimizers.AdamW"):
    print(f"{call}: weight_decay = {SIGNATURES[call]['weight_decay']} unless you say otherwise")

# %% [markdown]
# So `Adam` with `weight_decay` is L2 in PyTorch and AdamW in Keras. And a line that leaves the argument out trains with four different decays.

# %% [markdown]
# ## Play
#
# Below the ravine, each weight's $m$ runs between $\pm\sqrt s$: the step is the share of that room which $m$ fills. Without correction $m$ breaks out of the room. Bring the correction back; change the scale $c$ and see which path does not care; let ε grow past the gradients (marked). Momentum keeps its own rate.

# %%
explorer

# %%
explorer.filmstrip(
    {"step": 16},
    {"corrected": True, "step": 120},
    {"corrected": True, "c": 1e3, "step": 40},
    {"corrected": True, "lr": 1.2, "beta1": 0.5, "step": 30},
)

# %% [markdown]
# ## Measure: correction on and off
#
# Digits, the network of lesson 03, six passes, six seeds, three values of β2, five learning rates. **Predict** before you run on: does the missing correction hurt?

# %%
predict("07 digits")

# %%
data, network, seeds = digits(), Network(), range(6)
rates, betas = (0.001, 0.003, 0.01, 0.03, 0.1), (0.95, 0.99, 0.999)
rules = {"corrected": ADAM, "not corrected": UNCORRECTED_ADAM}
losses = {
    (name, b, rate): np.array([train(network, rule, data, lr=rate, beta2=b, epochs=6, seed=n).losses[-1] for n in seeds])
    for name, rule in rules.items() for b in betas for rate in rates
}

# %%
figure, panels = canvas(columns=3, width=10.5, height=4.2)
for ax, b in zip(panels, betas):
    for name, dash, mark, at, side in (("corrected", "-", "h", 0, "left"), ("not corrected", (0, (1.5, 1.5)), "o", -1, "right")):
        seen = np.array([losses[name, b, rate] for rate in rates])
        ax.loglog(rates, np.median(seen, axis=1), color=pink, linestyle=dash, marker=mark, markerfacecolor=pink if mark == "h" else "white")
        ax.fill_between(rates, seen.min(axis=1), seen.max(axis=1), color=pink, alpha=0.15, linewidth=0)
        if b == 0.999:
            label_end(ax, rates[at], np.median(seen[at]), name, pink, xytext=(0, 14), ha=side)
    ax.set_ylim(1e-2, 10)
    name_axes(ax, "learning rate η", "training loss after 6 passes" if b == 0.95 else "", f"β2 = {b}")
told = [f"at β2 = {b} and η = {rate}, {np.median(losses['corrected', b, rate]):.2g} with and {np.median(losses['not corrected', b, rate]):.2g} without" for b, rate in ((0.95, 0.01), (0.999, 0.003), (0.999, 0.1))]
Captioned(figure, f"Training loss on digits by learning rate, median and range of {len(seeds)} seeds, with the correction (solid) and without (dots, hollow): {'; '.join(told)}.")

# %%
words = "lower", "not told apart", "higher"


def told(x):
    """A quotient; without the digits where rounding decides them."""
    return f"{x} {x.says(*words)}" if x.high < 10 else f"more than 10 times: {x.low > 10}, {x.says(*words)}"


best = {(name, b): theory.best_of_grid({rate: np.median(losses[name, b, rate]) for rate in rates}) for name in rules for b in betas}
for b in betas:
    at = {rate: ratio(losses["not corrected", b, rate], losses["corrected", b, rate]) for rate in (0.003, 0.1)}
    pair = [losses[name, b, best[name, b]] for name in ("not corrected", "corrected")]
    tuned = ratio(*pair)
    print(f"beta2 = {b}, loss without over loss with: " + "; ".join(f"at lr = {rate} {told(x)}" for rate, x in at.items()))
    print(f"   each at its best of five rates ({best['not corrected', b]} and {best['corrected', b]}): {tuned}, {tuned.says(*words)}")

# %% [markdown]
# At a small rate the rule *without* correction is quicker: its steps are longer, and longer steps were wanted. At a large rate with β2 = 0.999 it is ruined; at 0.95 there is little to correct. Each at its best of five rates, at β2 = 0.999 it even gains on these six seeds, in so short a training. So at β2 = 0.999 a missing correction is a learning rate that nobody chose, large at first and falling for long. We can say which, and test it:

# %%
planned = lambda n: 0.01 * theory.uncorrected_step(0.9, 0.999, n)
without = train(network, UNCORRECTED_ADAM, data, lr=0.01, epochs=2, seed=0)
disguised = train(network, ADAM, data, lr=planned, epochs=2, seed=0)
print("Adam with that schedule makes the uncorrected run, to a per cent:", np.allclose(without.batch_losses, disguised.batch_losses, rtol=0.01))

# %% [markdown]
# ## Measure: how far real gradients agree
#
# We follow the mean of $|\hat m|/\sqrt{\hat s}$ over the weights of the network while it trains, at η = 0.003. Steady gradients would give 1. Gaussian noise without a mean would give the share of noise from above, times the mean size of a Gaussian.

# %%
def agreement(seed, rate=0.003, passes=20, second=0.999):
    """Mean and largest step over the weights at each step of a training, in units of the rate."""
    place, filled = network.init(seed), []
    first_m, second_m = np.zeros((2, place.size))
    for count, chosen in enumerate(batches(data.y_train.size, 64, passes, seed), 1):
        slope, was = network.gradient(place, data.x_train[:, chosen], data.y_train[chosen]), place.copy()
        adam(place, slope, first_m, second_m, lr=rate, beta1=0.9, beta2=second, eps=1e-8, t=count)
        moved = np.abs(place - was)[second_m > 0] / rate
        filled.append((moved.mean(), moved.max()))
    return np.array(filled)


with one_thread():
    filled = np.array([agreement(seed) for seed in seeds])
    shorter = np.array([agreement(seed, second=0.95)[-22:, 0].mean() for seed in seeds])

# %%
noise = float(sp.sqrt(left.subs(nine)) * sp.sqrt(2 / sp.pi))
figure, ax = canvas(height=3.8)
mean = filled[..., 0]
ax.semilogx(range(1, mean.shape[1] + 1), np.median(mean, axis=0), color=pink)
ax.fill_between(range(1, mean.shape[1] + 1), mean.min(axis=0), mean.max(axis=0), color=pink, alpha=0.2, linewidth=0)
draw_level(ax, noise, "pure noise")
draw_level(ax, 1, "all agree")
name_axes(ax, "step", "mean step, in units of η")
told = ", ".join(f"{np.median(mean[:, n - 1]):.2f} at step {n}" for n in (1, 5, 22, 110, 440))
Captioned(figure, f"How much of η Adam uses on digits, mean over weights, median and range of {len(seeds)} seeds: {told}. Pure noise would give {noise:.3f}. The longest step of any weight in any run is {filled[..., 1].max():.1f} η. In the last pass the mean is {mean[:, -22:].mean():.2f}, and with β2 = 0.95 it is {shorter.mean():.2f}.")

# %% [markdown]
# Adam begins at full stride and shortens it as the gradients cease to agree; in the end it is below noise, mostly because $s$ still remembers the larger gradients of the beginning: with a shorter second memory it stays near the noise. And steps much longer than η, possible as they are, do not occur in these runs.

# %% [markdown]
# ## Measure: a quiet run, watched for longer
#
# Adam has a limit like any rule. With $s$ frozen, a direction of curvature λ feels the learning rate $\eta/(\sqrt s + \varepsilon)$, and runs away from a certain value of $\eta\lambda/(\sqrt s+\varepsilon)$ on. SymPy reads it off the kernel:

# %%
limit = stability_limit(uncorrected_adam, beta2=1, s=1, eps=0).subs(sp.Symbol("lambda", positive=True), 1)
most = int(limit.subs(nine))
print(f"at beta1 = 0.9 the limit is {most}, so on our ravine with lr = 0.3 no eps above {0.3 * 25 / most:.3f} is needed")
Equations({"limit": limit})

# %% [markdown]
# On a quadratic the gradients go to zero and $s$ forgets how large they were. **Predict:** at the paper's settings the loss is below 1e-3 from step 110 on, for hundreds of steps. Does it stay there for 10 000?

# %% tags=["predicts-C21"]
predict("07 burst")

# %%
figure, (left_ax, right_ax) = canvas(columns=2, height=4.2)
counts, felt, looks = np.arange(1, 10_001), {}, {1e-8: "-", 0.2: (0, (2, 2))}
burst = {size: descend(surface, ADAM, lr=0.3, eps=size, steps=10_000) for size in looks}
for size, run in burst.items():
    felt[size] = 0.3 * 25 / (np.sqrt(run.memory["s"][1:, 0] / (1 - 0.999**counts)) + size)
    left_ax.semilogy(np.maximum(run.losses, 1e-99), color=pink, linestyle=looks[size], linewidth=1.4)
    right_ax.plot(counts, felt[size], color=pink, linestyle=looks[size], linewidth=1.4)
label_end(left_ax, 6200, 1e3, "ε = 1e-8", pink)
label_end(right_ax, 5300, 52, "ε = 1e-8", pink)
label_end(right_ax, 5300, 15, "ε = 0.2, dots", pink)

# %% tags=["shows-C21"]
draw_level(left_ax, 1e-3, "")
draw_level(right_ax, most, "")
label_end(right_ax, 0, most, f"limit {most}", "#57606a", xytext=(4, 8))
left_ax.set_ylim(1e-30, 1e6)
right_ax.set_ylim(0, 60)
name_axes(left_ax, "step", "loss")
name_axes(right_ax, "step", "ηλ/(√s + ε) along w1")
crossing = counts[felt[1e-8] > most][0]
back = 200 + int(np.argmax(burst[1e-8].losses[200:] > 1e-3))
Captioned(figure, f"Adam with η = 0.3 on the ravine with κ = 25. With ε = 1e-8 the memory of large gradients fades until w1 passes the limit at step {crossing}; at step {back} the loss is above 1e-3 again, and it goes up to {burst[1e-8].losses[200:].max():.2f}. With ε = 0.2 (dots) the limit is never passed, the largest value is {felt[0.2].max():.1f}, and the loss stays below {burst[0.2].losses[200:].max():.0e} after step 200.")

# %% [markdown]
# The divisor that protects from steep directions is a memory, and it forgets. An ε of the right size, not 1e-8, keeps the limit away. A rate that falls like $1/\sqrt t$ delays the burst, but $s$ fades faster than any power of $t$ ([lesson 10](10_when_adam_fails.ipynb#Derive:-when-a-quiet-run-bursts) runs it). Noise that goes on keeps $s$ up; noise that dies with the gradients does not.

# %% [markdown]
# **Verdict.** The first memory says which way, the second how large gradients usually are, and their quotient, corrected for the start, makes a step of about η where gradients of about one size agree, and of a fraction of η where they quarrel. Gradients that grow can make it several times η.

# %% [markdown]
# ## Test the article
#
# The article gives four details: the name, *adaptive moment optimization*, and β1 = 0.9, β2 = 0.99, ε = 1e-10. **Predict**: how many of the four are the paper's?

# %% tags=["predicts-C28"]
predict("07 details")

# %% tags=["shows-C28"]
print("name: adaptive moment estimation;", ", ".join(f"{name} = {value:g}" for name, value in ADAM.defaults.items()))
print("source:", ADAM.source)

# %% [markdown]
# | It says, in our words | We find |
# |---|---|
# | Adam stands for adaptive moment *optimization* | *estimation*: it estimates two moments, the means of g and of g² |
# | averages of g and of g² | right |
# | the step is the first average over the root of the second, both "as with momentum" | the second is as with RMSProp, and the root is of an average: no further mean |
# | add the update | with a minus in front; the sign must be said |
# | (no correction) | wrong by omission: steps of up to 6.57 η, and 2.13 η at its own β2 |

# %% [markdown]
# | It says, in our words | We find |
# |---|---|
# | β2 is about 0.99 | the paper and the frameworks have 0.999; with 0.99 the first step is η by accident, which hides the omission |
# | ε is generally 1e-10 | the paper has 1e-8, outside the root and after the correction; Keras 1e-7, before it |
# | all three are *adaptive*, and follow the *topology* of the contour | momentum has one η for all weights; the other two follow the history of each weight's gradients, and shape is geometry |

# %% [markdown]
# ## Errors in print
#
# You have refuted the paper's bound on a step. Three more, from good texts. A docstring of labml.ai gives the *effective step* as $\eta\,\hat m/\hat s$; a tab of *Dive into Deep Learning* computes `p - lr * v_bias_corr / sqrt(s_bias_corr) + eps`; SymPy refutes both on symbols. The third is the exercise "printed hats". (A correction by $1-\beta^t$ that counts from 0 is an exercise of lesson 03.)

# %%
def no_root(w, g, m, s, *, lr, beta1, beta2, eps, t):
    m[...] = beta1 * m + (1 - beta1) * g
    s[...] = beta2 * s + (1 - beta2) * g**2
    w -= lr * (m / (1 - beta1**t)) / (s / (1 - beta2**t) + eps)


prove(no_root, w=new_w)

# %%
def no_brackets(w, g, m, s, *, lr, beta1, beta2, eps, t):
    m[...] = beta1 * m + (1 - beta1) * g
    s[...] = beta2 * s + (1 - beta2) * g**2
    w[...] = w - lr * (m / (1 - beta1**t)) / np.sqrt(s / (1 - beta2**t)) + eps


prove(no_brackets, w=new_w)

# %%
check("printed quotient", ...)

# %%
check("printed brackets", ...)

# %%
check("printed hats", ...)

# %% [markdown]
# ## Where this story ends
#
# Both memories work weight by weight, so a ravine that lies across the axes cannot be scaled away: [lesson 08](08_the_axes_matter.ipynb). There are convex problems on which Adam does not converge at all (Reddi and others, 2018): [lesson 10](10_when_adam_fails.ipynb). And a rule that is quick on digits may be slow elsewhere: whether Adam or momentum is better is a question for tuned races, which [lesson 13](13_a_fair_race.ipynb) runs.

# %% [markdown]
# ## Exercises
#
# **1 By hand.** Three gradients again, in another order; then three formulas.

# %%
check("hand trace", ...)

# %%
check("uncorrected step", ...)

# %%
check("longest step", ...)

# %%
check("epsilon hat", ...)

# %% [markdown]
# **2 Tune.** Below 1e-3 for good within 25 steps, with Adam; the explorer is a good place to look. For comparison, momentum at the best settings of lesson 05:

# %%
rate, memory, _ = theory.best_momentum(25, 1)
tuned = descend(surface, MOMENTUM, lr=rate, beta=memory, steps=60)
print("momentum, lr = %.3f, beta = %.3f: step %d" % (rate, memory, tuned.settles_at(1e-3)))
check("Adam below 1e-3", {"lr": ..., "beta1": ..., "beta2": ..., "eps": ...})

# %% [markdown]
# **3 Correct the article.**

# %%
check("Adam's defaults", ...)

# %% [markdown]
# **4 Discuss.** A paper says: trained with Adam, learning rate 3e-4. What else would you want to know? `hint("report Adam")` helps; `solution("report Adam")` outlines an answer.

# %% [markdown]
# ## Summary
#
# - *The quotient.* $m/\sqrt s$ asks how far gradients agree: for one size, at β1 = 0.9, 1 where they do, 1/19 where they flip, 0.23 in noise.
# - *The correction.* The mean of $m$ is $(1-\beta_1^t)\mu$; dividing makes the first step η.
# - *The bound.* $(1-\beta_1)/\sqrt{(1-\beta_2)(1-\beta_1^2/\beta_2)}$, at 0.9 and 0.999 7.27, not 3.16.
# - *Scale and ε.* At ε = 0 the loss's scale does not matter; ε has size, place and unit.
# - *Kernels.* AdamW takes $\eta d w$ off the weights; L2 in Adam divides it by $\sqrt{\hat s}$.

# %% [markdown]
# ## References
#
# - D. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", *ICLR* 2015, arXiv:1412.6980.
# - T. Tieleman, G. Hinton, "Lecture 6.5, RMSProp", *COURSERA: Neural Networks for Machine Learning* 2012.
# - I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", *ICLR* 2019, arXiv:1711.05101.
# - S. Reddi, S. Kale, S. Kumar, "On the Convergence of Adam and Beyond", *ICLR* 2018, arXiv:1904.09237.
# - J. Cohen and others, "Adaptive Gradient Methods at the Edge of Stability", arXiv:2207.14484.
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, arXiv:2106.11342, section Adam.
# - labml.ai, annotated implementation of Adam; P. Lippe, University of Amsterdam, tutorial on optimization and initialization.
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.

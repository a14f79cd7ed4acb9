# %% [markdown]
# # 07 · Divide one memory by the other
#
# Take momentum's average $m$ of gradients for the direction, RMSProp's average $s$ of their squares for the size, and step by $-\eta\, m/\sqrt s$: this is what happens.

# %% jupyter={"source_hidden": true}
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import TwoMemories
from course_utils.figures import lesson_07
from course_utils.libraries.signatures import SIGNATURES
from course_utils.networks import Network, batches, digits, one_thread, ratio, train

# %% jupyter={"source_hidden": true}
from course_utils.optimizers import ADAM, UNCORRECTED_ADAM, adam, adam_hat, adam_inside
from course_utils.optimizers import adam_l2, adamw, gradient_descent, rmsprop, show_kernel
from course_utils.optimizers import uncorrected_adam
from course_utils.surfaces import ravine
from course_utils.symbolic import Equations, beta1, beta2, curvature, decay, eps, g, lr, m, mu
from course_utils.symbolic import prove, s, stability_limit, t, trace, unroll, w

c, x = sp.Symbol("c", positive=True), sp.Symbol("x", real=True)
explorer = TwoMemories(corrected=False, step=16)
data, network, seeds = digits(), Network(), range(6)
rates = (0.001, 0.003, 0.01, 0.03, 0.1)
rules = {"corrected": ADAM, "not corrected": UNCORRECTED_ADAM}


def last_losses(rule, rate, second):
    """Training loss after six passes, one number a seed."""
    runs = [train(network, rule, data, lr=rate, beta2=second, epochs=6, seed=n) for n in seeds]
    return np.array([run.losses[-1] for run in runs])

# %%
lesson_07.two_lengths_of_memory(lr=0.3)

# %% [markdown]
# If gradients agree, the quotient should be about 1, and a step about η. These paths shoot past the minimum, the one with the longer memory by more, and 0.999 is the default of PyTorch, optax and Keras.
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 44 for the core; 6 to 20 for each section below it |
# | **You need** | lessons [03, Averages](03_averages_with_memory.ipynb), [04, Momentum](04_momentum.ipynb) and [06, RMSProp](06_rmsprop.ipynb) |
# | **You will be able to** | say what the quotient of the two memories measures · derive the correction of their start, and say what a run without it does · write Adam as a kernel and prove it |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+https://example.org/down-the-ravine` first, then restart the kernel.
#
# ## Remember
#
# Two quick questions, on lessons 03 and 06.

# %%
predict("07 remember averages")

# %%
predict("07 remember RMSProp")

# %% [markdown]
# ## Derive: what the quotient asks
#
# First, the rule long after the start: $m$ averages the gradients with β₁, $s$ their squares with β₂. Suppose that every gradient has size 1.

# %% tags=["predicts-C29"]
predict("07 two averages")

# %% [markdown]
# The squares are all 1, so $\sqrt s = 1$ whatever the signs. With $g_k$ the gradient $k$ steps back, $m = (1-\beta_1)\sum_k \beta_1^k g_k$. If all are 1, the shares add up to 1. If the signs flip, the series alternates. If they are random, mixed products average to 0, and the squares remain:
#
# $$m = 1, \qquad |m| = (1-\beta_1)(1 - \beta_1 + \beta_1^2 - \dots) = \frac{1-\beta_1}{1+\beta_1}, \qquad \overline{m^2} = (1-\beta_1)^2 \sum_k \beta_1^{2k} = \frac{1-\beta_1}{1+\beta_1}.$$
#
# The kernel confirms the last two: one step turns a flipping $m$ into $-m$, and leaves the mean square of a noisy one unchanged.

# %% tags=["shows-C29"]
(flipping,) = sp.solve(sp.Eq(-x, trace(adam, m=x, g=-1)["m"]), x)  # trace: a step on symbols
(square,) = sp.solve(sp.Eq(x, beta1**2 * x + (1 - beta1) ** 2), x)
print("flipping:      ", sp.simplify(flipping - (1 - beta1) / (1 + beta1)) == 0)
print("square in noise:", sp.simplify(square - (1 - beta1) / (1 + beta1)) == 0)
lesson_07.three_streams(beta1=0.9)

# %% [markdown]
# For gradients of one size $m/\sqrt s$ is a number between −1 and 1, without units: **it measures how far they agree.** Where they do, the step is η; where they do not, it is a fraction of η, however large they are. The paper speaks of a *signal-to-noise ratio*: gradients with mean μ and spread σ give, through very long memories, $\mu/\sqrt{\mu^2+\sigma^2}$.
#
# ## Predict
#
# Why do the first steps go so far, then? Let the gradient be the same at every step. Lock in your answer, and the explorer opens.

# %%
predict("07 peak", opens=explorer)

# %% [markdown]
# ## The disease in one sentence
#
# Both memories start at zero and fill at different speeds, and until both are full the size of their quotient says more about the start than about the gradients.
#
# ## Derive: the correction
#
# Suppose every gradient has the same mean μ, whatever else it does. After $t$ steps the average holds $t$ of them, and zeros from before. Averages are linear, so the mean of $m$ is
#
# $$(1-\beta_1)\,(1 + \beta_1 + \dots + \beta_1^{t-1})\,\mu = (1-\beta_1^t)\,\mu.$$
#
# We know the share that has arrived, so we divide by it; for $s$ likewise, with β₂ and the mean of $g^2$:
#
# $$\hat m = \frac{m}{1-\beta_1^t}, \qquad \hat s = \frac{s}{1-\beta_2^t}.$$

# %%
arrived = lambda n: (1 - beta1**n) * mu
print("after one step:  ", sp.expand(trace(adam, m=0, g=mu)["m"] - arrived(1)) == 0)
print("from t to t + 1: ", sp.simplify(trace(adam, m=arrived(t), g=mu)["m"] - arrived(t + 1)) == 0)

# %% tags=["predicts-C26"]
predict("07 fades")

# %% tags=["shows-C26"]
for value in (0.9, 0.99, 0.999):
    print(f"β = {value}: one per cent is missing after {theory.bias_steps(value)} steps")

# %% [markdown]
# ## Derive: the first step
#
# After one gradient, $m = (1-\beta_1)\,g$ and $s = (1-\beta_2)\,g^2$. With ε = 0,
#
# $$\frac{\hat m}{\sqrt{\hat s}} = \frac{g}{|g|} = \pm 1, \qquad\text{but}\qquad \frac{m}{\sqrt s} = \pm\frac{1-\beta_1}{\sqrt{1-\beta_2}}.$$
#
# **With the correction and ε = 0 the first step is η along every weight** whose gradient is not 0; only its sign counts. Without it, it is 3.16 η at 0.9 and 0.999. Later, too, for any given gradients and ε = 0, leaving both corrections out multiplies step $t$ by a number that depends on no gradient. Exercise 1 asks for it; here is its picture.

# %%
start = dict(m=0, s=0, eps=0)
first = {"corrected": trace(adam, t=1, **start), "not corrected": trace(uncorrected_adam, **start)}
Equations({name: formulas["w"] for name, formulas in first.items()})

# %%
lesson_07.uncorrected_steps((0.999, 0.99))

# %% [markdown]
# At 0.9 and 0.999 the first memory fills in tens of steps, the second in thousands, and in between the divisor is too small. So a missing correction is a learning-rate schedule that nobody chose: it rises to 6.57 η and falls for thousands of steps.
#
# ## Derive: no units
#
# Multiply the loss by $c > 0$. Every gradient is multiplied by $c$, hence $m$ by $c$ and $s$ by $c^2$, and
#
# $$\frac{c\,m}{\sqrt{c^2 s}} = \frac{m}{\sqrt s}.$$

# %%
scaled = dict(g=c * g, m=c * m, s=c**2 * s)
none = trace(adam, eps=0, **scaled)["w"] - trace(adam, eps=0)["w"]
also = trace(adam, eps=c * eps, **scaled)["w"] - trace(adam)["w"]
print("ε = 0, the step changes by", sp.simplify(none))
print("ε multiplied by c as well, the step changes by", sp.simplify(also))

# %% [markdown]
# So η is a length in the space of weights, whatever the unit of the loss. Of the settings, only ε has the gradient's unit; the usual 1e-8 matters where gradients are that small. And since the memories hold gradients, not steps, a change of η acts at once.
#
# ## Implement: your turn
#
# **Adam** is $w \leftarrow w - \eta\, \hat m / (\sqrt{\hat s} + \varepsilon)$. Fill it in: two averages, two corrections, one step. `hint("Adam")` helps in steps; the check names what went wrong. Below it is the course's own, as a change to RMSProp's.

# %%
def my_adam(w, g, m, s, *, lr, beta1, beta2, eps, t):
    """Averages m of g and s of g^2; correct both; w <- w - lr m_hat / (sqrt(s_hat) + eps)."""
    ...


check("Adam", my_adam)

# %%
show_kernel(adam, since=rmsprop)

# %% [markdown]
# ## Prove: the kernel is the formula
#
# An easy mistake: the corrected averages are stored. One step of it is right, so checking `w` alone would not expose it; the next step starts from memories already corrected.

# %%
new_m, new_s = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g**2
new_w = w - lr * (new_m / (1 - beta1**t)) / (sp.sqrt(new_s / (1 - beta2**t)) + eps)
prove(adam, m=new_m, s=new_s, w=new_w)

# %%
def stored(w, g, m, s, *, lr, beta1, beta2, eps, t):
    m[...] = (beta1 * m + (1 - beta1) * g) / (1 - beta1**t)
    s[...] = (beta2 * s + (1 - beta2) * g**2) / (1 - beta2**t)
    w -= lr * m / (np.sqrt(s) + eps)


prove(stored, w=new_w, m=new_m)

# %% [markdown]
# ## Play
#
# Below the ravine, each weight's $m$ is drawn in a band, $\pm\sqrt s$: the step, in η, is the share of the band that $m$ fills. Without the correction $m$ breaks out of it. Bring the correction back, and take up the goal. Then multiply the loss by 1000: which path stays the same?

# %%
explorer

# %% jupyter={"source_hidden": true}
explorer.filmstrip({"step": 16}, {"corrected": True, "c": 1e3, "step": 120})

# %% [markdown]
# ## Measure: correction on and off
#
# The digits and the network of lesson 03, six passes, six seeds, β₂ = 0.999, five learning rates.

# %%
predict("07 digits")

# %%
losses = {
    (name, 0.999, rate): last_losses(rule, rate, 0.999)
    for name, rule in rules.items()
    for rate in rates
}
lesson_07.correction_by_rate(losses, epochs=6)

# %% [markdown]
# At a small rate the rule *without* correction is faster: longer steps helped there. At a large rate it fails. With each rule at its best of five rates, it even wins on these six seeds, in so short a training. The correction does not improve every run; it makes η mean what it says.
#
# ## Measure: a quiet run, watched for longer
#
# Adam with the paper's settings on our ravine, η = 0.3. From step 110 on the loss is below 1e-3, and the gradients are tiny. We watch 10,000 steps.

# %% tags=["predicts-C21"]
predict("07 burst")

# %% [markdown]
# Adam has a stability limit, as gradient descent does. With $s$ held fixed it is momentum as an average, with the learning rate $\eta/(\sqrt s+\varepsilon)$. By lessons 04 and 05 it converges in a direction of curvature λ while
#
# $$\frac{\eta\lambda}{\sqrt s + \varepsilon} < \frac{2(1+\beta_1)}{1-\beta_1},$$
#
# which is 38 at β₁ = 0.9. SymPy reads it off the kernel:

# %% tags=["shows-C21"]
limit = stability_limit(uncorrected_adam, beta2=1, s=1, eps=0)
print("with √s held at 1, η has to stay below", limit)
most = float(limit.subs({beta1: sp.Rational(9, 10), curvature: 1}))
quiet = {size: descend(ravine(25), ADAM, lr=0.3, eps=size, steps=10_000) for size in (1e-8, 0.2)}
lesson_07.quiet_run(quiet, lr=0.3, limit=most)

# %% [markdown]
# The gradients go to zero, $s$ forgets how large they were, and $\eta\lambda/\sqrt s$ grows until it passes the limit. **The divisor that protects from steep directions is a memory, and it forgets.** An ε of the right size, here 0.2, keeps it below the limit; the usual 1e-8 does not. Lasting noise keeps $s$ up; noise that dies out with the gradients does not ([lesson 10](10_when_adam_fails.ipynb)).

# %% [markdown]
# **Verdict.** The first memory says which way, the second how large gradients have recently been. Their quotient, corrected for the start, makes a step of about η where gradients of one size agree, and of a fraction of η where they do not.

# %% [markdown]
# ## You will also hear
#
# - **First and second moment**: $m$ and $s$ (PyTorch's `exp_avg`, `exp_avg_sq`); *adaptive moment estimation* gave Adam its name.
# - **Bias correction**: the division by $1-\beta^t$.
# - **Adaptive, or per-parameter, learning rate**: $\eta/(\sqrt{\hat s}+\varepsilon)$. **Diagonal preconditioner**: the same, as a matrix.
# - **Scale invariance**: no units, at ε = 0.
# - In PyTorch: `torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.9, 0.999), eps=1e-8)`.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** By what does leaving out the correction multiply step $t$? Find it for a steady gradient, where the corrected step is η.
#
# **2 Tune.** Bring Adam's loss on `ravine(25)` below 1e-3 for good within 25 steps; the explorer is a good place to look.
#
# **3 Explain.** A paper says: trained with Adam, learning rate 3e-4. What else would you have to know to repeat it? `hint("report Adam")` helps; `solution("report Adam")` outlines an answer.

# %%
check("uncorrected step", ...)

# %%
check("Adam below 1e-3", {"lr": ..., "beta1": ..., "beta2": ..., "eps": ...})

# %% [markdown]
# ## Summary
#
# - *The quotient* measures how far gradients agree: for one size, at β₁ = 0.9, it is 1 where they do, 1/19 where they flip.
# - *The correction.* The mean of $m$ is $(1-\beta_1^t)\,\mu$; dividing makes the first step η. Without it steps are up to 6.57 times as long, at 0.9 and 0.999.
# - *The kernel.* Two averages, two corrections, one step; proved.
#
# Next, a ravine that lies across the axes: [lesson 08](08_the_axes_matter.ipynb). Later, convex problems on which Adam fails ([lesson 10](10_when_adam_fails.ipynb)), and tuned races ([lesson 13](13_a_fair_race.ipynb)).

# %% [markdown]
# # Going further
#
# Each section stands alone.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Three steps by hand, 8 minutes
#
# Adam's memories are rational numbers. Once you have followed three steps in fractions, you will not mix up the corrections.

# %% [markdown]
# The gradients are 1, 1, −1. With $|g| = 1$ the corrected $s$ is 1 at every step, and the step is $\hat m$.

# %%
exact = dict(eps=0, beta1=sp.Rational(9, 10), beta2=sp.Rational(999, 1000))
before = w
for count, seen in enumerate((1, 1, -1), 1):
    now = unroll(adam, count, g=[1, 1, -1][:count], **exact)
    m_hat = now["m"] / (1 - exact["beta1"] ** count)
    s_hat = now["s"] / (1 - exact["beta2"] ** count)
    step, before = sp.simplify((before - now["w"]) / lr), now["w"]
    print(f"g = {seen:2}: m = {now['m']}, s = {now['s']}", end=", ")
    print(f"corrected {m_hat} and {s_hat}, step {step} lr")

# %% [markdown]
# After two that agree and one that does not, Adam still moves on, with about a quarter of η. Now another order:

# %%
check("hand trace", ...)

# %% [markdown]
# A fine point: $\hat s$ is right on average, its root is not. At $t = 1$, with Gaussian gradients of size 1, $\hat s = g^2$ has the mean 1, and its root the mean of $|g|$:

# %%
density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
means = [2 * sp.integrate(f * density, (x, 0, sp.oo)) for f in (x**2, x)]
Equations({"mean of ŝ": means[0], "mean of its root": means[1], "about": means[1].evalf(3)})

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## How long a step can be, 20 minutes
#
# It is often said that η bounds Adam's step. For gradients of one size it does. Here is the bound over all gradients, with proof and with the gradients that reach it.

# %% [markdown]
# The paper prints a bound, $(1-\beta_1)/\sqrt{1-\beta_2}$ times η or η, whichever is larger: 3.16 η at its settings.

# %% tags=["predicts-C20"]
predict("07 bound")

# %% [markdown]
# Can you find the bound yourself? All it takes is the Cauchy–Schwarz inequality, and `hint("longest step")` helps. The proof stands below.

# %%
check("longest step", ...)

# %% [markdown]
# With $g_k$ the gradient $k$ steps back, split each term of $m$ and use the Cauchy–Schwarz inequality:
#
# $$m^2 = (1-\beta_1)^2\Big(\sum_k \frac{\beta_1^k}{\beta_2^{k/2}}\cdot\beta_2^{k/2} g_k\Big)^2 \le (1-\beta_1)^2 \sum_k \Big(\frac{\beta_1^2}{\beta_2}\Big)^k \sum_k \beta_2^k g_k^2.$$
#
# The last sum is $s/(1-\beta_2)$, the one before a geometric series. So
#
# $$\frac{|m|}{\sqrt s} \le \frac{1-\beta_1}{\sqrt{(1-\beta_2)(1-\beta_1^2/\beta_2)}} \qquad\text{if } \beta_1^2 < \beta_2.$$

# %%
settings = {"paper": (0.9, 0.999), "0.99": (0.9, 0.99), "0.95": (0.9, 0.95), "equal": (0.9, 0.9)}
settings["short m"] = (0.5, 0.999)
for name, pair in settings.items():
    both = f"{theory.adam_bound(*pair):.3f} lr; printed bound {theory.printed_bound(*pair):.3f}"
    print(f"{name}: beta1 = {pair[0]}, beta2 = {pair[1]}: steps up to {both}")

# %% [markdown]
# Only β₁ = β₂ makes η the bound, and if $\beta_1^2 \ge \beta_2$ there is none. Is 7.27 ever reached? Equality holds where the two factors are proportional: $g_k \propto (\beta_1/\beta_2)^k$. Those are gradients that *grow*, by 11 per cent a step. The kernel runs on them, and on one lone gradient after a long silence:

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
    bare, corrected = (last_step(kernel, grown, **paper) for kernel in (uncorrected_adam, adam))
    print(f"{count} growing gradients: {bare:.3f} lr not corrected, {corrected:.3f} lr corrected")
silence = np.r_[np.full(6000, 1e-9), 1.0]
print(f"one gradient after silence: {last_step(adam, silence, **paper):.3f} lr")

# %%
lesson_07.longest_steps(0.9, 0.999)

# %% [markdown]
# The printed bound is the lone gradient after silence, taken for the worst case; growing gradients are worse. Here is the whole map, with the steady gradient on the left and the worst one on the right.

# %%
lesson_07.windows(settings)

# %% [markdown]
# From β₂ = β₁ on, the longer $s$ remembers, the longer the worst step. At β₁ = 0.9 a β₂ of 0.95, often used for large language models, keeps even that below 1.17 η.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Where ε sits, 12 minutes
#
# Three places are in use, under one name. Read this before you copy an ε from one library to another, or train in half precision.

# %% [markdown]
# A weight has gradients of 1e-8, and ε = 1e-8, as in the paper. By how much does its first step shrink if ε moves from outside the root to inside?

# %%
predict("07 inside")

# %%
tiny = sp.Rational(1, 10**8)
for kernel in (adam, adam_inside):
    step = (w - trace(kernel, m=0, s=0, t=1, g=tiny, eps=tiny)["w"]) / lr
    step = step.subs({beta1: sp.Rational(9, 10), beta2: sp.Rational(999, 1000)})
    print(f"{kernel.__name__}: the first step is {float(step):.2g} lr")

# %% [markdown]
# Inside, the divisor never falls below $\sqrt\varepsilon$, a ten-thousandth; that is 5000 times as strong.
#
# A third place: one may correct in the rate, $\eta_t = \eta\sqrt{1-\beta_2^t}/(1-\beta_1^t)$, and add an *epsilon hat*, ε̂, to the raw root. The paper mentions it, and Keras does it. Which ε̂ makes the same step as ε in Adam?

# %%
check("epsilon hat", ...)

# %% [markdown]
# It is Adam with another ε at each step:
#
# $$\frac{\sqrt{1-\beta_2^t}}{\sqrt s + \hat\varepsilon} = \frac{1}{\sqrt{\hat s} + \varepsilon} \qquad\text{for}\qquad \hat\varepsilon = \varepsilon\,\sqrt{1-\beta_2^t}.$$

# %%
q = sp.Symbol("q", positive=True)  # 1 - beta2^t
hat = trace(adam_hat, eps=eps * sp.sqrt(q))["w"].subs(beta2**t, 1 - q)
ours = trace(adam)["w"].subs(beta2**t, 1 - q)
print("Keras's rule with that ε̂, less Adam:", sp.simplify(hat - ours))

# %% [markdown]
# And two extremes: no ε at a gradient of 0, and an ε far above the gradients.

# %%
for size in (0.0, 1e-8):
    place, first_m, second_m = np.array([1.0]), np.zeros(1), np.zeros(1)
    usual = dict(lr=0.1, beta1=0.9, beta2=0.999, eps=size, t=1)
    with np.errstate(invalid="ignore"):
        adam(place, np.zeros(1), first_m, second_m, **usual)
    print(f"a weight whose gradient is 0, ε = {size:g}: it goes to {place[0]}")
far = sp.limit(trace(adam, eps=1 / q)["w"].subs(lr, lr / q), q, 0, "+")
momentum_like = w - lr * (beta1 * m + (1 - beta1) * g) / (1 - beta1**t)
print("ε without bound, η/ε held: averaged momentum:", sp.simplify(far - momentum_like) == 0)

# %% [markdown]
# Without ε a dead unit turns into NaN, which spreads. With an ε far above the gradients Adam turns into averaged momentum with the rate η/ε, corrected at the start. So ε is a guard and also a knob. In half precision 1e-8 is 0.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Weight decay, 20 minutes
#
# A decay pulls unneeded weights back to zero, which often helps on new data. `weight_decay` names two different rules; this section tells them apart and says which library does which.

# %% [markdown]
# A penalty $\frac12 d\,|w|^2$ in the loss adds $d\,w$ to the gradient, and for gradient descent
#
# $$w - \eta\,(g + d\,w) = (1-\eta d)\,w - \eta g:$$
#
# it takes the share $\eta d$ off every weight. And for Adam? Here is its first step, with ε = 0.

# %%
first = {}
for name, kernel in (("penalty", adam_l2), ("decoupled", adamw)):
    formula = trace(kernel, m=0, s=0, t=1, eps=0)["w"]
    first[f"first step, {name}"] = formula.subs(decay, sp.Symbol("d"))
Equations(first)

# %% [markdown]
# With the penalty the decay can at most turn a sign. It enters the memories and is divided by $\sqrt{\hat s}$ with the rest, so weights with large gradients hardly decay. **Decoupled** decay, AdamW, takes it off the weights and tells the memories nothing. Write it; you may call `adam`.

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
    expected = np.broadcast_to((1 - 0.001 / divided) ** 2000, 3)
    print(f"{kernel.__name__}: {place.mean(axis=1).round(3)}, predicted {expected.round(3)}")

# %% [markdown]
# With the penalty the decay is in proportion to $1/|g|$: a hundred times weaker where the gradients are a hundred times larger. With AdamW it is $(1-\eta d)^t$ for all.
#
# Two traps remain. The first: what does AdamW's decay do when you change the learning rate? Without gradients, the decay alone:

# %%
for rate, share in ((0.01, 0.1), (0.001, 0.1), (0.001, 1.0)):
    place, first_m, second_m = np.ones(1), np.zeros(1), np.zeros(1)
    chosen = {**usual, "lr": rate, "decay": share}
    for count in range(1, 2001):
        adamw(place, np.zeros(1), first_m, second_m, t=count, **chosen)
    print(f"lr = {rate}, d = {share}: a weight of 1 is {place[0]:.3f} after 2000 steps")

# %% [markdown]
# **Only the product ηd counts: a tenth of the rate is a tenth of the decay,** unless $d$ grows tenfold. This holds in PyTorch, optax and Keras, where a schedule of η moves both.
#
# AdamW's paper uses other letters: α for our η, λ for the decay, and $\eta_t$ for the schedule's factor alone. Its rule is $w \leftarrow w - \eta_t\,(\alpha\,\hat m/(\sqrt{\hat s}+\varepsilon) + \lambda w)$. There, too, a schedule moves both, but another α leaves the decay alone.

# %% [markdown]
# The second trap is the name. What `weight_decay` means:
#
# | in | the penalty, L2 | decoupled, times the rate |
# |---|---|---|
# | PyTorch | `Adam`, and `SGD`, `RMSprop`, `Adagrad` | `AdamW`, and `Adam` with `decoupled_weight_decay=True` |
# | optax | none: put `add_decayed_weights` before `scale_by_adam` | `adamw`; `adam` has no decay |
# | Keras | none: a regularizer of the layer | `AdamW`, and `Adam` and every other rule, too |

# %%
calls = "torch.optim.Adam", "torch.optim.AdamW", "optax.adamw", "keras.optimizers.Adam"
for call in (*calls, "keras.optimizers.AdamW"):
    print(f"{call}: weight_decay = {SIGNATURES[call]['weight_decay']} unless you say otherwise")

# %% [markdown]
# So `Adam` with `weight_decay` is L2 in PyTorch and AdamW in Keras. And a line that leaves the argument out trains with four different decays.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Other second memories, on digits, 12 minutes
#
# How much of this depends on β₂, and how far do the gradients of a real network agree? Read this before you change β₂.

# %%
for second in (0.95, 0.99):
    for name, rule in rules.items():
        for rate in rates:
            losses[name, second, rate] = last_losses(rule, rate, second)
lesson_07.correction_by_rate(losses, epochs=6)

# %% [markdown]
# At 0.95 there is little to correct, and, each at its best rate, the two cannot be told apart on six seeds; nor can they at 0.99. At 0.999 a missing correction is the schedule $\eta\,(1-\beta_1^t)/\sqrt{1-\beta_2^t}$. We can test that: Adam, corrected, with this schedule should make the uncorrected run.

# %%
planned = lambda n: 0.01 * theory.uncorrected_step(0.9, 0.999, n)
without = train(network, UNCORRECTED_ADAM, data, lr=0.01, epochs=2, seed=0)
disguised = train(network, ADAM, data, lr=planned, epochs=2, seed=0)
same = np.allclose(without.batch_losses, disguised.batch_losses, rtol=0.01)
print("Adam with that schedule makes the uncorrected run, to a per cent:", same)

# %% [markdown]
# Now the agreement: the mean of $|\hat m|/\sqrt{\hat s}$ over the weights while the network trains, at η = 0.003. Steady gradients would give 1. Gaussian noise without a mean would give the share of noise from the core, times the mean size of a Gaussian.

# %% jupyter={"source_hidden": true}
def steps_made(seed, second, rate=0.003, passes=20):
    """Mean and longest step over the weights at each step of a training, in units of the rate."""
    place, made = network.init(seed), []
    first_m, second_m = np.zeros((2, place.size))
    usual = dict(lr=rate, beta1=0.9, beta2=second, eps=1e-8)
    for count, chosen in enumerate(batches(data.y_train.size, 64, passes, seed), 1):
        slope = network.gradient(place, data.x_train[:, chosen], data.y_train[chosen])
        was = place.copy()
        adam(place, slope, first_m, second_m, t=count, **usual)
        moved = np.abs(place - was)[second_m > 0] / rate
        made.append((moved.mean(), moved.max()))
    return np.array(made)

# %%
with one_thread():
    filled, shorter = (np.array([steps_made(n, second) for n in seeds]) for second in (0.999, 0.95))
noise = float(sp.sqrt(square.subs(beta1, sp.Rational(9, 10))) * sp.sqrt(2 / sp.pi))
lesson_07.agreement(filled, shorter, noise, (0.999, 0.95))

# %% [markdown]
# Adam begins at full stride and shortens it as the gradients cease to agree. In the end it is below noise, mostly because $s$ still remembers the larger gradients of the beginning: with a shorter second memory it stays near the noise. And steps much longer than η, possible as they are, do not occur in these runs.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Errors in print, 10 minutes
#
# For teachers and the curious: three slips from good texts. Finding out what a slip does is a fine way to understand the rule.

# %% [markdown]
# A docstring of labml.ai gives the *effective step* as $\eta\,\hat m/\hat s$, without the root that its code has. A tab of *Dive into Deep Learning* computes `p - lr * v_bias_corr / sqrt(s_bias_corr) + eps`. SymPy refutes both on symbols. (A correction by $1-\beta^t$ that counts from 0 is an exercise of lesson 03.)

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

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Often said, 6 minutes
#
# Claims about Adam that one meets in articles, posts and talks, and what we find.

# %% [markdown]
# One text gives four details: the name, *adaptive moment optimization*, and β1 = 0.9, β2 = 0.99, ε = 1e-10.

# %% tags=["predicts-C28"]
predict("07 details")

# %% tags=["shows-C28"]
usual = ", ".join(f"{name} = {value:g}" for name, value in ADAM.defaults.items())
print("adaptive moment estimation;", usual)
print("source:", ADAM.source)

# %% [markdown]
# | It is said, in our words | We find |
# |---|---|
# | Adam stands for adaptive moment *optimization* | *estimation*: it estimates two moments, the means of g and of g² |
# | the step is the first average over the root of the second, both "as with momentum" | the second is as with RMSProp, and the root is of an average: no further mean |
# | (no correction) | wrong by omission: under a steady gradient steps of up to 6.57 η, and 2.13 η at β2 = 0.99 |
# | β2 is about 0.99 | the paper and the frameworks have 0.999; with 0.99 the uncorrected first step is η by accident, which hides the omission |
# | ε is generally 1e-10 | the paper has 1e-8, outside the root and after the correction; Keras 1e-7, before it |
# | η is the longest step | for gradients of one size, or for β1 = β2, yes; else some gradients make longer ones, at the paper's settings those that grow |
# | momentum, RMSProp and Adam are all *adaptive* | momentum has one η for all weights; the other two follow the history of each weight's gradients |

# %%
check("Adam's defaults", ...)

# %% [markdown]
# ## References
#
# - D. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", *ICLR* 2015, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980).
# - T. Tieleman, G. Hinton, ["Lecture 6.5, RMSProp"](https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf), *COURSERA: Neural Networks for Machine Learning* 2012.
# - I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", *ICLR* 2019, [arXiv:1711.05101](https://arxiv.org/abs/1711.05101).
# - S. Reddi, S. Kale, S. Kumar, "On the Convergence of Adam and Beyond", *ICLR* 2018, [arXiv:1904.09237](https://arxiv.org/abs/1904.09237).
# - J. Cohen and others, "Adaptive Gradient Methods at the Edge of Stability", [arXiv:2207.14484](https://arxiv.org/abs/2207.14484).
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, [arXiv:2106.11342](https://arxiv.org/abs/2106.11342), section Adam.
# - labml.ai, [annotated implementation of Adam](https://nn.labml.ai/optimizers/adam.html); P. Lippe, University of Amsterdam, [tutorial on optimization and initialization](https://uvadlc-notebooks.readthedocs.io).
#
# Before: [06, RMSProp](06_rmsprop.ipynb). Next: [08, The axes matter](08_the_axes_matter.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.

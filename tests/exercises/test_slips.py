"""Slips of public threads in their own spelling, and the idea that each must get."""

import numpy as np
import pytest

from course_utils.exercises import check, exercises
from course_utils.exercises.bank import settings
from tests.each import each

pytestmark = pytest.mark.usefixtures("here")

# Lines of Adam's that are right in many of them.
RIGHT = {
    "BOTH": "m[...] = beta1*m + (1 - beta1)*g; s[...] = beta2*s + (1 - beta2)*g**2",
    "HATS": "mh = m/(1 - beta1**t); sh = s/(1 - beta2**t)",
    "MOVE": "w -= lr*mh/(np.sqrt(sh) + eps)",
}
# By exercise and idea: bodies of a function.
SLIPS = {
    "Adam": {
        "divide by the weight that arrived": (
            "BOTH; mh = m*(1 - beta1**t); sh = s*(1 - beta2**t); MOVE",
            "BOTH; lr = lr*(1 - beta1**t)/np.sqrt(1 - beta2**t); w -= lr*m/(np.sqrt(s) + eps)",
        ),
        "the power belongs to beta": (
            "BOTH; mh = m/(1 - beta1)**t; sh = s/(1 - beta2)**t; MOVE",
            "BOTH; lr = lr*np.sqrt((1 - beta2)**t)/(1 - beta1)**t; w -= lr*m/(np.sqrt(s) + eps)",
        ),
        "the correction fades": (
            "BOTH; mh = m/(1 - beta1); sh = s/(1 - beta2); MOVE",
        ),
        "the mean of squares": (
            "m[...] = beta1*m + (1 - beta1)*g; s[...] = beta2*s + (1 - beta2)*g; HATS; MOVE",
            "m[...] = beta1*m + (1 - beta1)*g; s[...] = beta2*s + (1 - beta2)*g*2; HATS; MOVE",
        ),
        "the memories stay raw": (
            "BOTH; m /= 1 - beta1**t; s /= 1 - beta2**t; w -= lr*m/(np.sqrt(s) + eps)",
        ),
        "t counts the gradients seen": (
            "BOTH; t += 1; HATS; MOVE",
            "BOTH; t -= 1; HATS; MOVE",
            "for i in range(len(w)):\n    m[i] = beta1*m[i] + (1 - beta1)*g[i]; s[i] = "
            "beta2*s[i] + (1 - beta2)*g[i]**2\n    w[i] -= lr*m[i]/(1 - "
            "beta1**t)/(np.sqrt(s[i]/(1 - beta2**t)) + eps)\n    t += 1",
        ),
        "memory must last": (
            "m = np.zeros_like(w); s = np.zeros_like(w); m = beta1*m + (1 - beta1)*g; s = "
            "beta2*s + (1 - beta2)*g**2; HATS; MOVE",
            "m = np.zeros_like(w); s = np.zeros_like(w); m = beta1*m + (1 - beta1)*g; s = "
            "beta2*s + (1 - beta2)*g**2; HATS; MOVE; return w, m, s",
        ),
        "two arrays, two names": (
            "m = s = np.zeros_like(w); m *= beta1; m += (1 - beta1)*g; s *= beta2; s += (1 - "
            "beta2)*g**2; HATS; MOVE; return w, m, s",
            "m = s; m *= beta1; m += (1 - beta1)*g; s *= beta2; s += (1 - beta2)*g**2; HATS; "
            "MOVE; return w, m, s",
            "m, s = [np.zeros_like(w)]*2; m *= beta1; m += (1 - beta1)*g; s *= beta2; s += "
            "(1 - beta2)*g**2; HATS; MOVE; return w, m, s",
        ),
        "where eps sits": (
            "BOTH; HATS; w -= lr*mh/np.sqrt(sh + eps)",
            "BOTH; w -= lr*np.sqrt(1 - beta2**t)/(1 - beta1**t)*m/(np.sqrt(s) + eps)",
            "BOTH; HATS; w -= lr*mh/(np.sqrt(s) + eps)*np.sqrt(1 - beta2**t)",
        ),
        "brackets": (
            "BOTH; HATS; w -= lr*mh/np.sqrt(sh) + eps",
            "BOTH; HATS; w -= lr/np.sqrt(sh) + eps*mh",
            "BOTH; HATS; w -= (lr/np.sqrt(sh) + eps)*mh",
            "BOTH; HATS; w -= lr*(mh/np.sqrt(sh) + eps)",
            "BOTH; mh = m/1 - beta1**t; sh = s/1 - beta2**t; MOVE",
        ),
        "brackets round the share": (
            "m[...] = beta1*m + 1 - beta1*g; s[...] = beta2*s + 1 - beta2*g**2; HATS; MOVE",
            "m[...] = beta1*m + 1 - beta1*g; s[...] = beta2*s + (1 - beta2)*g**2; HATS; MOVE",
        ),
        "the share outside the square": (
            "m[...] = beta1*m + (1 - beta1)*g; s[...] = beta2*s + ((1 - beta2)*g)**2; HATS; MOVE",
        ),
        "old values fade": (
            "m += beta1*m + (1 - beta1)*g; s += beta2*s + (1 - beta2)*g**2; HATS; MOVE",
        ),
        "memories add their parts": (
            "m *= beta1 + (1 - beta1)*g; s *= beta2 + (1 - beta2)*g**2; HATS; MOVE",
            "m -= (1 - beta1)*(m + g); s -= (1 - beta2)*(s + g**2); HATS; MOVE",
        ),
        "old gradients fade": (
            "m += (1 - beta1)*g; s += (1 - beta2)*g**2; HATS; MOVE",
            "m[...] = m + g; s[...] = s + g**2; HATS; MOVE",
        ),
        "which beta belongs to which memory": (
            "m[...] = beta2*m + (1 - beta2)*g; s[...] = beta1*s + (1 - beta1)*g**2; HATS; MOVE",
            "beta1, beta2 = beta2, beta1; BOTH; HATS; MOVE",
            "m[...] = beta1*m + (1 - beta1)*g; s[...] = beta1*s + (1 - beta1)*g**2; HATS; MOVE",
            "m[...] = beta2*m + (1 - beta2)*g; s[...] = beta2*s + (1 - beta2)*g**2; HATS; MOVE",
            "m[...] = beta1*m + (1 - beta1)*g; s[...] = beta2*s + (1 - beta1)*g**2; HATS; MOVE",
            "m[...] = beta1*m + (1 - beta1)*g; s[...] = beta1*s + (1 - beta1)*g**2; mh = "
            "m/(1-beta1**t); sh = s/(1-beta1**t); MOVE",
        ),
        "beta is the share you keep": (
            "m[...] = (1 - beta1)*m + beta1*g; s[...] = (1 - beta2)*s + beta2*g**2; HATS; MOVE",
        ),
        "the average is corrected, then the root taken": (
            "BOTH; mh = m/(1 - beta1**t); w -= lr*mh/(np.sqrt(s)/(1 - beta2**t) + eps)",
            "BOTH; lr = lr*(1 - beta2**t)/(1 - beta1**t); w -= lr*m/(np.sqrt(s) + eps)",
            "BOTH; lr = lr*np.sqrt((1 - beta2**t)/(1 - beta1**t)); w -= lr*m/(np.sqrt(s) + eps)",
        ),
        "each memory is corrected once": (
            "BOTH; HATS; lr = lr*np.sqrt(1 - beta2**t)/(1 - beta1**t); MOVE",
        ),
        "the correction is missing": (
            "BOTH; HATS; w -= lr*m/(np.sqrt(sh) + eps)",
            "BOTH; HATS; w -= lr*mh/(np.sqrt(s) + eps)",
            "BOTH; HATS; w -= lr*m/(np.sqrt(s) + eps)",
        ),
        "first remember, then move": (
            "HATS; BOTH; MOVE",
        ),
        "the root of the mean square": (
            "BOTH; HATS; w -= lr*mh/(sh + eps)",
            "BOTH; HATS; w -= lr*mh/(np.sqrt(np.sqrt(sh)) + eps)",
        ),
        "the memory moves the weights": (
            "BOTH; HATS; w -= lr*g/(np.sqrt(sh) + eps)",
        ),
        "divide by the usual size": (
            "BOTH; HATS; w -= lr*np.sqrt(sh)/(mh + eps)",
        ),
        "the direction on top": (
            "BOTH; HATS; w -= lr*sh/(np.sqrt(mh) + eps)",
        ),
        "one minus sign in all": (
            "BOTH; HATS; w += lr*mh/(np.sqrt(sh) + eps)",
        ),
        "g is only lent": (
            "m *= beta1; m += (1 - beta1)*g; g *= g; s *= beta2; s += (1 - beta2)*g; HATS; MOVE",
        ),
        "the gradient itself": (
            "g = g**2; m[...] = beta1*m + (1 - beta1)*g; s[...] = beta2*s + (1 - beta2)*g; "
            "HATS; MOVE",
        ),
        "weights are fractions": (
            "m = (beta1*m + (1 - beta1)*g).astype(int); s = (beta2*s + (1 - "
            "beta2)*g**2).astype(int); HATS; MOVE; return w, m, s",
            "BOTH; HATS; w[...] = (w - lr*mh/(np.sqrt(sh) + eps)).astype(int)",
        ),
        "every weight has its own": (
            "m[...] = beta1*m + (1 - beta1)*g; s[...] = beta2*s + (1 - "
            "beta2)*np.linalg.norm(g)**2; HATS; MOVE",
            "m[...] = beta1*m + (1 - beta1)*g; s[...] = beta2*s + (1 - beta2)*np.sum(g*g); "
            "HATS; MOVE",
        ),
        "old squares fade": (
            "m[...] = beta1*m + (1 - beta1)*g; s[...] = s + g**2; HATS; MOVE",
        ),
        "the memories hold gradients": (
            "m[...] = beta1*m + (1 - beta1)*lr*g; s[...] = beta2*s + (1 - beta2)*g**2; HATS; MOVE",
        ),
        "squares of gradients": (
            "m[...] = beta1*m + (1 - beta1)*g; s[...] = beta2*s + (1 - beta2)*m**2; HATS; MOVE",
        ),
        "the rate stays as it is": (
            "BOTH; HATS; w -= lr/np.sqrt(t)*mh/(np.sqrt(sh) + eps)",
        ),
        "the caller keeps the memory": (
            "m = beta1*m + (1 - beta1)*g; s = beta2*s + (1 - beta2)*g**2; HATS; MOVE",
        ),
        "new weights, not the step": (
            "BOTH; HATS; return lr*mh/(np.sqrt(sh) + eps)",
            "BOTH; HATS; w -= w - lr*mh/(np.sqrt(sh) + eps)",
            "BOTH; HATS; w[...] =- lr*mh/(np.sqrt(sh) + eps)",
        ),
    },
    "RMSProp": {
        "squares do not cancel": (
            "s[...] = rho*s + (1 - rho)*g; w -= lr*g/(np.sqrt(s) + eps)",
            "s[...] = rho*s + (1 - rho)*2*g; w -= lr*g/(np.sqrt(s) + eps)",
        ),
        "old squares fade": (
            "s += g**2; w -= lr*g/(np.sqrt(s) + eps)",
            "s += (1 - rho)*g**2; w -= lr*g/(np.sqrt(s) + eps)",
            "s += rho*s + (1 - rho)*g**2; w -= lr*g/(np.sqrt(s) + eps)",
        ),
        "squares add up": (
            "s *= rho + (1 - rho)*g**2; w -= lr*g/(np.sqrt(s) + eps)",
            "s[...] = rho*s - (1 - rho)*g**2; w -= lr*g/(np.sqrt(s) + eps)",
        ),
        "rho is the share you keep": (
            "s[...] = (1 - rho)*s + rho*g**2; w -= lr*g/(np.sqrt(s) + eps)",
        ),
        "brackets round the share": (
            "s[...] = rho*s + 1 - rho*g**2; w -= lr*g/(np.sqrt(s) + eps)",
        ),
        "brackets round the divisor": (
            "s[...] = rho*s + (1 - rho)*g**2; w -= lr/np.sqrt(s) + eps*g",
            "s[...] = rho*s + (1 - rho)*g**2; w -= (lr/np.sqrt(s) + eps)*g",
            "s[...] = rho*s + (1 - rho)*g**2; w -= lr*g/np.sqrt(s) + eps",
        ),
        "where eps sits": (
            "s[...] = rho*s + (1 - rho)*g**2; w -= lr*g/np.sqrt(s + eps)",
        ),
        "the root of the average": (
            "s[...] = rho*s + (1 - rho)*g**2; w -= lr*g/(s + eps)",
            "s[...] = rho*s + (1 - rho)*g**2; w -= lr*g/(s**0.25 + eps)",
        ),
        "one gradient, once": (
            "s[...] = rho*s + (1 - rho)*g**2; w -= lr*g**2/(np.sqrt(s) + eps)",
        ),
        "the learning rate is missing": (
            "s[...] = rho*s + (1 - rho)*g**2; w -= g/(np.sqrt(s) + eps)",
        ),
        "memory must last": (
            "s = np.zeros_like(w); s = rho*s + (1 - rho)*g**2; w -= lr*g/(np.sqrt(s) + eps)",
            "s = np.zeros_like(w); s = rho*s + (1 - rho)*g**2; w = w - lr*g/(np.sqrt(s) + "
            "eps); return w, s",
        ),
        "first remember, then move": (
            "w -= lr*g/(np.sqrt(s) + eps); s[...] = rho*s + (1 - rho)*g**2",
        ),
        "the learning rate counts once": (
            "s[...] = rho*s + (1 - rho)*g**2; rate = lr/(np.sqrt(s) + eps); w -= lr*rate*g",
        ),
        "each weight its own divisor": (
            "s[...] = rho*s + (1 - rho)*g**2; w -= lr*g/(np.sqrt(s.sum()) + eps)",
        ),
        "s holds squares": (
            "s[...] = np.sqrt(rho*s + (1 - rho)*g**2); w -= lr*g/(np.sqrt(s) + eps)",
        ),
        "g is only lent": (
            "s[...] = rho*s + (1 - rho)*g**2; g /= np.sqrt(s) + eps; w -= lr*g",
        ),
    },
    "momentum": {
        "the learning rate counts once": (
            "v[...] = beta*v - lr*g; w += lr*v",
            "v[...] = beta*v + lr*g; w -= lr*v",
        ),
        "the learning rate is missing": (
            "v[...] = beta*v + g; w -= v",
        ),
        "one minus sign in all": (
            "v[...] = beta*v - lr*g; w -= v",
            "v[...] = beta*v + lr*g; w += v",
        ),
        "old velocity fades": (
            "v += beta*v - lr*g; w += v",
        ),
        "memories add their parts": (
            "v *= beta - lr*g; w += v",
        ),
        "the velocity moves the weights": (
            "v = -lr*g; w += v",
            "v = np.zeros_like(w); v = beta*v - lr*g; w += v",
        ),
        "memory must last": (
            "v = np.zeros_like(w); v = beta*v - lr*g; w = w + v; return w, v",
        ),
        "the caller keeps the memory": (
            "v = beta*v - lr*g; w += v",
        ),
        "beta is the share you keep": (
            "v[...] = (1 - beta)*v - beta*lr*g; w += v",
            "v[...] = (1 - beta)*v - lr*g; w += v",
        ),
        "a sum, not an average": (
            "v[...] = beta*v - (1 - beta)*g; w += lr*v",
        ),
        "beta fades the velocity, not the weights": (
            "v[...] = beta*v - lr*g; w[...] = beta*w + v",
        ),
        "the memory is a step": (
            "w_new = w - lr*g + beta*(w - v); v[...] = w; w[...] = w_new",
        ),
        "two arrays, two names": (
            "v *= beta; v -= lr*g; w[...] = w + v; v = w; return w, v",
        ),
        "one gradient, once": (
            "v[...] = beta*v - lr*g; w += v; w -= lr*g",
        ),
        "memory is recursive": (
            "w += beta*v - lr*g; v[...] = -lr*g",
        ),
        "first remember, then move": (
            "w += v; v[...] = beta*v - lr*g",
        ),
        "beta fades the past, not the present": (
            "v[...] = beta*(v - lr*g); w += v",
        ),
        "g is only lent": (
            "g *= lr; v *= beta; v -= g; w += v",
        ),
        "weights are fractions": (
            "v[...] = (beta*v - lr*g).astype(int); w += v",
        ),
    },
    "Nesterov": {
        "look ahead, do not only roll": (
            "v_prev = v; v *= beta; v -= lr*g; w += -beta*v_prev + (1 + beta)*v",
            "w += beta*v; v[...] = beta*v - lr*g; w -= lr*g",
            "v_prev = v.copy(); v[...] = beta*v - lr*g; w += beta*v_prev - lr*g",
            "v[...] = beta*v - lr*g; w += v",
        ),
        "the old look-ahead comes off": (
            "v_prev = v.copy(); v *= beta; v -= lr*g; w += beta*v_prev + (1 + beta)*v",
            "v[...] = beta*v - lr*g; w += (1 + beta)*v",
        ),
        "beta fades once in the move": (
            "v[...] = beta*v - lr*g; w += beta*beta*v - (1 + beta)*lr*g",
        ),
        "g is the gradient ahead already": (
            "w += beta*v; v[...] = beta*v - lr*g; w += v",
        ),
        "the velocity moves the weights": (
            "v[...] = beta*v - lr*g; w -= lr*g",
        ),
        "where the learning rate sits": (
            "v[...] = beta*v + g; w[...] = w - g*lr + beta*v*lr",
        ),
        "ahead, not behind": (
            "v[...] = beta*v - lr*g; w[...] = w - lr*g - beta*v",
        ),
        "beta fades the velocity in the move too": (
            "v[...] = beta*v - lr*g; w += v - lr*g",
        ),
        "beta fades the past, not the present": (
            "v[...] = beta*v - lr*g; w += beta*(v - lr*g)",
        ),
    },
    "AdamW": {
        "decay outside the memories": (
            "g = g + decay*w; BOTH; HATS; MOVE",
            "g += decay*w; BOTH; HATS; MOVE",
            "BOTH; HATS; w -= lr*(mh + decay*w)/(np.sqrt(sh) + eps)",
            "BOTH; HATS; mh += decay*w; MOVE",
            "g = g + decay*w**2; BOTH; HATS; MOVE",
            "g = g + 2*decay*w; BOTH; HATS; MOVE",
            "g += lr*decay*w; BOTH; HATS; MOVE",
        ),
        "the decay is multiplied by lr": (
            "BOTH; HATS; w -= decay*w; MOVE",
            "BOTH; HATS; MOVE + decay*w",
            "BOTH; HATS; w *= 1 - decay; MOVE",
            "BOTH; HATS; MOVE; w -= decay*w",
            "BOTH; HATS; w -= lr*lr*decay*w; MOVE",
        ),
        "decay first, then the step": (
            "BOTH; HATS; MOVE; w -= lr*decay*w",
            "BOTH; HATS; w[...] = (1 - lr*decay)*(w - lr*mh/(np.sqrt(sh) + eps))",
        ),
        "the weights decay": (
            "BOTH; HATS; w += lr*decay*w; MOVE",
            "BOTH; HATS; w -= lr*(mh/(np.sqrt(sh) + eps) - decay*w)",
            "BOTH; HATS; MOVE",
        ),
        "decay is the share that goes": (
            "BOTH; HATS; w *= lr*decay; MOVE",
        ),
        "a share of the weight": (
            "BOTH; HATS; w -= lr*decay*np.sign(w); MOVE",
            "BOTH; HATS; w *= (1 - lr*decay)**t; MOVE",
        ),
    },
    "AdaGrad": {
        "squares do not cancel": (
            "s += g; w -= lr*g/(np.sqrt(s) + eps)",
            "s += g; w -= lr*g/(np.sqrt(s**2) + eps)",
            "s += 2*g; w -= lr*g/(np.sqrt(s) + eps)",
        ),
        "memory must last": (
            "s[...] = g**2; w -= lr*g/(np.sqrt(s) + eps)",
            "s = np.zeros_like(w); s += g**2; w -= lr*g/(np.sqrt(s) + eps)",
        ),
        "each square once": (
            "s += s + g**2; w -= lr*g/(np.sqrt(s) + eps)",
        ),
        "the root of the squares": (
            "s += g**2; w -= lr*g/(s + eps)",
        ),
        "where eps sits": (
            "s += g**2; w -= lr*g/np.sqrt(s + eps)",
        ),
        "brackets round the divisor": (
            "s += g**2; w -= lr/np.sqrt(s) + eps*g",
        ),
        "first remember, then move": (
            "w -= lr*g/(np.sqrt(s) + eps); s += g**2",
        ),
        "each weight its own divisor": (
            "s += np.sum(g**2); w -= lr*g/(np.sqrt(s) + eps)",
        ),
    },
    "ema": {
        "beta is the share you keep": (
            "w[...] = (1 - beta)*w + beta*g",
            "w += beta*(g - w)",
        ),
        "brackets round the share": (
            "w[...] = beta*w + 1 - beta*g",
        ),
        "the past fades": (
            "w += beta*w + (1 - beta)*g",
            "w += g",
            "w += (1 - beta)*g",
        ),
        "the gradient, not the weights": (
            "w *= beta + (1 - beta)*g",
        ),
        "shares that add up to one": (
            "w[...] = beta*w + g",
        ),
        "towards the value": (
            "w += (1 - beta)*(w - g)",
        ),
    },
    "corrected average": {
        "the power belongs to beta": (
            "m[...] = beta*m + (1 - beta)*g; w[...] = m/(1 - beta)**t",
            "m[...] = beta*m + (1 - beta)*g; w[...] = m/(1 - t**beta)",
        ),
        "brackets round the divisor": (
            "m[...] = beta*m + (1 - beta)*g; w[...] = m/1 - beta**t",
        ),
        "the memory stays raw": (
            "m[...] = beta*m + (1 - beta)*g; m /= 1 - beta**t; w[...] = m",
        ),
        "t counts the values seen": (
            "m[...] = beta*m + (1 - beta)*g; w[...] = m/(1 - beta**(t + 1))",
            "m[...] = beta*m + (1 - beta)*g; w[...] = m/(1 - beta**(t - 1))",
        ),
        "the correction fades": (
            "m[...] = beta*m + (1 - beta)*g; w[...] = m/(1 - beta)",
        ),
        "a power, not a product": (
            "m[...] = beta*m + (1 - beta)*g; w[...] = m/(1 - beta*t)",
        ),
        "divide by the weight that arrived": (
            "m[...] = beta*m + (1 - beta)*g; w[...] = m/(1 + beta**t)",
        ),
    },
    "averaged momentum": {
        "shares that add up to one": (
            "v[...] = beta*v + g; w -= lr*v",
        ),
        "the learning rate counts once": (
            "v[...] = beta*v + (1 - beta)*lr*g; w -= lr*v",
        ),
        "beta is the share you keep": (
            "v[...] = (1 - beta)*v + beta*g; w -= lr*v",
        ),
        "old gradients fade": (
            "v += beta*v + (1 - beta)*g; w -= lr*v",
        ),
        "brackets round the share": (
            "v[...] = beta*v + 1 - beta*g; w -= lr*v",
        ),
        "memory must last": (
            "v = np.zeros_like(w); v = beta*v + (1 - beta)*g; w -= lr*v",
        ),
        "one minus sign in all": (
            "v[...] = beta*v - (1 - beta)*g; w -= lr*v",
            "v[...] = beta*v + (1 - beta)*g; w += lr*v",
        ),
    },
    "AMSGrad": {
        "raw or corrected in the maximum": (
            "BOTH; np.maximum(top, s/(1 - beta2**t), out=top); w -= lr*m/(1 - "
            "beta1**t)/(np.sqrt(top) + eps)",
        ),
        "top must last": (
            "BOTH; top = s; w -= lr*m/(1 - beta1**t)/(np.sqrt(top/(1 - beta2**t)) + eps); "
            "return w, m, s, top",
        ),
        "the correction is missing": (
            "BOTH; np.maximum(top, s, out=top); w -= lr*m/(np.sqrt(top) + eps)",
        ),
        "in place or returned": (
            "BOTH; top = np.maximum(top, s); w -= lr*m/(1 - beta1**t)/(np.sqrt(top/(1 - "
            "beta2**t)) + eps)",
        ),
        "the largest divides": (
            "BOTH; np.maximum(top, s, out=top); w -= lr*m/(1 - beta1**t)/(np.sqrt(s/(1 - "
            "beta2**t)) + eps)",
        ),
    },
    "descent step": {
        "new weights, not the step": (
            "w -= w - lr*g",
            "w[...] =- lr*g",
        ),
        "the sign of the step": (
            "w += lr*g",
        ),
        "one gradient, once": (
            "w -= 2*lr*g",
        ),
        "the length of the gradient counts": (
            "w -= lr*g/np.linalg.norm(g)",
        ),
        "in place or returned": (
            "w = w - lr*g",
        ),
        "weights are fractions": (
            "w[...] = (w - lr*g).astype(int)",
        ),
        "the gradient is missing": (
            "w -= lr",
        ),
        "the rate scales the gradient": (
            "w[...] = (w - lr)*g",
        ),
    },
    "sign descent": {
        "the gradient, not the weights": (
            "w -= lr*np.sign(w)",
        ),
        "a gradient may be zero": (
            "w -= lr*g/np.abs(g)",
            "w -= np.where(g > 0, lr, -lr)",
        ),
        "the sign alone": (
            "w -= lr*g",
        ),
        "the sign, not the size": (
            "w -= lr*np.abs(g)",
        ),
    },
}  # fmt: skip


def function(key, body):
    """A learner's function of a body."""
    rule = exercises()[key].rule
    for name, line in RIGHT.items():
        body = body.replace(name, line)
    arguments = ", ".join(("w", "g", *rule.memory, *settings(rule)))
    space = {"np": np}
    exec(f"def f({arguments}):\n    " + body.replace("\n", "\n    "), space)
    return space["f"]


def is_named(key, body, idea):
    """The check tells the idea, and does not take the slip for right."""
    feedback = check(key, function(key, body))
    assert (feedback.verdict, feedback.idea) == ("not yet", idea), feedback.text


@pytest.mark.parametrize("key", SLIPS)
def test_slips_of_public_threads_get_their_names(key):
    each({f"{key}: {body}": (key, body, idea) for idea in SLIPS[key] for body in SLIPS[key][idea]},
         is_named)  # fmt: skip


# Slips that any rule can have, in rules of several kinds.
ANYWHERE = {
    "settings may be any": {
        "Adam": (
            "m[...] = 0.9*m + 0.1*g; s[...] = beta2*s + (1 - beta2)*g**2; HATS; MOVE",
            "m[...] = 0.9*m + 0.1*g; s[...] = 0.999*s + 0.001*g**2; HATS; MOVE",
            "beta1, beta2 = 0.8, 0.99; BOTH; HATS; MOVE",
            "BOTH; HATS; w -= lr*mh/(np.sqrt(sh) + 1e-8)", "lr = 0.001; BOTH; HATS; MOVE",
        ),
        "RMSProp": ("s[...] = 0.9*s + 0.1*g**2; w -= lr*g/(np.sqrt(s) + eps)",),
        "AdaGrad": ("s += g**2; w -= 0.01*g/(np.sqrt(s) + eps)",),
        "momentum": ("v[...] = 0.9*v - lr*g; w += v", "v[...] = beta*v - 0.03*g; w += v"),
        "averaged momentum": ("v[...] = beta*v + 0.1*g; w -= lr*v",),
        "Nesterov": ("v[...] = 0.7*v - lr*g; w += 0.7*v - lr*g",),
        "ema": ("w[...] = 0.8*w + 0.2*g",),
        "corrected average": ("m[...] = beta*m + (1 - beta)*g; w[...] = m/(1 - 0.9**t)",),
        "descent step": ("w -= 0.05*g",), "sign descent": ("w -= 0.05*np.sign(g)",),
        "AdamW": ("w -= lr*0.01*w; BOTH; HATS; MOVE",),
    },
    "memory must last": {
        "momentum": ("v[...] = beta*w - lr*g; w += v", "v[...] = beta*g - lr*g; w += v"),
        "Adam": (
            "m[...] = beta1*m + (1 - beta1)*g; s[...] = beta2*m + (1 - beta2)*g**2; HATS; MOVE",
        ),
        "RMSProp": ("s[...] = rho*w + (1 - rho)*g**2; w -= lr*g/(np.sqrt(s) + eps)",),
        "AdaGrad": ("s[...] = w + g**2; w -= lr*g/(np.sqrt(s) + eps)",),
        "averaged momentum": ("v[...] = beta*w + (1 - beta)*g; w -= lr*v",),
    },
    "shares that add up to one": {
        "Adam": (
            "m[...] = beta1*m + (1 - beta1)**2*g; s[...] = beta2*s + (1 - beta2)*g**2; HATS; MOVE",
            "BOTH; HATS; w -= lr*(1 - beta1)*mh/(np.sqrt(sh) + eps)",
        ),
        "averaged momentum": ("v[...] = beta*v + (1 - beta)**2*g; w -= lr*v",),
        "ema": ("w[...] = beta*w + (1 - beta)**2*g",),
    },
    "the root of the mean square": {
        "Adam": (
            "BOTH; HATS; w -= lr*mh/(np.sqrt(mh) + eps)",
            "BOTH; HATS; w -= lr*mh/(np.sqrt(abs(mh)) + eps)",
            "BOTH; HATS; w -= lr*np.sqrt(mh/(sh + eps))",
        ),
        "AdamW": ("w -= lr*decay*w; BOTH; HATS; w -= lr*mh/(np.sqrt(mh) + eps)",),
    },
    "the root of the average": {
        "RMSProp": (
            "s[...] = rho*s + (1 - rho)*g**2; w -= lr*g/(np.sqrt(g) + eps)",
            "s[...] = rho*s + (1 - rho)*g**2; w -= lr*g/(np.sqrt(g**2) + eps)",
        ),
    },
    "where eps sits": {
        "Adam": (
            "BOTH; HATS; w -= lr*mh/(np.sqrt(sh + eps) + eps)",
            "BOTH; mh = m/(1 - beta1**t + eps); sh = s/(1 - beta2**t + eps); MOVE",
            "BOTH; lr = lr*np.sqrt(1 - beta2**t)/(1 - beta1**t); w -= lr*m/np.sqrt(s + eps)",
        ),
        "AdaGrad": ("s += g**2; w -= lr*g/(np.sqrt(s + eps) + eps)",),
    },
    "t counts the gradients seen": {"Adam": ("t = 0; BOTH; HATS; MOVE",)},
    "divide by the weight that arrived": {
        "Adam": ("BOTH; mh = m/(1 - beta1**t); sh = s/np.sqrt(1 - beta2**t); MOVE",),
    },
    "the memory moves the weights": {
        "Adam": ("BOTH; mh = g/(1 - beta1**t); sh = g**2/(1 - beta2**t); MOVE",),
    },
    "the caller keeps the memory": {
        "Adam": (
            "m = beta1*m + (1 - beta1)*g; s[...] = beta2*s + (1 - beta2)*g**2; HATS; MOVE",
            "m[...] = beta1*m + (1 - beta1)*g; s = beta2*s + (1 - beta2)*g**2; HATS; MOVE",
        ),
    },
    "the gradient is missing": {"momentum": ("v[...] = beta*v - lr*v; w += v",)},
    "a share of the weight": {"AdamW": ("w -= lr*decay*g; BOTH; HATS; MOVE",)},
}  # fmt: skip


def test_slips_that_any_rule_can_have_are_named_in_rules_of_several_kinds():
    each({f"{key}: {body}": (key, body, idea) for idea, rules in ANYWHERE.items()
          for key, bodies in rules.items() for body in bodies}, is_named)  # fmt: skip


def test_a_setting_is_not_called_unused_where_nothing_can_be_told():
    for body in ("BOTH; HATS; w -= lr*mh/(np.sqrt(-1 - sh) + eps)", "return w*np.nan, m, s"):
        with np.errstate(all="ignore"):
            assert "not used" not in check("Adam", function("Adam", body)).text, body


TWO_IN_THE_STEP = (
    ("Adam", "BOTH; HATS; w += 2*lr*mh/(np.sqrt(sh) + eps)"),
    ("Adam", "BOTH; sh = s/(1 - beta2**t); w -= lr*m/(sh + eps)"),
    ("RMSProp", "s[...] = rho*s + (1 - rho)*g**2; w += lr*g/(s + eps)"),
    ("momentum", "v[...] = beta*v - lr*g; w += 2*beta*v"),
    ("AdamW", "w -= lr*decay*w; BOTH; HATS; w -= mh/np.sqrt(sh + eps)"),
)


def test_of_two_slips_in_the_step_one_is_named():
    def one_is_named(key, body):
        feedback = check(key, function(key, body))
        assert feedback.verdict == "not yet" and feedback.idea, feedback.text
        assert "combines two mistakes" in feedback.text, feedback.text

    each({f"{key}: {body}": (key, body) for key, body in TWO_IN_THE_STEP}, one_is_named)

"""The truth of lesson 00's prediction."""

TRUTHS = {"00 patience": lambda: next(k for k in range(200) if 100 * 0.9**k < 1)}

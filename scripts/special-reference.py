"""Writes test/reference/special.json: values of special functions from mpmath (Debian: python3-mpmath, python3-gmpy2).

    python3 scripts/special-reference.py

Incomplete integrals are sums of positive terms, at 380 digits where 1 - P is tiny; their derivatives are central
differences with a relative step of 1e-30. Every argument is a float64 and taken as exact. It takes some minutes.
"""

import json
from pathlib import Path
from statistics import NormalDist

from mpmath import beta, erfc, exp, findroot, log, log1p, loggamma, mp, mpf, psi, sqrt

STEP = mpf(10) ** -30
TAILS = [1e-300, 1e-50, 1e-5, 0.3]
LEVELS = [(p, True) for p in TAILS] + [(q, False) for q in TAILS]  # probability below, or above


def total(ratio):
    """1 + r(1) + r(1) r(2) + ... of positive ratios that end below 1"""
    term = result = mpf(1)
    n = 1
    while True:
        r = ratio(n)
        term *= r
        result += term
        if r < 1 and term < result * mp.eps * (1 - r):
            return result
        n += 1


def gamma_cdf(x, a):
    return exp(a * log(x) - x - loggamma(a + 1)) * total(lambda n: x / (a + n))


def beta_cdf(x, a, b):
    """x <= 1/2"""
    n = a + b
    scale = exp(a * log(x) + b * log1p(-x) - loggamma(a + 1) - loggamma(b) + loggamma(n))
    return scale * total(lambda k: x * (n + k - 1) / (a + k))


def value(f, a):
    """f(a) in 0..1, with digits enough for it, its complement and differences of them."""
    for digits in (90, 380):
        mp.dps = digits
        p = f(a)
        if min(p, 1 - p) > mpf(10) ** (70 - digits):
            break
    return p


def slope(f, a):
    h = a * STEP
    return (f(a + h) - f(a - h)) / (2 * h)


def floats(*values):
    return [float(v) for v in values]


def rough_normal(p, below):
    z = -37.0 if p < 1e-299 else NormalDist().inv_cdf(p)
    return z if below else -z


def rough_gamma(p, below, a):
    """log x near the quantile: it only has to be somewhere there."""
    z = rough_normal(p, below)
    root = 1 - 1 / (9 * a) + z / (3 * a**0.5)
    if not below and a < 3 or root <= 0:
        lead = log(p) if below else log1p(-p)
        y = (lead + loggamma(1 + mpf(a))) / a
        return float(max(y, log(-log(mpf(p))))) if not below else float(y)
    return float(log(a) + 3 * log(root))


def gamma_rows():
    rows, logs = [], []
    for a in [1e-3, 1e-2, 0.1, 0.5, 0.99, 1.0, 1.01, 1.5, 3.0, 10.0, 100.0, 1e4, 1e6]:
        spots = [rough_gamma(p, below, a) for p, below in LEVELS]
        spots += [float(psi(0, a)), 0.0, 1e-9, float(log(a))]
        for y in spots:
            shape = mpf(a)
            for rounded in (True, False):
                mp.dps = 380
                x = mpf(float(exp(mpf(y)))) if rounded else exp(mpf(y))
                if rounded and x < 1e-290 or not rounded and y > 0:
                    continue
                p = value(lambda t: gamma_cdf(x, t), shape)
                if min(p, 1 - p) < 1e-305:
                    continue
                da = slope(lambda t: gamma_cdf(x, t), shape)
                dy = -da / exp(shape * log(x) - x - loggamma(shape))
                if rounded:
                    rows.append(floats(a, x, p, 1 - p, da, dy * x))
                elif y <= 0:
                    logs.append(floats(a, y, log(p), log(1 - p), dy))
    return rows, logs


def rough_beta(p, below, a, b):
    """logit x near the quantile"""
    if a < 1 and below:
        return float((log(p) + log(a) + log(beta(a, b))) / a)
    if b < 1 and not below:
        return -rough_beta(p, True, b, a)
    z = rough_normal(p, below)
    return float(psi(0, a) - psi(0, b) + z * sqrt(psi(1, a) + psi(1, b)))


def beta_rows():
    """Rows a, b, x, 1 - x, I, 1 - I, dI/da, dx/da; the smaller of x and 1 - x is exact, the other rounded."""
    rows = []
    shapes = [1e-3, 1e-2, 0.3, 1.0, 1.3, 7.0, 100.0, 1e4, 1e6]
    for a in shapes:
        for b in shapes:
            logits = [rough_beta(p, below, a, b) for p, below in LEVELS]
            logits += [0.0, float(-log(b)), float(log(a))]
            for t in logits:
                if abs(t) > 650:
                    continue
                small = mpf(float(1 / (1 + exp(abs(t)))))
                low = t <= 0
                f = (lambda s: beta_cdf(small, s, mpf(b))) if low else (lambda s: 1 - beta_cdf(small, mpf(b), s))
                p = value(f, mpf(a))
                if min(p, 1 - p) < 1e-305:
                    continue
                da = slope(f, mpf(a))
                x, xc = (small, 1 - small) if low else (1 - small, small)
                density = exp((a - 1) * log(x) + (b - 1) * log(xc) - loggamma(a) - loggamma(b) + loggamma(mpf(a) + b))
                rows.append(floats(a, b, x, xc, p, 1 - p, da, -da / density))
    return rows


def wide(low, high, count):
    step = (log(mpf(high)) - log(mpf(low))) / (count - 1)
    return [float(exp(log(mpf(low)) + i * step)) for i in range(count)]


def stirling(x):
    mp.dps = 250  # a difference of two numbers near x log x
    difference = loggamma(x) - ((x - 0.5) * log(x) - x + log(2 * mp.pi) / 2)
    mp.dps = 60
    return difference if x < 1e100 else 1 / (12 * x)


def simple():
    xs = wide(1e-150, 1e300, 46) + wide(1e-3, 1e3, 61) + [0.5, 1.0, 1 + 2**-40, 1 - 2**-40, 1.5, 2.0, 2 + 2**-40, 2.5, 10.0]
    rows = [floats(x, loggamma(x), psi(0, x), psi(1, x), stirling(x)) for x in map(mpf, xs)]
    sizes = wide(1e-3, 1e8, 23) + [1.0, 10.0]
    pairs = [(mpf(a), mpf(b)) for a in sizes for b in sizes[::2]]
    pairs = [
        floats(a, b, loggamma(a) + loggamma(b) - loggamma(a + b), loggamma(a + b) - loggamma(a), psi(0, a + b) - psi(0, a))
        for a, b in pairs
    ]
    choices = [(5, 2), (52, 5), (1000, 500), (1e6, 3), (1e8, 5e7), (1e8, 1), (0.5, 0.25), (7, 0), (7, 7)]
    choose = [floats(n, k, loggamma(mpf(n) + 1) - loggamma(mpf(k) + 1) - loggamma(mpf(n) - k + 1)) for n, k in choices]
    return rows, pairs, choose


def normal_rows():
    zs = sorted([s * z for z in wide(1e-10, 1e4, 29) + wide(0.1, 38, 60) for s in (-1, 1)])
    rows = []
    for z in zs:
        cdf = erfc(-mpf(z) / sqrt(2)) / 2
        rows.append(floats(z, erfc(mpf(z)), cdf, log(cdf) if z < 5 else log1p(-erfc(mpf(z) / sqrt(2)) / 2)))
    quantiles = []
    for p in wide(1e-300, 0.5, 60) + [0.07, 0.075, 0.08, 0.6, 0.9, 0.93, 0.999, 1 - 2**-50]:
        z = findroot(lambda t: log(erfc(-t / sqrt(2)) / 2) - log(mpf(p)), rough_normal(min(p, 1 - p), p < 0.5) or 0.1)
        quantiles.append(floats(p, z))
    logs = []
    for lp in [-1e-300, -1e-10, -0.01, -0.5, -0.6931, -1.0, -2.4, -2.6, -24.9, -25.1, -700.0, -728.0, -730.0, -1e4, -1e8]:
        tiny = lp > -0.5
        start = rough_normal(max(-lp, 1e-300), False) if tiny else -sqrt(-2 * mpf(lp)) + 0.3
        f = (lambda t: log(erfc(t / sqrt(2)) / 2) - log(-mp.expm1(mpf(lp)))) if tiny else (
            lambda t: log(erfc(-t / sqrt(2)) / 2) - mpf(lp))
        logs.append(floats(lp, findroot(f, start)))
    return rows, quantiles, logs


mp.dps = 60
gammas, pairs, choose = simple()
normals, quantiles, log_quantiles = normal_rows()
gamma_values, gamma_logs = gamma_rows()
tables = {
    "gamma": gammas,
    "pairs": pairs,
    "choose": choose,
    "normal": normals,
    "normalQuantile": quantiles,
    "normalQuantileLog": log_quantiles,
    "incompleteGamma": gamma_values,
    "incompleteGammaLog": gamma_logs,
    "incompleteBeta": beta_rows(),
}
lines = ",\n".join(
    f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]" for name, rows in tables.items()
)
Path(__file__).parents[1].joinpath("test/reference/special.json").write_text("{\n" + lines + "\n}\n")

"""Reference figures of the regression on attributes, by other means: dense one-hot columns, SciPy's optimisers.

    python attribute_regression.py > attribute-regression.json

The strengths come from maximising the restricted marginal likelihood of the working linear model directly, by
Nelder-Mead and BFGS on their logarithms, at the fixed point of penalised quasi-likelihood; the ordered minimum from
SLSQP under linear inequalities.  The data are simulated here, nothing is read.
"""
import json

import numpy as np
import scipy
from scipy.optimize import minimize

rng = np.random.default_rng(20)
n, sizes = 1500, [4, 5, 3]
J, q = len(sizes), sum(sizes)
latent = rng.normal(size=n)
bins = []
for m in sizes:
    noise = rng.normal(size=n)
    cuts = np.quantile(rng.normal(size=4000) * 1.5, np.linspace(0, 1, m + 1)[1:-1])
    bins.append(np.digitize(1.2 * latent + noise, cuts))
true = [np.array([-1.2, 0.4, -0.9, 1.5]), np.array([-1.0, -0.9, 0.9, -0.1, 0.9]), np.array([0.4, 0.0, -0.3])]
eta = -1.0 + sum(t[b] for t, b in zip(true, bins))
y = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
w = 1.0 + (np.arange(n) % 3 == 0)

G, B = (w * (1 - y)).sum(), (w * y).sum()
woes = [np.array([np.log(((w * (1 - y))[b == a].sum() / G) / ((w * y)[b == a].sum() / B)) for a in range(m)])
        for b, m in zip(bins, sizes)]
woes = [np.round(v, 6) for v in woes]
Z = np.concatenate([(b[:, None] == np.arange(m)).astype(float) for b, m in zip(bins, sizes)], 1)
X = np.column_stack([np.ones(n)] + [v[b] for v, b in zip(woes, bins)])
A = np.column_stack([X, Z])
group = np.repeat(np.arange(J), sizes)
P0 = np.eye(J) - 1.0 / J


def penalty(kappa, lam):
    S = np.zeros((1 + J + q, 1 + J + q))
    S[1:1 + J, 1:1 + J] = kappa * P0
    S[1 + J:, 1 + J:] = np.diag(np.asarray(lam)[group])
    return S


def loss(theta):
    e = A @ theta
    return np.sum(w * (np.logaddexp(0, e) - y * e))


def newton(S, theta):
    for _ in range(100):
        p = 1 / (1 + np.exp(-(A @ theta)))
        H = A.T @ (A * (w * p * (1 - p))[:, None])
        step = np.linalg.solve(H + S, A.T @ (w * (p - y)) + S @ theta)
        theta = theta - step
        if np.abs(step).max() < 1e-13:
            break
    return theta, H, A.T @ (w * (p - y))


def reml(log_strengths, H, b):
    """-2 log restricted likelihood of the working model, but for constants."""
    kappa, lam = np.exp(log_strengths[0]), np.exp(log_strengths[1:])
    S = penalty(kappa, lam)
    L = np.linalg.cholesky(H + S)
    mean = np.linalg.solve(H + S, b)
    # y'Wy - b' mean is the penalised sum of squares; the first part does not depend on the strengths.
    return 2 * np.log(np.diag(L)).sum() - (J - 1) * np.log(kappa) - (np.log(lam) * np.array(sizes)).sum() - b @ mean


def gradient(theta):
    return A.T @ (w * (1 / (1 + np.exp(-(A @ theta))) - y))


theta = np.zeros(1 + J + q)
theta[0] = np.log(B / G)
strengths = np.log(np.full(1 + J, 10.0))
theta, H, g = newton(penalty(10, np.full(J, 10.0)), theta)
for _ in range(60):
    b = H @ theta - g
    box = [(-5, 9)] * (1 + J)
    best = min((minimize(reml, s, args=(H, b), method="L-BFGS-B", bounds=box, options={"ftol": 1e-15, "gtol": 1e-10})
                for s in (strengths, np.log(np.full(1 + J, 5.0)))), key=lambda r: r.fun)
    best = minimize(reml, best.x, args=(H, b), method="Nelder-Mead", bounds=box,
                    options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 20000})
    change, strengths = np.abs(best.x - strengths).max(), best.x
    theta, H, g = newton(penalty(np.exp(strengths[0]), np.exp(strengths[1:])), theta)
    if change < 1e-8:
        break

fixed = 8.0
at_fixed, _, _ = newton(penalty(0, np.full(J, fixed)), np.zeros(1 + J + q))


def contributions(t):
    return np.concatenate([t[1 + j] * woes[j] + t[1 + J:][group == j] for j in range(J)])


S = penalty(0, np.full(J, 1.0))
rows, start = [], 0
for j, m in enumerate(sizes):
    for a in range(m - 1):
        row = np.zeros(1 + J + q)
        first, second = 1 + J + start + a, 1 + J + start + a + 1
        sign = 1.0 if woes[j][a] > woes[j][a + 1] else -1.0
        row[second], row[first] = sign, -sign
        row[1 + j] = sign * (woes[j][a + 1] - woes[j][a])
        rows.append(row)
    start += m
C = np.array(rows)
origin = np.zeros(1 + J + q)
origin[0], origin[1:1 + J] = np.log(B / G), -0.5
ordered = minimize(lambda t: loss(t) + 0.5 * t @ S @ t, origin, jac=lambda t: gradient(t) + S @ t, method="SLSQP",
                   constraints={"type": "ineq", "fun": lambda t: C @ t, "jac": lambda t: C},
                   options={"ftol": 1e-15, "maxiter": 2000})

print(json.dumps({
    "source": f"attribute_regression.py, numpy {np.__version__}, scipy {scipy.__version__}",
    "bins": [b.tolist() for b in bins], "woes": [v.tolist() for v in woes], "defaulted": y.astype(int).tolist(),
    "weights": w.tolist(),
    "marginal": {"slopes": float(np.exp(strengths[0])), "departures": np.exp(strengths[1:]).tolist(),
                 "intercept": theta[0], "contributions": contributions(theta).tolist()},
    "fixed": {"strength": fixed, "intercept": at_fixed[0], "coefficients": at_fixed[1:1 + J].tolist(),
              "contributions": contributions(at_fixed).tolist()},
    "ordered": {"strength": 1.0, "objective": float(ordered.fun), "intercept": ordered.x[0],
                "contributions": contributions(ordered.x).tolist(),
                "ties": int((C @ ordered.x < 1e-6).sum())},
}))

#!/usr/bin/env python3
"""Makes evaluation_golden.json: what scikit-learn, NumPy and SciPy say of drawn predictions.

    tests/data/make_evaluation_golden.py      (needs numpy, scipy, sklearn; Debian: python3-sklearn)

Probabilities are softmax outputs rounded to float32, so that the test reads the very numbers that were judged here. Calibration
is computed here on its own, from the definition; McNemar's test by the formulas of statsmodels.stats.contingency_tables.mcnemar.
"""

import json
import pathlib

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import binom, binomtest, chi2
from sklearn.metrics import confusion_matrix, log_loss, precision_recall_fscore_support, top_k_accuracy_score

BINS = 15


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def predictions(rng, labels, classes, signal, scale, never=None):
    logits = rng.normal(size=(len(labels), classes))
    logits[np.arange(len(labels)), labels] += signal
    logits *= scale
    if never is not None:
        logits[:, never] -= 20
    return softmax(logits).astype(np.float32)


def sharpened(probabilities, temperature):
    return softmax(np.log(probabilities.astype(np.float64)) / temperature)


def calibration(probabilities, labels):
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    edges = np.arange(BINS + 1) / BINS
    bins, error = [], 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence <= high) & ((confidence > low) | (low == 0))
        count = int(inside.sum())
        mean = float(confidence[inside].mean()) if count else 0.0
        accuracy = float(right[inside].mean()) if count else 0.0
        bins.append([count, mean, accuracy])
        error += abs(accuracy - mean) * count / len(labels)
    return {"bins": bins, "ece": error}


def best_temperature(probabilities, labels):
    def loss(log_temperature):
        p = sharpened(probabilities, np.exp(log_temperature))
        return -np.log(p[np.arange(len(labels)), labels]).mean()

    found = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded", options={"xatol": 1e-10})
    return float(np.exp(found.x))


def scores(labels, predicted, classes, average):
    p, r, f, s = precision_recall_fscore_support(labels, predicted, labels=range(classes), average=average, zero_division=0)
    if average:
        return [float(p), float(r), float(f)]
    return [[float(a), float(b), float(c), int(d)] for a, b, c, d in zip(p, r, f, s)]


def case(probabilities, labels):
    classes = probabilities.shape[1]
    predicted = probabilities.argmax(axis=1)
    right = int((predicted == labels).sum())
    interval = binomtest(right, len(labels)).proportion_ci(0.95, method="wilson")
    temperature = best_temperature(probabilities, labels)
    wide = probabilities.astype(np.float64)
    losses = -np.log(wide[np.arange(len(labels)), labels])
    return {
        "labels": labels.tolist(),
        "probabilities": [float(str(value)) for value in probabilities.ravel()],
        "confusion": confusion_matrix(labels, predicted, labels=range(classes)).tolist(),
        "classes": scores(labels, predicted, classes, None),
        "macro": scores(labels, predicted, classes, "macro"),
        "weighted": scores(labels, predicted, classes, "weighted"),
        "accuracy": right / len(labels),
        "top5": float(top_k_accuracy_score(labels, wide, k=5, labels=range(classes))) if classes > 5 else 1.0,
        "loss": float(log_loss(labels, wide / wide.sum(axis=1, keepdims=True), labels=range(classes))),
        "interval": [float(interval.low), float(interval.high)],
        "calibration": calibration(probabilities, labels),
        "temperature": temperature,
        "calibrationAtTemperature": calibration(sharpened(probabilities, temperature), labels),
        "topLosses": np.argsort(-losses, kind="stable")[:10].tolist(),
    }


def mcnemar(lost, gained):
    changes = lost + gained
    if changes < 25:
        return float(min(1.0, 2 * binom.cdf(min(lost, gained), changes, 0.5))) if changes else 1.0
    return float(chi2.sf((abs(lost - gained) - 1) ** 2 / changes, 1))


def difference(a, b, labels):
    right_a, right_b = a.argmax(axis=1) == labels, b.argmax(axis=1) == labels
    lost, gained = np.flatnonzero(right_a & ~right_b), np.flatnonzero(~right_a & right_b)
    classes = a.shape[1]
    matrices = [confusion_matrix(labels, p.argmax(axis=1), labels=range(classes)) for p in (a, b)]
    return {
        "lost": lost.tolist(),
        "gained": gained.tolist(),
        "p": mcnemar(len(lost), len(gained)),
        "confusion": (matrices[1] - matrices[0]).tolist(),
    }


def main():
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 7, size=240)
    plain = predictions(rng, labels, 7, signal=1.5, scale=1)
    bold = predictions(rng, labels, 7, signal=2.5, scale=2.5)
    nearly = bold.copy()
    nearly[:12] = plain[:12]
    gaps = np.where(labels == 3, 4, labels)  # no picture of class 3, and class 1 is never predicted
    pairs = {"plain_bold": ("plain", "bold"), "bold_nearly": ("bold", "nearly")}
    drawn = {"plain": plain, "bold": bold, "nearly": nearly}
    cases = {name: case(p, labels) for name, p in drawn.items()}
    cases["gaps"] = case(predictions(rng, gaps, 7, signal=1.5, scale=1.2, never=1), gaps)
    few = rng.integers(0, 3, size=40)
    cases["few"] = case(predictions(rng, few, 3, signal=1, scale=0.5), few)
    result = {
        "cases": cases,
        "differences": {name: difference(drawn[a], drawn[b], labels) for name, (a, b) in pairs.items()},
        "pairs": pairs,
        "wilson": [[k, n, *map(float, binomtest(k, n).proportion_ci(0.95, method="wilson"))]
                   for k, n in ((0, 10), (10, 10), (1, 3), (6630, 10000), (7345, 10000))],
    }
    pathlib.Path(__file__).with_name("evaluation_golden.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

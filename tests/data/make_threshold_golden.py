#!/usr/bin/env python3
"""Numbers of scikit-learn and NumPy for tests/core/tst_threshold.cpp.

    python3 make_threshold_golden.py > threshold_golden.json      (needs numpy, scikit-learn)

Likelihood ratios are computed from the definition, their intervals as Simel, Samsa and Matchar (1991) have them.
"""
import json

import numpy as np
from sklearn.metrics import (average_precision_score, balanced_accuracy_score, f1_score, precision_recall_curve, roc_auc_score,
                             roc_curve)

Z = 1.959963984540054
random = np.random.default_rng(14)


def probabilities(labels, classes, steps):
    logits = random.normal(0, 1, (len(labels), classes))
    logits[np.arange(len(labels)), labels] += 1.2
    if steps:  # equal scores
        logits = np.round(logits * steps) / steps
    powers = np.exp(logits)
    return (powers / powers.sum(1, keepdims=True)).astype(np.float32)


def ratio(a, n, b, m):
    value = (a / n) / (b / m)
    half = Z * np.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
    return [value, value * np.exp(-half), value * np.exp(half)]


def at(labels, scores, threshold):
    called = scores.astype(np.float64) >= threshold
    tp, fp = int((called & labels).sum()), int((called & ~labels).sum())
    fn, tn = int((~called & labels).sum()), int((~called & ~labels).sum())
    return {"threshold": threshold, "counts": [tp, fp, tn, fn], "positive_ratio": ratio(tp, tp + fn, fp, fp + tn),
            "negative_ratio": ratio(fn, tp + fn, tn, fp + tn)}


cases = []
for samples, classes, steps in ((60, 2, 0), (200, 2, 1), (90, 3, 0)):
    labels = random.choice(classes, samples, p=np.arange(1, classes + 1) / np.arange(1, classes + 1).sum())
    values = probabilities(labels, classes, steps)
    said = values.argmax(1)
    positives, scores = labels == 1, values[:, 1]
    false_rates, true_rates, thresholds = roc_curve(positives, scores, drop_intermediate=False)
    precisions, recalls, _ = precision_recall_curve(positives, scores)
    cases.append({
        "classes": classes,
        "labels": labels.tolist(),
        "probabilities": values.flatten().tolist(),
        "roc": {"false": false_rates.tolist(), "true": true_rates.tolist(), "thresholds": thresholds[1:].tolist()},
        "precision": precisions[::-1].tolist(),
        "recall": recalls[::-1].tolist(),
        "roc_auc": roc_auc_score(positives, scores),
        "average_precision": average_precision_score(positives, scores),
        "accuracy": float((said == labels).mean()),
        "balanced_accuracy": balanced_accuracy_score(labels, said),
        "macro_f1": f1_score(labels, said, average="macro"),
        "macro_roc_auc": float(np.mean([roc_auc_score(labels == c, values[:, c]) for c in range(classes)])),
        "at": [at(positives, scores, threshold) for threshold in (0.25, 0.5)],
    })
print(json.dumps(cases))

#!/usr/bin/env python3
"""Numbers of scikit-learn and PyTorch for tests/core/tst_task.cpp: several labels, and a loss with options of one label.

Needs numpy, scikit-learn and torch:  python3 make_task_golden.py > task_golden.json
"""
import json

import numpy as np
import torch
from sklearn.metrics import average_precision_score, roc_auc_score

random = np.random.default_rng(13)
cases = []
for samples, classes, steps in ((40, 3, 0), (200, 5, 8), (17, 2, 3)):
    labels = (random.random((samples, classes)) < 0.3).astype(np.float32)
    labels[0], labels[1] = 1, 0
    outputs = (labels * 1.2 + random.normal(0, 1, (samples, classes))).astype(np.float32)
    if steps:  # equal scores
        outputs = (np.round(outputs * steps / 4) * 4 / steps).astype(np.float32)
    tensor = torch.from_numpy(outputs).requires_grad_()
    loss = torch.nn.functional.binary_cross_entropy_with_logits(tensor.double(), torch.from_numpy(labels).double())
    loss.backward()
    cases.append({
        "classes": classes,
        "outputs": outputs.flatten().tolist(),
        "labels": labels.astype(int).flatten().tolist(),
        "loss": loss.item(),
        "gradient": tensor.grad.flatten().tolist(),
        "average_precision": [average_precision_score(labels[:, c], outputs[:, c]) for c in range(classes)],
        "roc_auc": [roc_auc_score(labels[:, c], outputs[:, c]) for c in range(classes)],
    })

losses = []
for rows, classes, smoothing, weighted in ((12, 4, 0.1, False), (9, 3, 0.0, True), (20, 5, 0.2, True)):
    outputs = torch.from_numpy(random.normal(0, 2, (rows, classes)).astype(np.float32)).requires_grad_()
    targets = torch.from_numpy(random.integers(0, classes, rows))
    weights = torch.from_numpy(random.uniform(0.3, 3, classes).astype(np.float32)) if weighted else None
    loss = torch.nn.functional.cross_entropy(outputs, targets, weights, reduction="sum", label_smoothing=smoothing) / rows
    loss.backward()
    losses.append({
        "classes": classes,
        "outputs": outputs.flatten().tolist(),
        "targets": targets.tolist(),
        "smoothing": smoothing,
        "weights": weights.tolist() if weighted else [],
        "loss": loss.item(),
        "gradient": outputs.grad.flatten().tolist(),
    })
print(json.dumps({"several_labels": cases, "one_label_losses": losses}))

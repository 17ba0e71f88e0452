#!/usr/bin/env python3
"""Makes embedding_golden.safetensors: PCA and exact t-SNE by scikit-learn.

    tests/data/make_embedding_golden.py       (needs numpy and sklearn; Debian: python3-sklearn)

    features       float32 [120, 12]   four clouds of different spread and size, drawn here
    pca            float32 [120, 2]    PCA(2)'s projection; explained float32 [2] its explained_variance_ratio_
    probabilities  float32 [120, 120]  t-SNE's joint probabilities for a perplexity of 15
    tsne           float32 [120, 2]    TSNE(method="exact") after 1000 steps; divergence float32 [1] its kl_divergence_
"""

import pathlib
import sys

import numpy as np
from scipy.spatial.distance import squareform
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, _t_sne
from sklearn.metrics import pairwise_distances

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))
sys.dont_write_bytecode = True
import make_weights  # noqa: E402

PERPLEXITY = 15
CLOUDS = ((40, 1.0), (40, 0.5), (30, 2.0), (10, 0.2))  # points, spread


def main():
    rng = np.random.default_rng(5)
    clouds = [rng.normal(size=12) * 4 + spread * rng.normal(size=(points, 12)) for points, spread in CLOUDS]
    features = np.concatenate(clouds).astype(np.float32)
    pca = PCA(2, svd_solver="full").fit(features.astype(np.float64))
    distances = pairwise_distances(features, metric="euclidean", squared=True)
    probabilities = squareform(_t_sne._joint_probabilities(distances, PERPLEXITY, verbose=0))
    tsne = TSNE(2, perplexity=PERPLEXITY, method="exact", init="pca", learning_rate="auto", n_iter=1000, random_state=1)
    points = tsne.fit_transform(features)
    result = {
        "features": features,
        "pca": pca.transform(features.astype(np.float64)),
        "explained": pca.explained_variance_ratio_,
        "probabilities": probabilities / probabilities.sum(),
        "tsne": points,
        "divergence": np.array([tsne.kl_divergence_]),
    }
    make_weights.write_safetensors(pathlib.Path(__file__).with_name("embedding_golden.safetensors"),
                                   {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in result.items()},
                                   {"made_by": "tests/data/make_embedding_golden.py"})
    print("explained", pca.explained_variance_ratio_, "divergence", tsne.kl_divergence_, "spread", np.ptp(points, axis=0))


if __name__ == "__main__":
    main()

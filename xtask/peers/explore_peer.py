"""Lays out the vectors that `explore_bench` left in DIR with scikit-learn, and measures both maps alike.

usage: explore_peer.py DIR DIM

Reads `vectors.f32` (rows of DIM components) and `points.f32` (our map, two components each). The peer is PCA to 50 components and
`TSNE(init="pca", perplexity=30)` over them. Both maps are measured against the vectors themselves: trustworthiness with 12
neighbours, and the share of the ten nearest neighbours that are among the ten nearest on the map. Prints one JSON object.

needs: pip install scikit-learn numpy
"""

import json
import pathlib
import sys
import time

import numpy as np
import sklearn
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness
from sklearn.neighbors import NearestNeighbors

NEIGHBOURS = 10


def nearest(rows: np.ndarray) -> np.ndarray:
    """Places of the nearest other rows, shape (rows, NEIGHBOURS)."""
    search = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(rows)
    return search.kneighbors(return_distance=False)


def kept(truth: np.ndarray, points: np.ndarray) -> float:
    """Share of the nearest neighbours that are nearest on the map."""
    return float(np.mean([len(np.intersect1d(a, b)) for a, b in zip(truth, nearest(points))]) / NEIGHBOURS)


def main() -> None:
    folder, dim = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    vectors = np.fromfile(folder / "vectors.f32", dtype="<f4").reshape(-1, dim)
    ours = np.fromfile(folder / "points.f32", dtype="<f4").reshape(-1, 2)
    started = time.perf_counter()
    components = PCA(min(50, len(vectors), dim), random_state=0).fit_transform(vectors)
    perplexity = min(30.0, (len(vectors) - 1) / 3)
    theirs = TSNE(init="pca", perplexity=perplexity, random_state=0, n_jobs=-1).fit_transform(components)
    seconds = time.perf_counter() - started
    truth = nearest(vectors)
    measured = {
        name: {
            "trustworthiness": float(trustworthiness(vectors, points, n_neighbors=12)),
            "kept": kept(truth, points),
        }
        for name, points in [("ours", ours), ("theirs", theirs)]
    }
    print(json.dumps({"version": sklearn.__version__, "seconds": seconds, **measured}))


main()

"""Measures hnswlib on the vectors that `vectors_bench --write DIR` left in DIR, for comparison.

usage: hnswlib_peer.py DIR [--recall R] [--threads N] [--ef-construction N] [--m N]

Builds an index (inner product, M = 32 as in instant-distance), then raises `ef` until recall@10 is at least R
(default 0.98) and prints one JSON object: build time, and for each ef the recall and the median time of one
query on one thread. The right answers are computed here, with NumPy in single precision.

needs: pip install hnswlib numpy
"""

import argparse
import importlib.metadata
import json
import pathlib
import time

import hnswlib
import numpy as np

NEIGHBOURS = 10


def exact_neighbours(base: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Ids of the nearest rows of `base` for each query, shape (queries, NEIGHBOURS), in no order."""
    found = []
    for block in np.array_split(queries, max(1, len(queries) // 100)):
        scores = block @ base.T
        found.append(np.argpartition(-scores, NEIGHBOURS, axis=1)[:, :NEIGHBOURS])
    return np.concatenate(found)


def median_milliseconds(index: hnswlib.Index, queries: np.ndarray) -> tuple[float, np.ndarray]:
    """Median time of one query, and the ids found, shape (queries, NEIGHBOURS)."""
    times, found = [], []
    for query in queries:
        started = time.perf_counter()
        labels, _ = index.knn_query(query, k=NEIGHBOURS, num_threads=1)
        times.append(time.perf_counter() - started)
        found.append(labels[0])
    return float(np.median(times)) * 1000.0, np.stack(found)


def recall_at_k(found: np.ndarray, truth: np.ndarray) -> float:
    """Share of the right neighbours that were found."""
    hits = sum(len(np.intersect1d(f, t)) for f, t in zip(found, truth))
    return hits / truth.size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dir", type=pathlib.Path)
    parser.add_argument("--recall", type=float, default=0.98)
    parser.add_argument("--threads", type=int, default=-1, help="threads that build; all when negative")
    parser.add_argument("--ef-construction", type=int, default=100)
    parser.add_argument("--m", type=int, default=32)
    arguments = parser.parse_args()

    base = np.load(arguments.dir / "base.npy")
    queries = np.load(arguments.dir / "queries.npy")
    truth = exact_neighbours(base, queries)

    index = hnswlib.Index(space="ip", dim=base.shape[1])
    index.init_index(
        max_elements=len(base), M=arguments.m, ef_construction=arguments.ef_construction, random_seed=1
    )
    started = time.perf_counter()
    index.add_items(base, num_threads=arguments.threads)
    build_s = time.perf_counter() - started

    steps = []
    for ef in (10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400, 600, 800):
        index.set_ef(ef)
        search_ms, found = median_milliseconds(index, queries)
        steps.append({"ef": ef, "search_ms": search_ms, "recall_at_10": recall_at_k(found, truth)})
        if steps[-1]["recall_at_10"] >= arguments.recall:
            break
    print(
        json.dumps(
            {
                "version": importlib.metadata.version("hnswlib"),
                "count": len(base),
                "dim": int(base.shape[1]),
                "m": arguments.m,
                "ef_construction": arguments.ef_construction,
                "build_s": build_s,
                "reached": steps[-1]["recall_at_10"] >= arguments.recall,
                "at_recall": steps[-1],
                "steps": steps,
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()

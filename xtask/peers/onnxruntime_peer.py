"""Speed of ONNX Runtime on the CPU with the networks that `tests/parity/full_size.py --onnx` wrote.

    python xtask/peers/onnxruntime_peer.py FOLDER [--threads 2] [--batch 8] [--repeats 15]

FOLDER is the one that full_size.py wrote to. One JSON object goes to standard output:

    {"peer": "onnxruntime", "version", "threads", "batch", "repeats",
     "clip_image": {"median_seconds", "best_seconds", "pictures_per_second"},      a batch, to 512 projected features
     "resnet50":   {"median_seconds", "best_seconds", "pictures_per_second"},      a batch, to 2048 pooled features
     "clip_text":  {"tokens", "median_ms", "best_ms"},                             one short query, its own tokens only
     "clip_text_padded": {"tokens", "median_ms", "best_ms"}}                       the same, padded to 77 as most programs do

`pictures_per_second` comes from the median. Pixels are random: the arithmetic does not depend on them.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np
import onnxruntime

# "a photo of a cat" with its markers
SHORT_QUERY = [49406, 320, 1125, 539, 320, 2368, 49407]
CONTEXT = 77
WARM_UP_RUNS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=15)
    arguments = parser.parse_args()

    def seconds(name: str, value: np.ndarray, repeats: int) -> list[float]:
        session = open_session(arguments.folder / "onnx" / f"{name}.onnx", arguments.threads)
        return measure(session, value, repeats)

    def pictures(name: str) -> dict:
        pixels = np.random.default_rng(0).normal(size=(arguments.batch, 3, 224, 224)).astype(np.float32)
        runs = seconds(name, pixels, arguments.repeats)
        median = statistics.median(runs)
        return {"median_seconds": median, "best_seconds": min(runs), "pictures_per_second": arguments.batch / median}

    def text(length: int) -> dict:
        tokens = np.zeros((1, length), np.int64)
        tokens[0, : len(SHORT_QUERY)] = SHORT_QUERY
        runs = seconds("clip-text", tokens, arguments.repeats * 4)
        return {"tokens": length, "median_ms": statistics.median(runs) * 1000, "best_ms": min(runs) * 1000}

    result = {
        "peer": "onnxruntime",
        "version": onnxruntime.__version__,
        "threads": arguments.threads,
        "batch": arguments.batch,
        "repeats": arguments.repeats,
        "clip_image": pictures("clip-image"),
        "resnet50": pictures("resnet50"),
        "clip_text": text(len(SHORT_QUERY)),
        "clip_text_padded": text(CONTEXT),
    }
    print(json.dumps(result))


def open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    if not path.is_file():
        raise SystemExit(f"{path} is not there: run tests/parity/full_size.py --onnx first")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def measure(session: onnxruntime.InferenceSession, value: np.ndarray, repeats: int) -> list[float]:
    """Seconds of each run after the warm-up."""
    runs = []
    for run in range(WARM_UP_RUNS + repeats):
        start = time.perf_counter()
        session.run(["features"], {"input": value})
        if run >= WARM_UP_RUNS:
            runs.append(time.perf_counter() - start)
    return runs


if __name__ == "__main__":
    main()

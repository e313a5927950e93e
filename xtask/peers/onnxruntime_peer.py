"""Speed of ONNX Runtime on the CPU with one of the networks that `tests/parity/full_size.py --onnx` wrote.

    python xtask/peers/onnxruntime_peer.py FOLDER NETWORK [--threads 2] [--batch 8] [--repeats 15]

FOLDER is the one that full_size.py wrote to. NETWORK is one of

    clip-image, resnet50   a batch of pictures, to 512 projected or 2048 pooled features
    clip-text              one short query, its own tokens only
    clip-text-padded       the same, padded to 77 as most programs do

One JSON object goes to standard output: {"peer", "version", "threads", "repeats"} with {"batch", "pictures_per_second"} for pictures or
{"tokens", "median_ms", "best_ms"} for text. `pictures_per_second` comes from the median. Pixels are random: the arithmetic does not
depend on them.
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
    parser.add_argument("network", choices=["clip-image", "resnet50", "clip-text", "clip-text-padded"], metavar="NETWORK")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=15)
    arguments = parser.parse_args()

    result = {
        "peer": "onnxruntime",
        "version": onnxruntime.__version__,
        "threads": arguments.threads,
        "repeats": arguments.repeats,
    }
    session = open_session(arguments.folder / "onnx" / f"{arguments.network.removesuffix('-padded')}.onnx", arguments.threads)
    if arguments.network.startswith("clip-text"):
        length = CONTEXT if arguments.network.endswith("-padded") else len(SHORT_QUERY)
        tokens = np.zeros((1, length), np.int64)
        tokens[0, : len(SHORT_QUERY)] = SHORT_QUERY
        runs = measure(session, tokens, arguments.repeats)
        result |= {"tokens": length, "median_ms": statistics.median(runs) * 1000, "best_ms": min(runs) * 1000}
    else:
        pixels = np.random.default_rng(0).normal(size=(arguments.batch, 3, 224, 224)).astype(np.float32)
        runs = measure(session, pixels, arguments.repeats)
        result |= {"batch": arguments.batch, "pictures_per_second": arguments.batch / statistics.median(runs)}
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

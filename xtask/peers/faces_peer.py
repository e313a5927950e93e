"""Speed of OpenCV or ONNX Runtime on the CPU with the published face networks.

    python xtask/peers/faces_peer.py PEER DATA [--threads 2] [--repeats 5]

PEER is `opencv` (FaceDetectorYN) or `onnxruntime`. DATA is the folder of test data: `weights/` with the networks, `faces/` with group
photos, `photos/coco`. One JSON object goes to standard output, in milliseconds: {"group_photo", "large", "photo_12", "photo_24"} for the
detector in one pass over all pixels, a group photo of at most 1280 pixels on average, a picture of 1280 x 960 pixels, and photos without
faces enlarged to 12 and 24 million pixels, and for ONNX Runtime {"face"}, an aligned face and its mirror image. Each is the median of the
repeats after one to warm up. Photos are decoded beforehand.
"""

import argparse
import csv
import json
import statistics
import time
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

FACES = 16
# Kindred looks at larger pictures in several passes.
ONE_PASS = 1280


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=["opencv", "onnxruntime"])
    parser.add_argument("data", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    photos = group_photos(arguments.data / "faces")
    large = np.random.default_rng(0).integers(0, 256, (960, 1280, 3), np.uint8)
    weights = arguments.data / "weights"
    if arguments.peer == "opencv":
        detect = opencv_detector(weights, arguments.threads)
        result = {}
    else:
        detect = onnxruntime_detector(weights, arguments.threads)
        embed = session(weights / "MobileFaceNet.onnx", arguments.threads)
        crops = np.random.default_rng(0).normal(size=(2 * FACES, 1, 3, 112, 112)).astype(np.float32)
        runs = measure(lambda: [embed.run(None, {"input0": crop}) for crop in crops], arguments.repeats)
        result = {"face": runs / FACES}
    result["group_photo"] = measure(lambda: [detect(photo) for photo in photos], arguments.repeats) / len(photos)
    result["large"] = measure(lambda: [detect(large) for _ in range(8)], arguments.repeats) / 8
    # These take long, and each is as long as the other.
    for name, file, size in [("photo_12", "000000000009.jpg", (4000, 3000)), ("photo_24", "000000000025.jpg", (6000, 4000))]:
        photo = cv2.resize(cv2.imread(str(arguments.data / "photos/coco" / file)), size, interpolation=cv2.INTER_CUBIC)
        result[name] = measure(lambda photo=photo: detect(photo), 2)
    print(json.dumps(result))


def group_photos(folder: Path) -> list[np.ndarray]:
    """Those whose faces were counted by eye, without the few that Kindred does not look at in one pass."""
    with (folder / "face-counts.tsv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table, delimiter="\t") if row["faces_by_eye"]]
    photos = [cv2.imread(str(folder / row["file"])) for row in rows]
    return [photo for photo in photos if max(photo.shape[:2]) <= ONE_PASS]


def opencv_detector(weights: Path, threads: int):
    cv2.setNumThreads(threads)
    detector = cv2.FaceDetectorYN.create(str(weights / "yunet_s_640_640.onnx"), "", (640, 640), 0.8, 0.3, 5000)

    def detect(picture: np.ndarray):
        detector.setInputSize((picture.shape[1], picture.shape[0]))
        return detector.detect(picture)

    return detect


def onnxruntime_detector(weights: Path, threads: int):
    network = session(weights / "yunet_s_dynamic.onnx", threads)
    name = network.get_inputs()[0].name

    def detect(picture: np.ndarray):
        height, width = (-(-side // 32) * 32 for side in picture.shape[:2])
        padded = np.zeros((1, 3, height, width), np.float32)
        padded[0, :, : picture.shape[0], : picture.shape[1]] = picture.transpose(2, 0, 1)
        return network.run(None, {name: padded})

    return detect


def session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def measure(run, repeats: int) -> float:
    """The median of the runs after the warm-up, in milliseconds."""
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


if __name__ == "__main__":
    main()

"""Where the trainer keeps its files: one folder outside the repository, because no picture may enter it."""

import os
from pathlib import Path

ROOT = Path(os.environ.get("KINDRED_STARTER", Path.home() / ".cache" / "kindred" / "starter"))
DATA = ROOT / "data"
"""Packed pictures, captions and teachers' answers."""
RUNS = ROOT / "runs"
"""Checkpoints of training that can go on."""
EVAL = ROOT / "eval"
"""Test sets that `cargo xtask bench starter` reads."""
EXPORT = ROOT / "export"
"""The newest weights in the form that is shipped."""

for folder in (DATA, RUNS, EVAL, EXPORT):
    folder.mkdir(parents=True, exist_ok=True)

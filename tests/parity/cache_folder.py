"""Where generated files too large for the repository go."""

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """`kindred` inside the user's cache folder: XDG on Linux, the platform's own place elsewhere."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "kindred"

"""`python -m eadnet_core`: the command line."""

from __future__ import annotations

import os
import sys

# Threads of numerical libraries that wait by spinning take the processor from each other and from every other program; what waits here
# sleeps. Whoever has set these keeps them.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("KMP_BLOCKTIME", "0")
os.environ.setdefault("OMP_NUM_THREADS", str(min(4, os.cpu_count() or 1)))

from .cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())

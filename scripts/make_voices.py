"""Makes the utterances that speech is learnt from; run again, it goes on where it stopped.

    python scripts/make_voices.py --out voices --minutes 120
    python scripts/make_voices.py --out voices --minutes 10 --families espeak kal

Each utterance is made in a worker process; a synthesiser that crashes, or never ends, costs its sentence. What each family needs is
said at the top of its file in scripts/voices; a family that is not installed is named and left out.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor, TimeoutError
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np  # noqa: E402

from scripts.voices import festival, kokoro, others  # noqa: E402
from scripts.voices.voice import Speak  # noqa: E402

FAMILIES: dict[str, tuple[Speak, float]] = {
    "kokoro": (kokoro.speak, 0.44), "espeak": (others.espeak, 0.16), "pico": (others.pico, 0.12), "hibari": (others.hibari, 0.08),
    "kal": (festival.kal, 0.06), "russian": (festival.russian, 0.05), "openjtalk": (others.openjtalk, 0.045),
    "gnuspeech": (others.gnuspeech, 0.045),
}  # fmt: skip
"""How each speaks, and its share of all minutes."""
TIMEOUT_S, MOST_FAILURES = 120, 8


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--minutes", type=float, default=120)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--families", nargs="+", choices=FAMILIES, default=list(FAMILIES))
    options.add_argument("--workers", type=int, default=1)
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    total = sum(FAMILIES[family][1] for family in given.families)
    for family in given.families:
        seconds = make_family(family, given.out, 60 * given.minutes * FAMILIES[family][1] / total, given.seed, given.workers)
        print(f"{family}: {seconds / 60:.1f} minutes", flush=True)


def make_family(family: str, out: Path, wanted_s: float, seed: int, workers: int) -> float:
    """Makes utterances of one family until there are so many seconds; returns how many there are."""
    made, failures, number = 0.0, 0, 0
    pool = _pool(workers)
    while made < wanted_s and failures < MOST_FAILURES:
        numbers = range(number, number + workers)
        number += workers
        waiting = [(n, pool.submit(make_utterance, family, out / f"{family}_{n:05d}.npz", (seed, n))) for n in numbers]
        for n, future in waiting:
            try:
                made += future.result(timeout=TIMEOUT_S)
                failures = 0
            except (BrokenProcessPool, TimeoutError, OSError, ImportError, KeyError, RuntimeError, ValueError) as error:
                print(f"{family} {n}: {type(error).__name__}: {error}", file=sys.stderr)
                failures += 1
                if isinstance(error, (BrokenProcessPool, TimeoutError)):
                    pool.shutdown(wait=False, cancel_futures=True)
                    pool = _pool(workers)
    pool.shutdown(wait=False, cancel_futures=True)
    return made


def make_utterance(family: str, path: Path, seed: tuple[int, int]) -> float:
    """Makes one utterance, if it is not there; its seconds."""
    if path.is_file():
        with np.load(path, allow_pickle=False) as there:
            return len(there["samples"]) / 16_000
    rng = np.random.default_rng((*seed, *family.encode()))
    return FAMILIES[family][0](rng).save(path, family)


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


if __name__ == "__main__":
    main()

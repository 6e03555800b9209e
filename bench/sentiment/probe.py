"""Speed and memory of one engine, in a process of its own: see ``bench.sentiment.speed``.

``python -m bench.sentiment.probe ENGINE`` reads {"warm", "batch", "single"}, lists of texts, as
JSON from stdin and prints a ``Found`` as JSON.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict

Score = Callable[[Sequence[str]], object]

# Nothing else is imported up here: what an engine imports is part of its load and its memory.


class Found(TypedDict):
    """Times in seconds of CPU, but *load_wall*; memory in MB above the bare interpreter's."""

    load: float
    load_wall: float
    batch_rate: float
    single_rate: float
    memory: float
    peak: float


def main() -> None:
    """Load the engine named on the command line, time it and print what was found."""
    texts = json.load(sys.stdin)
    before = _memory("VmRSS")
    wall, cpu = time.perf_counter(), time.process_time()
    score = ENGINES[sys.argv[1]]()
    score(texts["warm"][:1])
    load, load_wall = time.process_time() - cpu, time.perf_counter() - wall
    score(texts["warm"])
    found = Found(
        load=load,
        load_wall=load_wall,
        batch_rate=_rate(lambda: score(texts["batch"]), len(texts["batch"])),
        single_rate=_rate(
            lambda: [score([text]) for text in texts["single"]], len(texts["single"])
        ),
        memory=_memory("VmRSS") - before,
        peak=_memory("VmHWM") - before,
    )
    print(json.dumps(found))


def _rate(run: Callable[[], object], count: int) -> float:
    """Return how many of *count* texts *run* does in a second of CPU; once, as there are caches."""
    started = time.process_time()
    run()
    return count / (time.process_time() - started)


def _memory(kind: str) -> float:
    """Return resident memory now (VmRSS) or at its peak (VmHWM), in MB of 1,000,000 bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    line = next(line for line in status.splitlines() if line.startswith(f"{kind}:"))
    return int(line.split()[1]) * 1024 / 1e6


def _snownlp() -> Score:
    from snownlp import SnowNLP

    return lambda texts: [SnowNLP(text).sentiments for text in texts]


def _first_stage() -> Score:
    import sentiment.engines.ngram as engine

    weights = Path(engine.__file__).parents[1] / "models" / "ngram.npz"
    return engine.NgramScorer(weights).score


def _named(name: str) -> Callable[[], Score]:
    def load() -> Score:
        from sentiment.scorer import load_scorer

        return load_scorer(name).score

    return load


ENGINES: dict[str, Callable[[], Score]] = {
    "package": _snownlp,
    "snownlp": _named("snownlp"),
    "first stage": _first_stage,
    "ngram": _named("ngram"),
}


if __name__ == "__main__":
    main()

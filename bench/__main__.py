"""Runs every benchmark and writes docs/benchmarks.md: ``python -m bench [--data DIR]``.

*DIR* holds the public sentiment sets (NAME.jsonl.gz); without it that part keeps what the page
already says.
"""

import argparse
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PAGE = Path("docs/benchmarks.md")
VERSIONS = ("numpy", "sqlalchemy", "apsw", "snownlp", "scrapy")


def main() -> None:
    """Run the parts one after the other and write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--data", type=Path)
    asked = parser.parse_args()
    parts = {
        "Ingest": (["bench.ingest"], "python -m bench.ingest"),
        "Wording check": (["bench.wording"], "python -m bench.wording"),
        "Proposed messages": (["bench.answers"], "python -m bench.answers"),
        "Sentiment": (
            ["bench.sentiment", "--data", str(asked.data)] if asked.data else [],
            "python -m bench.sentiment --data DIR",
        ),
    }
    kept = sections(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    page = [
        "# Benchmarks\n",
        "Every table is made by the command above it. Compare ratios, not seconds.\n",
    ]
    for name, (module, command) in parts.items():
        body = measured(module, command) if module else kept.get(name, "Not measured yet.\n")
        page.append(f"## {name}\n\n{body.strip()}\n")
    PAGE.write_text("\n".join(page), encoding="utf-8")
    print(f"written to {PAGE}")


def measured(module: list[str], command: str) -> str:
    """Run one part in a process of its own and return its section."""
    done = subprocess.run(
        [sys.executable, "-m", *module], check=True, capture_output=True, text=True
    )
    return f"`{command}` · {machine()}\n{done.stdout}"


def machine() -> str:
    """Where and with what it was measured."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    versions = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    day = datetime.now(UTC).date().isoformat()
    return f"{day}, {model}, Python {platform.python_version()}, {versions}\n"


def sections(page: str) -> dict[str, str]:
    """Return the page's sections by their titles."""
    return {
        title.strip(): body
        for title, _, body in (part.partition("\n") for part in page.split("\n## ")[1:])
    }


if __name__ == "__main__":
    main()

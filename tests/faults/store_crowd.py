"""A crowd of processes on one workspace's embedded files, and the count of what they did."""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from storage.records import Records
from storage.records.watch import Brand, Source
from storage.records.workspace import Fact
from storage.search import EmbeddedMentionIndex, Selection
from tests.faults.soundness import check_records, check_search
from tests.faults.store_worker import MARKED, NOW, OWN, SHARED
from tests.storage.search.search_mentions import brand, mention

FOR_EVER = 1_000_000


@dataclass(frozen=True)
class Told:
    """What the acknowledged rounds of all writers come to."""

    names: frozenset[str]
    rounds: int
    won: int
    settled: int
    owned: int
    keys: frozenset[str]
    newest: int


@dataclass
class Crowd:
    """Processes on the files in *folder*; what each prints is kept in a file of its name."""

    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    killed: int = 0

    def prepare(self) -> None:
        """Write what the crowd works on."""
        records = Records.open_sqlite(self.folder / "records.sqlite")
        with records.write() as session:
            session.add(Fact(name="counter", value="0"))
            session.add(Brand(id="brand", name="星澜", role="own", created_at=NOW))
            session.add_all(_source(f"source {number}") for number in range(3))
        records.close()
        index = EmbeddedMentionIndex(self.folder / "search.sqlite")
        index.create_many([mention(f"marked {at}", brands=(brand("b1"),)) for at in range(MARKED)])
        index.close()

    def start(self, role: str, name: str, rounds: int = FOR_EVER) -> None:
        """Start one process."""
        told_at, errors_at = self.folder / f"{role} {name}.told", self.folder / "errors.log"
        with told_at.open("wb") as told, errors_at.open("ab") as errors:
            self.running[f"{role} {name}"] = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.faults.store_worker",
                    role,
                    str(self.folder),
                    name,
                    str(rounds),
                ],
                stdout=told,
                stderr=errors,
                cwd=Path(__file__).parents[2],
            )

    def finish(self) -> None:
        """Wait for all of them; each must end well."""
        for name, process in self.running.items():
            assert process.wait(900) == 0, f"{name}: {self.errors()}"
        self.running.clear()

    def kill(self, name: str) -> None:
        """End a process with SIGKILL."""
        process = self.running.pop(name)
        assert process.poll() is None, f"{name} ended by itself: {self.errors()}"
        process.kill()
        process.wait()
        self.killed += 1

    def end_all(self) -> None:
        """Kill whatever still runs."""
        for process in self.running.values():
            process.kill()
            process.wait()
        self.running.clear()

    def errors(self) -> str:
        """What the processes wrote to stderr."""
        return (self.folder / "errors.log").read_text(encoding="utf-8")[-3000:]

    def told(self, role: str) -> Told:
        """Add up what the writers of one role acknowledged."""
        lines = [
            (path.stem.removeprefix(f"{role} "), json.loads(line))
            for path in self.folder.glob(f"{role} *.told")
            for line in path.read_text(encoding="utf-8").splitlines()
        ]
        return Told(
            names=frozenset(name for name, _ in lines),
            rounds=len(lines),
            won=_sum(lines, "won"),
            settled=_sum(lines, "settled"),
            owned=_sum(lines, "owned"),
            keys=frozenset(f"{name} {line['round']}" for name, line in lines),
            newest=max((line["round"] for _, line in lines), default=0),
        )

    def check_records(self) -> None:
        """Everything acknowledged is there, nothing is half, nothing is doubled.

        A killed process may have committed once more than it could say.
        """
        told = self.told("write_records")
        check_records(self.folder / "records.sqlite")
        records = Records.open_sqlite(self.folder / "records.sqlite")
        with records.read() as session:
            names = set(session.scalars(select(Fact.name)))
            counter = int(session.get_one(Fact, "counter").value)
            version = session.get_one(Brand, "brand").version
            settled = sum(session.scalars(select(Source.items_total)))
        records.close()
        sides = [_tails(names, side) for side in ("left ", "right ")]
        assert sides[0] == sides[1] >= told.keys
        assert counter == len(sides[0])
        for found, acknowledged in (
            (counter, told.rounds),
            (version - 1, told.won),
            (settled, told.settled),
        ):
            assert acknowledged <= found <= acknowledged + self.killed

    def check_search(self) -> None:
        """Everything acknowledged is there, nothing is half, what all create is one's each."""
        told = self.told("write_search")
        check_search(self.folder / "search.sqlite")
        index = EmbeddedMentionIndex(self.folder / "search.sqlite")
        ids = [mention.id for mention in index.scan(Selection(q="手机"))]
        marked = index.get("marked 0")
        index.close()
        assert len(ids) == len(set(ids))
        assert {f"{key} {at}" for key in told.keys for at in range(OWN)} <= set(ids)
        own = [key for key in ids if not key.startswith("shared ")]
        assert told.rounds * OWN <= len(own) <= (told.rounds + self.killed) * OWN
        shared = len(ids) - len(own)
        assert told.owned <= shared <= told.owned + self.killed * SHARED
        assert marked is not None
        assert told.newest <= marked.marked <= told.newest + 1


def _sum(lines: Iterable[tuple[str, dict[str, int]]], what: str) -> int:
    return sum(line.get(what, 0) for _, line in lines)


def _tails(names: Iterable[str], start: str) -> set[str]:
    return {name.removeprefix(start) for name in names if name.startswith(start)}


def _source(name: str) -> Source:
    return Source(
        id=name,
        name=name,
        kind="feed",
        url="https://example.cn/feed",
        platform="news",
        identity="url",
        interval_s=900,
        delay_s=1.0,
        created_at=NOW,
        next_due_at=NOW,
    )

"""What the child process is told, as its one argument."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from assets.reading.limits import Limits


@dataclass(frozen=True)
class Request:
    """Read the file at *path* with *reader*; write into *folder*. *parent* is who asks."""

    path: str
    media_type: str
    reader: str
    folder: str
    parent: int
    limits: Limits

    def to_json(self) -> str:
        """Return the request as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read ``to_json``. Raises ``ValueError`` or ``TypeError``."""
        given = json.loads(text)
        return cls(**given | {"limits": Limits(**given["limits"])})

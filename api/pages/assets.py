"""The style sheets and scripts, under an address that changes with their content.

The hash is of the whole folder and stands before the name, so that a module's relative imports
stay under it and everything may be kept for ever.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER: Final = Path(__file__).parent.parent / "static"
_FOR_EVER: Final = "public, max-age=31536000, immutable"


@cache
def content_hash() -> str:
    """Return twelve hex digits that change when any file of the folder does."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(FOLDER).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of the file *name* of the static folder."""
    return f"/static/{content_hash()}/{name}"


class KeptFiles(StaticFiles):
    """Static files that a browser never needs to ask for again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file and leave to keep it for ever."""
        response = await super().get_response(path, scope)
        if response.status_code in {200, 304}:
            response.headers["cache-control"] = _FOR_EVER
        return response

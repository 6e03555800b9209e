"""Reads one file in a process of its own: ``python -m assets.reading REQUEST_JSON``.

Writes ``answer.json`` and pictures into the folder that the request names. Ends with 0 when there
is an answer, be it that the file cannot be read; with anything else the fault is not the file's,
or a limit was hit.
"""

import errno
import os
import sys
import traceback
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assets.reading.limits import apply_limits, die_with_parent, forbid_network_and_processes
from assets.reading.request import Request

if TYPE_CHECKING:
    from assets.reading.readers import Reader
    from assets.reading.result import Answer

# The machine's fault, not the file's: the same file may be read another time.
_NOT_THE_FILE: Final = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ENOENT, errno.EACCES)


def main(arguments: list[str]) -> int:
    """Read the file that *arguments* name and write the answer; return the exit status."""
    request = Request.from_json(arguments[1])
    die_with_parent(request.parent)
    apply_limits(request.limits)

    from assets.reading.readers import reader
    from assets.reading.result import ANSWER, Answer

    read = reader(request.reader)
    _prepare()
    try:
        answer = _answer(request, read)
    except MemoryError:
        answer = Answer(unreadable=_too_big(request))
    (Path(request.folder) / ANSWER).write_text(answer.model_dump_json(), encoding="utf-8")
    # Nothing is left to do, and taking a damaged document apart could still crash.
    sys.stderr.flush()
    os._exit(0)


def _too_big(request: Request) -> str:
    memory = request.limits.memory >> 20
    return f"文件太复杂，{memory} MB 内存里读不完；请简化或拆成几个文件后再上传。"


def _prepare() -> None:
    from PIL import Image

    # Libraries warn of oddities that do no harm; of bombs they only warn, too.
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    forbid_network_and_processes()


def _answer(request: Request, read: "Reader") -> "Answer":
    from assets.reading.gathering import Gathered
    from assets.reading.result import Answer, Unreadable

    found = Gathered(Path(request.folder))
    try:
        read(Path(request.path), request.media_type, found)
    except Unreadable as error:
        return Answer(unreadable=str(error))
    except MemoryError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NOT_THE_FILE:
            raise
        # Libraries raise anything at all for broken files.
        traceback.print_exc()
        return Answer(unreadable="文件读不出来，可能不完整或已损坏；请重新导出后再上传。")
    return found.answer()


if __name__ == "__main__":
    sys.exit(main(sys.argv))

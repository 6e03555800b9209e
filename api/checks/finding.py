"""What a check found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from api.wiring import Service
from core.errors import ShengyuError


@dataclass(frozen=True)
class Finding:
    """*detail* is what is the case; *hint* what a person should do about it, None when all is well.

    Both are sentences for people.
    """

    check: str
    detail: str
    hint: str | None = None

    @property
    def ok(self) -> bool:
        """Whether there is nothing to do."""
        return self.hint is None


Check = Callable[[Service], Iterator[Finding]]


def found(name: str, check: Check, service: Service) -> Iterator[Finding]:
    """Yield what *check* finds; a store that fails is a finding too."""
    try:
        yield from check(service)
    except (ShengyuError, OSError) as error:
        yield Finding(name, str(error), "请先解决上面这句话所说的问题，再运行一次 shengyu doctor。")

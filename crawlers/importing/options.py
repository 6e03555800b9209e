"""How a file is to be imported, as a person asked for it."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, Self, get_args

from core.errors import InvalidInput

Way = Literal["auto", "mentions", "mediacrawler", "columns"]
WAYS: Final[tuple[Way, ...]] = get_args(Way)
_LONGEST: Final = 64


@dataclass(frozen=True)
class Options:
    """*columns* maps fields to columns (an empty column: none); what it leaves out is guessed.

    *way* is how rows are read: our own form, MediaCrawler's, or a table with columns.
    *platform* is taken where no column tells one. *open_cases* is false for history.
    """

    way: Way = "auto"
    columns: dict[str, str] = field(default_factory=dict)
    platform: str = ""
    source: str = ""
    open_cases: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be meant. Raises ``InvalidInput``."""
        if self.way not in WAYS:
            raise InvalidInput(f"--format 应为 {'、'.join(WAYS)} 之一，却是 {self.way}。")
        if self.columns and self.way in {"mentions", "mediacrawler"}:
            raise InvalidInput(f"--map 只用于 --format columns，而不是 {self.way}。")
        if len(self.platform) > _LONGEST:
            raise InvalidInput(f"平台名最多 {_LONGEST} 个字符。", field="platform")

    def to_record(self) -> dict[str, Any]:
        """Return the options as JSON can keep them."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """Read what ``to_record`` gave."""
        return cls(**record)

"""Facts about the workspace itself that outlive a restart."""

from sqlalchemy.orm import Mapped, mapped_column

from storage.records.base import Base


class Fact(Base):
    """A named value, such as the time of the first start."""

    __tablename__ = "facts"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]

"""The one exception tree.

ShengyuError
├── UserError            what the caller did; the message says what to do next
│   ├── SettingsError    a setting is wrong: names it, the fault and an example
│   ├── InvalidInput     a value, file or form cannot be used
│   │   └── QueryError   a search query is wrong at a place
│   ├── NotFound         no such record, or not for this person
│   ├── NotPermitted     the role may not do this
│   ├── NotSignedIn      no valid session or token
│   ├── Conflict         someone else changed the record first
│   └── Busy             the port, folder or record is in use by another process
├── FetchError           a page or feed could not be had
│   └── AddressRefused   the address is not public and not on the allow-list
└── StorageError         a store is broken, full or out of reach
    └── LeaseLost        a claim expired and another worker took over
"""


class ShengyuError(Exception):
    """Root of every error this service raises on purpose."""


class UserError(ShengyuError):
    """Something the caller can mend; the message says how."""


class SettingsError(UserError):
    """A setting is wrong."""


class InvalidInput(UserError):
    """A value cannot be used. *field* names it where there is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class QueryError(InvalidInput):
    """A search query is wrong at *position* (code points from 0)."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message, field="q")
        self.position = position


class NotFound(UserError):
    """No such record, or none that this person may see."""


class NotPermitted(UserError):
    """The role may not do this."""


class NotSignedIn(UserError):
    """No valid session or token came with the request."""


class Conflict(UserError):
    """The record changed since it was read."""


class Busy(UserError):
    """Another process holds what is needed."""


class FetchError(ShengyuError):
    """A page or feed could not be had."""


class AddressRefused(FetchError):
    """The address is not public and not on the allow-list."""


class StorageError(ShengyuError):
    """A store is broken, full or out of reach."""


class LeaseLost(StorageError):
    """A claim expired and another worker took over; what was about to be written must not be."""

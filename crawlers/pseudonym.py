"""Authors lose their names before anything is written: personal data that is not needed."""

import hashlib
import hmac
import re

_MASKED = re.compile(r".\*\*·[0-9a-f]{4}", re.DOTALL)


def pseudonym(author: str | None, key: str) -> str | None:
    """Return ``林**·3fa2`` for 林小雨: the first character and 16 bits of an HMAC under *key*.

    The same author under the same key keeps the same pseudonym, so repeated voices can be seen.
    None and blank give None; what already has this form is returned as it is.
    """
    name = (author or "").strip()
    if not name or _MASKED.fullmatch(name):
        return name or None
    digest = hmac.new(key.encode(), name.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
    return f"{name[0]}**·{digest[:4]}"

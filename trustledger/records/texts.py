"""Fields that are text: codes, names, remarks, and what an attachment is called by."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from trustledger.errors import InvalidRecord

_NO_CONTROL = r"^[^\x00-\x1f\x7f\u2028\u2029]*$"

Code = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=_NO_CONTROL),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_NO_CONTROL)]
Text = Annotated[
    str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")
]
Ascii = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=32, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
    ),
]

_ATTACHMENT = re.compile(r"sha256:([0-9a-f]{64}) [^\x00-\x1f\x7f]{1,500}")


def _attachment(value: object) -> str:
    if isinstance(value, str) and _ATTACHMENT.fullmatch(value):
        return value
    raise InvalidRecord(f"found {str(value)[:60]!r}; an attachment is what Book.attach answered")


Attachment = Annotated[str, BeforeValidator(_attachment)]


def digest_of(attachment: str | None) -> str:
    """The SHA-256 in hex of what ``Book.attach`` answered, or nothing."""
    return (attachment or "").partition(" ")[0].removeprefix("sha256:")

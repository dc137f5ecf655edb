"""Names that the books use themselves, and fields that never hold one, or nothing else."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from trustledger.errors import InvalidRecord, Unknown
from trustledger.records.texts import Code

COMMON = "common"
"""The fund that always exists: the owners' common fund 业主共有基金."""

COMMON_NAME = "业主共有基金"

LATE_FEE = "late_fee"
"""The item under which late fees stand beside a unit's charges, and their income category."""

OPENING = "opening"
"""The source of money that was there when the books opened."""


def _waivable(value: object) -> str:
    name = value.strip() if isinstance(value, str) else value
    if name in ("", LATE_FEE, "违约金"):
        return LATE_FEE if name else ""
    raise Unknown("item", str(value)[:40], f"it is {LATE_FEE}, or empty for the charge itself")


def _not_ours(value: object) -> object:
    if isinstance(value, str) and value.strip() in (LATE_FEE, OPENING):
        raise InvalidRecord(f"found {value!r}, which the books use themselves; name it otherwise")
    return value


Item = Annotated[Code, BeforeValidator(_not_ours)]
"""收费项目: what is charged for, by a name of the community's own."""

Waivable = Annotated[str, BeforeValidator(_waivable)]
"""What of a charge a waiver may lower besides the charge itself."""

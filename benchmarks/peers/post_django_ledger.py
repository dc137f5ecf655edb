"""django-ledger on SQLite: its own ``commit_txs``, which posts one journal entry."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from decimal import Decimal

import clock
import django
from django.conf import settings

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": clock.DATABASE.removeprefix("sqlite:///"),
        }
    },
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django_ledger"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()
logging.disable(logging.CRITICAL)

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django_ledger.io import roles
from django_ledger.models import EntityModel

call_command("migrate", verbosity=0)
admin = get_user_model().objects.create_user(username="bench")
entity = EntityModel.create_entity(
    name="bench", use_accrual_method=False, admin=admin, fy_start_month=1
)
entity.create_chart_of_accounts(assign_as_default=True, commit=True)
bank, fund, payable = (
    entity.create_account(code=code, role=role, name=role, balance_type=side, active=True)
    for code, role, side in (
        ("1010", roles.ASSET_CA_CASH, "debit"),
        ("4010", roles.INCOME_OPERATIONAL, "credit"),
        ("2010", roles.LIABILITY_CL_OTHER, "credit"),
    )
)
ledger = entity.create_ledger(name="bench", posted=True)
WHEN = datetime(2024, 12, 20, tzinfo=UTC)


def one(number: int) -> None:
    sides = ((bank, "100.00", "debit"), (fund, "88.00", "credit"), (payable, "12.00", "credit"))
    entity.commit_txs(
        je_timestamp=WHEN,
        je_ledger_model=ledger,
        je_desc=f"R{number}",
        je_posted=True,
        je_txs=[
            {"account": account, "amount": Decimal(amount), "tx_type": side, "description": ""}
            for account, amount, side in sides
        ],
    )


def many(numbers: range) -> None:
    with transaction.atomic():
        for number in numbers:
            one(number)


clock.measure(one, many)

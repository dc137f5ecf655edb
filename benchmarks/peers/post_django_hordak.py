"""django-hordak on PostgreSQL; a batch by ``bulk_create``, which leaves out its own checks."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import clock
import django
from django.conf import settings

where = urlsplit(clock.DATABASE)
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": where.path.strip("/"),
            "USER": where.username,
            "HOST": parse_qs(where.query)["host"][0],
        }
    },
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DEFAULT_CURRENCY="CNY",
    CURRENCIES=["CNY"],
    HORDAK_INTERNAL_CURRENCY="CNY",
    USE_TZ=True,
)
django.setup()

from django.core.management import call_command
from django.db import transaction
from hordak.models import Account, AccountType, Leg, Transaction
from moneyed import Money

call_command("migrate", verbosity=0)
bank, fund, payable = (
    Account.objects.create(name=name, code=code, type=kind, currencies=["CNY"])
    for name, code, kind in (
        ("bank", "1", AccountType.asset),
        ("fund", "2", AccountType.income),
        ("payable", "3", AccountType.liability),
    )
)
DAY = date(2024, 12, 20)


def legs(receipt: Transaction) -> list[Leg]:
    """The three sides of one receipt."""
    return [
        Leg(transaction=receipt, account=bank, debit=Money("100.00", "CNY")),
        Leg(transaction=receipt, account=fund, credit=Money("88.00", "CNY")),
        Leg(transaction=receipt, account=payable, credit=Money("12.00", "CNY")),
    ]


def one(number: int) -> None:
    with transaction.atomic():
        for leg in legs(Transaction.objects.create(date=DAY, description=f"R{number}")):
            leg.save()


def many(numbers: range) -> None:
    with transaction.atomic():
        made = [Transaction(date=DAY, description=f"R{number}") for number in numbers]
        Leg.objects.bulk_create(
            [leg for receipt in Transaction.objects.bulk_create(made) for leg in legs(receipt)]
        )


clock.measure(one, many)

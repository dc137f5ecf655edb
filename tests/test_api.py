"""The public names: sorted, importable, typed, and nothing heavy until it is used."""

from __future__ import annotations

import subprocess
import sys

import trustledger as tl


def _isort_key(name: str) -> tuple[bool, bool, str]:
    """Constants, then classes, then functions, each by name: the order that the linter keeps."""
    return (not name.isupper(), name[0].islower(), name)


def test_all_is_sorted_and_importable() -> None:
    assert tl.__all__ == sorted(set(tl.__all__), key=_isort_key)
    for name in tl.__all__:
        assert getattr(tl, name) is not None
    assert set(tl.__all__) <= set(dir(tl))


def test_every_public_class_and_function_says_what_it_is() -> None:
    for name in tl.__all__:
        thing = getattr(tl, name)
        if callable(thing):
            assert thing.__doc__ and len(thing.__doc__.strip()) > 20, name


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, trustledger, trustledger.cli; "
        "heavy = {'sqlmodel', 'sqlalchemy', 'pydantic', 'reportlab', 'pandas', 'polars', "
        "'openpyxl', 'xlsxwriter'} & set(sys.modules); print(sorted(heavy))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_unknown_names_are_attribute_errors() -> None:
    assert not hasattr(tl, "Bookkeeper")

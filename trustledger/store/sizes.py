"""How large a book grows, told to SQLite: without it, it reads ten years to find one receipt.

A database that was never analysed looks small to SQLite's planner, which then often goes by the
first column of the primary key: the whole book. These are the proportions of a community of some
thousand units after ten years: rows, then rows that share each longer part of an index's key. They
are right enough for any book, and always the same: plans do not change with the day.
"""

from __future__ import annotations

from sqlalchemy import Connection

PROPORTIONS = {
    ("tl_head", "tl_head"): "100 1",
    ("tl_entry", "tl_entry"): "1000000 1000000 1",
    ("tl_entry", "sqlite_autoindex_tl_entry_2"): "1000000 1000000 50000 1",
    ("tl_entry", "tl_entry_day"): "1000000 1000000 300",
    ("tl_entry", "tl_entry_reverses"): "1000 1000 1",
    ("tl_posting", "tl_posting"): "4000000 4000000 4 1",
    ("tl_posting", "tl_posting_unit"): "2500000 2500000 600 3",
    ("tl_turnover", "tl_turnover"): "10000 10000 60 6 5 4 1 1",
    ("tl_open", "tl_open"): "10000 10000 3 2 1 1 1",
    ("tl_term", "tl_term"): "100 10 1",
    ("tl_link", "tl_link"): "100000 100000 5000 10 5 1",
    ("tl_line", "tl_line"): "100000 100000 1000 1",
}


def tell(connection: Connection) -> None:
    """Write the proportions where SQLite's planner looks for them."""
    connection.exec_driver_sql("ANALYZE tl_head")  # makes the table, if it is not there
    connection.exec_driver_sql("DELETE FROM sqlite_stat1 WHERE tbl LIKE 'tl\\_%' ESCAPE '\\'")
    for (table, index), rows in PROPORTIONS.items():
        connection.exec_driver_sql(
            "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", (table, index, rows)
        )
    connection.exec_driver_sql("ANALYZE sqlite_master")  # reads them

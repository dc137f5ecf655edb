"""The book folder 账套目录: spreadsheets and book.toml in, validated records with places out.

What lives here: the fixed layout, reading CSV, XLSX and TOML that strangers wrote, and writing an
empty folder. What must not: the book, rules, and anything that stores.
"""

from trustledger.sheets.folder import FolderContents, read
from trustledger.sheets.templates import write as write_templates

__all__ = ["FolderContents", "read", "write_templates"]

"""An auditor's first look at a community: run it as it stands, or cell by cell in a notebook."""

# %% The book of the example that ships with the package, made in a temporary folder
import shutil
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

import trustledger as tl

folder = Path(tempfile.mkdtemp()) / "xinghe"
with as_file(files("trustledger") / "example") as example:
    shutil.copytree(example, folder)
book = tl.month(folder, "2025-06", folder / "pack").loaded.book

# %% Does everything stored still add up?
findings = book.verify()
print(f"{len(findings)} findings, {book.head.size} entries, root {book.head.root}")

# %% Where did the half year's money go?
report = book.statement("income_expenditure", "2025-01..2025-06")
print(report)

# %% The remuneration is 12 % of what came in, to the fen
facts = book.statement("remuneration", "2025-01..2025-06").facts
assert tl.parse_yuan(facts["remuneration_to_date"]) == round(
    tl.parse_yuan(facts["base_to_date"]) * 12 / 100
)
print(facts)

# %% Which buildings pay? Exact amounts, as a frame
print(book.statement("collection", "2025-06").to_pandas("buildings"))

# %% From a figure back to its entries
for entry in book.entries():
    if entry.kind == "expenditure" and any(p.line == "W01" for p in entry.postings):
        print(entry.seq, entry.on, entry.key, entry.content)

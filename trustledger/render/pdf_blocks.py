"""Every kind of block on paper: one function per kind, and the one that picks it."""

from __future__ import annotations

from trustledger.document import Bars, Block, Due, Grid, Shares, Signatures, Split, Table
from trustledger.render.pdf_bars import lay_bars
from trustledger.render.pdf_facts import lay_due, lay_grid
from trustledger.render.pdf_ink import Laid
from trustledger.render.pdf_shares import lay_shares
from trustledger.render.pdf_split import lay_split
from trustledger.render.pdf_table import lay_table
from trustledger.render.pdf_type import Faces
from trustledger.render.pdf_words import lay_signatures, lay_words, nothing


def lay(block: Block, faces: Faces) -> Laid:
    """The block, laid out for the page's frame. A block that says nothing says so."""
    laid = _lay(block, faces)
    if not laid.slices or laid.slices[-1].keeps:
        laid = Laid((*laid.slices, *nothing(faces)))
    return laid


def _lay(block: Block, faces: Faces) -> Laid:
    match block:
        case Table():
            return lay_table(block, faces)
        case Grid():
            return lay_grid(block, faces)
        case Due():
            return lay_due(block, faces)
        case Split():
            return lay_split(block, faces)
        case Bars():
            return lay_bars(block, faces)
        case Shares():
            return lay_shares(block, faces)
        case Signatures():
            return lay_signatures(block, faces)
        case _:
            return lay_words(block, faces)

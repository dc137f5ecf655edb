"""Receiving 收款核销: one unit's account, and which money settles which charge.

Contract rules 2 and 5. A unit's account knows *claims* (charges not yet settled) and *pieces*
(money that has settled nothing yet, 预收). Money that arrives settles the oldest claim first;
a claim that arises consumes the pieces that are there, oldest first. Old claims and old pieces
never meet of themselves: a charge that stands open again after a bounced payment waits for the
next receipt, as the contract has it. Both are told apart by ``new``: whether this batch brought it.

Everything here is in fen and in order of application; dates are the caller's business.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from typing import NamedTuple

from trustledger.errors import OverRefund, OverWaiver
from trustledger.money import yuan
from trustledger.records import LATE_FEE


class Leg(NamedTuple):
    """Money of one source put on one charge on a day; negative when it is taken off again."""

    source: str
    month: str
    item: str
    amount_fen: int
    on: str


class Slice(NamedTuple):
    """A part of the prepayment that goes back: whose money, and how much."""

    source: str
    amount_fen: int


class Claim:
    """A charge, or what is still open of it; its late fee is a claim that stands before it."""

    __slots__ = ("item", "month", "new", "open_fen")

    def __init__(self, month: str, item: str, open_fen: int, new: bool) -> None:
        self.month, self.item, self.open_fen, self.new = month, item, open_fen, new

    @property
    def order(self) -> tuple[str, bool, str]:
        return self.month, self.item != LATE_FEE, self.item


class Piece:
    """Money that has settled nothing yet. ``order`` is (date, key) of the receipt."""

    __slots__ = ("amount_fen", "new", "order", "pays", "source")

    def __init__(
        self, source: str, order: tuple[str, str], amount_fen: int, pays: str, new: bool
    ) -> None:
        self.source, self.order, self.amount_fen, self.new = source, order, amount_fen, new
        self.pays = pays  # the month it is reserved for


class WaitingWaiver(NamedTuple):
    """A waiver of a month that is not charged yet; it lowers the charge as it arises."""

    key: str
    month: str
    amount_fen: int
    on: str
    new: bool
    item: str = ""  # "late_fee": the late fee of that month's charge


class UnitAccount:
    """业主往来: one unit's claims, pieces and waivers in waiting."""

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.claims: list[Claim] = []
        self.pieces: list[Piece] = []
        self.waiting: list[WaitingWaiver] = []
        self.legs: dict[str, list[Leg]] = {}  # per source, in order of application
        self.fresh: set[tuple[str, str]] = set()  # charges (month, item) this batch brought
        self.held_on = ""  # the last day on which money was told to wait

    # ------------------------------------------------------------------ charges and money

    def arise(self, on: str, month: str, item: str, amount_fen: int, *, new: bool) -> list[Leg]:
        """A charge arises and consumes what is prepaid, oldest money first."""
        claim = self.expect(month, item, amount_fen, new=new)
        legs: list[Leg] = []
        for piece in self.pieces:
            if claim.open_fen == 0:
                break
            if (new or piece.new) and piece.pays in ("", month):
                self._put(on, piece, claim, legs)
        self._tidy()
        return legs

    def expect(self, month: str, item: str, amount_fen: int, *, new: bool) -> Claim:
        """A charge is there, and no money has met it yet."""
        if new:
            self.fresh.add((month, item))
        for claim in self.claims:
            if (claim.month, claim.item) == (month, item):
                claim.open_fen += amount_fen
                return claim
        claim = Claim(month, item, amount_fen, new)
        insort(self.claims, claim, key=lambda c: c.order)
        return claim

    def arrive(
        self,
        source: str,
        on: str,
        amount_fen: int,
        pays: str = "",
        *,
        new: bool,
        held: bool = False,
    ) -> list[Leg]:
        """Money arrives and settles the oldest claim first; the rest is a piece.

        ``pays``: a month whose claims come before the oldest, as the payer designated. ``held``:
        it has waited since an earlier batch, and is put upon old claims as well.
        """
        piece = Piece(source, (on, source), amount_fen, "", new)
        legs: list[Leg] = []
        for claim in sorted(self.claims, key=lambda c: (c.month != pays, c.order)):
            if piece.amount_fen == 0:
                break
            if new or held or claim.new:
                self._put(on, piece, claim, legs)
        if piece.amount_fen:
            self.pieces.append(piece)
            self.pieces.sort(key=lambda p: p.order)
        self._tidy()
        return legs

    def hold(self, source: str, on: str, amount_fen: int, pays: str = "", *, new: bool) -> None:
        """Money arrives and waits: what it will be put upon first is not known yet, or is the
        charge of a month to come."""
        self.pieces.append(Piece(source, (on, source), amount_fen, pays, new))
        self.pieces.sort(key=lambda p: p.order)
        self.held_on = max(self.held_on, on)

    def release(self, month: str, on: str) -> list[Leg]:
        """A month's charge has arisen: what was reserved for it and is left settles the oldest."""
        legs: list[Leg] = []
        for piece in self.pieces:
            if piece.pays == month:
                piece.pays = ""
                for claim in self.claims:
                    self._put(on, piece, claim, legs)
        self._tidy()
        return legs

    def _put(self, on: str, piece: Piece, claim: Claim, legs: list[Leg]) -> None:
        amount = min(piece.amount_fen, claim.open_fen)
        if not amount:
            return
        piece.amount_fen -= amount
        claim.open_fen -= amount
        leg = Leg(piece.source, claim.month, claim.item, amount, on)
        legs.append(leg)
        self.legs.setdefault(piece.source, []).append(leg)

    def _tidy(self) -> None:
        self.claims = [claim for claim in self.claims if claim.open_fen]
        self.pieces = [piece for piece in self.pieces if piece.amount_fen]

    # ------------------------------------------------------------------ waivers

    def waive(self, waiver: WaitingWaiver, on: str, *, strict: bool) -> list[Leg]:
        """Lower a month's charge, or its late fee. Not strict: as far as it is open, no further.

        :raises OverWaiver: more than is open, when strict.
        """
        key, month, amount_fen, _, _, item = waiver
        late = item == LATE_FEE
        claims = [c for c in self.claims if c.month == month and (c.item == LATE_FEE) == late]
        open_fen = sum(claim.open_fen for claim in claims)
        if strict and amount_fen > open_fen:
            raise OverWaiver(
                f"waiver {key!r} is {yuan(amount_fen)}, and {yuan(open_fen)} of unit "
                f"{self.unit}'s {'late fee on the ' if late else ''}charge of {month} is still "
                "open; waive at most that",
                field="amount",
            )
        legs = []
        for claim in claims:
            part = min(amount_fen, claim.open_fen)
            if part:
                legs.append(Leg(key, month, claim.item, part, on))
                claim.open_fen -= part
                amount_fen -= part
        self._tidy()
        return legs

    def reopen(self, legs: Iterable[Leg]) -> None:
        """Let charges stand open again by these (negative) legs; prepayments leave them alone."""
        for leg in legs:
            new = (leg.month, leg.item) in self.fresh
            self.expect(leg.month, leg.item, -leg.amount_fen, new=new)

    # ------------------------------------------------------------------ refunds

    def prepaid(self) -> int:
        """What has settled nothing yet."""
        return sum(piece.amount_fen for piece in self.pieces)

    def has_slices(self, slices: Iterable[Slice]) -> bool:
        """Whether these parts of the prepayment are there."""
        have: dict[str, int] = {}
        for piece in self.pieces:
            have[piece.source] = have.get(piece.source, 0) + piece.amount_fen
        return all(amount_fen <= have.get(source, 0) for source, amount_fen in slices)

    def take_slices(self, slices: list[Slice]) -> None:
        """Give back these parts of the prepayment."""
        for piece in self.pieces:
            for source, amount_fen in slices:
                if piece.source == source:
                    piece.amount_fen -= amount_fen
        self._tidy()

    def take_prepaid(self, key: str, amount_fen: int) -> list[Slice]:
        """Give prepayment back, the newest money first.

        :raises OverRefund: more than is prepaid.
        """
        if amount_fen > self.prepaid():
            raise OverRefund(
                f"refund {key!r} is {yuan(amount_fen)}, and unit {self.unit} has "
                f"{yuan(self.prepaid())} prepaid that day; refund at most that, "
                "or name the receipt that is undone",
                field="amount",
            )
        slices = []
        for piece in reversed(self.pieces):
            part = min(amount_fen, piece.amount_fen)
            if part:
                slices.append(Slice(piece.source, part))
                amount_fen -= part
        self.take_slices(slices)
        return slices

    def left_of(self, source: str) -> int:
        """What of a receipt is still here: prepaid, or on charges."""
        pieces = sum(piece.amount_fen for piece in self.pieces if piece.source == source)
        return pieces + sum(leg.amount_fen for leg in self.legs.get(source, ()))

    def undo(self, source: str, amount_fen: int) -> list[Leg]:
        """Take a receipt's money out: what is prepaid of it first, then its settlements,
        newest first. Returns the negative legs; the caller made sure that enough is left."""
        for piece in self.pieces:
            if piece.source == source:
                part = min(amount_fen, piece.amount_fen)
                piece.amount_fen -= part
                amount_fen -= part
        undone: list[Leg] = []
        legs = self.legs.get(source, [])
        while amount_fen:
            leg = legs.pop()
            part = min(amount_fen, leg.amount_fen)
            if part < leg.amount_fen:
                legs.append(leg._replace(amount_fen=leg.amount_fen - part))
            undone.append(leg._replace(amount_fen=-part))
            amount_fen -= part
        self._tidy()
        self.reopen(undone)
        return undone

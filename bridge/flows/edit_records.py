"""The edit account: seen = applied + refused + superseded + waiting. What a person is asked about an edit, too."""

from __future__ import annotations

from collections.abc import Iterable

from bridge.domain.edit_book import Edit
from bridge.ledger.ledger import Tx
from bridge.ledger.values import iso
from bridge.sheet.texts import both

PACKED = "packed units"  # the question whether a count has the packed ones in it


def record_edits(tx: Tx, edits: Iterable[Edit]) -> None:
    """Edits that count; one with two readings waits for its answer."""
    taken = []
    for edit in edits:
        outcome = "applied" if edit.other is None else "waiting"
        number = tx.sheet.record_edit(edit.sku, edit.location, edit.before, str(edit.after), outcome)
        taken.append((edit, number))
    count_edits(tx, taken)


def count_edits(tx: Tx, edits: Iterable[tuple[Edit, int]]) -> None:
    """Edits that count from now on, with their numbers in the account: what 状態 and 要対応 say of them."""
    by_sku: dict[str, dict[str, int]] = {}
    for edit, number in edits:
        supersede_reading(tx, edit.sku, edit.location)
        if not edit.entered:
            supersede_packed(tx, edit.sku, edit.location)
        if edit.other is not None:
            data = {"sku": edit.sku, "location": edit.location, "after": edit.after, "edit": number}
            data |= {"low": edit.balance, "high": edit.other, "held": edit.held, "contained": edit.after - edit.typed}
            tx.questions.ask("two readings", f"{edit.sku} {edit.location}", data)
        by_sku.setdefault(edit.sku, {})[edit.location] = edit.balance
    for sku, numbers in by_sku.items():
        tx.sheet.change(sku, accepted_at=iso(tx.at), accepted=numbers)


def supersede_reading(tx: Tx, sku: str, location: str) -> int:
    """Another number was given for a cell about whose two readings a person is asked. Returns the units (≥ 0) that the
    lower one of them had booked off."""
    earlier = tx.questions.find("two readings", f"{sku} {location}")
    if earlier is None:
        return 0
    tx.sheet.settle_edit(int(earlier.data["edit"]), "superseded")
    tx.questions.close(earlier.id, both("results", "superseded"))
    return int(earlier.data["held"])


def supersede_packed(tx: Tx, sku: str, location: str) -> None:
    """A cell was counted anew: whether its last count had the packed units in it no longer matters."""
    tx.questions.settle(PACKED, f"{sku} {location}", both("results", "superseded"))

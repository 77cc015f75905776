"""Batches that Google refuses one after the other. A filter set in that moment is over by the next look; a protection
against the bridge's account is not, and people must be told."""

from __future__ import annotations

from bridge.errors import Hint
from bridge.ledger.ledger import Tx
from bridge.sheet.texts import both

PATIENCE = 3  # refusals in a row, until people are told


def note_refusal(tx: Tx, why: Hint) -> bool:
    """One more. Whether it is time to tell."""
    count = int(tx.get("refusals", 0)) + 1
    tx.put("refusals", count)
    if count < PATIENCE:
        return False
    tx.questions.ask("write refused", "", {"ja": why.ja, "en": why.en})
    return True


def refusing(tx: Tx) -> bool:
    """Whether the last batch was refused: what it was to write is no worse for it."""
    return bool(tx.get("refusals", 0))


def note_success(tx: Tx) -> None:
    if refusing(tx):
        tx.put("refusals", 0)
        tx.questions.settle("write refused", "", both("results", "settled itself"))

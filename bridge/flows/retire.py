"""廃番 and 販売中: a product's end, and its way back.

廃番 in its row is a 販売停止 first (see rules), so nothing withholds the zeros. Beyond that the product is retired: its
row stays, tells what lies there and what is ordered, its numbers are read and written as ever, and it may be deleted
without a question. A blank cell brings nothing back; another word of that column does.
"""

from __future__ import annotations

from bridge.domain.edit_book import Standing
from bridge.domain.rules import Halt, StopWord
from bridge.flows import bigchange
from bridge.ledger.ledger import Tx


def stand(tx: Tx, sku: str, word: StopWord, halt: Halt) -> None:
    """How a product stands by the `word` in its row, where `halt` is what came of it. Harmless to repeat. A row about
    which a person is asked stands as it is until the answer."""
    record = tx.sheet.skus().get(sku)
    if record is None:
        return
    if word is StopWord.RETIRED and record.standing is Standing.KNOWN:
        tx.sheet.change(sku, standing=Standing.RETIRED.value)
    elif record.standing is Standing.RETIRED and _brings_back(word, halt):
        tx.sheet.change(sku, standing=Standing.KNOWN.value)


def _brings_back(word: StopWord, halt: Halt) -> bool:
    """再開 and 販売中 do when they are carried out; a stop says that the product is not at its end."""
    return word in (StopWord.SALES, StopWord.SYNC) or (word is StopWord.RESUME and halt is Halt.NONE)


def retire_gone(tx: Tx, sku: str) -> None:
    """A person says 廃番 of a row that is gone: nobody is asked about its cells any more."""
    tx.sheet.change(sku, standing=Standing.RETIRED.value, missing_since=None)
    tx.sheet.find({}, [cell for cell in tx.sheet.findings() if cell[0] == sku])
    bigchange.let_go(tx, sku)

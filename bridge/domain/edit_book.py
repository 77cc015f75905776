"""What accounting for the sheet starts from and ends with: the book, and edits, findings, questions and tokens.

The arithmetic between them is in `edits`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bridge.domain.reading import FindingCode
from bridge.domain.stock import BalanceKey, Movement
from bridge.domain.table import Line

Amount = Mapping[str, int]  # location -> how much of *booked* the content contains


class Standing(StrEnum):
    """How the bridge stands to a SKU it knows."""

    KNOWN = "known"
    NEW = "new"  # a copied row became a product: its quantity counts after one tick
    ASKED = "asked"  # a number no token explains: a person is asked
    GONE = "gone"  # its row has vanished: a person is asked, lowering only
    RETIRED = "retired"  # 廃番: its listings are at 0


def _never_edited(_cell: BalanceKey) -> int | None:
    return None


@dataclass(frozen=True)
class Book:
    """What the ledger knows, as far as `account` needs it.

    last: the amount of the content last seen under each SKU, where that is known · seen: keys of the journal lines
    accounted for · asked: cells about whose two readings a person is asked · unseen: movements a reader of the cell
    could not see, by cell · held_back: what the lower reading of an earlier edit holds back in a cell that has shown
    nothing else since, by cell · previous: the last edit's Δ of a cell · questioned, refused: what *typed* would be by
    an edit that waits for its answer, or was answered 戻す, by cell · restored: this is an older copy of the ledger,
    which had given out no number above that one · doubted: edits of an earlier read that take back the one before, as
    (SKU, location, shown)
    """

    typed: Mapping[BalanceKey, int]
    booked: Mapping[BalanceKey, int]
    standing: Mapping[str, Standing]
    amounts: Mapping[tuple[str, int], Amount]
    last: Mapping[str, Amount]
    seen: Container[str] = frozenset()
    asked: Container[BalanceKey] = frozenset()
    unseen: Mapping[BalanceKey, Unseen] = field(default_factory=dict)
    held_back: Mapping[BalanceKey, int] = field(default_factory=dict)
    previous: Callable[[BalanceKey], int | None] = _never_edited
    questioned: Mapping[BalanceKey, int] = field(default_factory=dict)
    refused: Mapping[BalanceKey, int] = field(default_factory=dict)
    restored: int | None = None
    doubted: frozenset[tuple[str, str, int]] = frozenset()


@dataclass(frozen=True)
class Unseen:
    """Movements of one cell that its reader may not have seen: `written` is in the cell since a moment ago,
    `waiting` has been waiting to be written for longer than usual. Δ units."""

    written: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Edit:
    """What a person changed: `before` is what the sheet should have shown (None: never filled), `after` what it shows,
    `typed` what they have typed in all. With two readings, `balance` is what holds now, `other` the higher result that
    the person is asked about, and `held` what was booked off (≥ 0) so that the lower holds: 0 where the plain reading
    is the lower one by itself. `back`: what an earlier lower reading of the cell had booked off and this edit books
    back. `entered`: only 増減 says it: a change, and no count of the cell."""

    sku: str
    location: str
    before: int | None
    after: int
    typed: int
    balance: int
    other: int | None = None
    held: int = 0
    back: int = 0
    entered: bool = False


@dataclass(frozen=True)
class CellFinding:
    """Something wrong with a stock cell; its last good value stays in force."""

    sku: str
    position: int
    location: str
    code: FindingCode


class Ask(StrEnum):
    """What only a person can say about a row."""

    UNKNOWN_NUMBER = "unknown number"  # blank or foreign lock cell, and a number we did not expect
    NEW_PRODUCT = "new product"
    RENAMED = "renamed"  # a known SKU's token stands under a code we don't know, and its own row is gone


@dataclass(frozen=True)
class Question:
    sku: str
    ask: Ask
    other_sku: str = ""


@dataclass(frozen=True)
class TokenNeed:
    """The lock cell at `position` shows `token` and needs one of its own; `amount` is what its content contains."""

    sku: str
    position: int
    token: str
    amount: Amount


@dataclass(frozen=True)
class Account:
    """The outcome: what to write into the ledger, and what the table needs.

    tokens: the token to lock per SKU, for rows that may be written; a SKU without one waits · read: SKUs whose cells
    were judged · unsure: those of them of which a ledger that is no more may have known better · guessed: others, of
    whose content we suppose that it only was locked and unlocked by that ledger · questioned, refused: cells that still
    show the number of the book's part of that name · doubtful: the edits that `doubted` names, should they count
    """

    movements: tuple[Movement, ...] = ()
    edits: tuple[Edit, ...] = ()
    amounts: Mapping[tuple[str, int], Amount] = field(default_factory=dict)
    last: Mapping[str, Amount] = field(default_factory=dict)
    seen: tuple[Line, ...] = ()
    tokens: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[CellFinding, ...] = ()
    questions: tuple[Question, ...] = ()
    needs: tuple[TokenNeed, ...] = ()
    newcomers: tuple[str, ...] = ()
    read: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    guessed: frozenset[str] = frozenset()
    questioned: frozenset[BalanceKey] = frozenset()
    refused: frozenset[BalanceKey] = frozenset()
    doubted: frozenset[tuple[str, str, int]] = frozenset()
    doubtful: tuple[Edit, ...] = ()
    doubled: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    overwritten: tuple[CellFinding, ...] = ()

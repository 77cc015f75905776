"""Every instant at which a process is killed on purpose (tests/crash), by name. In production `reached` does nothing.

What has become of a fact, a promise or a write on either side of such an instant is what a restart has to find out.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """In the order in which a day meets them."""

    # the ledger
    MIGRATING = "migrating"  # the tables are made, not committed
    COMMITTING = "committing"  # everything of a transaction is written, not committed
    COMMITTED = "committed"  # … and now it is

    # whose spreadsheet it is
    CLAIMING = "claiming"  # nobody's mark was found; ours is not written
    CLAIMED = "claimed"  # our mark is written, its answer is here

    # a cycle of the sheet
    LOOKED = "looked"  # the spreadsheet was read, nothing is taken in
    OPENED_ANEW = "opened anew"  # everything was forgotten and opened again, not committed
    TAKEN_IN = "taken in"  # edits are booked, not committed
    LOCK_PROMISED = "lock promised"  # committed, not sent
    LOCK_ANSWERED = "lock answered"  # the rows are ours; what the reply shows is not taken in
    WRITE_PROMISED = "write promised"  # committed, not sent
    WRITE_ANSWERED = "write answered"  # written and unlocked; its journal lines are not taken in
    REPLY_TAKEN_IN = "reply taken in"  # committed; the next batch is not thought of
    HEAL_ANSWERED = "heal answered"  # bridge-owned cells are written, which nothing remembers

    # a channel's orders
    ORDERS_READ = "orders read"  # nothing is booked
    ORDERS_BOOKED = "orders booked"  # not committed

    # a channel's quantities
    SHOWN_READ = "shown read"  # what it shows is known, not committed
    PUSH_PROMISED = "push promised"  # committed with its key, not sent
    BATCH_TAKEN = "batch taken"  # one batch of a push was answered; the others and the ledger don't know
    PUSH_ANSWERED = "push answered"  # not settled
    PUSH_SETTLED = "push settled"  # committed, not read back
    PUSH_GIVEN_UP = "push given up"  # after a restart: a push that was never seen answered is unknown; committed
    LOST_ANSWER_LOOKED_AT = "lost answer looked at"  # what a push without an answer did was read, nothing is settled

    # once a day
    COMPARED = "compared"  # the differences are known, not reported


_armed: Callable[[Point], None] | None = None


def reached(point: Point) -> None:
    """The process is at this instant."""
    if _armed is not None:
        _armed(point)


def arm(told: Callable[[Point], None] | None) -> None:
    """For tests: be told of every instant reached, in the thread that reaches it; None: of none any more."""
    global _armed
    _armed = told

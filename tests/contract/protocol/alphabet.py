"""The protocol model's alphabet, played on the real bridge: what people, malls and fate may do at one moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bridge.sandbox.faults import Fault, Late, Lost, ReplyLost
from tests.contract.protocol.small_world import KINDS, Gone, Impossible, Killed, Kind, SmallWorld

Do = Callable[[SmallWorld], None]
"""One letter, played. Raises Impossible where it can't be now."""


def types(sku: str, more: int) -> Do:
    """Another number over the one that is shown, in the row's last stock column that bears one."""

    def act(world: SmallWorld) -> None:
        row = world.row(sku)
        location = [where for owner, where in world.person.typed if owner == sku][-1]
        world.put(row, location, str(int(world.shown(row, location)) + more))
        world.person.typed[sku, location] += more
        world.person.edited.add(sku)

    return act


def changes(sku: str, more: int) -> Do:
    """So many more than 増減 shows, typed there: the first of its stock columns that bears a number changes."""

    def act(world: SmallWorld) -> None:
        row = world.row(sku)
        world.put(row, "増減", str(int(world.shown(row, "増減") or 0) + more))
        world.person.typed[sku, world.layout.locations[0]] += more
        world.person.edited.add(sku)

    return act


def sorts(world: SmallWorld) -> None:
    """The other way round."""
    skus = [sku for _, sku in sorted((row, sku) for sku in "ABC" for row in world.rows(sku))]
    order = "ASCENDING" if skus != sorted(skus) else "DESCENDING"
    specs = [{"dimensionIndex": world.at["SKU"], "sortOrder": order}]
    rows = len(world.sheet.sheet(world.stock).rows)
    world.sheet.apply([{"sortRange": {"range": world.box(1, rows), "sortSpecs": specs}}])


def inserts(world: SmallWorld) -> None:
    """A blank row on top."""
    world.sheet.insert_rows(world.stock, 1)


def copies(world: SmallWorld) -> None:
    """A's row, under itself."""
    row = world.row("A")
    world.sheet.insert_rows(world.stock, row + 1)
    source, target = world.box(row, row + 1), world.box(row + 1, row + 2)
    world.sheet.apply([{"copyPaste": {"source": source, "destination": target, "pasteType": "PASTE_NORMAL"}}])


def deletes_copy(world: SmallWorld) -> None:
    """The copy goes again."""
    row = _copy(world)
    world.sheet.delete_rows(world.stock, row, row + 1)


def makes_product(world: SmallWorld) -> None:
    """The copy becomes a product of its own, ticked as right."""
    row = _copy(world)
    if world.rows("C"):
        raise Impossible
    world.put(row, "SKU", "C")
    world.put(row, "確認", "TRUE")
    for location in world.layout.locations:
        if world.shown(row, location):
            world.person.typed["C", location] = int(world.shown(row, location))
    world.person.typed["C", world.layout.locations[0]] += int(world.shown(row, "増減") or 0)


def adds_product(world: SmallWorld) -> None:
    """How staff add a product: copy a row and type its code at once."""
    copies(world)
    makes_product(world)


def deletes(world: SmallWorld) -> None:
    row = world.row("A")
    world.person.deleted = Gone("A", world.sheet.delete_rows(world.stock, row, row + 1), "A" in world.person.edited)


def undoes(world: SmallWorld) -> None:
    """Ctrl+Z brings the deleted row back."""
    gone = world.person.deleted
    if gone is None or world.rows(gone.sku):
        raise Impossible
    world.sheet.undo(gone.rows)


def holds(world: SmallWorld) -> None:
    _tick(world, "TRUE")


def releases(world: SmallWorld) -> None:
    _tick(world, "FALSE")


def clears(world: SmallWorld) -> None:
    """A's lock cell."""
    row = world.row("A")
    if not world.shown(row, "ロック"):
        raise Impossible
    world.put(row, "ロック", "")
    world.person.cleared = True


def hides(world: SmallWorld) -> None:
    """A filter over A's row; it was over B's."""
    world.hide("A")


def ships(sku: str) -> Do:
    def act(world: SmallWorld) -> None:
        world.ship(sku)

    return act


def orders(sku: str) -> Do:
    def act(world: SmallWorld) -> None:
        world.place(sku)

    return act


def meets(fault: Fault) -> Do:
    def act(world: SmallWorld) -> None:
        if world.faults.pending:
            raise Impossible
        world.faults.next(fault)

    return act


def arrives(world: SmallWorld) -> None:
    """The late request."""
    if not world.faults.deliver_late():
        raise Impossible


def dies(world: SmallWorld) -> None:
    if world.faults.pending:
        raise Impossible
    raise Killed


def _copy(world: SmallWorld) -> int:
    rows = world.rows("A")
    if len(rows) < 2:
        raise Impossible
    return rows[-1]


def _tick(world: SmallWorld, text: str) -> None:
    row = world.row("A")
    if (world.shown(row, "編集中") or "FALSE") == text:
        raise Impossible
    world.put(row, "編集中", text)


@dataclass(frozen=True)
class Letter:
    """`when`: before which steps of the bridge it may happen. What people do in the sheet the bridge sees at its next
    call: between its calls it makes no difference when. What is booked it sees when it next commits: while a call is
    under way it makes no difference when."""

    act: Do
    when: frozenset[Kind]


BOOKING = frozenset[Kind](["read", "write", "commit"])
CALL, WRITE, ANY = frozenset[Kind](["read", "write"]), frozenset[Kind](["write"]), frozenset[Kind](KINDS)

LETTERS: Mapping[str, Letter] = {
    "types in A": Letter(types("A", 3), CALL),
    "types in B": Letter(types("B", 3), CALL),
    "changes A": Letter(changes("A", -2), CALL),
    "changes B": Letter(changes("B", 3), CALL),
    "sorts": Letter(sorts, CALL),
    "inserts a row": Letter(inserts, CALL),
    "copies A": Letter(copies, CALL),
    "deletes the copy": Letter(deletes_copy, CALL),
    "makes the copy a product": Letter(makes_product, CALL),
    "adds a product": Letter(adds_product, CALL),
    "deletes A": Letter(deletes, CALL),
    "undoes": Letter(undoes, CALL),
    "holds A": Letter(holds, CALL),
    "releases A": Letter(releases, CALL),
    "clears A's lock": Letter(clears, CALL),
    "A is shipped": Letter(ships("A"), BOOKING),
    "B is shipped": Letter(ships("B"), BOOKING),
    "A is ordered": Letter(orders("A"), BOOKING),
    "request lost": Letter(meets(Lost()), CALL),  # a read is asked again; whether it or its answer was lost is the same
    "reply lost": Letter(meets(ReplyLost()), WRITE),
    "request late": Letter(meets(Late()), WRITE),
    "late request arrives": Letter(arrives, CALL),
    "killed": Letter(dies, ANY),
}

"""Who may act, when and how often. A seed turns some of it up and some of it off, so that runs differ in kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.simulation import (
    acts_entries,
    acts_malls,
    acts_moves,
    acts_orders,
    acts_outside,
    acts_partners,
    acts_past,
    acts_shops,
    acts_staff,
    acts_tills,
    acts_trade,
)
from tests.simulation.cast import JOBS, OWN_SHOPS, PARTNERS, SERVERS, TILLS
from tests.simulation.world import Act

WRITES = ("sheet lock", "sheet second call", "sheet heartbeat", "sheet write")
READS = tuple(f"{mall} read" for mall in SERVERS)
AT_FEED = ("amazon feed",)
CALLS = ("sheet read", *WRITES, *READS, *(f"{mall} write" for mall in SERVERS), *AT_FEED)
ALWAYS = ("idle", "commit", *CALLS)
BETWEEN = ("idle", *CALLS)
AT_LOCK, AT_SECOND = ("sheet lock",), ("sheet second call",)
AIMED = {*AT_LOCK, *AT_SECOND, *AT_FEED}


@dataclass(frozen=True)
class Actor:
    """`weight`: how often, compared with the others · `when`: before which steps of the bridge · `step`: whether it
    changes the world, and counts as a step."""

    act: Act
    weight: float
    when: tuple[str, ...] = BETWEEN
    step: bool = True


AT_TILLS: Mapping[str, Actor] = {
    "till sells": Actor(acts_tills.sells, 8),
    "till was offline": Actor(acts_tills.sells_offline, 1.5),
    "void": Actor(acts_tills.voids, 1),
    "given back at the till": Actor(acts_tills.gives_back, 1),
    "count at the till": Actor(acts_tills.counts, 2),
    "goods in at the till": Actor(acts_tills.receives, 1),
    "loss at the till": Actor(acts_tills.loses, 1),
    "till's history late": Actor(acts_tills.is_late, 0.5),
}
IN_SHOPS: Mapping[str, Actor] = {
    "unpaid order at Woo": Actor(acts_shops.orders_unpaid, 1),
    "payment at Woo": Actor(acts_shops.pays, 2),
    "refund at Woo": Actor(acts_shops.refunds, 1.5),
    "EC-CUBE hides an order": Actor(acts_shops.orders_hidden, 1),
    "EC-CUBE's payment ends": Actor(acts_shops.payment_ends, 2),
}
BY_FILES: Mapping[str, Actor] = {
    "file of ours taken": Actor(acts_partners.takes, 4, ALWAYS),
    "file of changes": Actor(acts_partners.tells_changes, 2),
    "file finished": Actor(acts_partners.finishes, 3),
    "file of changes again": Actor(acts_partners.tells_again, 0.7),
    "shipment of the warehouse": Actor(acts_partners.ships, 1.5),
    "shipment of a mall's order": Actor(acts_partners.ships_for_a_mall, 1),
    "count of the warehouse": Actor(acts_partners.counts, 2),
}

ACTS: Mapping[str, Actor] = {
    # staff
    "type": Actor(acts_staff.types, 12),
    "type into 増減": Actor(acts_entries.changes, 5),
    "type into 増減 again": Actor(acts_entries.changes_again, 2),
    "type nonsense into 増減": Actor(acts_entries.changes_nonsense, 0.7),
    "take back": Actor(acts_staff.takes_back, 2),
    "type nonsense": Actor(acts_staff.types_nonsense, 1.5),
    "mend": Actor(acts_staff.mends, 2),
    "copy block": Actor(acts_staff.copies_block, 1),
    "paste block": Actor(acts_staff.pastes_block, 1),
    "sort": Actor(acts_staff.sorts, 2),
    "insert row": Actor(acts_staff.inserts, 1.5),
    "delete blank row": Actor(acts_staff.deletes_blank, 1.5),
    "move row": Actor(acts_staff.moves_row, 1.5),
    "move column": Actor(acts_staff.moves_column, 0.5, ("idle", "sheet read", "sheet write")),
    "delete row": Actor(acts_staff.deletes, 0.6),
    "undo": Actor(acts_past.undoes, 2),
    "copy row": Actor(acts_staff.copies, 1),
    "add product": Actor(acts_staff.adds_product, 0.5),
    "make copy a product": Actor(acts_staff.makes_product, 1),
    "delete copy": Actor(acts_staff.deletes_copy, 2),
    "tick 編集中": Actor(acts_staff.holds, 1.2),
    "untick 編集中": Actor(acts_staff.releases, 2),
    "tick 確認": Actor(acts_staff.confirms, 1.5),
    "clear lock": Actor(acts_staff.clears_lock, 0.7),
    "set filter": Actor(acts_staff.hides, 0.7),
    "clear filter": Actor(acts_staff.shows, 1.5),
    "type safety stock": Actor(acts_staff.types_safety, 0.7),
    "paste older row": Actor(acts_past.pastes_older_row, 0.7),
    "restore version": Actor(acts_past.restores_version, 0.3),
    "note version": Actor(acts_past.notes_version, 1),
    # in 入出庫, 履歴 and 設定
    "write line": Actor(acts_moves.writes, 6),
    "finish line": Actor(acts_moves.finishes, 3),
    "tick line": Actor(acts_moves.ticks, 8),
    "tick 到着": Actor(acts_moves.arrives, 3),
    "untick line": Actor(acts_moves.unticks, 1),
    "change line": Actor(acts_moves.changes, 1),
    "copy line": Actor(acts_moves.copies, 1),
    "paste lines": Actor(acts_moves.pastes, 0.5),
    "insert row among lines": Actor(acts_moves.inserts, 0.7),
    "sort lines": Actor(acts_moves.sorts, 1),
    "delete line": Actor(acts_moves.deletes, 1),
    "undo deleting a line": Actor(acts_moves.undoes, 0.7),
    "clear number of a line": Actor(acts_moves.clears_number, 0.4),
    "tick 元に戻す": Actor(acts_moves.undoes_history, 2),
    "touch 今すぐ同期": Actor(acts_moves.syncs, 0.5),
    # in 受注
    "tick 棚出し済": Actor(acts_orders.ticks, 6),
    "type 棚出し数": Actor(acts_orders.counts, 3),
    "type 場所": Actor(acts_orders.takes_from, 1),
    "write own line": Actor(acts_orders.writes, 3),
    "finish own line": Actor(acts_orders.finishes, 2),
    "change own line": Actor(acts_orders.changes, 1.5),
    "copy order row": Actor(acts_orders.copies, 0.7),
    "delete order row": Actor(acts_orders.deletes, 0.7),
    "sort order rows": Actor(acts_orders.sorts, 1),
    "insert row among orders": Actor(acts_orders.inserts, 0.7),
    # staff who strike while a row is being updated: right before it is locked, or before the second call
    "clear lock before the lock": Actor(acts_staff.clears_lock, 24, AT_LOCK),
    "delete row before the lock": Actor(acts_staff.deletes, 8, AT_LOCK),
    "copy row before the lock": Actor(acts_staff.copies, 24, AT_LOCK),
    "type before the lock": Actor(acts_staff.types, 24, AT_LOCK),
    "sort between the calls": Actor(acts_staff.sorts, 24, AT_SECOND),
    "insert row between the calls": Actor(acts_staff.inserts, 24, AT_SECOND),
    "delete blank row between the calls": Actor(acts_staff.deletes_blank, 16, AT_SECOND),
    "move row between the calls": Actor(acts_staff.moves_row, 24, AT_SECOND),
    "rows keep moving": Actor(acts_staff.keeps_moving, 0),
    "rows begin to move": Actor(acts_staff.begins_to_move, 30, AT_SECOND),
    "type between the calls": Actor(acts_staff.types, 32, AT_SECOND),
    "type into 増減 between the calls": Actor(acts_entries.changes, 16, AT_SECOND),
    "type into 増減 again between the calls": Actor(acts_entries.changes_again, 16, AT_SECOND),
    "type nonsense into 増減 between the calls": Actor(acts_entries.changes_nonsense, 6, AT_SECOND),
    "type nonsense between the calls": Actor(acts_staff.types_nonsense, 12, AT_SECOND),
    "tick 編集中 between the calls": Actor(acts_staff.holds, 16, AT_SECOND),
    "set filter between the calls": Actor(acts_staff.hides, 16, AT_SECOND),
    "delete row between the calls": Actor(acts_staff.deletes, 8, AT_SECOND),
    "copy row between the calls": Actor(acts_staff.copies, 8, AT_SECOND),
    "clear lock between the calls": Actor(acts_staff.clears_lock, 8, AT_SECOND),
    # shoppers and the warehouse
    "order": Actor(acts_trade.orders, 14),
    "ship": Actor(acts_trade.ships, 10),
    "cancel": Actor(acts_trade.cancels, 2),
    "change order": Actor(acts_trade.changes, 1.5),
    "sell over the counter": Actor(acts_malls.counter, 1),
    "return": Actor(acts_malls.gives_back, 1),
    "cancel what was shipped": Actor(acts_malls.cancels_late, 0.5),
    "buy what Amazon ships": Actor(acts_malls.buys_from_amazon, 0.5),
    "ship what Amazon ships": Actor(acts_malls.offers_both_ways, 0.5),
    "order to be paid in a shop": Actor(acts_malls.orders_unpaid, 1),
    "pay in a shop": Actor(acts_malls.pays, 1),
    "order under review": Actor(acts_malls.orders_under_review, 1.5),
    "review ends": Actor(acts_malls.ends_review, 1),
    "Yahoo's token ends": Actor(acts_malls.ends_token, 1, ("yahoo read", "yahoo write"), step=False),
    # malls
    "messages again": Actor(acts_trade.says_again, 2),
    "late feed": Actor(acts_trade.delays_feed, 1),
    "prompt feed": Actor(acts_trade.speeds_feed, 1),
    "mall's own hand": Actor(acts_trade.edits_there, 0.4),
    "refuse an item": Actor(acts_trade.refuses, 0.5),
    "refuse one of several": Actor(acts_trade.refuses, 4, ("amazon write", "yahoo write")),
    "refuse one of a feed": Actor(acts_trade.refuses, 24, AT_FEED),
    "take items again": Actor(acts_trade.takes_again, 1),
    # network
    "slow": Actor(acts_outside.slow, 0.5, CALLS, step=False),
    "429": Actor(acts_outside.too_many, 0.8, CALLS, step=False),
    "503": Actor(acts_outside.unwell, 0.8, CALLS, step=False),
    "request lost": Actor(acts_outside.lost, 0.8, CALLS, step=False),
    "reply lost": Actor(acts_outside.reply_lost, 2.5, CALLS, step=False),
    "request late": Actor(acts_outside.late, 1, CALLS, step=False),
    "late requests arrive": Actor(acts_outside.arrive, 1.5),
    "stale read": Actor(acts_outside.stale, 0.8, ("sheet read",), step=False),
    "stale read of a mall": Actor(acts_outside.stale_numbers, 1.5, READS, step=False),
    "empty read": Actor(acts_outside.empty, 0.5, ("sheet read",), step=False),
    "reply lost at the lock": Actor(acts_outside.reply_lost, 16, AT_LOCK, step=False),
    "reply lost at the second call": Actor(acts_outside.reply_lost, 32, AT_SECOND, step=False),
    "second call late": Actor(acts_outside.late, 16, AT_SECOND, step=False),
    # process
    "kill": Actor(acts_outside.kill, 0.6, ALWAYS),
    "clock jumps": Actor(acts_outside.jump, 0.15, ("idle",), step=False),
    "some seconds": Actor(acts_outside.seconds, 3),
    **{f"{job} at the same time": Actor(acts_outside.runs(job), 2, ALWAYS) for job in JOBS},
    "back up ledger": Actor(acts_outside.backs_up, 1, ("idle",)),
    "restore ledger": Actor(acts_outside.restores_ledger, 0.4, ("idle",)),
    "second bridge": Actor(acts_outside.second_bridge, 0.1, ("idle",)),
    **(AT_TILLS if TILLS else {}),
    **(IN_SHOPS if OWN_SHOPS else {}),
    **(BY_FILES if PARTNERS else {}),
}

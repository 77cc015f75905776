"""The ledger's tables. Facts are append-only; intents and listing states are tables of wanted values (DESIGN §6).

Times are ISO 8601 UTC text with microseconds, so that they sort as text and mean the same on every database.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, MetaData, Table, Text, false

metadata = MetaData()

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", JSON, nullable=False))

sku = Table(
    "sku",
    metadata,
    Column("sku", Text, primary_key=True),
    Column("standing", Text, nullable=False),
    Column("token", Text, nullable=False, default=""),  # the token to lock, "" if the row can't be locked now
    Column("last", JSON, nullable=False, default=dict),  # amount of the content last seen, by location
    Column("safety", Integer, nullable=False, default=0),
    Column("owned_due", Boolean, nullable=False, default=False),  # an order changed bridge-owned cells
    Column("blocked", Text, nullable=False, default=""),  # why its numbers may not rise now; never stops a lowering
    Column("writes", Integer, nullable=False, default=0),  # quantity writes in a row without coming to rest
    Column("accepted_at", Text),  # the last accepted edit, answered in 状態
    Column("accepted", JSON),
    Column("held_since", Text),
    Column("missing_since", Text),
)

balance = Table(
    "balance",
    metadata,
    Column("sku", Text, primary_key=True),
    Column("location", Text, primary_key=True),
    Column("typed", Integer),
    Column("booked", Integer, nullable=False, default=0),
    Column("allocated", Integer, nullable=False, default=0),
)

movement = Table(
    "movement",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("sku", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("on_hand", Integer, nullable=False),
    Column("allocated", Integer, nullable=False),
    Column("cause", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Index("movement_of", "sku", "location"),
    Index("movement_at", "at"),
)

amount = Table(
    "amount",
    metadata,
    Column("sku", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("contains", JSON, nullable=False),  # location -> how much of booked
    Index("amount_number", "number"),
)

journal_seen = Table(
    "journal_seen", metadata, Column("key", Text, primary_key=True), Column("number", Integer, nullable=False)
)

row_intent = Table(
    "row_intent",
    metadata,
    Column("sku", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # stock | owned
    Column("lock_number", Integer, nullable=False),
    Column("write_number", Integer),
)

open_write = Table(
    "open_write",
    metadata,
    Column("number", Integer, primary_key=True),  # a journal line promised but not seen yet
    Column("at", Text, nullable=False),
)

edit = Table(
    "edit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("sku", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("before", Integer),
    Column("after", Text, nullable=False),
    Column("outcome", Text, nullable=False),  # applied | refused | waiting | superseded
    Column("why", Text, nullable=False, default=""),
    Index("edit_of", "sku", "location"),
)

questioned = Table(
    "questioned",  # edits that wait for one answer about a whole paste
    metadata,
    Column("sku", Text, primary_key=True),
    Column("location", Text, primary_key=True),
    Column("question", Integer, nullable=False),  # the exception's id
    Column("edit", Integer, nullable=False),
    Column("before", Integer),
    Column("after", Integer, nullable=False),
    Column("typed", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("spread", Integer, nullable=False),
    Column("back", Integer, nullable=False),
    Column("lowered", Integer, nullable=False),
    Column("refused", Boolean, nullable=False),
)

finding = Table(
    "finding",
    metadata,
    Column("sku", Text, primary_key=True),
    Column("location", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("since", Text, nullable=False),
)

order_line = Table(
    "order_line",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("shop", Text, primary_key=True),
    Column("order", Text, primary_key=True),
    Column("line", Text, primary_key=True),
    Column("listing", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("ordered", Integer, nullable=False),
    Column("open", Integer, nullable=False),
    Column("shipped", Integer, nullable=False),
    Column("returned", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("portions", JSON, nullable=False, server_default="[]"),  # [[listing, open, shipped, taken], …]
    Column("ignored_shipped", Integer, nullable=False, default=0),
    Column("ignored_returned", Integer, nullable=False, default=0),
    Column("kept_shipped", Integer, nullable=False, default=0),
    Column("by_hand", JSON, nullable=False, server_default="[]"),  # [[sku, picked, before, left, at], …]
    Column("components", JSON, nullable=False),  # frozen when booked: [[sku, units], …]
    Column("placed_at", Text, nullable=False),
    Column("first_seen_at", Text, nullable=False),
    Index("order_line_open", "channel", "open"),
    Index("order_line_listing", "channel", "listing"),
    Index("order_line_placed", "channel", "placed_at"),
    Index("order_line_first_seen", "first_seen_at"),
)

share = Table(
    "share",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("shop", Text, primary_key=True),
    Column("order", Text, primary_key=True),
    Column("line", Text, primary_key=True),
    Column("sku", Text, primary_key=True),
    Column("location", Text, primary_key=True),
    Column("allocated", Integer, nullable=False),
    Column("shipped", Integer, nullable=False),
    Column("returned", Integer, nullable=False),
)

listing = Table(
    "listing",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("components", JSON, nullable=False),  # [[sku, units], …]
    Column("removed", Boolean, nullable=False, default=False),
    Column("refused", Text, nullable=False, default=""),
    Column("refused_quantity", Integer),
    Column("state", JSON, nullable=False),  # domain.push.ListingState without its key
    Column("justified_at", Text),  # the newest fact that raised `wanted`
    Column("due_since", Text),  # what it shows and what is wanted differ since then
    Column("reserve", Integer, nullable=False, default=0),  # it may have sold them unseen: the others hold them back
    Column("shrunk", Integer, nullable=False, default=0),  # taken off its own number before a maintenance window
    Column("planned", Integer),  # what it would show without a stop
    Index("listing_due", "channel", "due_since"),
)

rule = Table(
    "rule",  # what people said of one listing, one SKU, one channel, or all
    metadata,
    Column("scope", Text, primary_key=True),  # listing | sku | channel | all
    Column("name", Text, primary_key=True),  # channel/id | SKU | channel | ""
    Column("split", Integer),
    Column("buffer", Integer),
    Column("zero_at", Integer),
    Column("cap", Integer),
    Column("stop", Integer, nullable=False, default=0),  # domain.rules.Halt
)

component = Table(
    "component",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("sku", Text, primary_key=True),
    Index("component_sku", "sku"),
)

push_intent = Table(
    "push_intent",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("key", Text, nullable=False),  # the idempotency key, kept before the call
    Column("items", JSON, nullable=False),  # [[listing id, quantity, shown], …]
    Column("at", Text, nullable=False),
)

channel = Table(
    "channel",
    metadata,
    Column("name", Text, primary_key=True),
    Column("live", Boolean, nullable=False, default=False),
    Column("opened_at", Text),
    Column("watermark", Text),
    Column("heard_at", Text),  # every order placed until then is booked, or every number was read then
    Column("orders_failing_since", Text),  # its orders can't be read since then
    Column("numbers_failing_since", Text),
    Column("failing_since", Text),
    Column("trouble", JSON),  # {"ja": …, "en": …}
)

found = Table(  # what a channel's catalogue shows and 出品 had no line for when it was read last
    "found",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("listing", Text, primary_key=True),
    Column("code", Text, nullable=False),  # the seller's own code there, "" without one
    Column("sku", Text, nullable=False),  # the product it seems to be, "" where none is
    Column("state", Text, nullable=False),  # unmatched | due | shown
    Column("sent_at", Text),  # when its line was last sent
    Column("trap", JSON),  # {"ja": …, "en": …}
    Index("found_state", "state"),
)

transfer = Table(
    "transfer",  # lines of 入出庫, by the number that the bridge gave them
    metadata,
    Column("number", Integer, primary_key=True),
    Column("stage", Text, nullable=False),  # domain.transfers.Stage
    Column("sku", Text, nullable=False, default=""),  # "" and 0 until the line was read under its number
    Column("units", Integer, nullable=False, default=0),
    Column("source", Text, nullable=False, default=""),
    Column("target", Text, nullable=False, default=""),
    Column("on_way", Integer, nullable=False, default=0),
    Column("early", Boolean, nullable=False, default=False),  # a tick that does not count until it is set anew
    Column("left_at", Text),
    Column("closed_at", Text),
    Index("transfer_stage", "stage"),
)

history = Table(
    "history",  # movements as 履歴 tells them; older ones than the tab can hold are forgotten
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("sku", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("on_hand", Integer, nullable=False),
    Column("allocated", Integer, nullable=False),
    Column("after", Integer, nullable=False),  # on hand with it
    Column("cause", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("shown", Boolean, nullable=False, default=False),  # its row was read in the tab
    Column("sent_at", Text),
    Column("undone_at", Text),
    Column("refused", Text, nullable=False, default=""),
    Index("history_shown", "shown"),
    sqlite_autoincrement=True,  # a number is never given out again
)

entry = Table(
    "entry",  # lines of 入出庫 that one tick books, by the same numbers
    metadata,
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False, default=""),  # domain.entries.Kind; "" until the line could be read
    Column("sku", Text, nullable=False, default=""),
    Column("units", Integer, nullable=False, default=0),
    Column("source", Text, nullable=False, default=""),
    Column("target", Text, nullable=False, default=""),
    Column("parts", JSON, nullable=False, server_default="[]"),  # [[sku, units], …] of one set
    Column("booked", Boolean, nullable=False, default=False),
    Column("early", Boolean, nullable=False, default=False),  # a tick that does not count until it is set anew
    Column("at", Text),
    Index("entry_of", "sku"),
)

stocktake = Table(
    "stocktake",  # by the number of the line of 入出庫 that began it
    metadata,
    Column("number", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("since", Integer, nullable=False),  # the last movement before it
    Column("at", Text, nullable=False),
    Column("open", Boolean, nullable=False, default=True),
    Index("stocktake_at", "place"),
)

counted = Table(
    "counted",  # lines of 入出庫 in which people count, by the same numbers
    metadata,
    Column("number", Integer, primary_key=True),
    Column("stocktake", Integer, nullable=False),
    Column("sku", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("units", Integer),  # None until it was counted
    Column("had", Integer, nullable=False, default=0),  # by the books, as of the beginning
    Column("packed", Integer, nullable=False, default=0),  # a person said that these are not in the count
    Column("at", Text),
    Column("shown", Boolean, nullable=False, default=True),  # its line was seen in the tab
    Column("sent_at", Text),
    Index("counted_of", "stocktake", "sku"),
    Index("counted_shown", "shown"),
)

order_row = Table(
    "order_row",  # lines of 受注, by the number that the bridge gave them
    metadata,
    Column("number", Integer, primary_key=True),
    Column("channel", Text, nullable=False),  # "hand" for those that people wrote
    Column("shop", Text, nullable=False),
    Column("order", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("sku", Text, nullable=False),
    Column("month", Text, nullable=False),  # the tab where it stood last
    Column("stage", Text, nullable=False),  # domain.picks.RowStage
    Column("tick", Boolean, nullable=False, default=False),  # what people said in it, as far as it was acted on
    Column("units", Integer),
    Column("at", Text, nullable=False, default=""),
    Column("picked", Integer, nullable=False, default=0),
    Column("early", Boolean, nullable=False, default=False),
    Column("kind", Text, nullable=False, default=""),  # phone | wholesale | hold, of those that people wrote
    Column("until", Text),
    Column("extended", Text),
    Column("placed_at", Text),
    Column("sent_at", Text),  # when it was last appended
    Column("picked_at", Text),
    Column("closed_at", Text),
    Index("order_row_line", "channel", "shop", "order", "line"),
    Index("order_row_stage", "stage"),
    Index("order_row_closed", "closed_at"),
)

till_row = Table(
    "till_row",  # rows of tills' own histories that are neither sale nor return (domain.till.TillRow)
    metadata,
    Column("channel", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("units", Integer, nullable=False),  # Δ of the till's number, as far as it is accounted for
    Column("at", Text),  # when it was first said to have moved; none of those from before this was kept
    Index("till_row_at", "at"),
)

note = Table(
    "note",  # what a channel must know again after a restart
    metadata,
    Column("channel", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", JSON, nullable=False),
)

in_step = Table(
    "in_step",  # each time a listing came to show what was wanted; those of some days
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", Text, nullable=False),
    Column("listing", Text, nullable=False),
    Column("since", Text, nullable=False),  # it showed another number since then
    Column("at", Text, nullable=False),  # read back
    Index("in_step_at", "at"),
)

purchase = Table(
    "purchase",  # lines of 仕入価格, by what came in: `move <number>` of 入出庫, or `opening <SKU>`
    metadata,
    Column("key", Text, primary_key=True),
    Column("price", Text),  # of one unit, a decimal number; None until accounts wrote one
    Column("refused", Text, nullable=False, default="", server_default=""),  # what stands there, and why it is none
    Column("shown", Boolean, nullable=False, default=False, server_default=false()),  # its line was read in the tab
    Column("sent_at", Text),
    Column("units", Integer),  # this and what follows: as it was when it came in; None until it is kept
    Column("at", Text),
    Column("lying", Integer),  # units on hand before it, at all locations together
)

month_end = Table(
    "month_end",
    metadata,
    Column("month", Text, primary_key=True),  # 2026-11
    Column("until", Text, nullable=False),  # its end, in the spreadsheet's zone
    Column("frozen_at", Text, nullable=False),
    Column("through", Integer, nullable=False),  # the last movement that was known then
    Column("costing", Text, nullable=False),  # domain.costs.Costing
)

month_end_stock = Table(
    "month_end_stock",
    metadata,
    Column("month", Text, primary_key=True),
    Column("sku", Text, primary_key=True),
    Column("location", Text, primary_key=True),
    Column("on_hand", Integer, nullable=False),
    Column("allocated", Integer, nullable=False),
    Column("cost", Text),  # of one unit, None where no price is known
)

month_end_change = Table(
    "month_end_change",  # what moved in the month, by cause
    metadata,
    Column("month", Text, primary_key=True),
    Column("cause", Text, primary_key=True),
    Column("sku", Text, primary_key=True),
    Column("units", Integer, nullable=False),  # Δ on hand, all locations together
)

told = Table(
    "told",  # what each address was told of what (domain.alerts.Told)
    metadata,
    Column("address", Text, primary_key=True),  # a short name of it, made of it: the address itself bears secrets
    Column("kind", Text, primary_key=True),
    Column("about", Text, primary_key=True),
    Column("wakes", Boolean, nullable=False),
    Column("ends", Boolean, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("began", Text),
    Column("ended", Text),
    Column("tried_at", Text),
)

key_link = Table(
    "key_link",  # one-time links to the page where an owner renews a channel's key
    metadata,
    Column("digest", Text, primary_key=True),  # of the link's token, which is kept nowhere
    Column("channel", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("browser", Text, nullable=False),  # a digest of the cookie of the browser that opened it, "" until then
    Column("used_at", Text),
)

webhook = Table(
    "webhook",
    metadata,
    Column("sender", Text, primary_key=True),  # a channel, or "sheet"
    Column("event", Text, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("order", Text, nullable=False),
    Column("digest", Text, nullable=False),  # of its signature: a copy under another event id is known too
    Column("at", Text, nullable=False),
    Index("webhook_digest", "sender", "digest"),
    Index("webhook_at", "at"),
)

exception = Table(
    "exception",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),  # what it is about: a SKU, a cell, a line, a listing, a column
    Column("data", JSON, nullable=False),
    Column("at", Text, nullable=False),
    Column("answer", Text, nullable=False, default=""),
    Column("result", JSON),  # {"ja": …, "en": …}: what became of it
    Column("closed_at", Text),
    Index("exception_open", "closed_at", "kind", "subject"),
)

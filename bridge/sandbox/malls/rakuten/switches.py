"""Everything about Rakuten that is unknown or differs from shop to shop, as a switch (rakuten.md §9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Api = Literal["inventory", "item", "order", "license"]


@dataclass
class RakutenSwitches:
    """Numbers are those of rakuten.md §9. Switch 5 is `Mall.visible_after`; 13 (a timeout after applying) is the fault
    dial's; 17 and 18 are calls of the Python API."""

    batch_errors: Literal["atomic", "partial"] = "atomic"
    """1: whether a row that fails by the state of the stock rejects the batch, or only itself and the rows after it."""
    auth_body: Literal["by-api", "GA0001", "ES01-01"] = "by-api"
    """2: shape of a 401; by-api is the older shape for orders and licences, the newer for the others."""
    over_limit: Literal["429", "403-json", "403-xml", "off"] = "429"
    """3: the answer above the requests per second of a function; off lets everything through."""
    retry_after: int | None = 1
    """3: the Retry-After header of a 429, seconds."""
    cancel_to: Literal[900, 800] = 900
    """4: state right after a cancellation."""
    cancel_fixed_after: float = 60.0
    """4: seconds from 800 to 900."""
    restore_inventory_flag: Literal[0, 1, 2] = 0
    """6: on new lines: 0 the SKU's restockOnCancel decides, 1 stock follows edits, 2 it does not."""
    orphan_rows: bool = True
    """7: a write to an unknown SKU makes a row nobody sees; False refuses it as IE0002."""
    orphan_life: float = 24 * 3600.0
    """7: seconds from an orphan's last update to its removal."""
    search_index_lag: float = 0.0
    """8: seconds until items.search notices a new or deleted item (up to a day in reality)."""
    licence_days: int = 90
    """9: life of a new licence key, to 23:59:59 JST of its last day."""
    licence_activation: float = 0.0
    """9: seconds until a new licence key is accepted (600 to 1800 in reality)."""
    old_licence: Literal["lives", "dies"] = "lives"
    """9: what a new licence key does to the old one."""
    order_needs_charset: bool = True
    """10: the order API answers 415 when Content-Type has no charset."""
    maintenance: set[Api] = field(default_factory=set)
    """11: these APIs answer 503 with a page of HTML."""
    conflict_rate: float = 0.0
    """12: share of the inventory writes answered by 409 CE0001."""
    writes_20_keep_lead_times: bool = True
    """14: whether a write by 2.0 leaves the lead times set by 2.1 alone."""
    shuffle_orders: bool = False
    """15: getOrder answers in any order."""
    drop_one_order: bool = False
    """15: getOrder leaves one of several orders out, without a word."""
    confirm_after: float | None = 1.0
    """16: seconds from 100 to 200; None waits for confirmOrder, and cancels after 14 days."""
    authorise_after: float = 1.0
    """16: seconds from 200 to 300."""
    edit_pending: float = 0.0
    """17: seconds an edited order stays at 400."""
    deleted_lines: Literal["flag", "gone"] = "flag"
    """17: how getOrder shows a deleted line: by deleteItemFlag 1, or not at all."""
    null_pagination: bool = True
    """19: pagination values are null on zero hits; False gives zeros."""
    fold_manage_number: bool = True
    """20: manageNumber is lowered by the server."""
    search_ceiling: int = 15_000
    """Orders one search can page through."""
    disabled_functions: set[str] = field(default_factory=set)
    """Functions (`order.searchOrder`, `inventories.bulk.upsert`, …) the merchant did not switch on: 400 ES04-01."""

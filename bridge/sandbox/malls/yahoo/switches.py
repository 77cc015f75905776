"""Everything about Yahoo that is unknown or differs from shop to shop, as a switch (yahoo.md §7, §10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Api = Literal["token", "stock", "order", "item"]


@dataclass
class YahooSwitches:
    """The section of yahoo.md stands before each."""

    consent_days: float = 28.0
    """§1.2: days from the consent until its refresh token dies."""
    access_seconds: int = 3600
    """§1.2: life of an access token."""
    token_auth: Literal["both", "basic", "body"] = "both"
    """§1.2: where the token endpoint takes the client's id and secret."""
    refresh_gives_refresh_token: bool = False
    """§1.2: whether the answer to a refresh has a refresh token too; it is a new one then, and the old one dies."""
    expires_in_text: bool = False
    """§1.2: expires_in as a string."""
    unsigned_hours: float = 12.0
    """§1.3: how long after the consent order calls work without a valid signature."""
    unsigned_kills_consent: bool = False
    """§1.3: today's reading: past those hours the refresh token itself is dead, and stock calls with it."""
    skew_seconds: float = 300.0
    """§1.3: by how much a signature's clock may differ."""
    unsigned_status: str | None = "unauthorized"
    """§1.3: X-SWS-Authorize-Status where the signature is not accepted; None leaves the header out."""
    refusal_status: Literal[401, 403] = 403
    """§1.4: the status that px-… refusals come with."""
    allowed_ips: tuple[str, ...] | None = None
    """§1.4: source addresses that order calls may come from; None: all."""
    order_api_approved: bool = True
    """§1.4: the order APIs were applied for."""
    over_limit: Literal["403", "429", "503", "off"] = "403"
    """§5: the answer above one request a second; off lets everything through."""
    retry_after: int | None = None
    """§5: the Retry-After header of a 429 or 503."""
    daily_limit: int = 50_000
    """§5: requests a day (JST) and application."""
    maintenance: dict[Api, Literal["html", "empty", "code"]] = field(default_factory=dict)
    """§5: these APIs answer 503 with a page or nothing, or ed-00002."""
    namespace: bool = False
    """§1.4: errors bear xmlns="urn:yahoo:api"."""
    shuffle_rows: bool = False
    """§2.2: the rows of an answer come in any order."""
    fold_codes: bool = False
    """§4: codes that differ only in case are one."""
    bare_code_row: bool = False
    """T9: the bare code of an item with sub-codes has a stock row of its own, which sells nothing."""
    refused_codes: set[str] = field(default_factory=set)
    """§2.2: ItemCodes whose updates are refused as st-02101: a row among others, the whole answer alone."""
    publishing: bool = False
    """§2.2: an upload or publication runs: updates answer ed-00006."""
    unread_rows: float = 0.0
    """§2.2: share of the rows updated whose echo is ed-10002 instead of a quantity."""
    system_errors: float = 0.0
    """§2.2: share of the updates that end in st-02999; half of them are carried out all the same."""
    omitted_overdraft: Literal["keeps", "clears"] = "clears"
    """§2.2: what leaving allow_overdraft out does to it."""
    stock_close_by_api: bool = True
    """§2.4: setStock's stock_close=0 releases the flag."""
    close_on_210: bool = True
    """§2.4: an order cancelled as out of stock closes its items."""
    merchant_cancel_restores: bool = False
    """§2.5: the units of an order that the shop cancels go back on sale."""
    edits_move_stock: bool = True
    """§2.5: orderChange moves the stock."""
    held_share: float = 0.0
    """§3.3: share of the orders that are held for fraud review, hidden from orderList."""
    held_seconds: float = 3600.0
    """§3.3: how long a review takes before the order is published with its old OrderTime."""
    unpaid_share: float = 0.0
    """§3.5: share of the orders that are not paid for yet."""
    held_shown_by_id: bool = True
    """§3.3: orderInfo answers with a held order."""
    update_time_condition: bool = False
    """§3.2: LastUpdateTime… as a condition: refused (False) or ignored."""
    widest_window_days: float | None = None
    """§3.2: the widest order-time window that is taken."""
    history_days: float | None = None
    """§3.2: how far back orders are listed."""
    buyer_unasked: bool = True
    """§3.4: orderInfo answers with the buyer's group though nobody asked for it."""

"""`bridge check` for Square: version, places, then each right by the smallest harmless call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from bridge.channel_settings import Square
from bridge.channels.adapter import OK, line
from bridge.channels.port import Check
from bridge.channels.square import facts
from bridge.channels.square.history import History
from bridge.channels.square.variations import Variations
from bridge.channels.square.wire import CATALOG, COUNTS, LOCATIONS, MALL, TOKEN_STATUS, SquareApi
from bridge.clock import Clock
from bridge.errors import BridgeError, Hint, NeedsPerson

OTHER_APPS = "EXTERNAL_API"  # the product of a row that an application wrote
NOBODY = "BRIDGE-CHECK"  # no variation


def check(
    settings: Square, api: SquareApi, history: History, variations: Variations, clock: Clock
) -> Iterator[Check]:  # fmt: skip
    """One line per right. Never raises."""
    yield line(MALL, "token", lambda: api.call(TOKEN_STATUS))
    yield line(MALL, "version", lambda: _version(api))
    for place in settings.places:
        yield line(MALL, f"location {place}", partial(_location, settings, api, place))
    yield line(MALL, "ITEMS_READ", lambda: api.call(CATALOG, query={"types": facts.GOODS}))
    asked = {"catalog_object_ids": [NOBODY], "location_ids": list(settings.places)}
    yield line(MALL, "INVENTORY_READ", lambda: api.call(COUNTS, asked))
    yield line(MALL, "INVENTORY_WRITE", lambda: _may_write(api))
    yield line(MALL, "variations", lambda: _not_kept(settings, variations))
    yield line(MALL, "other apps", lambda: _others(api, history, clock))


def _version(api: SquareApi) -> Hint:
    """A version that is gone may be served by another (§2.1)."""
    if api.served_version != facts.VERSION:
        raise BridgeError(
            Hint(
                f"Square が版 {api.served_version or '?'} で答えています（{facts.VERSION} を求めました）。"
                "bridge の更新を確かめてください。",
                f"Square answers by version {api.served_version or '?'}, not {facts.VERSION}: look for an update of"
                " bridge.",
            )
        )
    return OK


def _location(settings: Square, api: SquareApi, place: str) -> Hint:
    found = {each["id"]: each for each in api.call(LOCATIONS).get("locations") or []}.get(place)
    if found is None or found.get("status") != "ACTIVE":
        raise NeedsPerson(
            Hint(
                f"店舗 {place} がないか、休止中です。設定の places を確かめてください。",
                f"Location {place} does not exist or is inactive. Look at places in the settings.",
            )
        )
    if found.get("merchant_id") != settings.shop:
        raise NeedsPerson(
            Hint(
                f"店舗 {place} の事業者は {found.get('merchant_id')} です。設定の shop を確かめてください。",
                f"Location {place} belongs to merchant {found.get('merchant_id')}. Look at shop in the settings.",
            )
        )
    return Hint(f"「{found.get('name')}」です。", f'It is "{found.get("name")}".')


def _may_write(api: SquareApi) -> Hint:
    """It can't be tried without writing; the token says what it may do. A personal access token may do everything, and
    need not list it (§2.1)."""
    rights = set(api.call(TOKEN_STATUS).get("scopes") or ())
    missing = [each for each in facts.RIGHTS if each not in rights] if rights else []
    if missing:
        raise NeedsPerson(
            Hint(
                f"トークンに権限が足りません: {', '.join(missing)}。許可し直してください。",
                f"The token lacks {', '.join(missing)}. Authorise it anew.",
            )
        )
    return OK


def _not_kept(settings: Square, variations: Variations) -> Hint:
    """T27, T28: what the till sells without our number mattering."""
    trapped = {
        each.sku or each.id: trap
        for page in variations.pages()
        for each in page
        for place in settings.places
        if (trap := each.trap(place)) is not None and each.is_at(place)
    }
    if not trapped:
        return OK
    name, trap = next(iter(sorted(trapped.items())))
    return Hint(
        f"合わせられない商品が {len(trapped)} 個あります。たとえば {name}: {trap.ja}",
        f"{len(trapped)} can't be kept in step, {name} for one: {trap.en}",
    )


def _others(api: SquareApi, history: History, clock: Clock) -> Hint:
    """T43: who else writes the same numbers."""
    ours = api.call(TOKEN_STATUS).get("client_id")
    found = {_writer(change) for change in history.changes(clock.now() - facts.SWEEP)}
    others = sorted(name for product, app, name in found if product == OTHER_APPS and app != ours)
    if not others:
        return OK
    names = ", ".join(others)
    return Hint(
        f"ほかのアプリも Square の在庫を書いています: {names}。同じ在庫を2つのしくみで管理すると数が食い違います。"
        "その連携を止めてください。",
        f"Other apps write Square's stock too: {names}. Two masters of the same stock undo each other: switch that"
        " connection off.",
    )


def _writer(change: Mapping[str, Any]) -> tuple[str, str, str]:
    row: Mapping[str, Any] = change.get("adjustment") or change.get("physical_count") or {}
    source = row.get("source") or {}
    app = str(source.get("application_id") or "")
    return str(source.get("product") or ""), app, str(source.get("name") or app or "?")

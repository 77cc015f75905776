"""`bridge check`: one line each for the key, the spreadsheet, its tabs and headers, and every channel's rights; with
`--probe` also what Google leaves unpromised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bridge.alerting import addresses_of
from bridge.channels.port import Check
from bridge.config import Config
from bridge.delivery import service_name
from bridge.errors import BridgeError, Hint
from bridge.flows.desk import TABS, header_problems
from bridge.flows.health import ALERTS_FAILING
from bridge.flows.probed import disproved, probed_at, refusal, remember
from bridge.flows.shop import places
from bridge.ledger.backup import EVERY, newest
from bridge.outside import Outside, sheet_http
from bridge.private import open_to_others
from bridge.service import Service, apart
from bridge.settings import secrets_in
from bridge.sheet.gateway import Gateway, Piece
from bridge.sheet.layout import find_columns, tab_spec
from bridge.sheet.outline import own_tab
from bridge.sheet.probe import Found, probe

LATE = 3 * EVERY  # without a copy of the ledger
_FINE = Hint("問題ありません。", "fine.")


def check(config: Config, outside: Outside | None = None) -> list[Check]:
    """Never raises for what is wrong outside; changes nothing."""
    service = Service(config, outside)
    try:
        lines = [*_sheet(service), _probe_line(service), _backup_line(service), *_reports(service)]
        for channel in service.channels:
            lines += _settings(service, channel.name)
            lines += [replace(line, name=f"{channel.name} {line.name}") for line in channel.check()]
        return [*lines, *_alerts(service)]
    finally:
        service.close()


def _alerts(service: Service) -> Iterator[Check]:
    """Nothing is sent: whether an address is one, and whether it took what was sent last."""
    settings = service.config.alerts
    if settings is None:
        return
    with service.ledger.read() as tx:
        failing = tx.get(ALERTS_FAILING, {})
    for number, address in enumerate(addresses_of(settings), 1):
        name = service_name(address.url)
        if name is None:
            hint = Hint("apprise の知らない宛先です。書き方を確かめてください。", "apprise doesn't know this address.")
        elif address.name in failing:
            since = failing[address.name][:16]
            hint = Hint(
                f"{name} に {since} (UTC) から届いていません。宛先と鍵を確かめてください。",
                f"{name} has taken nothing since {since} (UTC); look at the address and its keys.",
            )
        else:
            hint = Hint(f"{name} です。", f"It is {name}.")
        yield Check(f"alerts {number}", name is not None and address.name not in failing, hint)


def check_private(config: Config, file: Path) -> Iterator[Check]:
    """Whether what holds keys is for the bridge's user alone: the key file; the settings file if any stand in it."""
    text = file.read_text(encoding="utf-8")
    with_keys = [file] if any(secret in text for secret in secrets_in(config)) else []
    for path in (*with_keys, config.sheet.service_account):
        if open_to_others(path):
            yield Check(
                f"file {path.name}",
                False,
                Hint(
                    f"鍵の入った {path.name} を他の利用者も読めます。chmod 600 {path} を実行してください。",
                    f"Others may read {path.name}, which holds keys. Run chmod 600 {path}.",
                ),
            )
        elif path.exists():
            yield Check(f"file {path.name}", True, _FINE)


def check_probe(config: Config, outside: Outside | None = None, second_key: Path | None = None) -> list[Found]:
    """Try on scratch tabs what Google leaves unpromised, and remember it. `second_key`: a service account that the
    spreadsheet is shared with and doesn't belong to. Raises TryAgain, NeedsPerson; then nothing is remembered."""
    outside = outside or Outside()
    service = Service(config, outside)
    try:
        stranger = None
        if second_key is not None:
            other = replace(config, sheet=replace(config.sheet, service_account=second_key))
            stranger = Gateway(sheet_http(other, outside), config.sheet.spreadsheet_id)
        rival = Gateway(sheet_http(config, outside), config.sheet.spreadsheet_id)
        found = probe(service.gateway, rival, stranger)
        with service.ledger.write() as tx:
            remember(tx, found)
        return found
    finally:
        service.close()


_NOT_GIVEN = {
    "managers": Hint(
        "bridge.toml の [report] managers がないので、「集計」はスタッフの表に、原価と金額なしで作ります。",
        "[report] managers is not set: Summary stands in the staff's spreadsheet alone, without costs and values.",
    ),
    "accounts": Hint(
        "bridge.toml の [report] accounts がないので、「仕入価格」と月末在庫は作りません（月末の数は台帳に残ります）。",
        "[report] accounts is not set: no Purchase prices and no month's end are shown (the ledger keeps the numbers).",
    ),
}


def _reports(service: Service) -> Iterator[Check]:
    """The spreadsheets beside the staff's, each with its tabs."""
    report, given = service.config.report, dict(apart(service.config))
    for name, hint in _NOT_GIVEN.items():
        spreadsheet_id = getattr(report, name)
        if spreadsheet_id is None:
            yield Check(f"report {name}", True, hint)
        else:
            yield _apart(service, name, spreadsheet_id, given[spreadsheet_id])


def _apart(service: Service, name: str, spreadsheet_id: str, roles: Sequence[str]) -> Check:
    try:
        frame = Gateway(service.report_http, spreadsheet_id).frame()
    except BridgeError as error:
        return Check(f"report {name}", False, error.hint)
    for role in roles:
        if own_tab(frame, role) is None:
            spec = tab_spec(role)
            hint = Hint(
                f"「{spec.ja}」タブがありません。bridge init を実行してください。",
                f"The tab {spec.en} is missing; run bridge init.",
            )
            return Check(f"report {name}", False, hint)
    return Check(f"report {name}", True, _FINE)


def _probe_line(service: Service) -> Check:
    with service.ledger.read() as tx:
        wrong, at = disproved(tx), probed_at(tx)
    if wrong:
        return Check("probe", False, refusal(wrong))
    if at is None:
        return Check(
            "probe",
            True,
            Hint(
                "まだ試していません。本番にする前に bridge check --probe を実行してください。",
                "not tried yet; run bridge check --probe before going live.",
            ),
        )
    return Check("probe", True, Hint(f"問題ありません（{at[:10]}に試験）。", f"fine (tried on {at[:10]})."))


def _backup_line(service: Service) -> Check:
    bridge = service.config.bridge
    last = newest(bridge.backups, service.clock.now())
    if not bridge.backups_kept:
        hint = Hint("作らない設定です（backups_kept = 0）。", "none is made (backups_kept = 0).")
        return Check("backup", True, hint)
    if last is None:
        hint = Hint("まだありません。bridge run の間、毎日作ります。", "none yet; one is made a day while bridge runs.")
        return Check("backup", True, hint)
    late = service.clock.now() - last > LATE
    hint = Hint(
        f"いちばん新しい台帳の写しは {last:%Y-%m-%d %H:%M} (UTC) のものです。"
        + (f"bridge backup を試し、{bridge.backups} の空きと権限を確かめてください。" if late else ""),
        f"the newest copy of the ledger was made at {last:%Y-%m-%d %H:%M} (UTC)."
        + (f" Try bridge backup; look at the space in {bridge.backups} and its rights." if late else ""),
    )
    return Check("backup", not late, hint)


def _settings(service: Service, channel: str) -> Iterator[Check]:
    """What the settings of a channel say against what ledger and sheet know: only what is wrong."""
    facts = service.shop.channels[channel]
    with service.ledger.read() as tx:
        others = sorted(tx.orders.open_shops(channel) - {facts.shop})
        known = places(tx).sells
    if others:
        yield Check(
            f"{channel} shop",
            False,
            Hint(
                f'台帳には shop = "{others[0]}" の未発送の注文があります。いまの設定 "{facts.shop}" のまま動かすと、'
                "同じ注文を二重に数えます。shop を元に戻してください。",
                f'The ledger holds open orders of shop = "{others[0]}". With "{facts.shop}" the same orders would be'
                " counted twice. Put shop back.",
            ),
        )
    setting = "places" if facts.places else "locations"
    ghosts = [name for name in facts.locations if known and name not in known]
    if ghosts:
        yield Check(
            f"{channel} {setting}",
            False,
            Hint(
                f"{setting} の「{'」「'.join(ghosts)}」が「設定」タブの場所にありません"
                f"（あるのは{'、'.join(known)}）。このままでは、ない場所に計上されます。",
                f"{setting}: {', '.join(ghosts)} is no place of the Settings tab (there are: {', '.join(known)})."
                " Stock would be booked on a place that isn't there.",
            ),
        )


def _sheet(service: Service) -> list[Check]:
    try:
        present = service.gateway.tabs()
    except BridgeError as error:
        return [Check("sheet", False, error.hint)]
    lines = [Check("sheet", True, _FINE)]
    for role in (*TABS, "journal", "marks"):
        spec = tab_spec(role)
        tab = present.get(spec.ja) or present.get(spec.en)
        if tab is None and spec.optional:
            continue
        if tab is None:
            hint = Hint(
                f"「{spec.ja}」タブがありません。bridge init を実行してください。",
                f"The tab {spec.en} is missing; run bridge init.",
            )
            lines.append(Check(f"tab {spec.en}", False, hint))
        elif spec.columns:
            lines.append(_headers(service, role, tab.sheet_id))
    return lines


def _headers(service: Service, role: str, sheet_id: int) -> Check:
    with service.ledger.read() as tx:
        names = list(places(tx).sells) if role == "stock" else []
    texts = service.gateway.read([Piece(sheet_id, 0, 10)]).tabs[sheet_id].texts()
    columns, name = find_columns(role, texts, names), f"headers {tab_spec(role).en}"
    if columns.usable:
        return Check(name, True, _FINE)
    ja, en = (
        comma.join(problem["header"] for problem in header_problems(role, columns, language))
        for language, comma in (("ja", "、"), ("en", ", "))
    )
    return Check(
        name,
        False,
        Hint(
            f"見出しがないか重なっています: {ja}。元に戻してください。",
            f"Headers missing or doubled: {en}. Put them back.",
        ),
    )

"""The owner renews a key by the link in an alert: the mall is paused before and live after; what must not open the
page, or is no good key, is refused with a sentence."""

from __future__ import annotations

import io
import logging
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bridge.clock import JST
from bridge.config import Web
from bridge.ledger.key_links import KeyLinkBook
from bridge.logs import log_to
from bridge.renewing import Renewals
from bridge.settings import parse
from bridge.web.server import Server, edge_of
from tests.support.key_owner import OwnedShop, Person, end_consent, text_of
from tests.support.settling import opened, rounds_of_each, settled
from tests.support.telling import DAY, HOUR
from tests.support.world import Moment

NEW_KEY = "SL999999_renewed"


@pytest.fixture
def shop(tmp_path: Path, live_shop: Moment) -> Iterator[OwnedShop]:
    """Whose owner and staff got the first message."""
    shop = OwnedShop(tmp_path / "ledger.sqlite", since=live_shop)
    first_message(shop)
    yield shop
    shop.receiver.close()


def first_message(shop: OwnedShop) -> None:
    shop.at(10)
    shop.tell()
    shop.receiver.take("/owner")


@pytest.fixture
def paused(shop: OwnedShop) -> OwnedShop:
    """Rakuten's key has died; a new one was made there."""
    shop.sandbox.rakuten.state.licences.clear()
    rounds_of_each(shop)
    assert shop.paused("rakuten")
    shop.sandbox.rakuten.issue_licence(NEW_KEY)
    return shop


def test_rakuten(paused: OwnedShop) -> None:
    assert "責任者が新しい鍵を入れると" in opened(paused, "key refused")
    owner = Person(paused.browser(), paused.link())
    assert "（責任者に知らせました）" in paused.staff_heard
    assert "/keys/" not in paused.staff_heard
    assert "このブラウザーで開く" in text_of(owner.look())
    assert "licenseKey" in text_of(owner.open())
    page = owner.fill_in(license_key=f" {NEW_KEY}\n")
    assert page.status_code == 200, text_of(page)
    assert "新しい鍵に入れ替えました。楽天市場はこの鍵で動きます。" in text_of(page)
    rounds_of_each(paused)  # at once: nobody waits out the pause of a channel that is stopped
    assert not paused.paused("rakuten")
    settled(paused, "key refused")
    paused.buy("rakuten", "A", 1)
    paused.settle()
    assert paused.row("A")["引当"] == "1"
    section = parse(paused.settings)["channels"]["rakuten"]
    assert (section["license_key"], section["service_secret"]) == (NEW_KEY, "SP123456_sandbox")
    assert paused.settings.read_text(encoding="utf-8").count("# a note of theirs") == 2
    assert paused.settings.stat().st_mode & 0o777 == 0o600
    assert "楽天市場が元に戻りました。" in "".join(each.text for each in paused.tell())


def test_shopify(shop: OwnedShop) -> None:
    shop.sandbox.shopify.static_token = "shpat_renewed"
    rounds_of_each(shop)
    assert shop.paused("shopify")
    owner = Person(shop.browser(), shop.link())
    owner.open()
    page = owner.fill_in(access_token="shpat_renewed")
    assert page.status_code == 200, text_of(page)
    rounds_of_each(shop)
    assert not shop.paused("shopify")
    shop.type("B", "本社倉庫", 3)
    shop.settle()
    assert shop.sandbox.shopify.stock()[shop.wire("shopify", "B")] == 3


def test_yahoo_by_logging_in_anew(tmp_path: Path, live_shop: Moment) -> None:
    shop = OwnedShop(tmp_path / "ledger.sqlite", since=live_shop, at_yahoo=True)
    first_message(shop)
    end_consent(shop)
    owner = Person(shop.browser(), shop.link())
    owner.open()
    page = owner.fill_in(prepare="1")
    (address,) = re.findall(r'href="([^"]+)"', page.text)
    query = parse_qs(urlsplit(address.replace("&amp;", "&")).query)
    assert query["client_id"] == [shop.sandbox.yahoo.client_id]
    stranger = f"https://localhost/bridge?code={shop.sandbox.yahoo.agree()}&state=another"
    assert "これは別のときの URL です" in text_of(owner.fill_in(pasted=stranger))
    assert owner.fill_in(pasted="https://[localhost").status_code == 422  # half an address
    pasted = f"https://localhost/bridge?code={shop.sandbox.yahoo.agree()}&state={query['state'][0]}"
    page = owner.fill_in(pasted=pasted)
    assert page.status_code == 200, text_of(page)
    rounds_of_each(shop)
    assert not shop.paused("yahoo")
    section = parse(shop.settings)["channels"]["yahoo"]
    assert section["refresh_token"] == shop.sandbox.yahoo.state.consents[-1].refresh_token
    assert section["consented_on"] == f"{shop.clock.now().astimezone(JST):%Y-%m-%d}"
    shop.receiver.close()


def test_before_a_key_dies_its_owner_is_told_and_the_sheet_says_no_more(shop: OwnedShop) -> None:
    shop.clock.sleep(80 * DAY)
    shop.rounds(2)
    assert "責任者が新しい鍵を入れます" in opened(shop, "key expires")
    shop.tell()
    (alert,) = shop.receiver.take("/owner")
    assert "楽天市場: " in alert.text or "rakutenのlicenseKeyは" in alert.text
    assert "https://bridge.example/keys/" in alert.text


@pytest.mark.parametrize(("reads", "sentence"), [("ja", "新しい鍵は使えるまで 30 分"), ("en", "a fresh key may take")])
def test_a_wrong_key_is_refused_and_the_old_one_stays(paused: OwnedShop, reads: str, sentence: str) -> None:
    owner = Person(paused.browser(reads), paused.link())
    owner.open()
    before = paused.settings.read_text(encoding="utf-8")
    page = owner.fill_in(license_key="SL_wrong_key")
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert "SL_wrong_key" not in page.text
    assert paused.settings.read_text(encoding="utf-8") == before
    assert owner.fill_in(license_key=NEW_KEY).status_code == 200  # the link is still good


def test_a_key_that_is_there_already_is_no_new_one(shop: OwnedShop) -> None:
    shop.sandbox.rakuten.service_secret = "SP_another"
    rounds_of_each(shop)
    owner = Person(shop.browser(), shop.link())
    owner.open()
    assert "今の鍵と同じです" in text_of(owner.fill_in(license_key="SL123456_sandbox"))
    assert "新しい鍵を貼ってください" in text_of(owner.fill_in())


@pytest.mark.parametrize(
    ("reads", "used", "unknown", "elsewhere", "expired"),
    [("ja", "もう使われました", "使えません", "ほかのブラウザーで開かれています", "期限が切れました"),
     ("en", "was used already", "opens nothing", "opened in another browser", "has expired")],
)  # fmt: skip
def test_links_that_open_nothing(
    paused: OwnedShop, reads: str, used: str, unknown: str, elsewhere: str, expired: str
) -> None:
    link = paused.link()
    owner, other = Person(paused.browser(reads), link), Person(paused.browser(reads), link)
    assert owner.open().status_code == 200
    for page in (other.look(), other.open()):
        assert (page.status_code, elsewhere in text_of(page)) == (403, True)
    nowhere = Person(paused.browser(reads), "/keys/nothing").look()
    assert (nowhere.status_code, unknown in text_of(nowhere)) == (404, True)
    form = re.findall(r'name="form" value="(\w+)"', owner.look().text)[0]
    paused.clock.sleep(DAY)
    late = owner.browser.post(link, data={"form": form, "license_key": NEW_KEY})
    assert (late.status_code, expired in text_of(late)) == (410, True)
    link = paused.link()  # it is told once more, with a new link
    again = Person(paused.browser(reads), link)
    again.open()
    assert again.fill_in(license_key=NEW_KEY).status_code == 200
    for page in (again.look(), Person(paused.browser(reads), link).look()):
        assert (page.status_code, used in text_of(page)) == (410, True)


def test_pressed_twice_the_second_answer_says_that_the_key_is_in_place(
    paused: OwnedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that the browser shows."""
    owner = Person(paused.browser(), paused.link())
    owner.open()
    (form,) = re.findall(r'name="form" value="(\w+)"', owner.look().text)
    really, both, on_the_way = Renewals.consent, threading.Barrier(2, timeout=30), [1, 2]

    def consent(self: Renewals, *given: Any) -> Any:
        if on_the_way:
            on_the_way.pop()
            both.wait()
        return really(self, *given)

    monkeypatch.setattr(Renewals, "consent", consent)
    with ThreadPoolExecutor(2) as browser:
        sent = {"form": form, "license_key": NEW_KEY}
        presses = [browser.submit(owner.browser.post, owner.link, data=sent) for _ in range(2)]
    kept, again = sorted((each.result() for each in presses), key=lambda each: each.status_code)
    assert (kept.status_code, again.status_code) == (200, 410), text_of(again)
    assert "新しい鍵は入っています" in text_of(again)


def test_a_preview_of_the_link_opens_nothing(paused: OwnedShop) -> None:
    """Slack, LINE and mail scanners fetch links before people do."""
    link = paused.link()
    for _ in range(3):
        assert Person(paused.browser(), link).look().status_code == 200
        assert paused.browser().head(link).status_code == 200
    assert Person(paused.browser(), link).open().status_code == 200


def test_a_form_of_another_page_changes_nothing(paused: OwnedShop) -> None:
    link = paused.link()
    owner = Person(paused.browser(), link)
    owner.open()
    for form in ("", "0" * 32, "é"):
        assert owner.browser.post(link, data={"form": form, "license_key": NEW_KEY}).status_code == 403
    assert paused.paused("rakuten")


def test_what_browsers_are_told_of_the_page(paused: OwnedShop) -> None:
    owner = Person(paused.browser(), paused.link())
    bound = owner.browser.post(owner.link, data={"open": "1"})
    (cookie,) = bound.headers.getlist("Set-Cookie")
    # Lax, not Strict: from webmail, another site, a link would find the browser that opened it unknown.
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", f"Path={owner.link}"))
    for page in (bound, owner.look(), Person(paused.browser(), "/keys/x").look()):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "http" not in re.sub(r'value="[^"]*"', "", owner.look().text)  # nothing comes from elsewhere


@pytest.mark.parametrize(("outside", "secure"), [({"X-Forwarded-Proto": "https"}, True), ({}, False)])
def test_behind_a_proxy_with_tls_the_cookie_never_goes_without(
    paused: OwnedShop, outside: dict[str, str], secure: bool
) -> None:
    """Caddy and cloudflared say by which way the browser came; on the server itself there is no TLS."""
    server = Server(Web(port=0), edge_of(paused.service, paused.settings))
    try:
        address = f"http://127.0.0.1:{server.port}{paused.link()}"
        bound = httpx.post(address, data={"open": "1"}, headers=outside, trust_env=False)
    finally:
        server.stop()
    assert bound.status_code == 303
    assert ("Secure" in bound.headers["Set-Cookie"]) is secure


def test_no_key_link_or_cookie_is_written_anywhere_else(paused: OwnedShop) -> None:
    stream = io.StringIO()
    level, handler = logging.getLogger().level, log_to(stream, paused.config)
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        owner = Person(paused.browser(), paused.link())
        owner.open()
        owner.fill_in(license_key="SL_wrong_key")
        logging.getLogger("bridge").info("a slip: %s", "SL_wrong_key")
        owner.fill_in(license_key=NEW_KEY)
        rounds_of_each(paused, 3)
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger().setLevel(level)
    (cookie,) = (each.value for each in owner.browser._cookies.values())  # type: ignore[union-attr]
    paused.service.ledger.write().__enter__()  # so that the ledger's -wal lies there
    files = [path for path in paused.ledger.parent.rglob("*") if path.is_file() and path != paused.settings]
    cells = [[cell.entered for cell in row.cells] for each in paused.spreadsheet.book.sheets for row in each.rows]
    written = b"".join(path.read_bytes() for path in files) + stream.getvalue().encode() + str(cells).encode()
    assert "a slip: " in stream.getvalue()
    for secret in (NEW_KEY, "SL_wrong_key", owner.link.removeprefix("/keys/"), cookie):
        assert secret.encode() not in written, secret


def test_the_new_key_counts_after_a_restart_too(paused: OwnedShop) -> None:
    owner = Person(paused.browser(), paused.link())
    owner.open()
    owner.fill_in(license_key=NEW_KEY)
    paused.service.close()
    kept = parse(paused.settings)["channels"]["rakuten"]["license_key"]
    rakuten = paused.config.channels.rakuten
    assert rakuten is not None
    secret = type(rakuten.license_key)(kept)
    channels = replace(paused.config.channels, rakuten=replace(rakuten, license_key=secret))
    paused.config = replace(paused.config, channels=channels)
    paused.start()
    rounds_of_each(paused)
    assert not paused.paused("rakuten")


def test_without_an_address_for_the_outside_the_alert_says_how_to_open_it_on_the_server(paused: OwnedShop) -> None:
    web = paused.config.web
    assert web is not None
    paused.config = replace(paused.config, web=replace(web, public_url=None))
    paused.service.close()
    paused.start()
    rounds_of_each(paused)
    paused.tell()
    (alert,) = paused.receiver.take("/owner")
    assert "ssh -L 8780:127.0.0.1:8780" in alert.text
    assert "http://127.0.0.1:8780/keys/" in alert.text
    paused.config = replace(paused.config, web=None)
    paused.service.close()
    paused.start()
    paused.clock.sleep(5 * HOUR)
    rounds_of_each(paused)
    paused.tell()
    (alert,) = paused.receiver.take("/owner")
    assert "bridge connect rakuten" in alert.text


def test_a_link_is_bound_to_one_of_two_that_open_it_at_once(paused: OwnedShop) -> None:
    with paused.service.ledger.write() as tx:
        book: KeyLinkBook = tx.key_links
        book.issue("digest", "rakuten", tx.at + timedelta(hours=1), tx.at)
        assert [book.bind("digest", "one"), book.bind("digest", "two")] == [True, False]

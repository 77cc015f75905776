"""Who may open the page for a new key: one browser, by a link that is good once and for a day.

Nothing is bound by merely fetching the link (mail scanners and chat previews do that): a person presses a button first.
What a browser is known by is a cookie that never leaves this site; what is kept of link and cookie are digests.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from threading import Lock

from werkzeug.wrappers import Request, Response

from bridge.connect_plans import REDIRECT, called
from bridge.consent import Consent
from bridge.key_links import PATH, digest_of
from bridge.ledger.key_links import KeyLink
from bridge.renewing import Outcome, Renewals
from bridge.service import Service
from bridge.sheet.texts import say
from bridge.web.key_page import Page

COOKIE = "bridge_key"
SECURE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class Closed(StrEnum):
    """Why a link opens nothing: the code of the sentence that says so."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"
    ELSEWHERE = "elsewhere"
    STALE = "stale"


STATUS = {Closed.UNKNOWN: 404, Closed.EXPIRED: 410, Closed.USED: 410, Closed.ELSEWHERE: 403, Closed.STALE: 403}


class KeyPages:
    """Every address below PATH."""

    def __init__(self, service: Service, renewals: Renewals) -> None:
        self._service, self._renewals = service, renewals
        self._language = service.config.bridge.language
        self._one_at_a_time = Lock()

    def __call__(self, request: Request) -> Response:
        """Raises Stop where the ledger fails."""
        answer = self._answer(request, request.path.removeprefix(PATH))
        for name, value in SECURE.items():
            answer.headers[name] = value
        return answer

    def _answer(self, request: Request, token: str) -> Response:
        language = request.accept_languages.best_match(("ja", "en"), self._language) or self._language
        with self._service.ledger.read() as tx:
            link, now = tx.key_links.get(digest_of(token)), tx.at
        if link is None or link.channel not in self._service.config.channels.connected():
            return _refused(Closed.UNKNOWN, language)
        if link.used or now >= link.expires:
            return _refused(Closed.USED if link.used else Closed.EXPIRED, language)
        cookie = request.cookies.get(COOKIE, "")
        mine = bool(link.browser) and hmac.compare_digest(digest_of(cookie), link.browser)
        if link.browser and not mine:
            return _refused(Closed.ELSEWHERE, language)
        page = Page(language, called(self._kind(link), link.channel, language))
        if not mine:
            if request.method == "POST":
                return self._bind(request, token, language)
            until = link.expires.astimezone(self._service.shop.zone)
            return _html(page.landing(f"{until:%Y-%m-%d %H:%M}"))
        if request.method != "POST":
            return _html(self._form(page, link, cookie))
        if not hmac.compare_digest(request.form.get("form", "").encode(), _of(cookie, "form").encode()):
            return _refused(Closed.STALE, language)
        return self._take(page, link, cookie, request.form, token)

    def _bind(self, request: Request, token: str, language: str) -> Response:
        """The first browser in which a person presses the button."""
        cookie = secrets.token_urlsafe(32)
        with self._service.ledger.write() as tx:
            first = tx.key_links.bind(digest_of(token), digest_of(cookie))
        if not first:
            return _refused(Closed.ELSEWHERE, language)
        answer = Response(status=303, headers={"Location": request.path})
        # Lax: an owner comes back by the link in webmail, another site; a POST needs the form's token besides.
        # Behind a proxy with TLS, which says so, the cookie never goes without; on the server itself there is no TLS.
        tls = request.headers.get("X-Forwarded-Proto") == "https"
        answer.set_cookie(COOKIE, cookie, path=request.path, httponly=True, samesite="Lax", secure=tls)
        return answer

    def _take(self, page: Page, link: KeyLink, cookie: str, given: Mapping[str, str], token: str) -> Response:
        redirect = given.get("redirect", "").strip() or REDIRECT
        typed = {name: text.strip() for name, text in given.items()}
        consent = self._renewals.consent(link.channel, typed, redirect, _of(cookie, "state"))
        if "prepare" in given:
            return _html(self._form(page, link, cookie, consent=consent, typed=typed))
        with self._one_at_a_time:
            if self._used(token):  # meanwhile: people press a button twice, and see the second answer
                return _refused(Closed.USED, page.language)
            outcome = self._renewals.renew(link.channel, typed, consent, typed.get("pasted", ""))
        if outcome.kept:
            return _html(page.kept(outcome))
        return _html(self._form(page, link, cookie, consent=consent, typed=typed, outcome=outcome), 422)

    def _used(self, token: str) -> bool:
        with self._service.ledger.read() as tx:
            link = tx.key_links.get(digest_of(token))
        return link is None or link.used

    def _form(
        self,
        page: Page,
        link: KeyLink,
        cookie: str,
        *,
        consent: Consent | None = None,
        typed: Mapping[str, str] | None = None,
        outcome: Outcome | None = None,
    ) -> str:
        """`consent`: made ready, so its address is shown. What is secret is never written back into the page."""
        fields = self._renewals.fields(link.channel)
        consents = self._renewals.consent(link.channel, typed or {}, REDIRECT, "") is not None
        return page.form(fields, _of(cookie, "form"), typed or {}, consents=consents, consent=consent, outcome=outcome)

    def _kind(self, link: KeyLink) -> str:
        return self._service.config.channels.connected()[link.channel][0]


def _of(cookie: str, what: str) -> str:
    """A value that only this browser's pages bear, and from which the cookie can't be found out."""
    return sha256(f"{what}:{cookie}".encode()).hexdigest()[:32]


def _refused(why: Closed, language: str) -> Response:
    return _html(Page(language, "").refused(say("key_page", why.value, language)), STATUS[why])


def _html(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="text/html; charset=utf-8")

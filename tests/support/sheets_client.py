"""A signed-in gspread client whose every request goes to a sandbox in this process."""

from __future__ import annotations

from functools import cache

import gspread
import requests
from google.auth.crypt import RSASigner
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.credentials import Credentials

from bridge.outside import SheetCredentials
from bridge.sandbox.faults import WsgiApp
from bridge.sandbox.sheets_api import ServiceAccountKey
from tests.support.wsgi_transport import WsgiAdapter

SCOPES = ["https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive"]
TOKEN_URI = "https://oauth2.googleapis.com/token"


@cache
def service_account(client_email: str = "bridge@sandbox.iam.gserviceaccount.com") -> ServiceAccountKey:
    """One real RSA key per account and process: making one takes a tenth of a second."""
    return ServiceAccountKey.create(TOKEN_URI, client_email)


@cache
def signer(key: ServiceAccountKey) -> RSASigner:
    """google-auth's own signer; loading a key takes a twentieth of a second."""
    made: RSASigner = RSASigner.from_service_account_info(key.as_file_json())  # type: ignore[no-untyped-call]
    return made


def authorized_session(app: WsgiApp, key: ServiceAccountKey) -> AuthorizedSession:
    """google-auth's own session: it signs an assertion, fetches a token, sends it, and renews it on 401."""
    credentials = SheetCredentials(  # type: ignore[no-untyped-call]
        signer(key), key.client_email, key.token_uri, scopes=SCOPES
    )
    for_tokens = requests.Session()
    for_tokens.mount("https://", WsgiAdapter(app))
    session = AuthorizedSession(credentials, auth_request=Request(for_tokens))  # type: ignore[no-untyped-call]
    session.mount("https://", WsgiAdapter(app))
    session.trust_env = for_tokens.trust_env = False  # no proxies in this process; looking for them takes longer
    return session


def person_session(app: WsgiApp, token: str) -> AuthorizedSession:
    """Somebody at a browser of their own, signed in for good."""
    session = AuthorizedSession(Credentials(token))  # type: ignore[no-untyped-call]
    session.mount("https://", WsgiAdapter(app))
    session.trust_env = False
    return session


def signed_in_as(app: WsgiApp, token: str) -> gspread.Client:
    session = person_session(app, token)
    return gspread.Client(auth=session.credentials, session=session)


def signed_in(app: WsgiApp, key: ServiceAccountKey | None = None) -> gspread.Client:
    session = authorized_session(app, key or service_account())
    return gspread.Client(auth=session.credentials, session=session)

"""Service accounts: the key file, the signed assertion, and the bearer tokens that /token gives for it."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bridge.clock import Clock

from .errors import Json, anonymous, beyond_scope, unauthenticated

TOKEN_SECONDS = 3599
ASSERTION_SECONDS = 3600
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GOOGLE_AUDIENCE = "https://oauth2.googleapis.com/token"
DRIVE = "https://www.googleapis.com/auth/drive"
DRIVE_FILE = f"{DRIVE}.file"
SHEETS = "https://www.googleapis.com/auth/spreadsheets"
"""what google-auth signs for whatever the key file's token_uri is"""
DEFAULT_EMAIL = "bridge@sandbox.iam.gserviceaccount.com"


@dataclass(frozen=True)
class ServiceAccountKey:
    client_email: str
    token_uri: str
    private_key_pem: str
    private_key_id: str
    project_id: str = "sandbox"

    @classmethod
    def create(cls, token_uri: str, client_email: str = DEFAULT_EMAIL) -> ServiceAccountKey:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return cls(client_email, token_uri, pem.decode("ascii"), secrets.token_hex(20))

    @classmethod
    def from_file_json(cls, content: Json) -> ServiceAccountKey:
        return cls(
            content["client_email"],
            content["token_uri"],
            content["private_key"],
            content["private_key_id"],
            content["project_id"],
        )

    def as_file_json(self) -> Json:
        """The shape of the file that Google's console hands out."""
        return {
            "type": "service_account",
            "project_id": self.project_id,
            "private_key_id": self.private_key_id,
            "private_key": self.private_key_pem,
            "client_email": self.client_email,
            "client_id": str(int(self.private_key_id[:16], 16)),
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": self.token_uri,
            "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
            "client_x509_cert_url": f"https://www.googleapis.com/robot/v1/metadata/x509/{self.client_email}",
            "universe_domain": "googleapis.com",
        }

    def public_key(self) -> rsa.RSAPublicKey:
        return _public_key(self.private_key_pem)


@cache
def _public_key(private_key_pem: str) -> rsa.RSAPublicKey:
    """Cached: loading a key checks it, which takes longer than a hundred calls."""
    key = serialization.load_pem_private_key(private_key_pem.encode("ascii"), password=None)
    return cast(rsa.RSAPrivateKey, key).public_key()


class InvalidGrant(Exception):
    """What /token refuses, with OAuth's own error form instead of Google's."""

    def __init__(self, description: str, error: str = "invalid_grant") -> None:
        super().__init__(description)
        self.body = {"error": error, "error_description": description}


@dataclass
class _Account:
    key: ServiceAccountKey
    public: rsa.RSAPublicKey


@dataclass(frozen=True)
class _Token:
    user: str
    until: datetime
    scopes: frozenset[str]


@dataclass
class Accounts:
    """Who may sign in, and who is signed in. Tokens live as long as the process, like a cache at Google."""

    clock: Clock
    check_times: bool
    _accounts: dict[str, _Account] = field(default_factory=dict)
    _tokens: dict[str, _Token] = field(default_factory=dict)
    _people: dict[str, str] = field(default_factory=dict)
    """lasting token → whose it is"""

    def add(self, key: ServiceAccountKey) -> None:
        self._accounts[key.client_email] = _Account(key, key.public_key())

    def welcome(self, user: str, token: str) -> None:
        """A person who is signed in for good; what they may do, Google's own pages may."""
        self._people[token] = user

    def exchange(self, grant_type: str, assertion: str) -> Json:
        """A signed assertion → the token answer."""
        if grant_type != GRANT:
            raise InvalidGrant(f"Invalid grant_type: {grant_type}", "unsupported_grant_type")
        return {
            "access_token": self.issue(*self._signer(assertion)),
            "expires_in": TOKEN_SECONDS,
            "token_type": "Bearer",
        }

    def issue(self, user: str, scopes: frozenset[str] = frozenset({DRIVE})) -> str:
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self._tokens[token] = _Token(user, self.clock.now() + timedelta(seconds=TOKEN_SECONDS), scopes)
        return token

    def user(self, authorization: str, drive: bool, reads: bool) -> str:
        """Whose bearer token this is; unknown and expired ones are refused alike, and one that was not asked for the
        right to call Drive or Sheets."""
        if not authorization:
            raise anonymous()
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() == "bearer" and token in self._people:
            return self._people[token]
        known = self._tokens.get(token)
        if scheme.lower() != "bearer" or known is None or self.clock.now() >= known.until:
            raise unauthenticated()
        wide = {DRIVE, DRIVE_FILE} if drive else {DRIVE, DRIVE_FILE, SHEETS}
        if not known.scopes & (wide | {f"{scope}.readonly" for scope in wide} if reads else wide):
            raise beyond_scope()
        return known.user

    def revoke_all(self) -> None:
        """Every token given so far is void: what a client meets when Google withdraws one early."""
        self._tokens.clear()

    def _signer(self, assertion: str) -> tuple[str, frozenset[str]]:
        try:
            head, body, signature = assertion.split(".")
            header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
            account = self._accounts[claims["iss"]]
            account.public.verify(_decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
        except KeyError:
            raise InvalidGrant("Invalid grant: account not found") from None
        except (ValueError, InvalidSignature):
            raise InvalidGrant("Invalid JWT Signature.") from None
        if header.get("alg") != "RS256" or claims.get("aud") not in (account.key.token_uri, GOOGLE_AUDIENCE):
            raise InvalidGrant("Invalid JWT: Failed audience check.")
        self._check_times(claims)
        scopes = frozenset(str(claims.get("scope", "")).split())
        if not scopes:
            raise InvalidGrant("Empty or missing scope not allowed.", "invalid_scope")
        return account.key.client_email, scopes

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self.clock.now().timestamp()
        lived = claims["exp"] - claims["iat"]
        late = self.check_times and not claims["iat"] - 300 <= now <= claims["exp"] + 300
        if late or not 0 < lived <= ASSERTION_SECONDS:
            raise InvalidGrant(
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                "Check your iat and exp values in the JWT claim."
            )


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

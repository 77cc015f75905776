"""The one call of an authorisation that a person gave in a browser: its code for the first token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bridge.channels.http import FORM, Answer, MallHttp, Media, Operation, Seams
from bridge.channels.redaction import Redactor
from bridge.channels.tokens import Fixed, basic
from bridge.errors import Hint, NeedsPerson
from bridge.limits import TokenBucket

TOKEN = Operation("token", "POST", "", "tokens", media=FORM, attempts=1, seconds=30.0)


def exchange(
    mall: str, url: str, form: Mapping[str, str], seams: Seams, *, in_header: bool, media: Media = FORM
) -> dict[str, Any]:
    """The tokens for a code. `form`: with client_id and client_secret, which go into the header where the mall wants
    them there · `media`: how it is written. A code is good once, so it is sent once.

    Raises TryAgain, NeedsPerson."""
    given = dict(form)
    known = basic(form["client_id"], form["client_secret"])
    auth = Fixed({"Authorization": f"Basic {known}"}) if in_header else None
    if in_header:
        del given["client_id"], given["client_secret"]
    redactor = Redactor([form["client_secret"], form["code"], known])
    buckets = {"tokens": TokenBucket(seams.clock, 1.0, 1.0)}
    http = MallHttp(mall, url, seams, buckets, lambda _, answer: _judge(mall, answer), auth, redactor)
    try:
        found: dict[str, Any] = http.call(replace(TOKEN, media=media), given).json
        return found
    finally:
        http.close()


def _judge(mall: str, answer: Answer) -> None:
    body = answer.json if isinstance(answer.json, dict) else {}
    if answer.status == 200 and isinstance(body.get("access_token"), str):
        return
    said = " ".join(str(body[name]) for name in ("error", "error_description") if body.get(name))
    raise NeedsPerson(
        Hint(
            f"{mall} がこの許可を受け付けません（{said or answer.status}）。もう一度ブラウザーで許可してください。",
            f"{mall} doesn't accept this authorisation ({said or answer.status}). Authorise once more in the browser.",
        )
    )

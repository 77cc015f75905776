"""The browser's part of connecting a channel: a person agrees at the mall, and the code that the browser shows then
becomes the channel's first token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from bridge.channel_settings import default_of
from bridge.channels.http import FORM, JSON, Seams
from bridge.channels.oauth import exchange
from bridge.clock import JST
from bridge.connect_plans import plans
from bridge.errors import BridgeError, Hint


@dataclass(frozen=True)
class Consent:
    """Of one kind of channel. `values`: its settings as far as they are known, and what is needed for the consent
    alone · `redirect`: the address that the browser is sent back to, as it is registered at the mall · `state`: tells
    this attempt from others."""

    kind: str
    values: Mapping[str, Any]
    redirect: str
    state: str

    @property
    def address(self) -> str:
        """Where the person agrees."""
        plan = plans()[self.kind]["consent"]
        filled: str = plan["authorize"].format(
            **self._known(), redirect=quote(self.redirect, safe=""), state=self.state
        )
        return filled

    def given(self, pasted: str, seams: Seams) -> dict[str, Any]:
        """The settings that come of what was pasted, the whole address or the code alone. Raises TryAgain,
        NeedsPerson; BridgeError where it is of another attempt."""
        plan, known = plans()[self.kind]["consent"], self._known()
        form = {
            "grant_type": "authorization_code",
            "client_id": known["client_id"],
            "client_secret": known["client_secret"],
            "redirect_uri": self.redirect,
            "code": _code(pasted, self.state),
        }
        media = JSON if plan.get("json") else FORM
        mall, door = plans()[self.kind]["name"][1], plan["token"].format(**known)
        tokens = exchange(mall, door, form, seams, in_header=plan.get("basic", False), media=media)
        found = {plan["gives"]: str(tokens[plan["gives"]])}
        if "dated" in plan:
            found[plan["dated"]] = f"{seams.clock.now().astimezone(JST):%Y-%m-%d}"
        return found

    def _known(self) -> dict[str, str]:
        """What addresses are made of: settings as they are or by default, and the host of base_url."""
        given = {**default_of(self.kind), **self.values}
        parts = urlsplit(str(given.get("base_url", "")))
        host = f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}"
        return {name: str(value) for name, value in given.items()} | {"host": host}


def _code(pasted: str, state: str) -> str:
    """Raises BridgeError where it is the address of another attempt."""
    query = parse_qs(pasted.partition("?")[2].partition("#")[0])  # urlsplit raises for much that people may paste
    if "code" not in query:
        return pasted
    if query.get("state", [state])[0] != state:
        raise BridgeError(
            Hint(
                "これは別のときの URL です。もう一度やり直してください。",
                "This address is of another attempt. Begin again.",
            )
        )
    return query["code"][0]

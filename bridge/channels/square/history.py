"""Reading Square's history of movements, at the places of the settings (§2.4, Changes)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from bridge.channels.square import facts
from bridge.channels.square.rows import Row, row_of
from bridge.channels.square.wire import CHANGES, SquareApi

COUNT, ADJUSTMENT = "PHYSICAL_COUNT", "ADJUSTMENT"


class History:
    def __init__(self, api: SquareApi, places: Sequence[str]) -> None:
        self._api, self._places = api, list(places)

    def behind(self) -> timedelta:
        """How far the clock that its times are by is behind ours."""
        return self._api.behind()

    def changes(
        self,
        since: datetime | None,
        *,
        variations: Sequence[str] = (),
        types: Sequence[str] = (ADJUSTMENT, COUNT),
    ) -> Iterator[dict[str, Any]]:
        """What Square received since (T31: the order it comes in is by the till's clock). None: ever. Raises TryAgain,
        NeedsPerson, SquareRefused."""
        asked: dict[str, Any] = {"location_ids": self._places, "types": list(types), "limit": facts.PAGE}
        if since is not None:
            asked["updated_after"] = time_text(since)
        if variations:
            asked["catalog_object_ids"] = list(variations)
        for page in self._api.pages(CHANGES, asked, "changes"):
            yield from page

    def rows(
        self, since: datetime | None, *, variations: Sequence[str], types: Sequence[str] = (ADJUSTMENT, COUNT)
    ) -> list[Row]:
        """The same, as far as they can be understood: of the others the feed tells."""
        found = []
        for change in self.changes(since, variations=variations, types=types):
            with suppress(LookupError, TypeError, ValueError, AttributeError):
                found.append(row_of(change))
        return [row for row in found if row is not None]

    def has_any(self, variation: str, place: str) -> bool:
        """Whether anything ever happened to a thing there."""
        asked = {"catalog_object_ids": [variation], "location_ids": [place], "limit": 1}
        return any(self._api.pages(CHANGES, asked, "changes"))


def time_text(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

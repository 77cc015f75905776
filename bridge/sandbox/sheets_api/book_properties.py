"""What a spreadsheet as such is: title, locale, time zone, recalculation."""

from __future__ import annotations

import re

from .batch import Edit, handles
from .errors import Json, invalid, unimplemented
from .masks import merged, update_mask
from .zones import zone

SERVED_LOCALES = ("en_US", "ja_JP", "en", "ja")
_LOCALE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?$")


def checked_properties(properties: Json) -> Json:
    """The properties, if the sandbox can live by them: numbers and dates look as in the USA or in Japan only."""
    zone(properties["timeZone"])
    locale = properties["locale"]
    if not _LOCALE.match(locale):
        raise invalid(f"Unsupported locale: {locale}")
    if locale not in SERVED_LOCALES:
        raise unimplemented(f"the locale '{locale}': it reads and shows numbers and dates as en_US and ja_JP do")
    return properties


@handles("updateSpreadsheetProperties", "properties", "fields")
def update_spreadsheet_properties(edit: Edit, body: Json) -> Json:
    changed = merged(edit.book.properties, body.get("properties", {}), update_mask(body.get("fields")))
    edit.book.properties = checked_properties({**edit.book.properties, **changed})
    return {}

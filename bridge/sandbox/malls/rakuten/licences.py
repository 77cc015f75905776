"""Licence keys: made by hand in RMS, and dead after 90 days (rakuten.md §1.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from bridge.clock import JST
from bridge.sandbox.malls.rakuten.records import Licence
from bridge.sandbox.malls.rakuten.switches import RakutenSwitches


def first_licence(key: str, now: datetime, switches: RakutenSwitches) -> Licence:
    """The key a shop has from the beginning: accepted at once."""
    return Licence(key, now, _end_of_life(now, switches))


def issue(licences: list[Licence], key: str, now: datetime, switches: RakutenSwitches) -> Licence:
    """Another key: it may be accepted late, and the old one may die at once."""
    if switches.old_licence == "dies":
        licences.clear()
    accepted_from = now + timedelta(seconds=switches.licence_activation)
    licence = Licence(key, accepted_from, _end_of_life(now, switches))
    licences.append(licence)
    return licence


def accepted(licences: list[Licence], key: str, now: datetime) -> Licence | None:
    return next((one for one in licences if one.key == key and one.accepted_from <= now <= one.expires_at), None)


def _end_of_life(now: datetime, switches: RakutenSwitches) -> datetime:
    last_day = (now + timedelta(days=switches.licence_days)).astimezone(JST)
    return last_day.replace(hour=23, minute=59, second=59, microsecond=0)

"""Files that come in: when one is whole, which come in what order, what was taken already (rules 6 to 8).

What a file says and that it was taken is remembered at once, before it leaves its folder. A bridge that was killed in
between finds it there again, knows it, and puts it away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from bridge.channels.files import damage, facts
from bridge.channels.files.content import Changes, Content, Count, content_of, gone_or_zero
from bridge.channels.files.damage import Damaged
from bridge.channels.files.folders import Entry, Locked
from bridge.channels.files.names import Named, named
from bridge.channels.files.quarantine import Quarantine
from bridge.channels.files.told import Told
from bridge.clock import Clock
from bridge.errors import Hint, NeedsPerson, TryAgain
from bridge.file_profiles import PLACE, Profile, Tells
from bridge.remembered import Remembers


@dataclass(frozen=True)
class _Here:
    """A file as it lies in its folder. `path`: "" where a person let it in out of the quarantine · `since`: when it was
    first seen so, by the monotonic clock."""

    profile: Profile
    named: Named
    path: str
    mark: str  # name, size and time: whether it is the very same file
    since: float

    @property
    def name(self) -> str:
        return self.named.name


class Inbox:
    """The incoming side of one channel."""

    def __init__(
        self,
        profiles: Sequence[Profile],
        folder: Locked,
        quarantine: Quarantine,
        told: Told,
        memory: Remembers,
        clock: Clock,
        shape: str,
    ) -> None:
        self._profiles, self._folder, self._quarantine = profiles, folder, quarantine
        self._told, self._memory, self._clock, self._shape = told, memory, clock, shape
        self._seen: dict[str, dict[str, float]] = {}  # when a file was first seen as it is, by profile
        self._stuck: dict[str, Hint] = {}  # files that are dealt with and can't be put away, by name
        self._known: set[str] = set()  # files left where they are, whose content is known: in shadow they stay

    def look(self) -> None:
        """Take what has come. Raises TryAgain, NeedsPerson, Stop."""
        self._folder.looked()
        self._stuck = {}
        found = [(profile, self._folder.list(profile.folder) or ()) for profile in self._profiles]
        ready = [here for profile, entries in found for here in self._whole(profile, entries)]
        for here in sorted(ready, key=lambda here: here.named.order):
            try:
                data = self._folder.read(here.path)
            except FileNotFoundError:
                continue  # its partner took it back
            except Damaged as error:  # too big even to be looked at: it stays where it is
                self._known.add(here.mark)
                self._memory.put(refused=self._quarantine.put(here.name, b"", error.hint))
                continue
            self._take(here, data)
        for name, data in self._quarantine.approved():
            self._let_in(name, data)

    # --- which are whole ---------------------------------------------------------------------------------------------

    def _whole(self, profile: Profile, entries: Sequence[Entry]) -> list[_Here]:
        """Files of a profile that nobody is still writing, as they are to be taken. One that still grows holds up those
        after it; one whose mark never comes doesn't."""
        names, now = {entry.name for entry in entries}, self._clock.monotonic()
        before, seen = self._seen.get(profile.name, {}), dict[str, float]()
        found: list[tuple[_Here, bool]] = []
        for entry in entries:
            name = named(profile, entry.name)
            if name is None or entry.name in self._marks(profile, names):
                continue
            path = f"{profile.folder}/{entry.name}" if profile.folder else entry.name
            mark = f"{path} {entry.size} {entry.time}"
            seen[mark] = since = before.get(mark, now)
            here = _Here(profile, name, path, mark, since)
            done = profile.done.replace("{name}", entry.name)
            whole = done in names if profile.done else now - since >= facts.STEADY_SECONDS
            found.append((here, whole))
        self._seen[profile.name] = seen
        self._known -= before.keys() - seen.keys()
        ready = []
        for here, whole in sorted(found, key=lambda each: each[0].named.order):
            if not whole and not profile.done:
                break
            if whole and here.mark not in self._known:
                ready.append(here)
        return ready

    def _marks(self, profile: Profile, names: set[str]) -> set[str]:
        return {profile.done.replace("{name}", name) for name in names} if profile.done else set()

    # --- taking one --------------------------------------------------------------------------------------------------

    def _take(self, here: _Here, data: bytes) -> None:
        digest = sha256(data).hexdigest()
        before = self._taken().get(digest)
        if before is not None and before["mark"] == here.mark:
            self._put_away(here, "" if before["state"] == "taken" else "error")
            return
        again = before if before is not None and before["state"] == "taken" else None  # one refused is judged again
        try:
            content = content_of(here.profile, here.named, data, self._clock.now(), self._shape)
            if again is not None and not self._is_later(here, content):
                if isinstance(content, Changes) and content.rows:
                    raise damage.again(again["name"])
                self._put_away(here)
                return
            content = self._told.beyond(content, self._versions(here))
            self._in_order(here, content)
            if isinstance(content, Count):
                self._plausible(here, content)
        except Damaged as error:
            self._refuse(here, data, f"{digest} {here.mark}" if again else digest, error.hint)
            return
        self._accept(here, content, digest)

    def _is_later(self, here: _Here, content: Content) -> bool:
        """Whether what a file says again is news: that it is so still, or once more. Of goods that moved it is not."""
        last = self._last(here.profile)
        moved = here.profile.tells in (Tells.CHANGES, Tells.SHIPMENTS)
        return not moved and (last is None or content.at > last.at)

    def _let_in(self, name: str, data: bytes) -> None:
        """A file that a person let in: held against everything but plausibility."""
        for profile in self._profiles:
            mine = named(profile, name)
            if mine is None:
                continue
            now = self._clock.monotonic()
            digest, here = sha256(data).hexdigest(), _Here(profile, mine, "", f"approved {name}", now)
            try:
                content = content_of(profile, mine, data, self._clock.now(), self._shape)
                content = self._told.beyond(content, self._versions(here))
                self._in_order(here, content)
            except Damaged as error:
                self._quarantine.remove(name)
                self._refuse(here, data, digest, error.hint)
                return
            self._accept(here, content, digest)
            self._quarantine.remove(name)
            return

    def _in_order(self, here: _Here, content: Content) -> None:
        """A snapshot older than the last one is of no use; changes that a count has in it already would count twice.
        Raises Damaged."""
        last, number = self._last(here.profile), here.named.number
        if last is not None and isinstance(content, Count) and content.at <= last.at:
            raise damage.older(last.name)
        if last is not None and number is not None and number <= last.number:
            raise damage.older(last.name)
        for counted in self._profiles if isinstance(content, Changes) and content.rows else ():
            count = self._last(counted) if counted.tells is Tells.STOCK else None
            if count is not None and content.at <= count.at:
                raise damage.older(count.name)

    def _plausible(self, here: _Here, content: Count) -> None:
        """Raises Damaged where so much is gone that a person must look (rule 8)."""
        before = self._told.units(here.profile)
        stocked = sum(1 for units in before.values() if units)
        changed = sum(1 for _ in gone_or_zero(before, content.units))
        none_left = not before and not any(content.units.values())
        if none_left or (changed >= facts.FEW_ROWS and changed > facts.MOST_CHANGED * stocked):
            raise damage.guarded(changed or len(content.units), stocked or len(content.units))

    def _accept(self, here: _Here, content: Content, digest: str) -> None:
        before, at = self._last(here.profile), content.at
        seen = self._clock.now() - timedelta(seconds=self._clock.monotonic() - here.since)
        heard = min(at, seen)  # its partner's clock may be ahead
        last = {
            "at": (max(at, before.at) if before else at).isoformat(),
            "heard": (max(heard, before.heard) if before else heard).isoformat(),
            "number": here.named.number or 0,
            "name": here.name,
        }
        self._memory.put(
            **self._noted(here, digest, "taken"),
            last={**self._memory.get("last", {}), here.profile.name: last},
            **self._told.with_(here.profile, content, digest, self._versions(here)),
        )
        self._put_away(here)

    def _refuse(self, here: _Here, data: bytes, digest: str, reason: Hint) -> None:
        refused = self._quarantine.put(here.name, data, reason)
        self._memory.put(**self._noted(here, digest, "refused"), refused=refused)
        self._put_away(here, "error")

    def _put_away(self, here: _Here, folder: str = "") -> None:
        """Out of its folder, where we may write; else it stays, and is not read again. What was refused lies in the
        quarantine already. Where it can't be moved it is told, and tried again: what it says counts all the same."""
        if not here.path:
            return
        if not self._folder.may_write:
            self._known.add(here.mark)
            return
        try:
            self._remove(here, folder)
        except (TryAgain, NeedsPerson) as error:
            self._stuck[here.name] = _stuck(here.name, error.hint)

    def _remove(self, here: _Here, folder: str) -> None:
        """Raises TryAgain, NeedsPerson, Stop."""
        profile = here.profile
        if profile.after:
            root = f"{profile.folder}/" if profile.folder else ""
            self._folder.move(here.path, f"{root}{folder or profile.after}/{here.name}")
        else:
            self._folder.delete(here.path)
        if profile.done:
            self._folder.delete(here.path.removesuffix(here.name) + profile.done.replace("{name}", here.name))

    def alarms(self) -> Mapping[str, Hint]:
        """Files that lie where they lay, though they are dealt with."""
        return self._stuck

    def newest(self, profile: Profile, tells: Tells) -> datetime | None:
        """As of when the newest file of a profile is, where it tells that and one has come; at the latest when it was
        first seen."""
        last = self._last(profile) if profile.tells is tells else None
        return last.heard if last else None

    # --- what is remembered ------------------------------------------------------------------------------------------

    def _taken(self) -> Mapping[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = self._memory.get("taken", {})
        return found

    def _versions(self, here: _Here) -> list[str]:
        """Digests of what was taken under this very name, where each file has a name of its own: an upload that was
        resumed, rows that were added. A name without {time} or {number} may be another file each day."""
        if not PLACE.search(here.profile.file):
            return []
        taken = self._taken().items()
        return [digest for digest, each in taken if each["name"] == here.name and each["state"] == "taken"]

    def _noted(self, here: _Here, digest: str, state: str) -> dict[str, Any]:
        taken = {**self._taken(), digest: {"name": here.name, "mark": here.mark, "state": state}}
        return {"taken": dict(list(taken.items())[-facts.REMEMBERED :])}

    def _last(self, profile: Profile) -> _Last | None:
        found = self._memory.get("last", {}).get(profile.name)
        if not found:
            return None
        at, heard = (datetime.fromisoformat(each) for each in (found["at"], found.get("heard", found["at"])))
        return _Last(at, heard, found["number"], found["name"])


@dataclass(frozen=True)
class _Last:
    """The last file of a profile that was taken."""

    at: datetime
    heard: datetime
    number: int
    name: str


def _stuck(name: str, reason: Hint) -> Hint:
    return Hint(
        f"ファイル {name} は処理しましたが、片付けられません。{reason.ja}",
        f"The file {name} is dealt with, but can't be put away. {reason.en}",
    )

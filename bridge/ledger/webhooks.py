"""Which webhooks have come: their ids, topics and order ids, so that a second delivery is known for one."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, insert, or_, select

from bridge.ledger.schema import webhook
from bridge.notices import Notice


class WebhookBook:
    def __init__(self, conn: Connection, at: str) -> None:
        self._conn, self._at = conn, at

    def take(self, sender: str, notice: Notice) -> bool:
        """Remember it. False where it has come before, be it under another id."""
        same = or_(webhook.c.event == notice.event, webhook.c.digest == notice.digest)
        if self._conn.execute(select(webhook.c.event).where(webhook.c.sender == sender, same)).first() is not None:
            return False
        values = {"event": notice.event, "topic": notice.topic, "order": notice.order, "digest": notice.digest}
        self._conn.execute(insert(webhook).values(sender=sender, at=self._at, **values))
        return True

    def forget(self, before: str) -> None:
        """Drop those that came before `before` (ISO text)."""
        self._conn.execute(delete(webhook).where(webhook.c.at < before))

    def count(self) -> int:
        return self._conn.execute(select(func.count()).select_from(webhook)).scalar_one()

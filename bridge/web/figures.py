"""How the bridge is doing, for machines: /healthz as JSON, /metrics for Prometheus. No SKU, no order, no name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bridge.domain.unheard import Contact
from bridge.flows.health import ChannelHealth, Health


class Outcome(StrEnum):
    """What became of something sent to a webhook's address."""

    NEW = "new"
    REPEATED = "repeated"
    UNTIMELY = "untimely"
    FORGED = "forged"
    NOT_FOR_US = "not for us"
    GREETING = "greeting"


class Figures:
    """Counts webhooks, and asks for the rest when it is asked."""

    def __init__(self, health: Callable[[], Health]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_HealthCollector(health))
        self._webhooks = Counter(
            "bridge_webhooks", "What came to a webhook's address", ["sender", "outcome"], registry=self._registry
        )

    def count(self, sender: str, outcome: Outcome) -> None:
        self._webhooks.labels(sender, outcome.value).inc()

    def text(self) -> bytes:
        return generate_latest(self._registry)


OF_ALL: tuple[tuple[str, str, Callable[[Health], float | None]], ...] = (
    ("bridge_ok", "1 where /healthz answers 200", lambda it: float(it.ok)),
    ("bridge_live", "1 live, 0 in shadow", lambda it: float(it.live)),
    ("bridge_questions", "Open rows of the tab To settle", lambda it: float(it.questions)),
    ("bridge_alerts_failing", "Addresses that take no alerts", lambda it: float(it.alerts_failing)),
    ("bridge_sheet_age_seconds", "Since the table was last read", lambda it: _age(it, it.sheet_read_at)),
    (
        "bridge_unconfirmed_age_seconds",
        "Age of the oldest change that some channel doesn't show yet; absent where there is none",
        lambda it: _age(it, it.unconfirmed_since),
    ),
)
OF_ONE: tuple[tuple[str, str, Callable[[Health, ChannelHealth], float | None]], ...] = (
    ("bridge_channel_live", "1 live, 0 in shadow", lambda _, one: float(one.live)),
    ("bridge_channel_heard", "1 heard or closed, 0 silent or blind", lambda _, one: float(_heard(one))),
    ("bridge_channel_trouble", "1 where a person is needed", lambda _, one: float(one.trouble is not None)),
    ("bridge_channel_orders_age_seconds", "Its lag: since its orders are complete", lambda it, one: _lag(it, one)),
    ("bridge_channel_lowering", "Listings that show too much", lambda _, one: float(one.lowering)),
    ("bridge_channel_raising", "Listings that show too little", lambda _, one: float(one.raising)),
    (
        "bridge_channel_lowering_age_seconds",
        "Age of the oldest lowering that it doesn't show yet; absent where there is none",
        lambda it, one: _age(it, one.lowering_since),
    ),
    ("bridge_channel_held_back", "Units it may have sold unseen", lambda _, one: float(one.held_back)),
)


class _HealthCollector(Collector):
    def __init__(self, health: Callable[[], Health]) -> None:
        self._health = health

    def describe(self) -> list[Metric]:
        """Nothing is looked up for the mere registration."""
        return []

    def collect(self) -> Iterator[Metric]:
        health = self._health()
        for name, text, value_of in OF_ALL:
            value = value_of(health)
            if value is not None:
                yield GaugeMetricFamily(name, text, value)
        for name, text, value_of_one in OF_ONE:
            family = GaugeMetricFamily(name, text, labels=["channel"])
            for one in health.channels:
                value = value_of_one(health, one)
                if value is not None:
                    family.add_metric([one.name], value)
            yield family


def as_json(health: Health) -> str:
    """Why a person is needed stands in 要対応, not here."""
    return json.dumps(
        {
            "ok": health.ok,
            "live": health.live,
            "questions": health.questions,
            "sheet_age_seconds": _age(health, health.sheet_read_at),
            "unconfirmed_age_seconds": _age(health, health.unconfirmed_since),
            "channels": {
                one.name: {
                    "live": one.live,
                    "contact": one.contact.value,
                    "trouble": one.trouble is not None,
                    "orders_age_seconds": _lag(health, one),
                    "lowering": one.lowering,
                    "lowering_age_seconds": _age(health, one.lowering_since),
                    "raising": one.raising,
                    "held_back": one.held_back,
                }
                for one in health.channels
            },
        }
    )


def _heard(one: ChannelHealth) -> bool:
    return one.contact in (Contact.HEARD, Contact.CLOSED)


def _lag(health: Health, one: ChannelHealth) -> float | None:
    return _age(health, one.orders_until)


def _age(health: Health, at: datetime | None) -> float | None:
    return None if at is None else round((health.at - at) / timedelta(seconds=1), 1)

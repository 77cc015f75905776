"""The small shop with people who are told: alerts go by apprise, over HTTP, into a receiver's boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bridge.config import Alerts, Config
from bridge.delivery import send
from bridge.outside import Outside
from bridge.settings import Secret
from tests.support.receiver import Alert, Receiver
from tests.support.settling import rounds_of_each
from tests.support.world import World

MINUTE, HOUR, DAY = 60.0, 3600.0, 24 * 3600.0


@dataclass
class TellingWorld(World):
    """Staff in /staff hear of everything, the owner in /owner of keys."""

    receiver: Receiver = field(default_factory=Receiver)

    def _config(self) -> Config:
        to, owner = (((Secret(self.receiver.address(box))),) for box in ("/staff", "/owner"))
        return replace(super()._config(), alerts=Alerts(to, owner, low_stock=0))

    def outside(self) -> Outside:
        return replace(super().outside(), deliver=send)

    def tell(self) -> list[Alert]:
        """The bridge's rounds, then a round of alerts; what staff got."""
        rounds_of_each(self)
        assert self.service.alerting is not None
        self.service.alerting.run()
        return self.receiver.take()

    def every(self, minutes: float, until: Callable[[int], bool]) -> list[Alert]:
        """The same again and again."""
        found, count = list[Alert](), 0
        while not until(count):
            found, count = found + self.tell(), count + 1
            self.clock.sleep(minutes * MINUTE)
        return found

    def at(self, hour: float) -> None:
        """It is so late in Japan, today or tomorrow."""
        now = (self.clock.now().hour + 9) % 24 + self.clock.now().minute / 60 + self.clock.now().second / 3600
        self.clock.sleep((hour - now) % 24 * HOUR)

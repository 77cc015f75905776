"""How long Google takes: an honest model, so that figures taken in the sandbox mean something."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Latency:
    """Seconds. Every part is a dial."""

    base: float = 0.25
    """a call's way there and back"""
    per_request: float = 0.010
    """each request inside a batchUpdate"""
    per_thousand_cells: float = 0.005
    """each thousand cells in the answer"""

    @classmethod
    def none(cls) -> Latency:
        return cls(0.0, 0.0, 0.0)

    def of(self, requests: int, cells: int) -> float:
        return self.base + self.per_request * requests + self.per_thousand_cells * cells / 1000

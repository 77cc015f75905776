from __future__ import annotations

import pytest

from tests.contract.tills.bench import TILLS, SmaregiTill, Till


@pytest.fixture(params=TILLS)
def till(request: pytest.FixtureRequest) -> Till:
    """Each till in turn: a test that takes it is part of the conformance suite."""
    return TILLS[request.param]()


@pytest.fixture
def smaregi() -> SmaregiTill:
    return SmaregiTill()

"""What a long run counted, kept for the pages that `make reliability` writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path("var/reliability")


def keep(name: str, figures: Mapping[str, Any]) -> None:
    """The newest run of that name counts."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def kept(name: str) -> Any:
    """None where there was no such run here."""
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

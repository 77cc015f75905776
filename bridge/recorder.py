"""`--record`: every request and answer of a run, one JSON object a line."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import IO

from bridge.channels.http import RequestRecord
from bridge.outside import Outside
from bridge.sheet.http import Call


class Recorder:
    """Into a file, where one is named. Keys and buyers never reach it."""

    def __init__(self, path: Path | None) -> None:
        self._file: IO[str] | None = path.open("a", encoding="utf-8") if path else None

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def outside(self) -> Outside:
        if self._file is None:
            return Outside()
        return Outside(on_sheet_call=self._sheet, on_mall_call=self._mall)

    def _sheet(self, call: Call) -> None:
        self._write({"to": "google", **asdict(call)})

    def _mall(self, call: RequestRecord) -> None:
        self._write({"to": "mall", **asdict(call)})

    def _write(self, line: dict[str, object]) -> None:
        assert self._file is not None
        self._file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
        self._file.flush()

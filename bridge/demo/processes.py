"""Sandbox and bridge as processes of their own, each with a log file. None outlives the demo, not even a killed one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

START = 60.0  # seconds to start, on a machine that has much else to do
PATIENCE = 20.0  # seconds to end
_MAIN = "from bridge.cli import main; raise SystemExit(main())"
_PROGRAM = (sys.executable, "-c", _MAIN)
_WITH_US = (sys.executable, "-c", f"from bridge.demo.orphan import end_with_parent; end_with_parent(); {_MAIN}")


class Died(Exception):
    """A process of the demo ended by itself. Says which, and what it said last."""


class Process:
    """`bridge <arguments>`, out of reach of the terminal's Ctrl-C, which is for the demo alone."""

    def __init__(self, name: str, arguments: Sequence[str], log: Path) -> None:
        self.name, self._log = name, log
        self._seen = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [*_WITH_US, *arguments], stdout=out, stderr=out, stdin=subprocess.PIPE, start_new_session=True
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def check(self) -> None:
        """Raises Died."""
        code = self._process.poll()
        if code is not None:
            raise Died(f"{self.name} ended with {code}: {self.last_words()}")

    def said(self, start: str, patience: float = START) -> str:
        """The first line since its start that begins so, within `patience` seconds. Raises Died, TimeoutError."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            for line in self._text().splitlines():
                if line.startswith(start):
                    return line
            self.check()
            time.sleep(0.05)
        raise TimeoutError(f"{self.name} did not start: {self.last_words()}")

    def last_words(self) -> str:
        return " / ".join(self._text().strip().splitlines()[-3:])

    def _text(self) -> str:
        with self._log.open("rb") as file:
            file.seek(self._seen)
            return file.read().decode("utf-8", "replace")

    def kill(self) -> None:
        """kill -9, in the middle of whatever it does."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """SIGTERM, and kill -9 where that is not heard."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()


class Processes:
    """Every process of one demo; leaving the block ends them, the latest first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[Process] = []

    def start(self, name: str, *arguments: str) -> Process:
        process = Process(name, arguments, self._folder / f"{name}.log")
        self._running.append(process)
        return process

    def run(self, name: str, *arguments: str) -> None:
        """One that ends by itself. Raises Died where it fails."""
        code, said = self.ask(name, *arguments)
        if code:
            raise Died(f"{name} ended with {code}: {said[-500:]}")

    def ask(self, name: str, *arguments: str) -> tuple[int, str]:
        """One that ends by itself: its exit code and what it printed."""
        done = subprocess.run(
            [*_PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
        with (self._folder / f"{name}.log").open("ab") as log:
            log.write(done.stdout)
        return done.returncode, done.stdout.decode("utf-8", "replace").strip()

    def check(self) -> None:
        for process in self._running:
            process.check()

    def forget(self, process: Process) -> None:
        self._running.remove(process)

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self._running):
            process.stop()


def leave_on_signals() -> None:
    """The demo's own SIGTERM and hang-up unwind the stack, so that every process is ended."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    if os.name == "posix":
        signal.signal(signal.SIGHUP, leave)


def free_port() -> int:
    """One that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

"""A person at a terminal of this machine: a real program behind a pseudo-terminal, its prompts answered one by one."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PROMPTS = ("> ", ": ")
PATIENCE = 30.0  # seconds until a prompt


def at_terminal(
    command: Sequence[str],
    answers: Sequence[str] = (),
    *,
    folder: Path | None = None,
    env: Mapping[str, str] | None = None,
    patience: float = PATIENCE,
    enough: Callable[[], bool] = lambda: False,
) -> tuple[int, str]:
    """The exit code, and all that the terminal showed. `patience`: seconds for each answer and for the end · `enough`:
    when Ctrl-C is pressed."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder or Path.cwd())
        os.execvpe(command[0], list(command), dict(env or os.environ))
    shown, left, pressed = "", list(answers), False
    until = time.monotonic() + patience * (len(answers) + 1)
    while time.monotonic() < until:
        ready, _, _ = select.select([terminal], [], [], 0.2)
        if ready:
            try:
                part = os.read(terminal, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part.decode(errors="replace")
            if shown.endswith(PROMPTS) and left:
                os.write(terminal, (left.pop(0) + "\n").encode())
                shown += "\n"
        elif enough() and not pressed:
            pressed = True
            os.write(terminal, b"\x03")
    else:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown

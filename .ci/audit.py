"""`make audit`: asks the OSV advisory service (api.osv.dev) which pinned packages have known vulnerabilities.

One request for all of requirements.lock. Where the service can't be reached, nothing is audited: a line says so and the
exit code is 0, so that a machine without the internet can still lint. Known vulnerabilities: a line each, exit code 1.
An advisory that doesn't concern us is named in ACCEPTED, with the reason.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import httpx

LOCK = Path(__file__).parents[1] / "requirements.lock"
SERVICE = "https://api.osv.dev/v1/querybatch"
SECONDS = 5.0
ACCEPTED: Mapping[str, str] = {}
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def audit(pins: list[tuple[str, str]], client: httpx.Client) -> list[str]:
    """A line per vulnerability. Raises httpx.HTTPError, ValueError or LookupError where there is no proper answer."""
    asked = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in pins]
    answer = client.post(SERVICE, json={"queries": asked})
    answer.raise_for_status()
    results = answer.json()["results"]
    if len(results) != len(pins):
        raise ValueError(f"{len(results)} answers to {len(pins)} questions")
    return [
        f"{name} {version}: {each['id']} https://osv.dev/{each['id']}"
        for (name, version), result in zip(pins, results, strict=True)
        for each in result.get("vulns") or []
        if each["id"] not in ACCEPTED
    ]


def main(client: httpx.Client) -> int:
    pins = PIN.findall(LOCK.read_text(encoding="utf-8"))
    try:
        found = audit(pins, client)
    except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
        print(f"audit: NOT DONE, the advisory service gives no answer here ({type(error).__name__})")
        return 0
    for line in found:
        print(line)
    print(f"audit: {len(pins)} packages, {len(found) or 'no'} known vulnerabilities")
    return 1 if found else 0


if __name__ == "__main__":
    # Looking up the service's name can hang where there is no network, and no timeout of a client ends that.
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(main(httpx.Client(timeout=SECONDS))), daemon=True)
    thread.start()
    thread.join(2 * SECONDS)
    if not codes:
        print("audit: NOT DONE, no answer in time")
    sys.stdout.flush()
    os._exit(codes[0] if codes else 0)

"""The sandbox under one address: Google's paths at the root, the malls under /malls/, its own panel under /sandbox/."""

from __future__ import annotations

import json
import logging
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.server import create_server
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from bridge.clock import Clock, SystemClock
from bridge.sandbox.faults import Faults
from bridge.sandbox.latency import Latency
from bridge.sandbox.malls.amazon import Amazon
from bridge.sandbox.malls.colorme import ColorMe
from bridge.sandbox.malls.control import Control
from bridge.sandbox.malls.eccube import EcCube
from bridge.sandbox.malls.mall import Mall
from bridge.sandbox.malls.rakuten import Rakuten
from bridge.sandbox.malls.shopify import Shopify
from bridge.sandbox.malls.smaregi import Smaregi
from bridge.sandbox.malls.square import Square, panel
from bridge.sandbox.malls.woocommerce import WooCommerce
from bridge.sandbox.malls.world import seed_world
from bridge.sandbox.malls.yahoo import Yahoo
from bridge.sandbox.packer import Packer, PackerDials
from bridge.sandbox.people import People
from bridge.sandbox.sheets_api import Quota, ServiceAccountKey, SheetsApi, Spreadsheet
from bridge.sandbox.sheets_control import SheetsControl
from bridge.sandbox.shoppers import ShopperDials, Shoppers
from bridge.sandbox.staff import Staff, StaffDials
from bridge.sandbox.state import Part, Saver, StateFile
from bridge.sandbox.usage import Usage

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)
THREADS = 8
TICK = 0.05  # seconds between two looks of the people at the clock
KEY_FILE, PEOPLE_FILE, STATE_FILE = "service_account.json", "people.json", "sandbox.sqlite3"


class Crowd:
    """Shoppers, packer and staff, each driven by a thread of its own from start to stop."""

    def __init__(self, clock: Clock, malls: tuple[Mall, ...], staff: str) -> None:
        """`staff`: the account that the staff are signed in with."""
        self._clock = clock
        self._staff = staff
        self._malls = malls
        self._lock = threading.Lock()
        self._workers: dict[str, tuple[Shoppers | Packer | Staff, threading.Event]] = {}

    def start_shoppers(self, dials: ShopperDials, hot_skus: list[str], seed: int) -> None:
        self._start("shoppers", Shoppers(self._malls, self._clock, seed=seed, dials=dials, hot_skus=hot_skus))

    def start_packer(self, dials: PackerDials, seed: int) -> None:
        self._start("packer", Packer(self._malls, self._clock, seed=seed, dials=dials))

    def stop_shoppers(self) -> None:
        self._stop("shoppers")

    def stop_packer(self) -> None:
        self._stop("packer")

    def start_staff(self, spreadsheet: Spreadsheet, dials: StaffDials, skus: list[str], seed: int) -> None:
        self._start("staff", Staff(spreadsheet, self._clock, seed, dials, frozenset(skus), user=self._staff))

    def stop_staff(self) -> None:
        """They still finish what they have begun."""
        staff = self.staff()
        if staff is not None:
            staff.stop()

    def staff(self) -> Staff | None:
        with self._lock:
            worker = self._workers.get("staff")
        return worker[0] if worker and isinstance(worker[0], Staff) else None

    def counts(self) -> dict[str, dict[str, int]]:
        """What each has done since it was last started."""
        with self._lock:
            return {name: dict(worker.counts) for name, (worker, _) in self._workers.items()}

    def demand(self) -> dict[str, int]:
        """Units wanted of each SKU, whether there were any or not."""
        with self._lock:
            worker = self._workers.get("shoppers")
        return dict(worker[0].demand) if worker and isinstance(worker[0], Shoppers) else {}

    def seat(self, name: str, worker: Shoppers | Packer | Staff) -> threading.Event:
        """Somebody whose `step` is called from elsewhere, in place of whoever had that name."""
        self._stop(name)
        stopped = threading.Event()
        with self._lock:
            self._workers[name] = (worker, stopped)
        return stopped

    def _start(self, name: str, worker: Shoppers | Packer | Staff) -> None:
        stopped = self.seat(name, worker)
        threading.Thread(target=self._run, args=(worker, stopped), name=f"sandbox-{name}", daemon=True).start()

    def _stop(self, name: str) -> None:
        with self._lock:
            if name in self._workers:
                worker, stopped = self._workers[name]
                stopped.set()
                worker.stop()

    @staticmethod
    def _run(worker: Shoppers | Packer | Staff, stopped: threading.Event) -> None:
        while not stopped.wait(TICK):
            try:
                worker.step()
            except Exception:  # the rest of the sandbox goes on
                log.exception("%s stumbled", type(worker).__name__)


class Sandbox:
    """Everything that stands where Google and the malls stand, as one WSGI application."""

    def __init__(
        self,
        clock: Clock,
        key: ServiceAccountKey,
        *,
        quota: Quota | None = Quota(),  # noqa: B008  (immutable)
        latency: Latency = Latency.none(),  # noqa: B008
        seed: int = 0,
        people: People | None = None,
    ) -> None:
        self.clock = clock
        self._counting = threading.Lock()
        self.sheets = SheetsApi(clock=clock, key=key, quota=quota, latency=latency)
        self.service_account = key.client_email
        self.people = people or People.create()
        for person in (self.people.owner, self.people.staff):
            self.sheets.welcome(person.email, person.token)
        self.rakuten = Rakuten(clock, seed=seed)
        self.shopify = Shopify(clock, seed=seed)
        self.amazon = Amazon(clock, seed=seed)
        self.yahoo = Yahoo(clock, seed=seed)
        self.woocommerce = WooCommerce(clock, seed=seed)
        self.colorme = ColorMe(clock, seed=seed)
        self.eccube = EcCube(clock, seed=seed)
        self.smaregi = Smaregi(clock, seed=seed)
        self.square = Square(clock, seed=seed)
        malls = (
            self.rakuten,
            self.shopify,
            self.amazon,
            self.yahoo,
            self.woocommerce,
            self.colorme,
            self.eccube,
            self.smaregi,
            self.square,
        )
        self.malls: dict[str, Mall] = {mall.name: mall for mall in malls}
        self.crowd = Crowd(clock, malls, self.people.staff.email)
        self.usage = Usage(self.sheets, clock)
        self.faults = {"sheets": Faults(self.usage, clock, seed=seed)}
        for number, mall in enumerate(malls, 1):
            self.faults[mall.name] = Faults(mall, clock, seed=seed + number)
        self.calls: Counter[str] = Counter()  # "sheets GET", "rakuten POST", … since the start
        office = SheetsControl(self.sheets, self.usage, self.crowd, self.new_spreadsheet, self.people.staff.email)
        control = Control(
            clock,
            self.shopify,
            self.faults,
            self.crowd,
            self.calls,
            [*office.routes(), *panel.routes(self.square)],
            amazon=self.amazon,
            malls=self.malls,
        )
        self._wsgi = DispatcherMiddleware(
            self.faults["sheets"],
            {f"/malls/{name}": self.faults[name] for name in self.malls} | {"/sandbox": _at_root(control)},
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        kind = f"{_part(environ['PATH_INFO'])} {environ['REQUEST_METHOD']}"
        with self._counting:
            self.calls[kind] += 1
        return self._wsgi(environ, start_response)

    def new_spreadsheet(self, title: str, locale: str = "ja_JP", zone: str = "Asia/Tokyo") -> Spreadsheet:
        """One that the owner made and shared with the staff and the service account, to be edited."""
        store = self.sheets.store
        with store.lock:
            made = store.create(title, owner=self.people.owner.email, locale=locale, zone=zone)
            for email in (self.people.staff.email, self.service_account):
                store.share(made, email, "writer")
            return made

    def parts(self) -> dict[str, Part]:
        """What survives a restart."""
        return {"sheets": self.sheets, **self.malls}


class Server:
    """A sandbox on a socket, its state in `state_dir`."""

    def __init__(
        self,
        port: int,
        state_dir: Path,
        *,
        empty: bool = False,
        quota: Quota | None = Quota(),  # noqa: B008  (immutable)
        latency: Latency = Latency.none(),  # noqa: B008
        clock: Clock | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        """`port` 0 takes any free one. Without `empty`, a sandbox that has no state yet gets a world to sell."""
        state_dir.mkdir(parents=True, exist_ok=True)
        listener = _listen(host, port)
        self.address = f"http://{host}:{listener.getsockname()[1]}"
        key = _key(state_dir / KEY_FILE, f"{self.address}/token")
        people = People.kept_in(state_dir / PEOPLE_FILE)
        self.sandbox = Sandbox(clock or SystemClock(), key, quota=quota, latency=latency, people=people)
        self._file = StateFile(state_dir / STATE_FILE, self.sandbox.parts())
        if not self._file.load() and not empty:
            seed_world((self.sandbox.rakuten, self.sandbox.shopify))
        self._saver = Saver(self._file)
        self._courier_stopped = threading.Event()
        self._map: dict[int, Any] = {}
        self._server = create_server(self.sandbox, map=self._map, sockets=[listener], threads=THREADS, ident=None)

    def run(self) -> None:
        """Serve until `stop`, SIGTERM or Ctrl-C; what was said by then is saved."""
        self._saver.start()
        threading.Thread(target=self._deliver, name="sandbox-courier", daemon=True).start()
        try:
            self._server.run()
        finally:
            self.sandbox.crowd.stop_shoppers()
            self.sandbox.crowd.stop_packer()
            self._courier_stopped.set()
            self._saver.stop()

    def _deliver(self) -> None:
        """Send the malls' webhooks to whoever asked for them."""
        malls = self.sandbox
        couriers = (
            malls.shopify.courier,
            malls.woocommerce.courier,
            malls.eccube.courier,
            malls.smaregi.courier,
            malls.square.courier,
        )
        while not self._courier_stopped.wait(TICK):
            for courier in couriers:
                courier.step()
        for courier in couriers:
            courier.close()

    def stop(self) -> None:
        """From another thread: close the sockets, which ends `run`."""
        with suppress(OSError):  # the server was awake already, and took the order before it was nudged
            self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._map))


def serve(
    port: int,
    state_dir: Path,
    *,
    empty: bool = False,
    quota: bool = True,
    latency: Latency = Latency(),  # noqa: B008  (immutable)
    say: Callable[[str], None] = lambda line: print(line, flush=True),
) -> None:
    """`bridge sandbox`. The first line said is the address."""
    server = Server(port, state_dir, empty=empty, quota=Quota() if quota else None, latency=latency)
    signal.signal(signal.SIGTERM, _leave)
    say(server.address)
    say(f"service account: {state_dir / KEY_FILE}")
    say(f"owner and staff, with a token each: {state_dir / PEOPLE_FILE}")
    server.run()


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)  # the server's loop takes it as the order to finish


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(128)
    return listener


def _key(path: Path, token_uri: str) -> ServiceAccountKey:
    """The key of the first start; only its address follows the port."""
    if path.exists():
        key = replace(ServiceAccountKey.from_file_json(json.loads(path.read_text())), token_uri=token_uri)
    else:
        key = ServiceAccountKey.create(token_uri)
    path.touch(mode=0o600)
    path.write_text(json.dumps(key.as_file_json(), indent=2) + "\n")
    return key


def _part(path: str) -> str:
    """Whose call it is: `/v4/…` is a Sheets call, `/malls/x/…` one of the mall x, else the first word."""
    words = [*path.split("/"), "", ""]
    return {"v4": "sheets", "malls": words[2]}.get(words[1], words[1])


def _at_root(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Give a mounted application its whole path back."""

    def mounted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["SCRIPT_NAME"] + environ["PATH_INFO"]
        return app({**environ, "SCRIPT_NAME": "", "PATH_INFO": path}, start_response)

    return mounted

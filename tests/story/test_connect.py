"""`bridge connect`, typed at a terminal, against the malls' simulators on a socket."""

from __future__ import annotations

import re
import sys
import threading
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import pytest

from bridge.channel_settings import FILES, Channels, is_secret, kind_of
from bridge.config import one_channel
from bridge.connect_plans import plans
from bridge.sandbox.server import Sandbox, Server
from tests.support.sftp_server import PASSWORD, USER, SftpServer
from tests.support.terminal import at_terminal

YES = "y"


class Shops:
    """A sandbox on a socket, and a folder with a settings file that names no channel's address but the sandbox's."""

    def __init__(self, folder: Path) -> None:
        self.server = Server(0, folder / "sandbox", empty=True, quota=None)
        self.address = self.server.address
        self.malls: Sandbox = self.server.sandbox
        self.settings = folder / "bridge.toml"
        threading.Thread(target=self.server.run, daemon=True).start()

    def write(self, *lines: str) -> None:
        self.settings.write_text("\n".join([*lines, ""]), encoding="utf-8")

    def section(self, channel: str) -> dict[str, object]:
        found: dict[str, object] = tomllib.loads(self.settings.read_text(encoding="utf-8"))["channels"][channel]
        return found


@pytest.fixture
def shops(tmp_path: Path) -> Iterator[Shops]:
    shops = Shops(tmp_path)
    shops.write("[bridge]")
    yield shops
    shops.server.stop()


def typed(shops: Shops, channel: str, answers: Sequence[str]) -> tuple[int, str]:
    """The exit code and all that the terminal showed."""
    program = Path(sys.executable).with_name("bridge")
    return at_terminal([str(program), "connect", channel, "--config", str(shops.settings)], answers)


def test_every_setting_that_is_asked_for_is_one_and_all_that_are_needed_are_asked() -> None:
    assert plans().keys() == Channels.__annotations__.keys()
    for channel, plan in plans().items():
        asked = {name for name in plan["ask"] if name != "optional"}
        asked |= {plan.get("consent", {}).get(name) for name in ("gives", "dated")} - {None}
        with pytest.raises(Exception) as caught:  # noqa: PT011
            one_channel(f"{channel}.partner" if channel == FILES else channel, {}, Path("bridge.toml"))
        needed = {each.setting.rpartition(".")[2] for each in getattr(caught.value, "problems", ())}
        assert needed <= asked, (channel, needed - asked)
        assert set(plan["ask"]["optional"]) <= asked
        settings = {each.name for each in fields(kind_of(channel))}
        renewed = {name for way in plan.get("ways", ()) for name in way} | set(plan.get("replaced", ()))
        assert set(plan["renew"]) <= asked
        assert renewed <= settings
        assert plan["renew"] or "consent" in plan


def test_a_shop_of_woocommerce(shops: Shops) -> None:
    site = f"{shops.address}/malls/woocommerce"
    secret = "cs_sandbox"
    code, shown = typed(shops, "woocommerce", ["tea", site, "ck_sandbox", secret, "本社倉庫、渋谷店", ""])
    assert code == 0, shown
    assert shown.count("✓") == 5
    assert "✗" not in shown
    assert secret not in shown  # nothing secret is echoed
    assert shops.section("woocommerce") == {
        "shop": "tea",
        "site": site,
        "consumer_key": "ck_sandbox",
        "consumer_secret": secret,
        "locations": ["本社倉庫", "渋谷店"],
    }
    assert shops.settings.stat().st_mode & 0o777 == 0o600


def test_what_is_wrong_is_asked_again_and_a_bad_key_is_not_saved_by_itself(shops: Shops) -> None:
    site = f"{shops.address}/malls/woocommerce"
    answers = ["tea", "shop.example/", "ck_sandbox", "cs_wrong", "本社倉庫", "short", site, "", "n"]
    code, shown = typed(shops, "woocommerce", answers)
    assert code == 1, shown
    assert "https://" in shown
    assert "24" in shown  # the webhook secret is too short
    assert shown.count("✗ orders") == 1
    assert "channels" not in tomllib.loads(shops.settings.read_text(encoding="utf-8"))


def test_what_stood_there_is_kept(shops: Shops) -> None:
    site = f"{shops.address}/malls/woocommerce"
    shops.write("[bridge]", "# ours", "[channels.woocommerce]", "# a note", f'site = "{site}"', "orders_seconds = 30.0",
                "[web]", "port = 8781")  # fmt: skip
    code, shown = typed(shops, "woocommerce", ["tea", "", "ck_sandbox", "cs_sandbox", "本社倉庫", ""])
    assert code == 0, shown
    text = shops.settings.read_text(encoding="utf-8")
    assert "# ours" in text
    assert "# a note" in text
    assert tomllib.loads(text)["web"] == {"port": 8781}
    assert (shops.section("woocommerce")["site"], shops.section("woocommerce")["orders_seconds"]) == (site, 30.0)


def test_secrets_go_to_their_folder_where_the_settings_name_one(shops: Shops) -> None:
    folder = shops.settings.parent / "secrets"
    folder.mkdir()
    shops.write("[bridge]", 'secrets = "secrets"')
    site = f"{shops.address}/malls/woocommerce"
    code, shown = typed(shops, "woocommerce", ["tea", site, "ck_sandbox", "cs_sandbox", "本社倉庫", ""])
    assert code == 0, shown
    assert "cs_sandbox" not in shops.settings.read_text(encoding="utf-8")
    kept = folder / "BRIDGE_WOOCOMMERCE_CONSUMER_SECRET"
    assert kept.read_text() == "cs_sandbox"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_shop_at_color_me_by_the_consent_of_its_operator(shops: Shops) -> None:
    base = f"{shops.address}/malls/colorme/v1"
    shops.write("[bridge]", "[channels.colorme]", f'base_url = "{base}"')
    pasted = f"https://localhost/bridge?code={shops.malls.colorme.consent()}"
    code, shown = typed(shops, "colorme", ["PA00000001", "本社倉庫", "cm-client", "cm-secret", "", pasted])
    assert code == 0, shown
    assert f"{shops.address}/malls/colorme/oauth/authorize?client_id=cm-client" in shown
    assert shops.section("colorme")["access_token"] == shops.malls.colorme.token
    assert "client_secret" not in shops.section("colorme")


def test_a_shop_made_with_ec_cube_by_the_consent_of_its_operator(shops: Shops) -> None:
    site = f"{shops.address}/malls/eccube"
    answers = ["honten", site, "cube-client", "cube-secret", "本社倉庫", "", "kanri", "", shops.malls.eccube.consent()]
    code, shown = typed(shops, "eccube", answers)
    assert code == 0, shown
    assert f"{site}/kanri/authorize?response_type=code&client_id=cube-client" in shown
    given = shops.section("eccube")["refresh_token"]
    assert given not in shops.malls.eccube.state.refresh  # the checks have used it: what came of it is kept
    assert shops.settings.with_name("var").joinpath("ledger.tokens").exists()


def test_a_code_of_another_attempt_is_refused(shops: Shops) -> None:
    site = f"{shops.address}/malls/eccube"
    pasted = f"https://localhost/bridge?code={shops.malls.eccube.consent()}&state=another"
    answers = ["honten", site, "cube-client", "cube-secret", "本社倉庫", "", "admin", "", pasted]
    code, shown = typed(shops, "eccube", answers)
    assert code == 1
    assert "another attempt" in shown


def test_the_malls(shops: Shops) -> None:
    """Rakuten, Shopify and Amazon: keys to be copied; Rakuten tells how long its key lives."""
    malls, base = shops.malls, f"{shops.address}/malls"
    malls.amazon.switches.order_search_rate = 1.0
    shops.write(
        "[bridge]",
        "[channels.rakuten]", f'base_url = "{base}/rakuten"',
        "[channels.shopify]", f'base_url = "{base}/shopify"',
        "[channels.amazon]", f'base_url = "{base}/amazon"', f'token_url = "{base}/amazon/auth/o2/token"',
    )  # fmt: skip
    code, shown = typed(shops, "rakuten", ["tea", "SP123456_sandbox", "SL123456_sandbox", "本社倉庫"])
    assert code == 0, shown
    assert re.search(r"licenseKey lives until \d{4}-\d\d-\d\d \(\d+ days\)", shown)
    answers = ["sandbox.myshopify.com", "1", "本社倉庫", "shpat_sandbox", "", "", ""]
    code, shown = typed(shops, "shopify", answers)
    assert code == 0, shown
    amazon = malls.amazon
    answers = [amazon.seller, amazon.client_id, amazon.client_secret, amazon.refresh_token, "本社倉庫", ""]
    code, shown = typed(shops, "amazon", answers)
    assert code == 0, shown
    for channel in ("rakuten", "shopify", "amazon"):
        section = shops.section(channel)
        assert all(is_secret(channel, name) == ("secret" in name or "token" in name or "key" in name)
                   for name in section if name not in ("base_url", "token_url"))  # fmt: skip


def test_a_store_on_yahoo_by_the_consent_of_its_person(shops: Shops) -> None:
    yahoo, base = shops.malls.yahoo, f"{shops.address}/malls/yahoo"
    shops.write("[bridge]", "[channels.yahoo]", f'base_url = "{base}/ShoppingWebService/V1"', f'login_url = "{base}"')
    version, key = yahoo.public_key()
    key = "".join(line for line in key.splitlines() if not line.startswith("-"))
    answers = [yahoo.seller_id, yahoo.client_id, yahoo.client_secret, key, str(version), "2027-11-23", "本社倉庫", ""]
    code, shown = typed(shops, "yahoo", [*answers, yahoo.agree()])
    assert "yconnect/v2/authorization?response_type=code" in shown
    assert shops.section("yahoo")["consented_on"], shown
    assert code == 0, shown


def test_the_tills_of_smaregi(shops: Shops) -> None:
    root = f"{shops.address}/malls/smaregi"
    shops.write("[bridge]", "[channels.smaregi]", f'base_url = "{root}"', f'login_url = "{root}"')
    shops.malls.smaregi.add_product(("1201", "1"), "TEA", 5)
    shops.malls.smaregi.add_store("2", "新宿店")
    answers = ["sb_sandbox", "smaregi-client", "smaregi-secret", "1=渋谷店、3＝新宿店", "", "n"]
    code, shown = typed(shops, "smaregi", answers)
    assert code == 1, shown
    assert "✗ stores:read" in shown  # there is no store 3
    assert "3" in shown
    answers[3], answers[-1] = "1=渋谷店、2＝新宿店", YES
    code, shown = typed(shops, "smaregi", answers)
    assert code == 0, shown
    assert "✗" not in shown
    assert "smaregi-secret" not in shown
    assert shops.section("smaregi")["places"] == {"1": ["渋谷店"], "2": ["新宿店"]}
    assert one_channel("smaregi", shops.section("smaregi"), shops.settings).places == {
        "1": ("渋谷店",),
        "2": ("新宿店",),
    }


def test_the_tills_of_square_by_a_personal_access_token(shops: Shops) -> None:
    square, base = shops.malls.square, f"{shops.address}/malls/square"
    square.add_place("LSANDBOX2", "本社倉庫")
    shops.write("[bridge]", "[channels.square]", f'base_url = "{base}"')
    places = "LSANDBOX1=渋谷店、LSANDBOX2＝本社倉庫"
    code, shown = typed(shops, "square", [square.merchant, places, square.token, "", "", "", ""])
    assert code == 0, shown
    assert shown.count("✓") == 9
    assert square.token not in shown
    section = shops.section("square")
    assert section["places"] == {"LSANDBOX1": ["渋谷店"], "LSANDBOX2": ["本社倉庫"]}
    assert section["access_token"] == square.token


def test_the_tills_of_square_by_the_consent_of_their_operator(shops: Shops) -> None:
    square, base = shops.malls.square, f"{shops.address}/malls/square"
    shops.write("[bridge]", "[channels.square]", f'base_url = "{base}"')
    answers = [square.merchant, "LSANDBOX1=渋谷店", "", square.client_id, square.client_secret, "", "", ""]
    code, shown = typed(shops, "square", [*answers, square.consent()])
    assert code == 0, shown
    assert f"{base}/oauth2/authorize?client_id=sq0idp-sandbox" in shown
    section = shops.section("square")
    assert section["refresh_token"] in square.state.refresh
    assert "access_token" not in section


def test_a_shelf_that_is_written_in_no_known_way_is_asked_for_again(shops: Shops) -> None:
    square, base = shops.malls.square, f"{shops.address}/malls/square"
    shops.write("[bridge]", "[channels.square]", f'base_url = "{base}"')
    answers = [square.merchant, "渋谷店", square.token, "", "", "", "", "LSANDBOX1=渋谷店"]
    code, shown = typed(shops, "square", answers)
    assert code == 0, shown
    assert shops.section("square")["places"] == {"LSANDBOX1": ["渋谷店"]}


def test_a_partner_who_is_reached_by_files_in_a_folder(shops: Shops) -> None:
    shared = shops.settings.parent / "share"
    shared.mkdir()
    answers = ["au-honten", "aupay_stock", "本社倉庫、渋谷店", "", str(shared), "", "", "", "", "", ""]
    code, shown = typed(shops, "files.aupay", answers)
    assert code == 0, shown
    assert "✗" not in shown
    section = tomllib.loads(shops.settings.read_text(encoding="utf-8"))["channels"]["files"]["aupay"]
    assert section == {
        "shop": "au-honten",
        "profiles": ["aupay_stock"],
        "locations": ["本社倉庫", "渋谷店"],
        "folder": str(shared),
    }


def test_a_partner_who_is_reached_by_sftp_is_known_by_its_key(shops: Shops) -> None:
    root = shops.settings.parent / "theirs"
    (root / "out").mkdir(parents=True)
    server, other = SftpServer(root), SftpServer(root)
    try:
        host = ["", "127.0.0.1", str(server.port), other.known_as, USER, PASSWORD, ""]
        answers = ["3pl", "3pl_stock", "外部倉庫", "外部倉庫", *host, "n"]
        code, shown = typed(shops, "files.warehouse", answers)
        assert code == 1, shown
        assert "✗ 3pl_stock" in shown
        answers[7] = server.known_as
        code, shown = typed(shops, "files.warehouse", [*answers[:-1], YES])
        assert code == 0, shown
        assert PASSWORD not in shown
        section = tomllib.loads(shops.settings.read_text(encoding="utf-8"))["channels"]["files"]["warehouse"]
        assert (section["sftp_port"], section["sftp_host_key"]) == (server.port, server.known_as)
    finally:
        server.close()
        other.close()


def test_a_partner_needs_a_name(shops: Shops) -> None:
    for channel in ("files", "files.", "rakuten.two", "nobody"):
        code, shown = typed(shops, channel, [])
        assert code == 2, shown
        assert "files.NAME" in shown

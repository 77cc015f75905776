"""The settings file: the example is complete, every mistake is named at once, no secret is ever shown."""

from __future__ import annotations

import re
import shutil
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from bridge.channel_settings import (
    Amazon,
    Channels,
    ColorMe,
    EcCube,
    Files,
    Rakuten,
    Shopify,
    Smaregi,
    Square,
    WooCommerce,
    Yahoo,
)
from bridge.config import Alerts, Bridge, Report, Sheet, Web, load
from bridge.settings import ConfigError, Secret, secrets_in

ROOT = Path(__file__).parents[2]
MINIMAL = """
[sheet]
spreadsheet_id = "abc"
service_account = "service_account.json"
[channels.rakuten]
shop = "tea"
service_secret = "SP-very-secret"
license_key = " SL-very-secret "
locations = ["本社倉庫"]
[channels.shopify]
shop = "tea.myshopify.com"
location = "3"
locations = ["本社倉庫", "渋谷店"]
client_id = "id"
client_secret = "shp-very-secret"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "service_account.example.json", tmp_path / "service_account.json")
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "bridge.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str, env: dict[str, str] | None = None) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        load(write(folder, text), env or {})
    assert all(problem.hint.ja and problem.hint.en for problem in caught.value.problems)
    return {problem.setting: problem.hint.en for problem in caught.value.problems}


def test_the_example_loads(folder: Path) -> None:
    shutil.copy(ROOT / "bridge.example.toml", folder / "bridge.toml")
    config = load(folder / "bridge.toml", {})
    assert config.sheet.service_account == folder / "service_account.json"
    assert config.bridge.ledger == folder / "var/ledger.sqlite"


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        ("bridge", Bridge),
        ("sheet", Sheet),
        ("report", Report),
        ("web", Web),
        ("alerts", Alerts),
        ("channels.rakuten", Rakuten),
        ("channels.shopify", Shopify),
        ("channels.amazon", Amazon),
        ("channels.yahoo", Yahoo),
        ("channels.woocommerce", WooCommerce),
        ("channels.colorme", ColorMe),
        ("channels.eccube", EcCube),
        ("channels.smaregi", Smaregi),
        ("channels.square", Square),
        ("channels.files.aupay", Files),
    ],
)
def test_the_example_explains_every_setting_and_no_other(section: str, kind: type) -> None:
    text = (ROOT / "bridge.example.toml").read_text(encoding="utf-8")
    part = re.split(r"\n(?:# )?\[", re.split(rf"\n(?:# )?\[{re.escape(section)}\]\n", text)[1])[0]
    named = re.findall(r"^(?:# ){0,2}([a-z_]+) = ", part, re.MULTILINE)
    assert sorted(named) == sorted(each.name for each in fields(kind))


def test_the_example_shows_the_defaults() -> None:
    table = tomllib.loads((ROOT / "bridge.example.toml").read_text(encoding="utf-8"))
    shown = {"bridge": Bridge, "sheet": Sheet, "report": Report}
    given = [(kind, table[name]) for name, kind in shown.items()]
    given += [(Rakuten, table["channels"]["rakuten"]), (Shopify, table["channels"]["shopify"])]
    given.append((Amazon, table["channels"]["amazon"]))
    for kind, values in given:
        for each in fields(kind):
            if each.default is not None and isinstance(each.default, str | int | float):
                assert values[each.name] == each.default, each.name


def switched_on(text: str, name: str) -> str:
    """The example with its section [channels.<name>] switched on as it says."""
    before, section, after = re.split(rf"(?m)(^# \[channels\.{name}\](?:\n(?!# \[).*)*)", text)
    return before + re.sub(r"(?m)^# (?=\[channels\.|[a-z_]+ = )", "", section) + after


def with_yahoo(text: str) -> str:
    return switched_on(text, "yahoo")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("yahoo", Yahoo),
        ("woocommerce", WooCommerce),
        ("colorme", ColorMe),
        ("eccube", EcCube),
        ("smaregi", Smaregi),
        ("square", Square),
    ],
)
def test_a_section_that_is_off_can_be_switched_on(folder: Path, name: str, kind: type) -> None:
    text = (ROOT / "bridge.example.toml").read_text(encoding="utf-8")
    assert getattr(load(write(folder, text), {}).channels, name) is None
    section = getattr(load(write(folder, switched_on(text, name)), {}).channels, name)
    assert section is not None
    for each in fields(kind):
        if isinstance(each.default, str | int | float):
            assert getattr(section, each.name) == each.default, each.name


def test_addresses_of_alerts_are_secrets_in_a_list(folder: Path) -> None:
    text = MINIMAL + '[alerts]\nto = ["mailto://shop:geheim@example.jp", "slack://a/b/c"]\n'
    config = load(write(folder, text), {"BRIDGE_ALERTS_OWNER": "json://one\njson://two\n"})
    assert config.alerts is not None
    assert [each.reveal() for each in config.alerts.owner] == ["json://one", "json://two"]
    assert {"mailto://shop:geheim@example.jp", "json://two"} <= set(secrets_in(config))
    assert "geheim" not in repr(config)


@pytest.mark.parametrize(
    ("wrong", "setting"),
    [("to = []\nclosing = '25:00'", "closing"), ('to = ["shop@example.jp"]', "to"), ("owner = []", "to"),
     ('to = ["json://a", "json://a"]', "to"), ('to = "json://a"', "to")],
)  # fmt: skip
def test_a_wrong_setting_of_alerts_is_named(folder: Path, wrong: str, setting: str) -> None:
    assert set(problems(folder, f"{MINIMAL}[alerts]\n{wrong}\n")) == {f"alerts.{setting}"}


@pytest.mark.parametrize(
    ("wrong", "setting"),
    [
        ('site = "http://shop.example"', "site"),
        ('site = "shop.example"', "site"),
        ('site = "https://shop.example/"', "site"),
        ('keys_in = "body"', "keys_in"),
        ('webhook_secret = "short"', "webhook_secret"),
        ('open_statuses = ["packing", "packing"]', "open_statuses"),
    ],
)
def test_mistakes_in_the_section_for_woocommerce(folder: Path, wrong: str, setting: str) -> None:
    text = switched_on((ROOT / "bridge.example.toml").read_text(encoding="utf-8"), "woocommerce")
    text = re.sub(rf"(?m)^{setting} = .*$", wrong, text)
    before, after = text.split("[channels.woocommerce]")
    text = before + "[channels.woocommerce]" + after
    assert set(problems(folder, text)) == {f"channels.woocommerce.{setting}"}


def test_on_this_machine_a_shop_may_be_asked_without_tls(folder: Path) -> None:
    text = switched_on((ROOT / "bridge.example.toml").read_text(encoding="utf-8"), "woocommerce")
    text = re.sub(r"(?m)^site = .*$", 'site = "http://127.0.0.1:8765/malls/woocommerce"', text)
    assert load(write(folder, text), {}).channels.woocommerce is not None


def test_mistakes_in_the_section_for_yahoo(folder: Path) -> None:
    text = with_yahoo((ROOT / "bridge.example.toml").read_text(encoding="utf-8"))
    wrong = text.replace("consented_on = ", 'consented_on = "last week" # ')
    wrong = wrong.replace("public_key_version = 1", 'public_key_version = "1"').replace('"your-store"', '"Your Store"')
    found = problems(folder, wrong)
    assert set(found) == {"channels.yahoo.shop", "channels.yahoo.consented_on", "channels.yahoo.public_key_version"}


def with_web(text: str) -> str:
    """The example with its section [web] switched on as it says."""
    before, section, after = re.split(r"(?m)(^# \[web\](?:\n(?!\[).*)+?)(?=\n\n\n)", text)
    return before + re.sub(r"(?m)^# (?=\[web\]$|[a-z_]+ = )", "", section) + after


def test_the_section_for_the_web_is_off_and_can_be_switched_on(folder: Path) -> None:
    text = (ROOT / "bridge.example.toml").read_text(encoding="utf-8")
    assert load(write(folder, text), {}).web is None
    text = text.replace("# webhook_secret", "webhook_secret", 1)
    web = load(write(folder, with_web(text)), {}).web
    assert web is not None
    assert (web.host, web.port) == (Web().host, Web().port)
    assert web.edit_secret is not None


def test_the_web_is_on_loopback_unless_told_otherwise(folder: Path) -> None:
    assert load(write(folder, MINIMAL + "[web]\n"), {}).web == Web("127.0.0.1", 8780)


def test_mistakes_in_the_section_for_the_web(folder: Path) -> None:
    wrong = 'host = "all"\nport = 0\npublic_url = "bridge.example.com/"\nedit_secret = "short"\n'
    found = problems(folder, MINIMAL + "[web]\n" + wrong)
    assert set(found) == {"web.host", "web.port", "web.public_url", "web.edit_secret"}


def test_webhooks_need_a_key_to_be_judged_by(folder: Path) -> None:
    token = MINIMAL.replace('client_id = "id"\nclient_secret = "shp-very-secret"', 'access_token = "shpat-very-secret"')
    text = token + '[web]\npublic_url = "https://bridge.example.com"\n'
    assert set(problems(folder, text)) == {"channels.shopify.webhook_secret"}
    config = load(write(folder, text), {"BRIDGE_SHOPIFY_WEBHOOK_SECRET": "shpss-very-secret"})
    assert "very-secret" not in repr(config)


def test_defaults_fill_what_is_left_out(folder: Path) -> None:
    config = load(write(folder, MINIMAL), {})
    assert config.bridge == Bridge(ledger=folder / "var/ledger.sqlite", backups=folder / "var/backups")
    assert config.sheet.poll_seconds == 3.0
    assert config.channels.rakuten is not None
    assert config.channels.rakuten.license_key.reveal() == "SL-very-secret"
    assert config.channels.shopify is not None
    assert config.channels.shopify.url == "https://tea.myshopify.com"
    assert config.channels.shopify.locations == ("本社倉庫", "渋谷店")


def test_a_channel_may_be_left_out(folder: Path) -> None:
    assert load(write(folder, MINIMAL.split("[channels.rakuten]")[0]), {}).channels == Channels(None, None)


def test_secrets_from_the_environment_win(folder: Path) -> None:
    config = load(write(folder, MINIMAL), {"BRIDGE_RAKUTEN_LICENSE_KEY": "SL-new"})
    assert config.channels.rakuten is not None
    assert config.channels.rakuten.license_key.reveal() == "SL-new"


def test_no_secret_is_shown(folder: Path) -> None:
    config = load(write(folder, MINIMAL), {})
    assert "very-secret" not in repr(config)
    assert "very-secret" not in f"{config}"
    assert f"{Secret('very-secret')}" == "Secret(•••)"
    text = MINIMAL.replace('"shp-very-secret"', '"shp-very-secret"\naccess_token = ["very-secret"]')
    assert "very-secret" not in str(problems(folder, text))


def test_every_mistake_is_named_at_once(folder: Path) -> None:
    found = problems(
        folder,
        """
sheets = 1
[bridge]
language = "fr"
timezone = "Tokyo"
[sheet]
spreadsheet_id = "https://docs.google.com/spreadsheets/d/abc/edit"
service_account = "nowhere.json"
poll_second = 3
rows_per_call = 0
timeout_seconds = "30"
[channels.rakuten]
shop = "tea"
service_secret = ""
locations = []
base_url = "https://api.rms.rakuten.co.jp/"
[channels.shopify]
shop = "tea.example.com"
location = 3
locations = ["a", "a"]
access_token = "x"
client_id = "y"
api_version = "latest"
[channels.ebay]
""",
    )
    assert found == {
        "sheets": 'There is no such setting. Did you mean "sheet"?',
        "bridge.language": 'Write one of "ja" | "en".',
        "bridge.timezone": 'Write a name such as "Asia/Tokyo".',
        "sheet.spreadsheet_id": 'Write only the part of the spreadsheet\'s address between "/d/" and "/edit".',
        "sheet.service_account": "The service account's key nowhere.json is not there. "
        "Put the JSON made in Google Cloud in this place.",
        "sheet.poll_second": 'There is no such setting. Did you mean "poll_seconds"?',
        "sheet.rows_per_call": "Write 1 to 600.",
        "sheet.timeout_seconds": "Write a number, without quotes.",
        "channels.ebay": "There is no such setting.",
        "channels.rakuten.service_secret": 'Write text in quotes "…" that is not empty.',
        "channels.rakuten.license_key": "This setting is needed (or as BRIDGE_RAKUTEN_LICENSE_KEY).",
        "channels.rakuten.locations": 'Write one or more names, none twice, as in ["本社倉庫", "渋谷店"].',
        "channels.rakuten.base_url": 'Write "https://…", without a "/" at the end.',
        "channels.shopify.shop": 'Write the shop\'s permanent domain, "name.myshopify.com".',
        "channels.shopify.location": 'Write text in quotes "…" that is not empty.',
        "channels.shopify.locations": 'Write one or more names, none twice, as in ["本社倉庫", "渋谷店"].',
        "channels.shopify.access_token": "Give either access_token alone, or both client_id and client_secret.",
        "channels.shopify.api_version": 'Write a year and one of the months 01, 04, 07, 10, as in "2026-07".',
    }


@pytest.mark.parametrize(
    "address", ["https://[your-shop].example.com", "https://[::1", "https://shop.example.com:port", "https://x:99999"]
)
def test_an_address_that_is_none(folder: Path, address: str) -> None:
    found = problems(
        folder,
        f"""
[web]
public_url = "{address}"
[channels.woocommerce]
site = "{address}"
""",
    )
    hint = 'Write "https://…", without a "/" at the end.'
    assert (found["web.public_url"], found["channels.woocommerce.site"]) == (hint, hint)


@pytest.mark.parametrize(
    ("text", "say"),
    [
        (MINIMAL + "[channels.rakuten]\n", "a section or setting stands twice. Keep only one."),
        ("[sheet\n", "this is not TOML; look at the quotes and the equals sign."),
    ],
)
def test_a_file_that_is_not_toml(folder: Path, text: str, say: str) -> None:
    [(name, hint)] = problems(folder, text).items()
    assert name == ""
    assert hint.startswith("bridge.toml, line ")
    assert hint.endswith(say)


def test_a_missing_file(folder: Path) -> None:
    with pytest.raises(ConfigError, match="Make it by copying"):
        load(folder / "nowhere.toml", {})


def test_a_file_in_another_encoding(folder: Path) -> None:
    (folder / "bridge.toml").write_bytes("言葉".encode("shift_jis"))
    with pytest.raises(ConfigError, match="save it as UTF-8"):
        load(folder / "bridge.toml", {})


@pytest.mark.parametrize("content", ["", "[]", '{"type": "authorized_user"}', '{"type": "service_account"}'])
def test_a_service_account_that_is_no_key(folder: Path, content: str) -> None:
    (folder / "service_account.json").write_text(content)
    assert problems(folder, MINIMAL) == {
        "sheet.service_account": "service_account.json is not a service account's key; "
        "compare it with service_account.example.json."
    }


@pytest.mark.parametrize("text", ["sheet = 1", "sheet = []\nchannels = 2", "[sheet]\nspreadsheet_id = {}"])
def test_sections_of_a_wrong_kind_are_mistakes_too(folder: Path, text: str) -> None:
    assert any(name.startswith("sheet") for name in problems(folder, text))


def test_wrong_kinds_of_values_are_mistakes_too(folder: Path) -> None:
    text = MINIMAL.replace('locations = ["本社倉庫"]', "locations = [1, []]\nwindow_days = nan\nlook_back_days = true")
    assert set(problems(folder, text)) == {
        "channels.rakuten.locations",
        "channels.rakuten.window_days",
        "channels.rakuten.look_back_days",
    }


# --- Shopify's locations ----------------------------------------------------------------------------------------------

ONE_LOCATION = 'location = "3"\nlocations = ["本社倉庫", "渋谷店"]\n'


def with_places(places: str) -> str:
    return MINIMAL.replace(ONE_LOCATION, places)


def test_each_location_of_shopify_may_show_its_own_columns(folder: Path) -> None:
    written = with_places("") + '[channels.shopify.places]\n"3" = ["本社倉庫", "倉庫2"]\n"4" = ["渋谷店"]\n'
    shopify = load(write(folder, written), {}).channels.shopify
    assert shopify is not None
    assert shopify.places == {"3": ("本社倉庫", "倉庫2"), "4": ("渋谷店",)}
    assert shopify.numbers == ("3", "4")


def test_the_example_shows_how_places_are_written(folder: Path) -> None:
    text = (ROOT / "bridge.example.toml").read_text(encoding="utf-8")
    before, section = text.split("[channels.shopify]")
    section = re.sub(r"(?m)^location.*\n", "", section, count=2).replace("# places = ", "places = ", 1)
    shopify = load(write(folder, f"{before}[channels.shopify]{section}"), {}).channels.shopify
    assert shopify is not None
    assert list((shopify.places or {}).values()) == [("本社倉庫",), ("渋谷店",)]


@pytest.mark.parametrize(
    ("places", "setting", "sentence"),
    [
        (ONE_LOCATION + 'places = {"3" = ["本社倉庫"]}\n', "location", "places alone"),
        ('location = "3"\n', "locations", "places alone"),
        ("", "location", "places alone"),
        ("places = {}\n", "places", "location's number"),
        ('places = {"Tokyo" = ["本社倉庫"]}\n', "places.Tokyo", "location's number"),
        ('places = {"3" = []}\n', "places.3", "location's number"),
        ('places = {"3" = "本社倉庫"}\n', "places.3", "location's number"),
        ('places = {"3" = ["本社倉庫"], "4" = ["渋谷店", "本社倉庫"]}\n', "places", "sold twice"),
        ('places = ["本社倉庫"]\n', "places", "a table"),
    ],
)
def test_mistakes_in_the_places_of_shopify(folder: Path, places: str, setting: str, sentence: str) -> None:
    [(wrong, hint)] = problems(folder, with_places(places)).items()
    assert (wrong, sentence in hint) == (f"channels.shopify.{setting}", True), hint


SQUARE = '[channels.square]\nshop = "ML1"\n'
ITS_PLACES = 'places = { L1 = ["渋谷店"] }\n'
CONSENT = 'client_id = "c"\nclient_secret = "secret"\nrefresh_token = "refresh"\n'


@pytest.mark.parametrize("way_in", ['access_token = "EAAA-1"\n', CONSENT])
def test_square_is_entered_by_a_token_or_a_consent(folder: Path, way_in: str) -> None:
    square = load(write(folder, MINIMAL + SQUARE + ITS_PLACES + way_in), {}).channels.square
    assert square is not None
    assert square.places == {"L1": ("渋谷店",)}


@pytest.mark.parametrize(
    ("section", "setting", "sentence"),
    [
        (ITS_PLACES, "access_token", "access_token alone"),
        (ITS_PLACES + 'access_token = "EAAA-1"\n' + CONSENT, "access_token", "access_token alone"),
        (ITS_PLACES + 'client_id = "c"\n', "access_token", "access_token alone"),
        ('access_token = "EAAA-1"\nplaces = { L1 = ["渋谷店", "本社倉庫"] }\n', "places", "just one stock column"),
        ('access_token = "EAAA-1"\nplaces = { L1 = ["渋谷店"], L2 = ["渋谷店"] }\n', "places", "sold twice"),
        ('access_token = "EAAA-1"\nplaces = { "渋谷" = ["渋谷店"] }\n', "places.渋谷", "store's id"),
        (ITS_PLACES + 'access_token = "EAAA-1"\nwebhook_key = "key-1"\n', "webhook_url", "both"),
    ],
)
def test_mistakes_in_the_section_for_square(folder: Path, section: str, setting: str, sentence: str) -> None:
    [(wrong, hint)] = problems(folder, MINIMAL + SQUARE + section).items()
    assert (wrong, sentence in hint) == (f"channels.square.{setting}", True), hint


# --- partners who are reached by files --------------------------------------------------------------------------------

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBlongEnough"
AUPAY = MINIMAL + '[channels.files.aupay]\nshop = "au"\nprofiles = ["aupay_stock"]\nlocations = ["本社倉庫"]\n'
FOLDER = 'folder = "share"\n'
SFTP = f'sftp_host = "a.example"\nsftp_user = "u"\nsftp_host_key = "{HOST_KEY}"\n'


def test_several_partners_each_have_a_channel_of_their_own(folder: Path) -> None:
    second = AUPAY.replace("[channels.files.aupay]", "[channels.files.second]").removeprefix(MINIMAL)
    channels = load(write(folder, AUPAY + FOLDER + second + SFTP), {"BRIDGE_SECOND_SFTP_PASSWORD": "p-secret"}).channels
    assert list(channels.connected()) == ["rakuten", "shopify", "aupay", "second"]
    kind, aupay = channels.connected()["aupay"]
    assert (kind, aupay.folder, aupay.quarantine) == ("files", folder / "share", folder / "var/quarantine/aupay")
    assert channels.files["second"].sftp_password == Secret("p-secret")
    assert "p-secret" not in repr(channels)
    assert "p-secret" in set(secrets_in(channels)), "so that no log shows it"


def test_the_section_for_files_can_be_switched_on(folder: Path) -> None:
    text = switched_on((ROOT / "bridge.example.toml").read_text(encoding="utf-8"), "files.aupay")
    by_folder = re.sub(r"(?m)^(sftp_[a-z_]+|place) = .*\n", "", text)
    assert load(write(folder, by_folder), {}).channels.files["aupay"].folder == folder / "var/aupay"
    by_sftp = re.sub(r"(?m)^(folder|sftp_key|place) = .*\n", "", text).replace("AAAAI...", "AAAAI")
    assert load(write(folder, by_sftp), {}).channels.files["aupay"].sftp_host == "upload.example.jp"


@pytest.mark.parametrize(
    ("section", "setting", "sentence"),
    [
        ("", "folder", "either sftp_password or sftp_key"),
        (FOLDER + SFTP, "folder", "Give folder alone"),
        (SFTP, "folder", "either sftp_password or sftp_key"),
        (SFTP + 'sftp_password = "a"\nsftp_key = "b"\n', "folder", "either sftp_password or sftp_key"),
        (SFTP.replace(HOST_KEY, "AAAA") + 'sftp_password = "a"\n', "sftp_host_key", "known_hosts"),
        (FOLDER + 'place = "本社倉庫"\n', "place", "where a stock file comes in"),
        (FOLDER + 'code_shape = "("\n', "code_shape", "no regular expression"),
    ],
)
def test_mistakes_in_a_section_for_files(folder: Path, section: str, setting: str, sentence: str) -> None:
    [(wrong, hint)] = problems(folder, AUPAY + section).items()
    assert (wrong, sentence in hint) == (f"channels.files.aupay.{setting}", True), hint


@pytest.mark.parametrize(
    ("profiles", "sentence"),
    [
        ('["yahoo"]', "There is no profile yahoo"),
        ('["own.toml"]', "can't be read"),
        ('["wrong.toml"]', "is not written as it should be"),
        ('["aupay_stock", "yahoo_stock"]', "One channel sends by one profile only"),
        ("[]", "one or more profiles"),
    ],
)
def test_mistakes_in_profiles(folder: Path, profiles: str, sentence: str) -> None:
    (folder / "wrong.toml").write_text('direction = "out"\nfolders = 1\n')
    [(wrong, hint)] = problems(folder, AUPAY.replace('["aupay_stock"]', profiles) + FOLDER).items()
    assert (wrong, sentence in hint) == ("channels.files.aupay.profiles", True), hint


@pytest.mark.parametrize("name", ["rakuten", "Aupay", "au-pay", "sheet", "1st"])
def test_a_name_that_a_partner_may_not_have(folder: Path, name: str) -> None:
    text = AUPAY.replace("files.aupay", f"files.{name}") + FOLDER
    assert set(problems(folder, text)) == {f"channels.files.{name}"}

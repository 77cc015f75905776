"""The script for the spreadsheet, run by Node in Google's place: what it sends is what the bridge takes."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import datetime, timedelta

import pytest

from bridge.sheet.layout import templates
from tests.contract.web.conftest import SCRIPT_KEY, Door
from tests.contract.web.sender import Sent

GOOGLE = """
const crypto = require('crypto'), vm = require('vm');
const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const sent = [], triggers = [];
const trigger = { forSpreadsheet: () => trigger, onEdit: () => trigger, onChange: () => trigger,
  create: () => triggers.push(trigger), getHandlerFunction: () => 'tellBridge' };
const google = {
  console: { warn: () => {} },
  SpreadsheetApp: { getActive: () => ({ getId: () => 'the-spreadsheet' }) },
  PropertiesService: { getScriptProperties: () => ({ getProperty: (name) => given.properties[name] }) },
  ScriptApp: { newTrigger: () => trigger, getProjectTriggers: () => [...triggers],
    deleteTrigger: () => triggers.pop() },
  UrlFetchApp: { fetch: (url, options) => { sent.push({ url, options }); if (given.down) throw new Error('down'); } },
  Utilities: {
    Charset: { UTF_8: 'utf8' },
    getUuid: () => crypto.randomUUID(),
    // Apps Script's bytes are signed
    computeHmacSha256Signature: (text, key) => [...crypto.createHmac('sha256', key).update(text).digest()]
      .map((byte) => (byte > 127 ? byte - 256 : byte)),
    base64Encode: (bytes) => Buffer.from(bytes.map((byte) => byte & 255)).toString('base64'),
  },
};
vm.runInNewContext(given.script + ';install();install();tellBridge();', google);
console.log(JSON.stringify({ sent, triggers: triggers.length }));
"""

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not on this machine")


def run(**more: object) -> dict[str, object]:
    script = (templates() / "edit_trigger.gs").read_text(encoding="utf-8")
    properties = {"BRIDGE_URL": "https://bridge.example/webhooks/sheet", "BRIDGE_SECRET": SCRIPT_KEY}
    given = json.dumps({"script": script, "properties": properties, **more})
    said = subprocess.run(["node", "-e", GOOGLE], input=given, capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, object] = json.loads(said.stdout)
    return found


def test_what_the_script_sends_is_taken_once(door: Door) -> None:
    ran = run()
    (call,) = ran["sent"]  # type: ignore[misc]
    options = call["options"]
    at = datetime.fromisoformat(json.loads(options["payload"])["at"])
    door.clock.start = at - timedelta(seconds=door.clock.elapsed)
    sent = Sent(options["headers"], options["payload"].encode())
    assert call["url"].endswith("/webhooks/sheet")
    assert [door.send(sent, "/webhooks/sheet") for _ in range(2)] == [200, 200]
    assert (door.came("new", "sheet"), door.came("repeated", "sheet")) == (1, 1)
    assert door.wakes["sheet"].due()


def test_it_is_put_in_once_and_a_bridge_that_is_down_disturbs_nobody() -> None:
    """Two triggers (typing; rows put in or taken out), also where somebody installs it again."""
    assert run(down=True)["triggers"] == 2

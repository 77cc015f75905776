/**
 * 表に入力があったことを、すぐに bridge へ知らせるスクリプト (任意)。なくても bridge は数秒ごとに表を見ます。
 * Tells the bridge at once that somebody typed (optional). Without it the bridge still looks every few seconds.
 *
 * 入れ方 / How to put it in:
 *  1. スプレッドシートの「拡張機能 → Apps Script」を開き、このファイルの中身を貼って保存します。
 *     In the spreadsheet open Extensions → Apps Script, paste this file and save.
 *  2. 「プロジェクトの設定 → スクリプト プロパティ」に次の 2 つを加えます。
 *     In Project Settings → Script properties add these two:
 *       BRIDGE_URL     https://…/webhooks/sheet   (bridge.toml の [web] public_url ＋ /webhooks/sheet)
 *       BRIDGE_SECRET  bridge.toml の [web] edit_secret と同じ文字列 / the same text as edit_secret
 *  3. 関数 install を 1 回だけ実行し、許可します。 / Run the function install once, and allow it.
 *
 * 送るのは、この表の ID と時刻と 1 回限りの番号だけです。入力した内容は送りません。
 * It sends this spreadsheet's id, the time and a number used once; nothing of what was typed.
 */

function install() {
  remove();
  const sheet = SpreadsheetApp.getActive();
  ScriptApp.newTrigger('tellBridge').forSpreadsheet(sheet).onEdit().create();
  ScriptApp.newTrigger('tellBridge').forSpreadsheet(sheet).onChange().create(); // 行の挿入・削除 / rows put in, taken out
}

/** やめるとき / To stop it */
function remove() {
  ScriptApp.getProjectTriggers()
    .filter((trigger) => trigger.getHandlerFunction() === 'tellBridge')
    .forEach((trigger) => ScriptApp.deleteTrigger(trigger));
}

function tellBridge() {
  const settings = PropertiesService.getScriptProperties();
  const body = JSON.stringify({
    spreadsheet: SpreadsheetApp.getActive().getId(),
    at: new Date().toISOString(),
    once: Utilities.getUuid(),
  });
  const secret = settings.getProperty('BRIDGE_SECRET');
  const signature = Utilities.computeHmacSha256Signature(body, secret, Utilities.Charset.UTF_8);
  try {
    UrlFetchApp.fetch(settings.getProperty('BRIDGE_URL'), {
      method: 'post',
      contentType: 'application/json',
      payload: body,
      headers: { 'X-Bridge-Signature': Utilities.base64Encode(signature) },
      muteHttpExceptions: true,
    });
  } catch (error) {
    console.warn('bridge に届きませんでした / the bridge was not reached'); // 次に見に来ます / it looks by itself
  }
}

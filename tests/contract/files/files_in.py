"""Files as partners write them, for the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

STOCK_HEAD = "商品コード,倉庫,在庫区分,実在庫,引当数,有効在庫,ロット,期限,基準日時"
SHIPMENT_HEAD = "注文番号,行,商品コード,出荷数,出荷日,送り状番号"
CHANGE_HEAD = "日付,商品コード,差分数量,理由"
SHOWN_HEAD = "code,name,sub-code,quantity,allow-overdraft,stock-close"
ORDER_HEAD = "注文番号,ステータス,注文日時,送付先氏名,商品明細ID,商品管理番号,個数,SKU管理番号,SKU情報"


def csv(head: str, rows: Sequence[str], encoding: str = "cp932") -> bytes:
    return "".join(f"{line}\r\n" for line in (head, *rows)).encode(encoding)


def stock(units: Mapping[str, int], at: str) -> bytes:
    """`at`: 2026/11/23 10:00:00"""
    return csv(STOCK_HEAD, [f"{code},埼玉,良品,{n},0,{n},L1,,{at}" for code, n in units.items()])


def changes(rows: Mapping[str, int], reason: str = "入荷") -> bytes:
    return csv(CHANGE_HEAD, [f"20261123,{code},{n},{reason}" for code, n in rows.items()])


def shipments(*rows: tuple[str, str, str, int], day: str = "20261123") -> bytes:
    """(order, line, code, units)"""
    return csv(SHIPMENT_HEAD, [f"{o},{line},{code},{n},{day},4000-1" for o, line, code, n in rows])


def orders(*rows: tuple[str, int, str, int, str], placed: str = "2026-11-23 09:30:00") -> bytes:
    """(order, state, line, units, item/sku)"""
    cells = [(*row[:4], *row[4].split("/")) for row in rows]
    return csv(
        ORDER_HEAD, [f"{o},{s},{placed},山田 花子,{line},{item},{n},{sku}," for o, s, line, n, item, sku in cells]
    )


def shown(units: Mapping[str, int | str]) -> bytes:
    rows = [(*listing.partition(":")[::2], n) for listing, n in units.items()]
    return csv(SHOWN_HEAD, [f"{code},お茶,{sub},{n},0," for code, sub, n in rows])

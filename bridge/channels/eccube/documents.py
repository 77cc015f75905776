"""Every GraphQL document that is sent to EC-CUBE. A test validates each against the plug-in's schema.

Nothing personal is asked for: no name, address, note or email.
"""

from __future__ import annotations

from collections.abc import Sequence

_LINE = (
    "id quantity product_code OrderItemType { id } ProductClass { code stock_unlimited } Shipping { id shipping_date }"
)
_ORDER = f"id order_date create_date update_date OrderStatus {{ id }} OrderItems {{ {_LINE} }}"
_CLASS = "id code stock stock_unlimited visible"
_PAGE = "totalCount pageInfo { hasNextPage }"

ORDERS = f"""query Orders($since: DateTime, $status: [String], $page: Int, $limit: Int) {{
  orders(update_datetime_start: $since, status: $status, page: $page, limit: $limit) {{
    {_PAGE} nodes {{ {_ORDER} }} }} }}"""

OPEN_ORDERS = f"""query OpenOrders($since: DateTime, $status: [String], $page: Int, $limit: Int) {{
  orders(order_datetime_start: $since, status: $status, page: $page, limit: $limit) {{
    {_PAGE} nodes {{ {_ORDER} }} }} }}"""

PRODUCTS = f"""query Products($page: Int, $limit: Int) {{
  products(page: $page, limit: $limit, status: ["1", "2"]) {{
    {_PAGE} nodes {{ id ProductClasses {{ {_CLASS} }} }} }} }}"""

PROBE_ORDERS = "query ProbeOrders { orders(limit: 1) { totalCount } }"
PROBE_PRODUCTS = "query ProbeProducts { products(limit: 1) { totalCount } }"


def orders_by_id(count: int) -> str:
    """So many orders, each by its id, as o0, o1, …"""
    given = ", ".join(f"$i{n}: ID!" for n in range(count))
    asked = " ".join(f"o{n}: order(id: $i{n}) {{ {_ORDER} }}" for n in range(count))
    return f"query OrdersById({given}) {{ {asked} }}"


def set_stock(quantities: Sequence[int]) -> str:
    """So many numbers, each by its code, as p0, p1, …"""
    count = range(len(quantities))
    given = ", ".join(f"$c{n}: String!, $n{n}: Int!" for n in count)
    asked = " ".join(
        f"p{n}: updateProductStock(code: $c{n}, stock: $n{n}, stock_unlimited: false) {{ code stock }}" for n in count
    )
    return f"mutation SetStock({given}) {{ {asked} }}"

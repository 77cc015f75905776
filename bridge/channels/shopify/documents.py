"""Every GraphQL document that is sent to Shopify. A test validates each against the real schema.

Nothing personal is asked for: no customer, address, note or email.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge.channels.shopify import facts


@dataclass(frozen=True)
class Document:
    """`cost`: points it is thought to ask for until Shopify's first answer tells (§3.1)."""

    name: str
    text: str
    cost: float

    @property
    def writes(self) -> bool:
        return self.text.startswith("mutation")


_LINE = """id sku quantity currentQuantity unfulfilledQuantity requiresShipping isGiftCard
      variant { inventoryItem { id tracked } }"""

_ORDER = f"""id updatedAt createdAt cancelledAt test confirmed
    lineItems(first: {facts.LINES_AT_ONCE}) {{ nodes {{ {_LINE} }} pageInfo {{ hasNextPage endCursor }} }}
    refunds(first: {facts.PARTS_AT_ONCE}) {{ id }}
    fulfillments(first: {facts.PARTS_AT_ONCE}) {{ id status }}"""

_ROUTED = """id status assignedLocation { location { id } }
        lineItems(first: %d) { nodes { totalQuantity remainingQuantity lineItem { id } } pageInfo { hasNextPage } }"""

_ROUTED_ORDER = f"""{_ORDER.replace("id status", "id status location { id }")}
    retailLocation {{ id }}
    fulfillmentOrders(first: {facts.PARTS_AT_ONCE}) {{
      nodes {{ {_ROUTED % facts.LINES_AT_ONCE} }} pageInfo {{ hasNextPage }} }}"""


def _orders(name: str, order: str) -> Document:
    text = f"""query {name}($q: String!, $first: Int!, $after: String) {{
  orders(first: $first, after: $after, query: $q, sortKey: UPDATED_AT) {{
    nodes {{ {order} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    return Document(name, text, cost=900)


def _by_id(name: str, order: str) -> Document:
    return Document(
        name, f"query {name}($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Order {{ {order} }} }} }}", cost=900
    )


ORDERS, ORDERS_BY_ID = _orders("Orders", _ORDER), _by_id("OrdersById", _ORDER)
ROUTED_ORDERS = _orders("RoutedOrders", _ROUTED_ORDER)
ROUTED_ORDERS_BY_ID = _by_id("RoutedOrdersById", _ROUTED_ORDER)

ROUTES = Document(
    "Routes",
    f"""query Routes($id: ID!, $after: String) {{ order(id: $id) {{
  fulfillmentOrders(first: 1, after: $after) {{
    nodes {{ {_ROUTED % facts.LARGEST_PAGE} }} pageInfo {{ hasNextPage endCursor }} }} }} }}""",
    cost=520,
)

LINES = Document(
    "Lines",
    f"""query Lines($id: ID!, $after: String) {{ order(id: $id) {{
  lineItems(first: {facts.PAGE}, after: $after) {{ nodes {{ {_LINE} }} pageInfo {{ hasNextPage endCursor }} }} }} }}""",
    cost=310,
)


def _parts(name: str, fulfillment: str, cost: float) -> Document:
    text = f"""query {name}($id: ID!) {{ order(id: $id) {{
  refunds(first: {facts.LIST}) {{ id }} fulfillments(first: {facts.LIST}) {{ {fulfillment} }} }} }}"""
    return Document(name, text, cost)


PARTS = _parts("Parts", "id status", cost=410)
ROUTED_PARTS = _parts("RoutedParts", "id status location { id }", cost=610)

REFUND = Document(
    "Refund",
    f"""query Refund($id: ID!, $after: String) {{ refund(id: $id) {{
  lines: refundLineItems(first: {facts.PAGE}, after: $after) {{
    nodes {{ quantity restockType restocked location {{ id }} lineItem {{ id }} }}
    pageInfo {{ hasNextPage endCursor }} }} }} }}""",
    cost=310,
)

FULFILLMENT = Document(
    "Fulfillment",
    f"""query Fulfillment($id: ID!, $after: String) {{ fulfillment(id: $id) {{
  lines: fulfillmentLineItems(first: {facts.PAGE}, after: $after) {{
    nodes {{ quantity lineItem {{ id }} }} pageInfo {{ hasNextPage endCursor }} }} }} }}""",
    cost=210,
)

LEVELS = Document(
    "Levels",
    """query Levels($ids: [ID!]!, $location: ID!) { nodes(ids: $ids) { ... on InventoryItem { id tracked
  inventoryLevel(locationId: $location) { isActive quantities(names: ["available"]) { name quantity } } } } }""",
    cost=760,
)

VARIANTS = Document(
    "Variants",
    f"""query Variants($location: ID!, $after: String) {{
  productVariants(first: {facts.VARIANTS_PAGE}, after: $after) {{
  nodes {{ sku inventoryPolicy inventoryItem {{ id tracked inventoryLevel(locationId: $location) {{ isActive }} }} }}
  pageInfo {{ hasNextPage endCursor }} }} }}""",
    cost=410,
)

SET_QUANTITIES = Document(
    "SetQuantities",
    """mutation SetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id } userErrors { code field message } } }""",
    cost=20,
)

SUBSCRIPTIONS = Document(
    "Subscriptions",
    """query Subscriptions($after: String) { webhookSubscriptions(first: 100, after: $after) {
  nodes { topic uri } pageInfo { hasNextPage endCursor } } }""",
    cost=110,
)

SUBSCRIBE = Document(
    "Subscribe",
    """mutation Subscribe($topic: WebhookSubscriptionTopic!, $wanted: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $wanted) {
    webhookSubscription { id } userErrors { field message } } }""",
    cost=20,
)

SHOP = Document("Shop", "query Shop { shop { myshopifyDomain } }", cost=2)
SCOPES = Document("Scopes", "query Scopes { currentAppInstallation { accessScopes { handle } } }", cost=20)
PROBE_ORDERS = Document("ProbeOrders", "query ProbeOrders { orders(first: 1) { nodes { id } } }", cost=5)
PROBE_PRODUCTS = Document("ProbeProducts", "query ProbeProducts { productVariants(first: 1) { nodes { id } } }", cost=5)
PROBE_STOCK = Document(
    "ProbeStock",
    """query ProbeStock($location: ID!) { location(id: $location) {
  name isActive inventoryLevels(first: 1) { nodes { id } } } }""",
    cost=10,
)

ALL = (
    ORDERS, ORDERS_BY_ID, ROUTED_ORDERS, ROUTED_ORDERS_BY_ID, ROUTES,
    LINES, PARTS, ROUTED_PARTS, REFUND, FULFILLMENT, LEVELS, VARIANTS, SET_QUANTITIES, SUBSCRIPTIONS, SUBSCRIBE,
    SHOP, SCOPES, PROBE_ORDERS, PROBE_PRODUCTS, PROBE_STOCK,
)  # fmt: skip

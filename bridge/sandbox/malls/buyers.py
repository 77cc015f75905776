"""Invented buyers. The malls hand out their names and addresses, so that tests can prove that nobody keeps them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Buyer:
    family: str
    first: str
    mail: str
    phone: tuple[str, str, str]
    zip_code: tuple[str, str]
    prefecture: str
    city: str
    street: str

    @property
    def name(self) -> str:
        return self.family + self.first

    @property
    def marks(self) -> tuple[str, ...]:
        """Texts that stand nowhere but where this person does."""
        return (self.family, self.first, self.mail, "-".join(self.phone), self.city, self.street)


def _buyer(family: str, first: str, romaji: str, number: int, prefecture: str, city: str, street: str) -> Buyer:
    digits = f"{number:04d}"
    phone = ("0000", f"{12 + number}", f"{3456 + number}")
    return Buyer(family, first, f"{romaji}@example.invalid", phone, ("000", digits), prefecture, city, street)


BUYERS = (
    _buyer("架空", "花子", "hanako.kakuu", 0, "東京都", "架空区", "見本町1-2-3"),
    _buyer("仮名", "太郎", "taro.kamei", 1, "大阪府", "仮名市", "例示通4-5-6 試験荘201"),
    _buyer("無銘", "さくら", "sakura.mumei", 2, "北海道", "無銘郡空想村", "大字夢見77番地"),
    _buyer("Madeup", "Zebedee", "zebedee.madeup", 3, "沖縄県", "幻市", "Nowhere Heights 8-9"),
    _buyer("虚構院", "麗", "rei.kyokouin", 4, "京都府", "虚構京区", "まぼろし通二条上る"),
)


def buyer_of(number: int) -> Buyer:
    """Who placed the mall's order of that number."""
    return BUYERS[number % len(BUYERS)]

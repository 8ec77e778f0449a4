"""Distinguished names and holders of practice certificates, shaped like the CA's own.

Attribute order of a user's name (resources/protocol.md, section 4): C, ST, [L], O, OU, OU=<number>, G=<name + digits>,
[2.5.4.1 = identity number], 1.2.156.112586.1.3 = that number, [1.2.156.112586.1.10 = credit code], CN=<name>.
Attribute types: X.520; all values are UTF8String (RFC 5280, section 4.1.2.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from asn1crypto import core, x509

from hebca_helper.pki import der

COUNTRY, PROVINCE, CITY, ORGANISATION, UNIT = "2.5.4.6", "2.5.4.8", "2.5.4.7", "2.5.4.10", "2.5.4.11"
COMMON_NAME, GIVEN_NAME, ALIAS = "2.5.4.3", "2.5.4.42", "2.5.4.1"
HOLDER_NUMBER = "1.2.156.112586.1.3"
CREDIT_CODE = "1.2.156.112586.1.10"


@dataclass(frozen=True, slots=True)
class Holder:
    """An invented unit or person. `name` becomes CN, `name` + `digits` G; `number` the second OU.

    Portals tell several certificates of one holder apart by `digits`: name and digits are the unique id they bind.
    `credit_code` (GB 32100-2015) belongs to units, `identity_number` to persons; one of them must be given.
    """

    name: str
    digits: str
    number: str
    credit_code: str = ""
    identity_number: str = ""
    city: str = "石家庄市"

    @property
    def identity_text(self) -> str:
        """Value of extension 1.2.156.112586.1.4: `<digit>@6021SF0<18 characters>`."""
        return f"1@6021SF0{self.credit_code or self.identity_number}"

    @property
    def subject(self) -> x509.Name:
        items = [
            (COUNTRY, "CN"),
            (PROVINCE, "河北省"),
            (CITY, self.city),
            (ORGANISATION, "hebca"),
            (UNIT, "hebca"),
            (UNIT, self.number),
            (GIVEN_NAME, self.name + self.digits),
            (ALIAS, self.identity_number),
            (HOLDER_NUMBER, self.number),
            (CREDIT_CODE, self.credit_code),
            (COMMON_NAME, self.name),
        ]
        return distinguished_name((item, text) for item, text in items if text)


# Nobody's: organisation numbers 00000000 and 00000001 of the province itself; only the check digits are right.
COMPANY = Holder("演练科技有限公司", "9900000001", "9900000001", credit_code="91130000000000000N")
OTHER_COMPANY = Holder("演练商贸有限公司", "9900000002", "9900000002", credit_code="91130000000000019K", city="保定市")
# No such county, and the year of birth is that of nobody alive.
PERSON = Holder("演小练", "9900000003", "9900000003", identity_number="139999190001010000")


def distinguished_name(items: Iterable[tuple[str, str]]) -> x509.Name:
    """A Name with one attribute for each (dotted type, text), in this order."""
    relative_names = (der.wrap(der.SET, der.wrap(der.SEQUENCE, _attribute(item, text))) for item, text in items)
    return x509.Name.load(der.wrap(der.SEQUENCE, b"".join(relative_names)))


def authority_name(common_name: str) -> x509.Name:
    """Name of a practice CA: the real one's shape, but nobody can take it for the real one."""
    return distinguished_name(
        [(COUNTRY, "CN"), (PROVINCE, "河北省"), (ORGANISATION, "演练数字证书认证机构"), (COMMON_NAME, common_name)]
    )


def _attribute(item: str, text: str) -> bytes:
    return bytes(core.ObjectIdentifier(item).dump() + core.UTF8String(text).dump())

"""The app's address as others can open it, as text and as a QR code for a phone's camera."""

import ipaddress
import socket
from functools import lru_cache
from urllib.parse import urlencode, urlsplit, urlunsplit

from markupsafe import Markup

from core.views.text import plain

NOWHERE = ("192.0.2.1", 9)  # an address that is nobody's (RFC 5737)


def is_own(address: str) -> bool:
    """Whether an address means, on every machine, that machine itself."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def for_others(address: str, own_ip: str | None) -> str:
    """An address as other devices of the network open it: "localhost" means another machine to each of them.

    Args:
        own_ip: of this machine; None where it is in no network, and the address stays as it is.
    """
    parts = urlsplit(address)
    if not own_ip or not is_own(address):
        return address
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"{own_ip}{port}"))


def own_ip() -> str | None:
    """This machine's address in its network; None where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(NOWHERE)  # finds the way there; of this kind of socket nothing is sent before it is told to
            found: str = probe.getsockname()[0]
        except OSError:
            return None
    return found


def with_query(address: str, query: dict[str, list[str]]) -> str:
    """An address with the parameters of a page."""
    return f"{address}?{urlencode(query, doseq=True)}" if query else address


@lru_cache(maxsize=64)
def qr_code(address: str) -> Markup:
    """A QR code as an SVG element with a quiet zone around it, black on white; of nothing longer than it can hold.

    Raises:
        ValueError: the address has more than about 2,300 characters.
    """
    import segno

    try:
        code = segno.make_qr(address, error="m")
    except segno.DataOverflowError as error:
        raise ValueError("The address is too long for a QR code.") from error
    return Markup(code.svg_inline(scale=4, light="#fff", border=3, title=plain(f"QR code of {address}")))

"""systemd: telling it that we are ready and alive (sd_notify, without its library)."""

import contextlib
import socket


def notify(address: str | None, state: str) -> None:
    """Sends `READY=1`, `WATCHDOG=1` or `STOPPING=1` to the socket named in NOTIFY_SOCKET; nothing without one."""
    if not address:
        return
    path = "\0" + address[1:] if address.startswith("@") else address
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(state.encode(), path)

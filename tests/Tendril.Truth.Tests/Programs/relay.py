"""Takes connections inside a network namespace and makes them outside, as an agent in one has no way to the operator otherwise.

relay.py NAMESPACE PORT ADDRESS:PORT
    Listens on 127.0.0.1:PORT in the namespace (a file such as /run/netns/blue), connects where it was started. Prints "listening PORT".
"""
import ctypes
import os
import socket
import sys
import threading

CLONE_NEWNET = 0x40000000


def enter(path):
    with open(path) as namespace:
        if ctypes.CDLL(None).setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(f"cannot enter {path}")


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for each in source, sink:
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def main():
    namespace, port, target = sys.argv[1:]
    host, target_port = target.rsplit(":", 1)
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    enter(namespace)
    listener = socket.create_server(("127.0.0.1", int(port)))
    enter(f"/proc/self/fd/{here}")
    print(f"listening {port}", flush=True)
    while True:
        inner, _ = listener.accept()
        outer = socket.create_connection((host, int(target_port)))
        for pair in (inner, outer), (outer, inner):
            threading.Thread(target=pump, args=pair, daemon=True).start()


main()

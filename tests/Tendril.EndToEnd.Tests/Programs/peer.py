"""The client and server of the scenarios: real sockets, nothing else. Runs under any name (a symbolic link), which is then its node's name.

listen ADDRESS:PORT... [--workers N] [--backend ADDRESS:PORT] [--when-told]
    Serves until SIGTERM: echoes what comes, answers HTTP GET with "{}" and closes. Prints "listening PORT..." (port 0 takes a free one).
    With workers it forks after listen(), as prefork servers do; with a backend each request makes one connection there first; answers
    come at once or, when told to wait, each after a line on standard input.
connect ADDRESS:PORT... [--times N] [--timeout SECONDS] [--leave]
    N short connections in a row to each, 64 bytes each way. Prints "connected N failed N", then stays until its standard input ends, so
    that who it is can be seen; or leaves at once.
hold ADDRESS:PORT... [--times N]
    N connections to each, 64 bytes each way, then open until a line comes on standard input. Prints "holding N", at the end "closed".
attempt ADDRESS:PORT --times N
    N connects under way at the same time until a line comes on standard input. Prints "attempting N".
"""
import argparse
import os
import selectors
import signal
import socket
import sys

PAYLOAD = b"t" * 64
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


def parse(text):
    host, port = text.rsplit(":", 1)
    host = host.strip("[]")
    return (socket.AF_INET6 if ":" in host else socket.AF_INET), (host, int(port))


def say(text):
    print(text, flush=True)


def listen_on(text):
    family, address = parse(text)
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address[0] != "::"))
    listener.bind(address)
    listener.listen(1024)
    listener.setblocking(False)
    return listener


def serve(listeners, backend, when_told=False):
    selector = selectors.EpollSelector()
    for listener in listeners:
        selector.register(listener, selectors.EVENT_READ, True)
    while True:
        for key, _ in selector.select():
            if key.data:
                try:
                    connection, _ = key.fileobj.accept()
                except BlockingIOError:
                    continue  # another worker was faster
                selector.register(connection, selectors.EVENT_READ, False)
                continue
            connection = key.fileobj
            try:
                data = connection.recv(65536)
            except ConnectionResetError:
                data = b""
            if data and backend:
                exchange(backend, 5).close()
            if data and when_told:
                sys.stdin.readline()
            if data:
                connection.sendall(ANSWER if data.startswith(b"GET ") else data)
            if not data or data.startswith(b"GET "):
                selector.unregister(connection)
                connection.close()


def listen(arguments):
    listeners = [listen_on(each) for each in arguments.addresses]
    workers = []
    for _ in range(arguments.workers):
        worker = os.fork()
        if worker == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            serve(listeners, arguments.backend)
        workers.append(worker)
    say("listening " + " ".join(str(each.getsockname()[1]) for each in listeners))
    if not workers:
        serve(listeners, arguments.backend, arguments.when_told)

    def end(*_):
        for worker in workers:
            os.kill(worker, signal.SIGTERM)
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        signal.pause()


def exchange(target, timeout):
    family, address = parse(target)
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.settimeout(timeout)
    try:
        connection.connect(address)
        connection.sendall(PAYLOAD)
        received = 0
        while received < len(PAYLOAD):
            data = connection.recv(len(PAYLOAD) - received)
            if not data:
                raise ConnectionError("the server closed early")
            received += len(data)
    except BaseException:
        connection.close()
        raise
    return connection


def connect(arguments):
    connected = failed = 0
    for target in arguments.addresses:
        for _ in range(arguments.times):
            try:
                exchange(target, arguments.timeout).close()
                connected += 1
            except OSError:
                failed += 1
            if (connected + failed) % 1000 == 0:
                say(f"progress {connected + failed}")
    say(f"connected {connected} failed {failed}")
    if not arguments.leave:
        sys.stdin.readline()


def hold(arguments):
    held = [exchange(target, arguments.timeout) for target in arguments.addresses for _ in range(arguments.times)]
    say(f"holding {len(held)}")
    sys.stdin.readline()
    for connection in held:
        connection.close()
    say("closed")
    sys.stdin.readline()


def attempt(arguments):
    family, address = parse(arguments.addresses[0])
    attempts = []
    for _ in range(arguments.times):
        attempts.append(socket.socket(family, socket.SOCK_STREAM))
        attempts[-1].setblocking(False)
        attempts[-1].connect_ex(address)
    say(f"attempting {len(attempts)}")
    sys.stdin.readline()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("action", choices=["listen", "connect", "hold", "attempt"])
    parser.add_argument("addresses", nargs="+")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=10)
    parser.add_argument("--leave", action="store_true")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--backend")
    parser.add_argument("--when-told", action="store_true")
    arguments = parser.parse_args()
    {"listen": listen, "connect": connect, "hold": hold, "attempt": attempt}[arguments.action](arguments)


main()

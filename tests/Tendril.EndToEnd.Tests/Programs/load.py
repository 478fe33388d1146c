"""A service under load that keeps its own exact count of the connections it made. Runs under any name (a symbolic link), which is then its node's name.

load.py FIGURES ACTOR [--listen [--path PATH]] [--call EDGE:KIND:AMOUNT:ADDRESS:PORT]... [--seconds N]

FIGURES is a shared file of 64-bit words. Word 0 is the gate: 0 run, 1 pause, 2 pause and renew one long connection of each call. Word 8 + ACTOR is
what this service does: 1 running, 2 paused with nothing under way, 3 paused and renewed. From word 64 on each EDGE has eight words: opened, failed,
closed, bytes sent and received.

KIND is "short" (AMOUNT a second: connect, 64 bytes each way, close), "long" (AMOUNT held open, 64 bytes each way on each 20 times a
second), "refused" (AMOUNT a second to a port where nobody listens), "program" (AMOUNT a second, each by a run of curl), "datagram" (AMOUNT a second,
each a socket that sends 64 bytes and gets them back) or "unix" (AMOUNT a second, as short ones, with a path for an address and 0 for a port).
With --listen it serves too, TCP and UDP on one port and a Unix socket at PATH, and prints "listening PORT". It ends on SIGTERM, or by itself after
N seconds.
"""
import argparse
import mmap
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time

PAYLOAD = b"t" * 64
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
RUN, RENEW = 0, 2
RUNNING, PAUSED, RENEWED = 1, 2, 3
OPENED, FAILED, CLOSED, SENT, RECEIVED = range(5)


class Figures:
    def __init__(self, path):
        with open(path, "r+b") as file:
            self.words = memoryview(mmap.mmap(file.fileno(), 0)).cast("Q")

    def add(self, edge, counter, amount=1):
        self.words[64 + edge * 8 + counter] += amount


def receive(connection, length):
    while length > 0:
        data = connection.recv(length)
        if not data:
            raise ConnectionError("the server closed early")
        length -= len(data)


class Call:
    """One way to call one server."""

    def __init__(self, text, figures):
        edge, self.kind, amount, host, port = text.split(":")
        self.edge, self.amount, self.address, self.figures = int(edge), int(amount), (host, int(port)), figures
        self.every = 0.05 if self.kind == "long" else 1 / self.amount
        self.due = time.monotonic()
        self.held = []

    def turn(self):
        if self.kind == "short":
            self.close(self.open())
        elif self.kind == "refused":
            self.be_refused()
        elif self.kind == "program":
            self.run_program()
        elif self.kind == "datagram":
            self.ask()
        elif self.kind == "unix":
            self.dial_path()
        else:
            while len(self.held) < self.amount:
                self.held.append(self.open())
            for connection in self.held:
                self.exchange(connection)

    def open(self):
        connection = socket.create_connection(self.address, timeout=20)
        self.figures.add(self.edge, OPENED)
        self.exchange(connection)
        return connection

    def exchange(self, connection):
        connection.sendall(PAYLOAD)
        receive(connection, len(PAYLOAD))
        self.figures.add(self.edge, SENT, len(PAYLOAD))
        self.figures.add(self.edge, RECEIVED, len(PAYLOAD))

    def close(self, connection):
        connection.close()
        self.figures.add(self.edge, CLOSED)

    def renew(self):
        if self.held:
            self.close(self.held.pop(0))
            self.held.append(self.open())

    def be_refused(self):
        try:
            socket.create_connection(self.address, timeout=20)
        except ConnectionRefusedError:
            self.figures.add(self.edge, FAILED)

    # A conversation counts as a connection that is closed as it is opened.
    def ask(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(20)
            asker.connect(self.address)
            self.exchange(asker)
        self.figures.add(self.edge, OPENED)
        self.figures.add(self.edge, CLOSED)

    # How much goes through a Unix socket is not known.
    def dial_path(self):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(self.address[0])
            connection.sendall(PAYLOAD)
            receive(connection, len(PAYLOAD))
        self.figures.add(self.edge, OPENED)
        self.figures.add(self.edge, CLOSED)

    def run_program(self):
        # Its bytes are counted by the server.
        subprocess.run(["curl", "-sf", "-o", "/dev/null", "http://%s:%d/%d" % (*self.address, self.edge)], check=True)
        self.figures.add(self.edge, OPENED)
        self.figures.add(self.edge, CLOSED)


def make_calls(calls, figures, actor):
    state = 8 + actor
    while True:
        gate = figures.words[0]
        if gate != RUN:
            if gate == RENEW and figures.words[state] == PAUSED:
                for call in calls:
                    call.renew()
                figures.words[state] = RENEWED
            elif figures.words[state] == RUNNING or gate != RENEW:
                figures.words[state] = PAUSED
            time.sleep(0.005)
            continue
        figures.words[state] = RUNNING
        now = time.monotonic()
        for call in calls:
            if now >= call.due:
                call.due = max(call.due + call.every, now)
                call.turn()
        time.sleep(max(0.0, min(min(call.due for call in calls) - time.monotonic(), 0.02)))


def serve(listeners, datagrams, figures):
    selector = selectors.EpollSelector()
    selector.register(datagrams, selectors.EVENT_READ, False)
    for listener in listeners:
        selector.register(listener, selectors.EVENT_READ, True)
    while True:
        for key, _ in selector.select():
            if key.fileobj is datagrams:
                datagrams.sendto(*datagrams.recvfrom(65536))
                continue
            if key.data:
                connection, _ = key.fileobj.accept()
                selector.register(connection, selectors.EVENT_READ, False)
                continue
            connection = key.fileobj
            try:
                data = connection.recv(65536)
                if data.startswith(b"GET /"):
                    connection.sendall(ANSWER)
                    edge = int(data[5:].split(b" ")[0])
                    figures.add(edge, SENT, len(data))
                    figures.add(edge, RECEIVED, len(ANSWER))
                elif data:
                    connection.sendall(data)
            except OSError:
                data = b""
            if not data:
                selector.unregister(connection)
                connection.close()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("figures")
    parser.add_argument("actor", type=int)
    parser.add_argument("--listen", action="store_true")
    parser.add_argument("--path")
    parser.add_argument("--call", action="append", default=[])
    parser.add_argument("--seconds", type=int, default=7200)
    arguments = parser.parse_args()
    figures = Figures(arguments.figures)
    calls = [Call(text, figures) for text in arguments.call]
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(arguments.seconds)
    if not arguments.listen:
        make_calls(calls, figures, arguments.actor)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    listeners = [listener]
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(listener.getsockname())
    if arguments.path:
        listeners.append(socket.socket(socket.AF_UNIX))
        listeners[1].bind(arguments.path)
        listeners[1].listen(1024)
    print("listening", listener.getsockname()[1], flush=True)
    if calls:
        threading.Thread(target=make_calls, args=(calls, figures, arguments.actor), daemon=True).start()
    serve(listeners, datagrams, figures)


if __name__ == "__main__":
    sys.exit(main())

"""A server of the scenarios, on real sockets. Runs under any name (a symbolic link), which is then its node's name.

serve.py [OPTION...] (ADDRESS:PORT | /SOCKET | @ABSTRACT)...
    Listens, prints "listening ADDRESS...", and echoes what comes until SIGTERM.

    --reuse-port       shares its port with others (SO_REUSEPORT)
    --workers N        forks so many after listen(), as prefork servers do; the first process accepts nothing
    --never-accept     listens and accepts nothing
    --backlog N        with that queue
    --reset            accepts and at once ends the connection with a reset
    --http             answers HTTP requests, and closes
    --hold ADDRESS:PORT has a connection open to that server
    --title            writes what it is at over its arguments and its name, as Python's setproctitle does
    --self N           connects N times to itself
    --fast-open        takes TCP Fast Open
    --mptcp            with Multipath TCP
    --user ID          gives up root after bind()
    --comm NAME        calls itself so after listen() (prctl)
    --give PATH        hands its listening socket to whoever connects to that Unix socket, and closes it
    --take PATH        gets a listening socket so, in place of ADDRESS:PORT
    --exec PROGRAM     becomes another program, "--inherited", with the listening socket as standard input (inetd's way)
    --activate PROGRAM starts another program, with the listening socket as descriptor 3 and LISTEN_FDS=1 (systemd's way)
    --inherited FD     is that other program
    --on-demand        with --activate: when the first client is there, and not before
"""
import argparse
import array
import ctypes
import os
import selectors
import signal
import socket
import struct
import sys
import time

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
PROTOCOL_MPTCP = 262
SET_NAME = 15


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def parse(text):
    if text[0] in "/@":
        return socket.AF_UNIX, text if text[0] == "/" else "\0" + text[1:]
    host, port = text.rsplit(":", 1)
    host = host.strip("[]")
    return (socket.AF_INET6 if ":" in host else socket.AF_INET), (host, int(port))


def bind(text, options):
    family, address = parse(text)
    listener = socket.socket(family, socket.SOCK_STREAM, PROTOCOL_MPTCP if options.mptcp else 0)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if options.reuse_port:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address[0] != "::"))
    if options.fast_open:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 16)
    listener.bind(address)
    return listener


def take(path):
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    while True:
        try:
            channel.connect(path)
            break
        except OSError:
            time.sleep(0.02)
    descriptors = array.array("i")
    _, ancillary, _, _ = channel.recvmsg(1, socket.CMSG_LEN(descriptors.itemsize))
    descriptors.frombytes(ancillary[0][2])
    return socket.socket(fileno=descriptors[0])


def give(listener, path):
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    channel.bind(path)
    channel.listen(1)
    taker, _ = channel.accept()
    taker.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener.fileno()]))])
    listener.close()
    signal.pause()


def serve(listeners, options):
    selector = selectors.EpollSelector()
    for listener in listeners:
        listener.setblocking(False)
        selector.register(listener, selectors.EVENT_READ, True)
    while True:
        for key, _ in selector.select():
            if key.data:
                try:
                    connection, _ = key.fileobj.accept()
                except BlockingIOError:
                    continue  # another worker was faster
                if options.reset:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    connection.close()
                    continue
                selector.register(connection, selectors.EVENT_READ, False)
                continue
            try:
                data = key.fileobj.recv(65536)
                if data:
                    key.fileobj.sendall(ANSWER if options.http else data)
                if options.http:
                    data = b""
            except OSError:
                data = b""
            if not data:
                selector.unregister(key.fileobj)
                key.fileobj.close()


def end_with(children):
    def end(*_):
        for child in children:
            os.kill(child, signal.SIGTERM)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)


def fork_workers(listeners, options):
    workers = []
    for _ in range(options.workers):
        worker = os.fork()
        if worker == 0:
            serve(listeners, options)
        workers.append(worker)
    end_with(workers)


def write_title():
    """Over the memory of the arguments, which is what /proc shows."""
    with open("/proc/self/stat") as stat:
        begin, end = [int(word) for word in stat.read().rsplit(") ", 1)[1].split()[45:47]]
    ctypes.memset(begin, 0, end - begin)
    ctypes.memmove(begin, b"server: worker (idle)", min(21, end - begin))
    ctypes.CDLL(None).prctl(SET_NAME, b"server: worker (idle)", 0, 0, 0)


def connect_to_self(listener, options):
    caller = os.fork()
    if caller != 0:
        return end_with([caller])
    for _ in range(options.self):
        with socket.create_connection(listener.getsockname()) as connection:
            connection.sendall(b"t" * 64)
            connection.recv(64)
    say("called itself")
    signal.pause()


def activate(listener, options):
    if options.on_demand:
        selector = selectors.DefaultSelector()
        selector.register(listener, selectors.EVENT_READ)
        selector.select()
    server = os.fork()
    if server == 0:
        os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
        os.execv(sys.executable, [sys.executable, options.activate, "--inherited", "3"])
    end_with([server])
    signal.pause()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("addresses", nargs="*")
    for name, kind, default in [("workers", int, 0), ("backlog", int, 1024), ("self", int, 0), ("user", int, None), ("comm", str, None), ("hold", str, None),
                                ("give", str, None), ("take", str, None), ("exec", str, None), ("activate", str, None), ("inherited", int, None)]:
        parser.add_argument("--" + name, type=kind, default=default)
    for name in ["reuse-port", "never-accept", "reset", "fast-open", "mptcp", "on-demand", "http", "title"]:
        parser.add_argument("--" + name, action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if options.inherited is not None:
        listeners = [socket.socket(fileno=options.inherited)]
    elif options.take:
        listeners = [take(options.take)]
    else:
        listeners = [bind(each, options) for each in options.addresses]
        if options.user:
            os.setresgid(options.user, options.user, options.user)
            os.setresuid(options.user, options.user, options.user)
        for listener in listeners:
            listener.listen(options.backlog)
    if options.exec:
        os.dup2(listeners[0].fileno(), 0)
        os.execv(sys.executable, [sys.executable, options.exec, "--inherited", "0"])
    fork_workers(listeners, options)
    if options.self:
        connect_to_self(listeners[0], options)
    if options.comm:
        ctypes.CDLL(None).prctl(SET_NAME, options.comm.encode(), 0, 0, 0)
    if options.title:
        write_title()
    if options.hold:
        held = socket.create_connection(parse(options.hold)[1])
        held.sendall(b"t" * 64)
    say("listening " + " ".join(options.addresses))
    if options.give:
        give(listeners[0], options.give)
    elif options.activate:
        activate(listeners[0], options)
    elif options.never_accept or options.workers:
        while True:
            signal.pause()
    serve(listeners, options)


main()

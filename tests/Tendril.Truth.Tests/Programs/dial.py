r"""A client of the scenarios, on real sockets. Runs under any name (a symbolic link), which is then its node's name.

dial.py [OPTION...] (ADDRESS:PORT | NAME:PORT | /SOCKET | @ABSTRACT)...
    Short connections in a row to each address, 64 bytes each way. Before the first to a port it prints "dialling PORT MICROSECONDS" (of
    the wall clock), and when that fails "failed PORT MICROSECONDS" after; at the end "connected N failed N". Then it stays until its
    standard input ends, so that who it is can be seen.

    --times N          that many to each
    --rounds N         so many times all of it, after each but the last prints "round N" and waits for a line on standard input
    --timeout S        gives up after so long
    --leave            ends at once
    --hold             keeps them open: prints "holding N", on a line on standard input closes all, prints "closed"
    --every S          with --hold: 64 bytes each way on each again and again
    --bind PORT        from this port
    --interface NAME   by this interface only (SO_BINDTODEVICE)
    --say TEXT         this in place of the 64 bytes, with \r and \n for line ends; any answer will do
    --then PROGRAM     after the first round becomes another program, which does the same
    --tls NAME         begins TLS with the server of that name
    --all              to each of the addresses that a name has
    --silent           sends nothing and waits for nothing but the end of the connection, or not even that with --hold
    --blocking         connect() waits for as long as the kernel tries
    --nonblocking      connect() returns at once, and the outcome is awaited with poll()
    --mptcp            with Multipath TCP
    --fast-open HOW    "send": the payload goes with sendto(MSG_FASTOPEN); "connect": with TCP_FASTOPEN_CONNECT
    --threads N        from so many threads at once, each --times
    --fork             a child uses the connection that its parent made
    --exec PROGRAM     becomes another program, which uses the connection
    --inherited FD     is that other program
    --comm NAME        calls itself so first (prctl)
"""
import argparse
import ctypes
import os
import select
import socket
import ssl
import sys
import threading
import time

PAYLOAD = b"t" * 64
PROTOCOL_MPTCP = 262
TCP_FASTOPEN_CONNECT = 30
SET_NAME = 15

said = set()


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def addresses_of(name):
    return [entry[4][0] for entry in socket.getaddrinfo(name, 0, socket.AF_INET, socket.SOCK_STREAM)]


def stamp(word, address):
    port = 0 if isinstance(address, str) else address[1]
    if (word, port) not in said:
        said.add((word, port))
        say(f"{word} {port} {time.time_ns() // 1000}")


def parse(text):
    if text[0] in "/@":
        return socket.AF_UNIX, text if text[0] == "/" else "\0" + text[1:]
    host, port = text.rsplit(":", 1)
    host = host.strip("[]")
    if host[-1].isalpha():
        host = addresses_of(host)[0]
    return (socket.AF_INET6 if ":" in host else socket.AF_INET), (host, int(port))


def connect(connection, address, options):
    if options.fast_open == "connect":
        connection.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
    stamp("dialling", address)
    if options.fast_open == "send":
        connection.sendto(PAYLOAD, socket.MSG_FASTOPEN, address)
    elif options.nonblocking:
        connection.setblocking(False)
        error = connection.connect_ex(address)
        poll = select.poll()
        poll.register(connection, select.POLLOUT)
        if not poll.poll(options.timeout * 1000):
            raise TimeoutError()
        error = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, os.strerror(error))
        connection.settimeout(options.timeout)
    else:
        connection.connect(address)


def exchange(connection, is_sent=False):
    if not is_sent:
        connection.sendall(PAYLOAD)
    received = 0
    while received < len(PAYLOAD):
        data = connection.recv(len(PAYLOAD) - received)
        if not data:
            raise ConnectionError("the server closed early")
        received += len(data)


def use(connection, options):
    if options.tls:
        try:
            ssl._create_unverified_context().wrap_socket(connection, server_hostname=options.tls)
        except OSError:
            pass  # the server does not speak it; the name was told
        return
    if options.say:
        connection.sendall(options.say.encode().decode("unicode_escape").encode())
        connection.recv(4096)
    elif not options.silent:
        exchange(connection, options.fast_open == "send")
    elif not options.hold:
        connection.recv(1)


def dial(target, options):
    family, address = parse(target)
    connection = socket.socket(family, socket.SOCK_STREAM, PROTOCOL_MPTCP if options.mptcp else 0)
    if options.bind:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        connection.bind(("", options.bind))
    if options.interface:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, options.interface.encode())
    connection.settimeout(None if options.blocking else options.timeout)
    try:
        connect(connection, address, options)
        connection.settimeout(options.timeout)
    except OSError:
        stamp("failed", address)
        connection.close()
        raise
    if options.fork and os.fork() == 0:
        use(connection, options)
        connection.close()
        os._exit(0)
    if options.fork:
        os.wait()
    elif options.exec:
        connection.settimeout(None)
        connection.set_inheritable(True)
        os.execv(sys.executable, [sys.executable, options.exec, "--inherited", str(connection.detach())])
    else:
        use(connection, options)
    return connection


def dial_all(options, outcome):
    for target in options.addresses:
        for _ in range(options.times):
            try:
                dial(target, options).close()
                outcome.append(True)
            except ConnectionResetError:
                outcome.append(True)  # it was there, and the server ended it
            except OSError:
                outcome.append(False)


def hold(options):
    held = []
    for number in range(options.rounds, 0, -1):
        held += [dial(target, options) for target in options.addresses for _ in range(options.times)]
        if number > 1:
            say(f"round {options.rounds - number + 1}")
            sys.stdin.readline()
    say(f"holding {len(held)}")
    while not select.select([sys.stdin], [], [], options.every)[0]:
        for connection in held:
            exchange(connection)
    sys.stdin.readline()
    for connection in held:
        connection.close()
    say("closed")
    sys.stdin.readline()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("addresses", nargs="*")
    for name, kind, default in [("times", int, 1), ("rounds", int, 1), ("timeout", float, 10), ("every", float, None), ("bind", int, None), ("interface", str, None), ("fast-open", str, None),
                                ("threads", int, 1), ("exec", str, None), ("then", str, None), ("say", str, None), ("tls", str, None),
                                ("inherited", int, None), ("comm", str, None)]:
        parser.add_argument("--" + name, type=kind, default=default)
    for name in ["leave", "hold", "silent", "blocking", "nonblocking", "mptcp", "fork", "all"]:
        parser.add_argument("--" + name, action="store_true")
    options = parser.parse_args()
    if options.all:
        named = [text.rsplit(":", 1) for text in options.addresses]
        options.addresses = [f"{address}:{port}" for name, port in named for address in addresses_of(name)]
    if options.comm:
        ctypes.CDLL(None).prctl(SET_NAME, options.comm.encode(), 0, 0, 0)
    if options.hold:
        return hold(options)
    outcome = []
    if options.inherited is not None:
        connection = socket.socket(fileno=options.inherited)
        exchange(connection)
        connection.close()
        outcome.append(True)
    for number in range(1, options.rounds):
        dial_all(options, outcome)
        say(f"round {number}")
        sys.stdin.readline()
    if options.then:
        os.execv(sys.executable, [sys.executable, options.then, "--times", str(options.times)] + options.addresses)
    threads = [threading.Thread(target=dial_all, args=(options, outcome)) for _ in range(options.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say(f"connected {outcome.count(True)} failed {outcome.count(False)}")
    if not options.leave:
        sys.stdin.readline()


main()

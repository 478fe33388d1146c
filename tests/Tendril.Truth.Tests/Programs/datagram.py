"""UDP of the scenarios, on real sockets. Runs under any name (a symbolic link), which is then its node's name.

datagram.py serve [--silent] [--answers N] ADDRESS:PORT...
    Prints "listening ADDRESS..." and answers each datagram with one, or N, of the same; silent ones answer none.
datagram.py ask [OPTION...] ADDRESS:PORT...
    Prints "dialling PORT MICROSECONDS" before the first, sends datagrams of 64 bytes, awaits the answer to each, prints "asked N", and stays.

    --times N          so many sockets, one after the other, for each address
    --messages N       datagrams on each socket
    --connected        with connect() and send(), else with sendto()
    --one-way          awaits no answer
    --answers N        awaits so many for each
    --bind PORT        from this port
    --only-connect     sends nothing
"""
import argparse
import selectors
import socket
import sys
import time

PAYLOAD = b"t" * 64


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def parse(text):
    host, port = text.rsplit(":", 1)
    host = host.strip("[]")
    return (socket.AF_INET6 if ":" in host else socket.AF_INET), (host, int(port))


def bind(text):
    family, address = parse(text)
    bound = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address[0] != "::"))
    bound.bind(address)
    return bound


def serve(options):
    selector = selectors.EpollSelector()
    for each in options.addresses:
        selector.register(bind(each), selectors.EVENT_READ)
    say("listening " + " ".join(options.addresses))
    while True:
        for key, _ in selector.select():
            data, peer = key.fileobj.recvfrom(65536)
            for _ in range(0 if options.silent else options.answers):
                key.fileobj.sendto(data, peer)


def ask(options):
    asked = 0
    for target in options.addresses:
        family, address = parse(target)
        for number in range(options.times):
            asker = socket.socket(family, socket.SOCK_DGRAM)
            asker.settimeout(5)
            if options.bind:
                asker.bind(("", options.bind))
            if number == 0:
                say(f"dialling {address[1]} {time.time_ns() // 1000}")
            if options.connected or options.only_connect:
                asker.connect(address)
            for _ in range(0 if options.only_connect else options.messages):
                asker.send(PAYLOAD) if options.connected else asker.sendto(PAYLOAD, address)
                for _ in range(0 if options.one_way else options.answers):
                    try:
                        asker.recvfrom(65536)
                    except OSError:
                        break  # nobody is there
                asked += 1
            asker.close()
    say(f"asked {asked}")
    sys.stdin.readline()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("action", choices=["serve", "ask"])
    parser.add_argument("addresses", nargs="+")
    for name, default in [("times", 1), ("messages", 1), ("answers", 1), ("bind", 0)]:
        parser.add_argument("--" + name, type=int, default=default)
    for name in ["silent", "connected", "one-way", "only-connect"]:
        parser.add_argument("--" + name, action="store_true")
    options = parser.parse_args()
    {"serve": serve, "ask": ask}[options.action](options)


main()

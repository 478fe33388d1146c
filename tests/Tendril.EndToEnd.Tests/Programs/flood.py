"""Dials ever new addresses, as a port scanner or a worm does. Runs under any name (a symbolic link), which is then its node's name.

scan ADDRESS FIRST LAST
    One connect to each of these ports. After them prints "scanned N refused N" and waits for a line on standard input: an ADDRESS:PORT,
    to which it makes one short connection and prints "reached", or FIRST LAST for more ports.
storm NETWORK N
    N connects to random addresses of a network, such as 10.66.0.0/16, and random ports, each given up at once. Prints "given up N", then
    goes on as scan does, but with N for more.
"""
import ipaddress
import random
import socket
import sys


def say(text):
    print(text, flush=True)


def scan(address, first, last):
    refused = 0
    for port in range(first, last + 1):
        with socket.socket() as connection:
            refused += connection.connect_ex((address, port)) != 0
    say(f"scanned {last + 1 - first} refused {refused}")


def storm(network, count):
    addresses = ipaddress.ip_network(network)
    for _ in range(count):
        with socket.socket() as connection:
            connection.setblocking(False)
            connection.connect_ex((str(addresses[random.randrange(2, addresses.num_addresses - 1)]), random.randrange(1, 65536)))
    say(f"given up {count}")


def reach(target):
    address, port = target.rsplit(":", 1)
    with socket.create_connection((address, int(port)), timeout=30) as connection:
        connection.sendall(b"t" * 64)
        left = 64
        while left:
            left -= len(connection.recv(left)) or sys.exit("the server closed early")
    say("reached")


action, where, *numbers = sys.argv[1:]
flood = {"scan": scan, "storm": storm}[action]
flood(where, *map(int, numbers))
for line in sys.stdin:
    if ":" in line:
        reach(line.strip())
    else:
        flood(where, *map(int, line.split()))

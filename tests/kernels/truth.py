"""Compares what an operator shows with what tests/kernels/guest.c did, and what the agent says of its kernel with what is expected there.

truth.py OPERATOR KERNEL VARIANT CONSOLE FOR_SECONDS
    OPERATOR is the address of the REST API, KERNEL a version such as 6.1, VARIANT one of v2, hybrid, no-btf, lockdown; CONSOLE has the
    guest's lines. Asks again until all is right or the time is up, then prints the row of docs/kernels.md, and after it what is wrong.
truth.py --refusal VARIANT CONSOLE
    The agent must have refused to run, in one line.
Exit code 1 when something is wrong.
"""
import json
import re
import sys
import time
import urllib.request

# client, server, transport, port -> opened, failed, closed, active, bytes each way. What is not here must not be in the graph.
CONNECTIONS = {
    ("pool", "shop", "tcp", 7001): (5, 0, 5, 0, 320),  # opened before the agent: counted from its start on
    ("old4", "shop", "tcp", 7001): (20, 0, 20, 0, 1280),
    ("old6", "shop", "tcp", 7002): (20, 0, 20, 0, 1280),
    ("web", "store", "tcp", 7101): (200, 0, 200, 0, 12800),
    ("web6", "store", "tcp", 7102): (100, 0, 100, 0, 6400),
    ("mapped", "store", "tcp", 7103): (50, 0, 50, 0, 3200),
    ("brief", "store", "tcp", 7101): (20, 0, 20, 0, 1280),
    ("held", "store", "tcp", 7101): (2, 0, 0, 2, 256),
    ("refused", "127.0.0.1:7999", "tcp", 7999): (0, 20, 0, 0, 0),
    ("lost", "203.0.113.1:80", "tcp", 80): (0, 3, 0, 0, 0),
    ("asker", "answerer", "udp", 7201): (30, 0, 30, 0, 1920),
    ("dialler", "socketd", "unix", None): (10, 0, 10, 0, None),
}
REASONS = {"refused": ("refused", 20), "lost": ("unreachable", 3)}
TYPES, PROCESS, NAMESPACES, ITERATORS, OPEN, PACKETS, UNIX = (
    "BTF", "process of sockops", "network namespaces", "iter/tcp", "open connections", "cgroup_skb", "cgroup/connect_unix")
HOOKS = ["cgroup/connect4", "cgroup/connect6", "sockops"]


def expected_gaps(kernel, variant):
    """What the agent has to do without, on a kernel as its distribution built it."""
    gaps = set()
    if kernel < (6, 7) or variant in ("no-btf", "lockdown"):
        gaps.add(UNIX)
    if kernel < (5, 11) or variant == "no-btf":
        gaps.add(ITERATORS)
    if kernel < (5, 12):
        gaps.add(OPEN)
    # A kernel that gives socket callbacks no task as a typed pointer has to copy it, which lockdown forbids.
    if variant == "no-btf" or (variant == "lockdown" and kernel < (5, 11)):
        gaps.add(TYPES)
        if kernel < (6, 13):
            gaps.add(PROCESS)
        if kernel < (5, 15):
            gaps.add(NAMESPACES)
    return gaps


def expected_edges(gaps):
    edges = dict(CONNECTIONS)
    if UNIX in gaps:
        del edges["dialler", "socketd", "unix", None]
    if PACKETS in gaps:
        del edges["asker", "answerer", "udp", 7201]
    if OPEN in gaps and ITERATORS in gaps:
        edges["held", "store", "tcp", 7101] = (2, 0, 0, 2, 0)  # bytes of open connections are counted at their end
    return edges


def ask(operator, path):
    with urllib.request.urlopen(operator.rstrip("/") + path, timeout=10) as answer:
        return json.load(answer)


def name_of(node):
    # A server's name ends in its first port, which is not of interest here.
    return re.sub(r":\d+$", "", node["name"]) if node["kind"] == "process" else node["name"]


def edges_of(graph):
    names = {node["id"]: name_of(node) for node in graph["nodes"]}
    edges = {}
    for edge in graph["edges"]:
        unix = edge["transport"] == "unix"
        key = (names[edge["source"]], names[edge["target"]], edge["transport"], None if unix else edge["port"])
        counts = tuple(edge["connections" + what] for what in ("Opened", "Failed", "Closed", "Active"))
        edges[key] = counts + (None if unix else edge["bytesSent"],)
        if not unix and edge["bytesReceived"] != edge["bytesSent"]:
            edges[key] = counts + ((edge["bytesSent"], edge["bytesReceived"]),)
    return edges


def wrong_reasons(graph, gaps):
    names = {node["id"]: name_of(node) for node in graph["nodes"]}
    for edge in graph["edges"]:
        client = names[edge["source"]]
        if client not in REASONS or (TYPES in gaps and client == "refused"):
            continue
        reason, times = REASONS[client]
        if edge["failures"][reason] != times:
            yield f"failures of {client}: {edge['failures']}, expected {times} {reason}"


def compare(graph, kernel, variant):
    wrong, agents = [], graph["stats"]["agents"]
    if len(agents) != 1:
        return [f"{len(agents)} agents"], set()
    agent = agents[0]
    there = {each["name"]: each for each in agent["capabilities"]}
    gaps = {name for name, each in there.items() if not each["available"]}
    for name in expected_gaps(kernel, variant) ^ gaps:
        wrong.append(f"{name}: expected to be {'there' if name in gaps else 'missing'}; the agent says: {there.get(name, {}).get('detail', 'nothing')}")
    for name in HOOKS:
        if not there.get(name, {}).get("available"):
            wrong.append(f"{name} is not attached")
    expected, actual = expected_edges(gaps), edges_of(graph)
    for key in sorted(expected.keys() | actual.keys(), key=str):
        if expected.get(key) != actual.get(key):
            wrong.append(f"{' '.join(map(str, key))}: {actual.get(key, 'missing')}, expected {expected.get(key, 'nothing')}")
    wrong += wrong_reasons(graph, gaps)
    known = {end for key in expected for end in key[:2]} | {"answerer", "socketd"}
    wrong += [f"a node {name}" for name in {name_of(node) for node in graph["nodes"]} - known]
    if agent["counterOverflows"] or agent["unattributed"]:
        wrong.append(f"counter overflows {agent['counterOverflows']}, unattributed {agent['unattributed']}")
    check = agent["selfCheck"]
    if not check or check["share"] != 1:
        wrong.append(f"self-check: {check}")
    return wrong, gaps


def wrong_lines(console, gaps):
    lines = [line for line in console if line.startswith("agent: ")]
    for name in gaps:
        told = [line for line in lines if f" without {name}: " in line]
        if len(told) != 1:
            yield f"{len(told)} lines of the agent's start-up say that there is no {name}"
    yield from (line for line in console if "FAULT" in line or "Unhandled" in line)


def row(graph, gaps, wrong):
    def cell(yes, otherwise="no"):
        return "yes" if yes else otherwise

    capabilities = {each["name"]: each for each in graph["stats"]["agents"][0]["capabilities"]} if graph["stats"]["agents"] else {}
    details = [capabilities.get(name, {}).get("detail", "") for name in (PROCESS, NAMESPACES)]
    text = " ".join(wrong)
    return " | ".join([
        cell(all(capabilities.get(hook, {}).get("available") for hook in HOOKS)),
        cell(TYPES not in gaps),
        "connect hook, /proc" if PROCESS in gaps else "task" if "task" in details[0] else "helpers",
        "no" if NAMESPACES in gaps else "number" if "number" in details[1] else "cookie",
        cell(ITERATORS not in gaps, "no: sock_diag"),
        cell(OPEN not in gaps),
        cell(PACKETS not in gaps and "udp" not in text),
        cell(UNIX not in gaps),
        cell("pool shop" not in text and "shop" not in text),
        cell(not re.search(r"tcp \d+: ", text)),
        cell(TYPES not in gaps and "failures of" not in text, "unreachable only"),
    ])


def refusal(variant, console):
    lines = [line[len("agent: "):] for line in console if line.startswith("agent: ")]
    if len(lines) == 1 and "cgroup v1" in lines[0] and any("the agent ended with 1" in line for line in console):
        print(lines[0])
        return 0
    print("the agent should have refused in one line; it said:", *lines, sep="\n")
    return 1


def read(console):
    with open(console, errors="replace") as text:
        return [line.strip() for line in text]


def main(arguments):
    if arguments[0] == "--refusal":
        return refusal(arguments[1], read(arguments[2]))
    operator, version, variant, console, seconds = arguments
    kernel = tuple(int(number) for number in version.split(".")[:2])
    deadline = time.monotonic() + float(seconds)
    while True:
        graph = ask(operator, "/api/dependency-graph")
        wrong, gaps = compare(graph, kernel, variant)
        wrong += wrong_lines(read(console), gaps)
        if not wrong or time.monotonic() >= deadline:
            break
        time.sleep(0.5)
    print(row(graph, gaps, wrong))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

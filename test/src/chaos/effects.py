"""Counts on a host what was done since a time: argv are that time (epoch seconds) and the operation. Prints JSON."""
import collections
import glob
import json
import subprocess
import sys
from datetime import datetime, timezone

since, operation = float(sys.argv[1]), sys.argv[2]
STARTED = "39f53479d3a045ac8e11786248231fbf"   # systemd's own: a unit was started


def units():
    """Starts of each transient unit of the operation."""
    shown = subprocess.run(
        ["journalctl", "--output=json", "--since=@%d" % since, "MESSAGE_ID=" + STARTED], capture_output=True, text=True, check=False
    ).stdout
    names = [json.loads(line).get("UNIT", "") for line in shown.splitlines() if line.startswith("{")]
    return dict(collections.Counter(name for name in names if name.startswith("slipway-" + operation)))


def packages():
    """Installations of each package that was not there."""
    counts = collections.Counter()
    for line in lines("/var/log/dpkg.log"):
        words = line.split()
        if len(words) < 5 or words[2] != "install" or words[4] != "<none>":
            continue
        at = datetime.strptime(" ".join(words[:2]), "%Y-%m-%d %H:%M:%S").astimezone().timestamp()
        if at >= since - 1:
            counts[words[3]] += 1
    return dict(counts)


def requests():
    """What the API server was asked and did: creations (less deletions between), evictions, changes of nodes by Slipway."""
    standing, twice, evicted, nodes = set(), [], collections.Counter(), collections.Counter()
    for event in audited():
        about = event.get("objectRef") or {}
        key = "/".join(about.get(part, "") for part in ("resource", "namespace", "name"))
        code = (event.get("responseStatus") or {}).get("code", 0)
        if not about.get("name") or code >= 300:
            continue
        if about.get("subresource") == "eviction":
            evicted[key] += 1
        elif about.get("subresource"):
            continue
        elif event["verb"] in ("create", "patch") and code == 201:
            if key in standing:
                twice.append(key)
            standing.add(key)
        elif event["verb"] == "delete":
            standing.discard(key)
        elif event["verb"] == "patch" and about.get("resource") == "nodes" and "super-admin" in event["user"]["username"]:
            nodes[key] += 1
    return {"twice": twice, "evicted": dict(evicted), "nodes": dict(nodes)}


def audited():
    events = []
    for path in glob.glob("/var/log/kubernetes/*.log"):
        for line in lines(path):
            event = json.loads(line) if line.startswith("{") and line.endswith("}") else {}
            if event.get("stage") != "ResponseComplete":
                continue
            at = datetime.strptime(event["requestReceivedTimestamp"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
            if at.timestamp() >= since:
                events.append((event["requestReceivedTimestamp"], event))
    return [event for _, event in sorted(events, key=lambda pair: pair[0])]


def lines(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []


print(json.dumps({"units": units(), "packages": packages(), **requests()}))

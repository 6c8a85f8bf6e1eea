"""Reads all facts of a host at once, and judges them."""
from __future__ import annotations

import inspect
from concurrent.futures import ThreadPoolExecutor

from ansible.module_utils.slipway.preflight import finding, identity, kernel, machine, network, ports, repository, software, storage

PARTS = (machine, identity, kernel, storage, software, network, repository, ports)
# most readings wait: for a disk, a name server, a program
AT_ONCE = 12


def read(given):
    """Facts by name, and why the others are missing."""
    reads = {name: reading for part in PARTS for name, reading in part.READS.items()}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = {name: pool.submit(reading, given) for name, reading in reads.items()}
    failed = {name: one.exception() for name, one in asked.items() if one.exception()}
    return {name: one.result() for name, one in asked.items() if name not in failed}, failed


def judge(given, facts, failed):
    """All findings: a judgement whose facts could not be read says nothing, that reading does."""
    found = [
        finding.warning("not-read", "%s could not be read: %s" % (name.replace("_", " "), problem), "read it by hand: nobody has judged it", repr(problem))
        for name, problem in failed.items()
    ]
    for judgement in (judgement for part in PARTS for judgement in part.JUDGEMENTS):
        needed = list(inspect.signature(judgement).parameters)[1:]
        if all(name in facts for name in needed):
            found += judgement(given, *(facts[name] for name in needed))
    return found

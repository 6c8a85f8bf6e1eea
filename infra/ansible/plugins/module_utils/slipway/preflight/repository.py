"""Whether repo-proxy can be reached at each of its addresses, by TLS under its name, and takes the cluster's token."""
from __future__ import annotations

import base64
import http.client
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor

from ansible.module_utils.slipway.preflight.finding import error, warning

SECONDS = 5


def read_repository(given):
    repo = given["repo"]
    if not repo["addresses"]:
        return []
    with ThreadPoolExecutor(len(repo["addresses"])) as pool:
        return list(pool.map(lambda address: asked(repo, address), repo["addresses"]))


def asked(repo, address):
    """What came of asking one address: a status, or a problem and whether the certificate was it."""
    try:
        return {"address": address, "status": ask(repo, address), "problem": "", "certificate": False}
    except (OSError, http.client.HTTPException) as problem:
        return {"address": address, "status": None, "problem": str(problem) or repr(problem), "certificate": isinstance(problem, ssl.SSLError)}


def ask(repo, address):
    """A real TLS request to one address under the repository's name, with the token where there is one; answers the status."""
    context = ssl.create_default_context(cadata=repo["ca"])
    with socket.create_connection((address, repo["port"]), timeout=SECONDS) as plain:
        with context.wrap_socket(plain, server_hostname=repo["name"]) as secured:
            basic = base64.b64encode(("%s:%s" % (repo["user"], repo["token"])).encode()).decode()
            authorization = "Authorization: Basic %s\r\n" % basic if repo["token"] else ""
            secured.sendall(("GET /v2/ HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n" % (repo["name"], authorization)).encode())
            answer = http.client.HTTPResponse(secured)
            answer.begin()
            return answer.status


READS = {"repository": read_repository}


def judge_repository(given, repository):
    repo = given["repo"]
    place = "%s:%d" % (repo["name"], repo["port"])
    failed = [one for one in repository if one["problem"]]
    said = "; ".join("%(address)s: %(problem)s" % one for one in failed)
    if any(one["certificate"] for one in failed):
        yield error("repository-certificate", "what answers as the repository %s does not show a certificate of Slipway's authority: %s" % (place, said),
                    "find out who answers there (a proxy that breaks TLS?), and look at this host's clock", said)
    elif repository and len(failed) == len(repository):
        yield error("repository-unreachable", "the repository %s can't be reached: %s" % (place, said), "let this host reach that address and port", said)
    elif failed:
        yield warning("repository-partly-unreachable", "the repository %s can't be reached at every address: %s" % (place, said), "let this host reach all of them, or list fewer", said)
    refused = [one["status"] for one in repository if one["status"] in (401, 403)]
    if repo["token"] and refused:
        yield error("repository-refuses", "the repository %s refuses this cluster's token" % place, "retry: the next attempt carries a fresh token", refused[0])


JUDGEMENTS = (judge_repository,)

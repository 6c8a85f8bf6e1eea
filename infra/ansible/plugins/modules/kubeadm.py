"""Make this host a node, once: `kubeadm init` or `kubeadm join`, looked for before it is done."""
from __future__ import annotations

import json
import os
import ssl
import time
import urllib.error
import urllib.request

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import ledger, lock, transient

KUBEADM = "/usr/local/bin/kubeadm"
CRICTL = "/usr/local/bin/crictl"
SOCKET = "unix:///run/containerd/containerd.sock"
TRACES = ("/etc/kubernetes/pki", "/etc/kubernetes/kubelet.conf", "/etc/kubernetes/bootstrap-kubelet.conf", "/var/lib/kubelet/config.yaml")


def main():
    module = AnsibleModule(
        argument_spec={
            "operation": {"type": "str", "required": True},
            "deed": {"choices": ["init", "join"], "required": True},
            "config": {"type": "path", "required": True},
            "api": {"type": "str", "required": True},           # where the API server answers
            "token_id": {"type": "str"},                        # of join: the public half of its token
            "node": {"type": "str"},                            # of join: the node's name
            "remove_after": {"type": "list", "elements": "str", "default": []},
            "restart_api_server": {"type": "bool", "default": False},      # of init: a file that it reads at its start has changed
            "make_super_admin": {"type": "bool", "default": False},        # of init: the one of the first run was lost on its way
            "timeout": {"type": "int", "default": 600},
        },
        supports_check_mode=True,
    )
    try:
        node, adopted = is_node(module), None
        if not node and not module.check_mode:
            adopted = become_node(module)
        if node and not module.check_mode:
            renew(module)
    except lock.Refused as refused:
        module.fail_json(msg=str(refused), slipway_retryable=refused.is_lost)
    finally:
        # secrets go, whether they were needed or not; in check mode what is there is that of another run
        for path in [] if module.check_mode else module.params["remove_after"]:
            if os.path.exists(path):
                os.unlink(path)
    module.exit_json(changed=not node, adopted=adopted)


def is_node(module):
    """Whether an earlier run got to its end; for a control plane its API server has to answer too."""
    book = ledger.read()
    finished = bool(book and book["initialised"]) and os.path.exists("/etc/kubernetes/kubelet.conf")
    if finished and module.params["deed"] == "init":
        wait_for_api(module, 120)
    return finished


def renew(module):
    """What a second run may have to do on a control plane that is there."""
    if module.params["restart_api_server"]:
        _, ids, _ = module.run_command([CRICTL, "ps", "--quiet", "--name=kube-apiserver"])
        module.run_command([CRICTL, "stop", *ids.split()], check_rc=True)      # kubelet starts it again
        wait_for_api(module, 120)
    if module.params["make_super_admin"] and not os.path.exists("/etc/kubernetes/super-admin.conf"):
        module.run_command([KUBEADM, "init", "phase", "kubeconfig", "super-admin", "--config=" + module.params["config"]], check_rc=True)


def become_node(module):
    given = module.params
    operation = lock.parse(given["operation"])
    argv = [KUBEADM, given["deed"], "--config=" + given["config"]]
    argv += ["--skip-token-print"] if given["deed"] == "init" else []
    if transient.succeeded(operation, argv):
        done = {"rc": 0, "adopted": True}
    else:
        if not transient.active(transient.unit_name(operation)) and any(map(os.path.exists, TRACES)):
            # an attempt died half-way: nothing of value is here yet, and kubeadm refuses to go over its own traces
            opener = opener_of_kubelet() if given["deed"] == "join" else None
            transient.run(operation, [KUBEADM, "reset", "--force", "--cri-socket=" + SOCKET], 180, "clean")
            if opener:
                wait_for_silence(module, opener, 90)
        if given["deed"] == "join":
            wait_for_signature(module, 60)
        done = transient.run(operation, argv, given["timeout"], remove_after=given["remove_after"])
    if done["rc"]:
        module.fail_json(msg="kubeadm %s ended with %d: %s" % (given["deed"], done["rc"], transient.complaints(done["tail"])), log=done["tail"])
    if given["deed"] == "init":
        wait_for_api(module, 120)
        forget_token_of_init(module)
    with ledger.opened() as book:
        book["initialised"] = True
    return done["adopted"]


def opener_of_kubelet():
    """Asks as this host's kubelet, with what it holds before it is cleaned away; None where it never came so far."""
    try:
        context = ssl.create_default_context(cafile="/etc/kubernetes/pki/ca.crt")
        context.load_cert_chain("/var/lib/kubelet/pki/kubelet-client-current.pem")
    except OSError:
        return None
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))


def wait_for_silence(module, opener, seconds):
    """Wait until the cluster no longer takes the node of an attempt that died for alive: kubeadm refuses to join over one that is Ready.

    The kubelet is stopped, so that is after the controllers' grace period of some 50 seconds; there is no quicker way without an administrator's rights.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with opener.open("%(api)s/api/v1/nodes/%(node)s" % module.params, timeout=5) as answer:
                conditions = json.load(answer)["status"].get("conditions", [])
        except urllib.error.HTTPError:
            return      # it has no node, or lost its rights
        except (OSError, ValueError, KeyError):
            time.sleep(1)      # the API server may be restarting
            continue
        if not any(each["type"] == "Ready" and each["status"] == "True" for each in conditions):
            return
        time.sleep(1)


def wait_for_api(module, seconds):
    """Wait until the API server says that it is ready; its own certificate authority vouches for it."""
    deadline = time.monotonic() + seconds
    said = "no answer"
    while time.monotonic() < deadline:
        try:
            context = ssl.create_default_context(cafile="/etc/kubernetes/pki/ca.crt")
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
            with opener.open(module.params["api"] + "/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except urllib.error.HTTPError as error:
            said = error.read().decode("utf-8", "replace")[-1000:]
        except (OSError, ValueError) as error:
            said = str(getattr(error, "reason", error))
        time.sleep(0.25)
    module.fail_json(msg="the API server at %s is not ready after %d seconds: %s" % (module.params["api"], seconds, said))


def wait_for_signature(module, seconds):
    """Wait until the cluster has signed its public part with our token: kubeadm looks only every five seconds.

    Nothing is trusted here, it is only a question of when; kubeadm verifies what it then reads by the authority's digest.
    """
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with opener.open(module.params["api"] + "/api/v1/namespaces/kube-public/configmaps/cluster-info", timeout=5) as answer:
                if "jws-kubeconfig-" + module.params["token_id"] in json.load(answer)["data"]:
                    return
        except (OSError, ValueError, KeyError):
            pass      # what keeps failing, kubeadm says in its own words
        time.sleep(0.1)


def forget_token_of_init(module):
    """kubeadm init always makes a token for a day; no join of ours uses it, so no cluster keeps it."""
    kubectl = ["/usr/local/bin/kubectl", "--kubeconfig=/etc/kubernetes/super-admin.conf", "--cache-dir=/run/slipway/kubectl", "--namespace=kube-system"]
    code, out, err = module.run_command(
        [*kubectl, "get", "secrets", "--field-selector=type=bootstrap.kubernetes.io/token", "--output=json"]
    )
    if code:
        module.fail_json(msg="can't list bootstrap tokens: %s" % err)
    names = [secret["metadata"]["name"] for secret in json.loads(out)["items"]]
    if names:
        code, _, err = module.run_command([*kubectl, "delete", "secret", *names])
        if code:
            module.fail_json(msg="can't delete the bootstrap token of kubeadm init: %s" % err)


if __name__ == "__main__":
    main()

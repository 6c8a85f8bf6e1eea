import unittest

from ansible.module_utils.slipway.transient import complaints

PREFLIGHT = """[preflight] Running pre-flight checks
[preflight] Some fatal errors occurred:
\t[ERROR Port-6443]: Port 6443 is in use
\t[ERROR FileAvailable--etc-kubernetes-manifests-etcd.yaml]: /etc/kubernetes/manifests/etcd.yaml already exists
[preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`
error: error execution phase preflight: preflight checks failed
To see the stack trace of this error execute with --v=5 or higher
"""
UNHEALTHY = """[control-plane-check] Checking kube-apiserver at https://10.0.0.1:6443/livez
[control-plane-check] kube-apiserver is not healthy after 4m0.0s

A control plane component may have crashed or exited when started by the container runtime.
error: error execution phase wait-control-plane: failed while waiting for the control plane to start
"""


class Complaints(unittest.TestCase):
    """What a person reads first of a program that failed."""

    def test_kubeadm_says_what_is_in_its_way_and_where_it_stopped(self):
        self.assertEqual([line.split(":")[0] for line in complaints(PREFLIGHT).splitlines()], ["[ERROR Port-6443]", "[ERROR FileAvailable--etc-kubernetes-manifests-etcd.yaml]", "error"])
        self.assertEqual(len(complaints(UNHEALTHY).splitlines()), 2)
        self.assertIn("kube-apiserver is not healthy", complaints(UNHEALTHY))

    def test_apt_says_it_by_a_letter(self):
        self.assertEqual(complaints("Reading package lists...\nE: Unable to locate package x\n"), "E: Unable to locate package x")

    def test_a_program_that_complains_in_no_known_way_is_heard_to_its_end(self):
        self.assertEqual(complaints("\n".join(map(str, range(20)))), "\n".join(map(str, range(12, 20))))
        self.assertEqual(complaints(""), "")

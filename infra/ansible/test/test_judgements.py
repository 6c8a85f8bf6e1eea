import unittest

from ansible.module_utils.slipway.preflight import identity, kernel, machine, mending, network, repository, software, storage, survey

GIVEN = {
    "node": {"name": "cp", "role": "control-plane", "address": "10.0.0.1"},
    "cluster": {"id": "c", "kubernetes_version": "1.36.3", "proxy_mode": "nftables", "cni": {"backend": "vxlan"}, "pod_cidr": "10.244.0.0/16", "service_cidr": "10.96.0.0/12"},
    "release": {"packages": {"repository": "debian-12", "names": []}, "versions": {"nft": "1.0.6"}, "platform": "debian-12-amd64"},
    "os": {"id": "debian", "version": "12"}, "profile": {}, "repo": {"name": "repo", "port": 8443, "token": "t"},
}
PRESENT = {name: "present" for name in kernel.FEATURES}
SWAP = {"areas": ["/swap"], "unnamed": [], "used_kib": 10, "available_kib": 1000, "shown": "/swap"}
OK = {"address": "a", "status": 200, "problem": "", "certificate": False}
LOST = {"address": "b", "status": None, "problem": "timed out", "certificate": False}
FAKE = {"address": "c", "status": None, "problem": "self-signed", "certificate": True}


class Judgements(unittest.TestCase):
    """What no host of the lab has, or hides by what it has: (judgement, facts) → ids."""

    def told(self, judgement, *facts, **changes):
        return [finding["id"] for finding in judgement({**GIVEN, **changes}, *facts)]

    def test_each_says_what_speaks_against_a_host_and_nothing_of_a_sound_one(self):
        for judgement, sound, wrong, id_ in (
            (machine.judge_os, {"id": "debian", "version": "12", "pretty": ""}, {"id": "ubuntu", "version": "24.04", "pretty": "Ubuntu"}, "os-unsupported"),
            (machine.judge_architecture, "amd64", "arm64", "architecture-unsupported"),
            (machine.judge_init, "systemd", "init", "init-unsupported"),
            (machine.judge_python, [3, 8, 0], [3, 7, 9], "python-too-old"),
            (machine.judge_kernel, "4.19.0", "4.18.99", "kernel-too-old"),
            (machine.judge_root, 0, 1000, "no-sudo"),
            (machine.judge_cpus, 2, 1, "too-few-cpus"),
            (machine.judge_memory, 1700, 1699, "too-little-memory"),
            (identity.judge_machine_id, "0" * 32, "", "machine-id-missing"),
            (kernel.judge_features, {**PRESENT, "ip_tables": "missing"}, {**PRESENT, "vxlan": "missing"}, "kernel-feature-missing"),
            (kernel.judge_reverse_path_filter, {"all": "0", "default": "1", "eth0": "2"}, {"all": "1", "default": "0", "eth0": "0"}, "rp-filter-strict"),
            (kernel.judge_swap, {**SWAP, "areas": []}, SWAP, "swap-on"),
            (storage.judge_sync, {"path": "/e", "writes": 9, "half_ms": 1, "most_ms": 10}, {"path": "/e", "writes": 9, "half_ms": 1, "most_ms": 11}, "etcd-disk-slow"),
            (network.judge_name_servers, [{"address": "a", "milliseconds": 1}], [], "dns-missing"),
            (repository.judge_repository, [OK], [LOST], "repository-unreachable"),
            (repository.judge_repository, [OK, OK], [OK, LOST], "repository-partly-unreachable"),
            (repository.judge_repository, [OK], [OK, FAKE], "repository-certificate"),
            (repository.judge_repository, [OK], [{**OK, "status": 401}], "repository-refuses"),
            (software.judge_proxies, [], [{"place": "/etc/environment", "name": "http_proxy", "value": "http://p"}], "proxy-set"),
            (software.judge_access_control, {"selinux": "permissive", "apparmor": "off", "apparmor_parser": False}, {"selinux": "enforcing", "apparmor": "off", "apparmor_parser": False}, "selinux-enforcing"),
            (software.judge_access_control, {"selinux": "off", "apparmor": "on", "apparmor_parser": True}, {"selinux": "off", "apparmor": "on", "apparmor_parser": False}, "apparmor-without-parser"),
        ):
            with self.subTest(id_):
                self.assertEqual((self.told(judgement, sound), self.told(judgement, wrong)), ([], [id_]))

    def test_cgroup_v1_is_too_old_for_newer_kubernetes_unless_the_profile_allows_it(self):
        seen = {"version": 1, "controllers": list(kernel.CONTROLLERS), "own": ""}
        old = {**GIVEN["cluster"], "kubernetes_version": "1.34.9"}
        self.assertEqual(self.told(kernel.judge_cgroup, seen), ["cgroup-v1"])
        self.assertEqual(self.told(kernel.judge_cgroup, seen, cluster=old) + self.told(kernel.judge_cgroup, seen, profile={"allow_cgroup_v1": True}), [])
        self.assertEqual(self.told(kernel.judge_cgroup, {**seen, "version": 2, "controllers": ["cpu"]}), ["cgroup-controller-missing"])

    def test_the_proxy_mode_nftables_wants_a_kernel_and_an_nft_of_one_line_with_the_images(self):
        for release, nft, ids in (("5.13.0", "1.0.9", []), ("5.12.0", "1.0.6", ["kernel-too-old-for-proxy"]), ("6.1.0", "0.9.8", ["nft-too-old", "nft-differs"]), ("6.1.0", "1.1.0", ["nft-differs"])):
            self.assertEqual(self.told(kernel.judge_proxy_mode, release, nft), ids)
        self.assertEqual(self.told(kernel.judge_proxy_mode, "5.1.0", "", cluster={**GIVEN["cluster"], "proxy_mode": "iptables"}), [])

    def test_a_route_may_not_overlap_pods_or_services_unless_it_is_our_own(self):
        route = {"destination": "10.244.3.0/24", "gateway": "", "device": "cni0"}
        self.assertEqual(self.told(network.judge_routes, [route], None), ["route-overlaps"])
        self.assertEqual(self.told(network.judge_routes, [route], {"id": "c"}), [])
        self.assertEqual(self.told(network.judge_routes, [{**route, "destination": "0.0.0.0/0"}, {**route, "destination": "10.0.0.0/24"}], None), [])

    def test_remains_and_runtimes_of_the_cluster_itself_are_none(self):
        theirs = [{"name": "docker", "path": "/usr/bin/dockerd", "version": "", "runs": True}, {"name": "k3s", "path": "/k3s", "version": "", "runs": False}]
        self.assertEqual(self.told(software.judge_runtimes, theirs, None), ["other-runtime", "runtime-installed"])
        self.assertEqual(self.told(software.judge_runtimes, theirs, {"id": "c"}) + self.told(software.judge_leftovers, ["/etc/cni"], {"id": "c"}), [])
        self.assertEqual(self.told(identity.judge_owner, {"id": "d", "name": "other"}), ["in-another-cluster"])

    def test_swap_is_mended_only_where_fstab_switches_it_on_and_memory_has_room(self):
        fixable = [bool(next(iter(kernel.judge_swap(GIVEN, swap)))["fix"]) for swap in (SWAP, {**SWAP, "unnamed": ["/swap"]}, {**SWAP, "used_kib": 600})]
        self.assertEqual(fixable, [True, False, False])

    def test_what_could_not_be_read_is_told_and_nothing_is_judged_by_it(self):
        found = survey.judge(GIVEN, {"cpus": 1}, {"memory_mib": OSError("no /proc")})
        self.assertEqual([finding["id"] for finding in found], ["not-read", "too-few-cpus"])

    def test_every_finding_that_offers_a_fix_has_one(self):
        offered = {next(iter(kernel.judge_swap(GIVEN, SWAP)))["id"], next(iter(kernel.judge_reverse_path_filter(GIVEN, {"all": "1"})))["id"]}
        self.assertEqual(offered, set(mending.FIXES))


if __name__ == "__main__":
    unittest.main()

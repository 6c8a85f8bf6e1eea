import struct
import unittest

from ansible.module_utils.slipway import packetfilter, tables


def attribute(number, value):
    padded = value + b"\0" * (-len(value) % 4)
    return struct.pack("=HH", 4 + len(value), number) + padded


class PacketFilter(unittest.TestCase):
    def test_the_running_kernel_can_be_asked(self):
        self.assertIsInstance(tables.listed(), list)

    def test_a_rule_is_the_same_whatever_its_counter_says(self):
        def rule(packets):
            counter = attribute(1, b"counter\0") + attribute(2, struct.pack("=Q", packets))
            return attribute(1, attribute(1, b"cmp\0")) + attribute(1, counter)

        self.assertEqual(tables.without_counters(rule(1)), tables.without_counters(rule(99)))

    def test_only_rules_of_kubernetes_are_taken_out(self):
        ours = [":KUBE-FIREWALL - [0:0]", "-A INPUT -j KUBE-FIREWALL", "-A POSTROUTING -m comment --comment \"flanneld masq\" -j FLANNEL-POSTRTG", "-A CNI-DN-1 -j DNAT"]
        theirs = ["*filter", ":INPUT ACCEPT [0:0]", "-A INPUT -p tcp --dport 22 -j ACCEPT", "-A FORWARD -j DOCKER-USER", "COMMIT"]
        self.assertEqual([line for line in ours + theirs if not packetfilter.CHAIN_OF_OURS.search(line)], theirs)


if __name__ == "__main__":
    unittest.main()

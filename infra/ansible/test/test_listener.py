import os
import time
import unittest
import unittest.mock

from ansible.module_utils.slipway import lock
from ansible.module_utils.slipway.preflight import listener, ports, ways

FIRST, SECOND = lock.parse("one/check/1"), lock.parse("two/check/1")


@unittest.skipUnless(os.geteuid() == 0, "the next check ends it as root")
class Listener(unittest.TestCase):
    """Sockets of loopback and ports that the system gives: what is left behind is a real process."""

    def setUp(self):
        name = unittest.mock.patch.object(listener, "CONTROL", "\0slipway-test-%d" % id(self))
        name.start()
        self.addCleanup(name.stop)
        self.bound = {}
        for kind in ("tcp", "udp"):
            made = ports.bind(kind + "/0")
            self.bound["%s/%d" % (kind, made.getsockname()[1])] = made
        self.addCleanup(listener.end, FIRST)

    def leave(self, count, seconds=20):
        listener.leave(FIRST, self.bound, {port: count for port in self.bound}, seconds)

    def ask(self, operation=FIRST):
        tried = ways.tried(operation, [{"name": "me", "address": "127.0.0.1", "ports": list(self.bound)}])
        return [way["problem"] for way in tried]

    def test_it_answers_on_every_port(self):
        self.leave(2)
        self.assertEqual(self.ask(), ["", ""])

    def test_a_datagram_of_another_operation_gets_no_answer(self):
        self.leave(2)
        with unittest.mock.patch.object(ways, "SECONDS", 0.5):
            self.assertEqual(self.ask(SECOND)[0], "")
            self.assertIn("no answer", self.ask(SECOND)[1])

    def test_while_it_is_needed_another_check_is_told_whose_it_is(self):
        self.leave(2)
        whose, pid = listener.end(SECOND)
        self.assertEqual(whose, "one")
        port = next(iter(self.bound))
        with unittest.mock.patch.object(ports, "wanted", lambda given: [port]):
            self.assertEqual(ports.read_ports({"other_listener": pid})["taken"], [])
            self.assertRegex(ports.read_ports({"other_listener": ""})["taken"][0]["by"], r"process %s\)" % pid)

    def test_when_half_its_time_is_over_another_check_no_longer_waits_for_those_who_did_not_come(self):
        self.leave(2, 4)
        self.assertEqual(listener.end(SECOND)[0], "one")
        until = time.monotonic() + 3.6
        while listener.end(SECOND)[0] and time.monotonic() < until:
            time.sleep(0.02)
        self.assertLess(time.monotonic(), until)

    def test_the_next_check_ends_it_when_all_have_asked_and_has_its_ports_at_once(self):
        self.leave(1)
        self.ask()
        self.assertEqual(listener.end(SECOND), ("", ""))
        for port in self.bound:
            ports.bind(port).close()

    def test_the_next_attempt_ends_it_though_nobody_has_asked(self):
        self.leave(1)
        self.assertEqual(listener.end(FIRST), ("", ""))
        for port in self.bound:
            ports.bind(port).close()

    def test_who_takes_the_host_has_its_ports_at_once_whoever_still_needs_it(self):
        self.leave(1)
        self.assertEqual(listener.end(SECOND, holds=True), ("", ""))
        for port in self.bound:
            ports.bind(port).close()

    def test_where_none_is_nobody_answers(self):
        for each in self.bound.values():
            each.close()
        self.assertEqual(listener.end(SECOND), ("", ""))


if __name__ == "__main__":
    unittest.main()

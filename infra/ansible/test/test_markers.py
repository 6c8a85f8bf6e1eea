import unittest

from ansible.module_utils.slipway import markers


class LinesBetweenMarkers(unittest.TestCase):
    def test_what_was_put_can_be_removed_without_a_trace(self):
        for before in (b"", b"127.0.0.1 localhost\n", b"a\nb\n\n"):
            with self.subTest(before):
                self.assertEqual(markers.removed(markers.put(before, "slipway", b"ours\n"), "slipway"), before)

    def test_putting_twice_changes_nothing(self):
        once = markers.put(b"a\n", "slipway", b"ours\n")
        self.assertEqual(markers.put(once, "slipway", b"ours\n"), once)

    def test_new_lines_take_the_place_of_the_old_ones(self):
        text = markers.put(b"a\n", "slipway", b"old\n") + b"written by somebody later\n"
        changed = markers.put(text, "slipway", b"new\n")
        self.assertNotIn(b"old", changed)
        self.assertTrue(changed.endswith(b"written by somebody later\n"))
        self.assertEqual(markers.removed(changed, "slipway"), b"a\nwritten by somebody later\n")

    def test_a_file_without_our_lines_is_left_alone(self):
        self.assertEqual(markers.removed(b"a\n", "slipway"), b"a\n")

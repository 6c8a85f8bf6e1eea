import os
import tempfile
import unittest

from ansible.module_utils.slipway import ledger


class Ledger(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, value in {"ROOT": "", "BEFORE": "before", "PATH": "state.json"}.items():
            self.addCleanup(setattr, ledger, name, getattr(ledger, name))
            setattr(ledger, name, os.path.join(folder.name, "slipway", value))
        self.place = os.path.join(folder.name, "etc", "file")
        ledger.write({"files": {}, "folders": []})

    def note(self, block=None):
        with ledger.opened() as book:
            ledger.note_file(book, self.place, block)
        return ledger.read()

    def test_a_missing_file_and_its_missing_folder_are_noted(self):
        book = self.note()
        self.assertIsNone(book["files"][self.place])
        self.assertEqual(book["folders"], [os.path.dirname(self.place)])

    def test_the_first_content_is_kept_whatever_comes_later(self):
        ledger.write_atomically(self.place, b"theirs", 0o640, os.getuid(), os.getgid())
        self.note()
        ledger.write_atomically(self.place, b"ours", 0o600, os.getuid(), os.getgid())
        entry = self.note()["files"][self.place]
        with open(entry["copy"], "rb") as file:
            self.assertEqual((file.read(), entry["mode"]), (b"theirs", 0o640))

    def test_of_a_shared_file_only_the_block_is_noted(self):
        ledger.write_atomically(self.place, b"theirs", 0o644, os.getuid(), os.getgid())
        self.assertEqual(self.note(block="slipway")["files"][self.place], {"block": "slipway"})

    def test_only_its_owner_reads_the_ledger(self):
        self.assertEqual(os.stat(ledger.PATH).st_mode & 0o777, 0o600)

    def test_without_a_ledger_nothing_can_be_changed(self):
        os.unlink(ledger.PATH)
        with self.assertRaisesRegex(LookupError, "the ledger task of prepare.yml comes first"):
            self.note()

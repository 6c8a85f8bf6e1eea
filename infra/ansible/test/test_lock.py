import os
import tempfile
import unittest

from ansible.module_utils.slipway import lock


class HostLock(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(setattr, lock, "FOLDER", lock.FOLDER)
        self.addCleanup(setattr, lock, "PATH", lock.PATH)
        lock.FOLDER = os.path.join(folder.name, "slipway")
        lock.PATH = os.path.join(lock.FOLDER, "lock")

    def take(self, text, superseded=()):
        return lock.take(lock.parse(text), superseded)

    def test_a_later_attempt_takes_over_from_an_earlier_one(self):
        self.take("create/prepare/1")
        self.take("create/prepare/2")
        self.assertEqual(lock.holder()["attempt"], 2)

    def test_an_earlier_attempt_comes_too_late(self):
        self.take("create/prepare/2")
        with self.assertRaisesRegex(lock.Refused, "attempt 2 of step prepare holds this host"):
            self.take("create/prepare/1")

    def test_another_operation_is_refused_by_name(self):
        self.take("create/prepare/1")
        with self.assertRaisesRegex(lock.Refused, "operation create holds this host"):
            self.take("delete/reset/1")

    def test_an_operation_that_has_ended_loses_its_lock(self):
        self.take("create/prepare/1")
        before = self.take("delete/reset/1", superseded=["create"])
        self.assertEqual((before["operation"], lock.holder()["operation"]), ("create", "delete"))

    def test_an_overtaken_attempt_may_start_nothing_and_release_nothing(self):
        self.take("create/prepare/1")
        self.take("create/prepare/2")
        overtaken = lock.parse("create/prepare/1")
        with self.assertRaisesRegex(lock.Refused, "create/prepare/2 does"):
            lock.require(overtaken)
        self.assertFalse(lock.release(overtaken))

    def test_a_lock_that_went_with_a_reboot_is_worth_another_attempt(self):
        first = lock.parse("create/prepare/1")
        self.take(first["text"])
        os.unlink(lock.PATH)
        with self.assertRaisesRegex(lock.Refused, "rebooted") as caught:
            lock.require(first)
        self.assertTrue(caught.exception.is_lost)
        self.take("create/prepare/2")
        with self.assertRaises(lock.Refused) as caught:
            lock.require(first)
        self.assertFalse(caught.exception.is_lost)

    def test_the_last_release_leaves_nothing_behind(self):
        self.take("create/prepare/1")
        self.assertTrue(lock.release(lock.parse("create/prepare/1")))
        self.assertFalse(os.path.exists(lock.FOLDER))

    def test_what_is_no_operation_step_and_attempt_is_refused(self):
        for text in ("", "create", "create/prepare", "create/prepare/one", "create//1"):
            with self.subTest(text), self.assertRaises(ValueError):
                lock.parse(text)

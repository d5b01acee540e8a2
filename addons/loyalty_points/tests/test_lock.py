"""What somebody is told who meets others at a card again and again."""

from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.model import MAX_TRIES_ON_CONCURRENCY_FAILURE, retrying
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tests.common import TransactionCase, get_db_name
from odoo.tools import SQL, mute_logger
from psycopg2.errors import SerializationFailure


@tagged("post_install", "-at_install")
class TestLock(TransactionCase):
    """Two real transactions, and a card that both can see."""

    def setUp(self):
        super().setUp()
        self.connection = db_connect(get_db_name())
        card = "INSERT INTO loyalty_card (code, points, points_owed, active) VALUES ('lock', 0, 0, FALSE) RETURNING id"
        [(self.card_id,)] = self.elsewhere(card)
        self.addCleanup(self.elsewhere, "DELETE FROM loyalty_card WHERE code = 'lock' RETURNING id")

    def elsewhere(self, query):
        """Another transaction, which commits."""
        with self.connection.cursor() as cr:
            cr.execute(query)
            return cr.fetchall()

    def lock(self, cr):
        """A request: it has begun before the other one commits."""
        cards = api.Environment(cr, SUPERUSER_ID, {})["loyalty.card"]
        cr.execute("SELECT FROM loyalty_card")
        self.elsewhere("UPDATE loyalty_card SET points = points + 1 WHERE code = 'lock' RETURNING id")
        with mute_logger("odoo.sql_db"):
            return cards._lock(SQL("id = %s", self.card_id))

    def test_the_last_try_is_refused_in_words(self):
        """Odoo repeats a request on its cursor after a rollback; the last conflict would be shown as it is."""
        with self.connection.cursor() as cr:
            for _try in range(MAX_TRIES_ON_CONCURRENCY_FAILURE - 1):
                with self.assertRaises(SerializationFailure):
                    self.lock(cr)
                cr.rollback()
            with self.assertRaisesRegex(UserError, "Somebody else is using these points"):
                self.lock(cr)
            cr.rollback()
            with self.assertRaises(SerializationFailure):
                self.lock(cr)
            cr.rollback()

    def test_odoo_gives_up_in_words(self):
        tries = []

        def request():
            tries.append(1)
            return self.lock(cr)

        with (
            self.connection.cursor() as cr,
            patch("odoo.service.model.time.sleep"),
            mute_logger("odoo.service.model"),
            self.assertRaisesRegex(UserError, "please try again"),
        ):
            retrying(request, api.Environment(cr, SUPERUSER_ID, {}))
        self.assertEqual(len(tries), MAX_TRIES_ON_CONCURRENCY_FAILURE)

    def test_nobody_in_between(self):
        with self.connection.cursor() as cr:
            with self.assertRaises(SerializationFailure):
                self.lock(cr)
            cr.rollback()
            cards = api.Environment(cr, SUPERUSER_ID, {})["loyalty.card"]
            self.assertEqual(cards._lock(SQL("id = %s", self.card_id)), [(self.card_id,)])
            cr.commit()  # pylint: disable=invalid-commit
            for _try in range(MAX_TRIES_ON_CONCURRENCY_FAILURE - 1):
                with self.assertRaises(SerializationFailure, msg="a success begins anew"):
                    self.lock(cr)
                cr.rollback()

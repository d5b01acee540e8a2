from weakref import WeakKeyDictionary

from odoo import api, models
from odoo.exceptions import UserError
from odoo.service.model import MAX_TRIES_ON_CONCURRENCY_FAILURE
from odoo.tools import SQL
from psycopg2.errors import DeadlockDetected, SerializationFailure

# How often each cursor has met somebody else at a card: Odoo repeats a request on the cursor that it has.
_conflicts = WeakKeyDictionary()


class LoyaltyCard(models.Model):
    """Cards are locked in one order by whoever is about to change what is on them.

    Under REPEATABLE READ the lock fails when somebody else has changed a card since this transaction began, and Odoo
    tries the request again. Where it would give up, the refusal is in words.
    """

    _inherit = "loyalty.card"

    @api.model
    def _lock(self, condition, columns=None):
        """Lock the cards for which the SQL `condition` holds; returns their `columns` (SQL)."""
        refusal = self.env._("Somebody else is using these points now. Nothing was changed; please try again.")
        query = SQL(
            "SELECT %s FROM loyalty_card WHERE %s ORDER BY id FOR NO KEY UPDATE", columns or SQL("id"), condition
        )
        try:
            rows = self.env.execute_query(query)
        except (SerializationFailure, DeadlockDetected) as conflict:
            if self._is_last_try():
                raise UserError(refusal) from conflict
            raise
        if self.env.cr in _conflicts:
            cr = self.env.cr
            cr.postcommit.add(lambda: _conflicts.pop(cr, None))
        return rows

    @api.model
    def _is_last_try(self):
        """Whether Odoo won't repeat the request after this conflict; the cursor is no good for a query any more."""
        cr = self.env.cr
        _conflicts[cr] = _conflicts.get(cr, 0) + 1
        if _conflicts[cr] < MAX_TRIES_ON_CONCURRENCY_FAILURE:
            return False
        del _conflicts[cr]
        return True

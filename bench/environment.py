"""An Odoo environment on a database, without a server."""

from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config


def configure(path):
    """Read Odoo's configuration file; needed once, before anything else here."""
    config.parse_config(["-c", str(path)])


@contextmanager
def environment(database, user_id=SUPERUSER_ID):
    """An environment whose work is rolled back at the end unless it was committed."""
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, user_id, {})
        cr.rollback()


def close(database):
    """Give up the connections to a database and its registry: it can be copied, and another made of that name."""
    sql_db.close_db(database)
    Registry.delete(database)

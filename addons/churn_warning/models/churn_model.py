from datetime import date

from odoo import api, fields, models
from odoo.addons.customer_insight.engine.purchase_model import PurchaseModel
from odoo.addons.customer_policy.engine.collect import FULL_SETTINGS
from odoo.addons.customer_policy.engine.customer_policy_engine import WORK_MEM
from odoo.tools import SQL

from ..engine.candidates import pick, restore
from ..engine.history import History

EPOCH = date(1970, 1, 1)
NAMES = [
    ("recency", "Days Since the Last Purchase"),
    ("rfm", "RFM Sum"),
    ("rules", "The Policy's Warning Rules"),
    ("purchase", "Purchase Model"),
    ("regression", "Regression"),
]


class ChurnModel(models.Model):
    """A version of what tells the churn risk for one definition: the horizon, the back-test, what it chose and why, and
    what is needed to apply it. Every version is kept; the newest of a definition is used."""

    _name = "churn.model"
    _description = "Churn Model"
    _order = "id desc"
    _rec_name = "as_of"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    definition_key = fields.Char(required=True, readonly=True, help="Of the definition, the same in all versions.")
    definition_name = fields.Char("Definition", required=True, readonly=True)
    as_of = fields.Date(required=True, readonly=True)
    state = fields.Selection([("used", "Used"), ("replaced", "Replaced")], required=True, readonly=True, default="used")
    chosen = fields.Selection(NAMES, readonly=True, help="What tells the risk. Empty: only the warning rules run.")
    refusal = fields.Selection(
        [("history", "Too Little History"), ("customers", "Too Few Customers")],
        readonly=True,
        help="Why nothing could be tried.",
    )
    horizon_days = fields.Integer("N (Days)", readonly=True)
    customer_count = fields.Integer("Customers", readonly=True, help="Seen in the back-test, each on several days.")
    auc = fields.Float("AUC", digits=(16, 3), readonly=True, aggregator=None, help="Of what was chosen.")
    auc_margin = fields.Float("± (95 %)", digits=(16, 3), readonly=True, aggregator=None)
    rule_auc = fields.Float("AUC of the Best Rule", digits=(16, 3), readonly=True, aggregator=None)
    drift = fields.Float("Stability Index", digits=(16, 3), readonly=True, aggregator=None)
    drift_date = fields.Date("Alarm", readonly=True, help="When the customers were found to have changed.")
    result = fields.Json(readonly=True, help="The whole back-test.")
    parameters = fields.Json(readonly=True)
    cohorts = fields.Json(readonly=True, help="Who bought again in which month after the first purchase.")
    trend = fields.Json(readonly=True, help="Customers by status at the end of past months.")
    intervals = fields.Json(readonly=True, help="Intervals between purchases, which the default horizon comes from.")

    _used_unique = models.UniqueIndex("(company_id, definition_key) WHERE state = 'used'")

    @api.depends("chosen", "as_of", "definition_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["chosen"]._description_selection(self.env))
        names = self._definition_names()
        for model in self:
            chosen = labels.get(model.chosen) or self.env._("Warning Rules Only")
            name = names.get(model.definition_key, model.definition_name)
            model.display_name = f"{name}: {chosen} ({model.as_of})"

    @api.model
    def _definition_names(self):
        """{key of a definition: its name in the reader's language}; sudo, as who reads a version may read what of."""
        definitions = self.env["churn.definition"].sudo().with_context(active_test=False)
        return {rule.stable_key: rule.name for rule in definitions.search([], order="id")}

    # ------------------------------------------------------------ data

    @api.model
    def _history(self, company, partner_ids=None, until=None, document=None):
        """`History` of the customers of a company; days count from 1970-01-01.

        Unlike the purchases of the profile, those returned later stay: on a day of the past nobody knew of the return,
        which counts from its own day on.

        :param document: name of the table of the documents, where a run has collected them already
        """
        query = self._history_query(document or SQL.identifier("document"))
        if document is None:
            until = until or company._customer_policy_today()
            documents = self.env["customer.insight.days"]._documents(company, until, partner_ids)
            query = SQL("WITH document AS (%s) %s", documents, query)
        # Sorts stay in memory, as those of a run do.
        with self.env["customer.policy.engine"]._database_settings({"work_mem": WORK_MEM, **FULL_SETTINGS}):
            columns = self.env["customer.insight.days"]._receive(query, ("int4", "int4", "float8", "int4"))
        return History(*columns)

    def _history_query(self, document):
        """SELECT partner_id, day, amount, whether a purchase begins: documents with the same key are one purchase."""
        return SQL(
            """SELECT partner_id::int4, date - '1970-01-01'::date, SUM(amount)::float8,
                      MAX((amount > 0 AND place = 1)::int)::int4
                 FROM (SELECT partner_id, date, amount, 1 AS place FROM %(document)s WHERE purchase_key IS NULL
                    UNION ALL
                       SELECT partner_id, date, amount,
                              ROW_NUMBER() OVER (PARTITION BY partner_id, purchase_key ORDER BY amount <= 0, date)
                         FROM %(document)s WHERE purchase_key IS NOT NULL) part
                GROUP BY partner_id, date ORDER BY partner_id, date""",
            document=document,
        )

    @api.model
    def _day(self, day):
        return (day - EPOCH).days

    @api.model
    def _used(self, company):
        """{key of the definition: the version in use}."""
        used = self.sudo().search([("company_id", "=", company.id), ("state", "=", "used")])
        return {model.definition_key: model for model in used}

    # ------------------------------------------------------------ use

    def _candidate(self):
        """What was chosen, ready to be applied; None where nothing was, or where it is rules that the policy in force
        has no more."""
        self.ensure_one()
        if not self.chosen:
            return None
        points = self.env["churn.rule"]._in_force(self.company_id)._readable()._points_of_the_past(self.company_id)
        if self.chosen == "rules" and points is None:
            return None
        return restore(self.parameters, points, PurchaseModel)

    def _risk(self, definition, history, day):
        """({name: array} of the customers that are scored, their churn risks 0 to 1, reasons by group or None)."""
        self.ensure_one()
        snapshot = self._snapshot(definition, history, day)
        candidate = self._candidate()
        if candidate is None or not len(snapshot["position"]):
            return snapshot, None, None
        groups = candidate.groups(snapshot) if hasattr(candidate, "groups") else None
        return snapshot, candidate.probability(snapshot), groups

    def _snapshot(self, definition, history, day):
        """The customers that are scored, as they are on a day."""
        everybody = {**history.snapshot(day, self.horizon_days), "horizon": self.horizon_days}
        return pick(everybody, definition._population(self.horizon_days)(everybody))

import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_datetime

from ..normalize import corrections

_logger = logging.getLogger(__name__)

STATES = [("waiting", "Waiting"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")]
KINDS = [("full", "Corrections and Duplicates"), ("keys", "Index of Keys")]
CONTACTS_AT_ONCE = 2_000


class CustomerCleanupRun(models.Model):
    """A look at the whole base: values that should be written otherwise, and customers that look like the same one.

    It works through the contacts in batches that are committed one by one, and then through all pairs. A run that is
    killed goes on where it was. It proposes only; people accept.
    """

    _name = "customer.cleanup.run"
    _description = "Clean-up Run"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    kind = fields.Selection(KINDS, default="full", required=True, readonly=True)
    state = fields.Selection(STATES, default="waiting", required=True, readonly=True)
    requester_id = fields.Many2one("res.users", readonly=True)
    date_start = fields.Datetime("Start", readonly=True)
    date_end = fields.Datetime("End", readonly=True)
    last_contact = fields.Integer(readonly=True, help="Contacts up to this ID have been looked at.")
    contact_count = fields.Integer("Contacts Looked At", readonly=True)
    correction_count = fields.Integer("Corrections Proposed", readonly=True)
    pair_count = fields.Integer("Duplicate Pairs", readonly=True)
    group_count = fields.Integer("Duplicate Groups", readonly=True)
    error = fields.Text(readonly=True)
    progress = fields.Float(compute="_compute_progress", help="Percent of the contacts.")
    correction_ids = fields.One2many("customer.cleanup.correction", "run_id", string="Corrections")

    _one_waiting = models.UniqueIndex("(company_id, kind) WHERE state IN ('waiting', 'running')")

    @api.depends("kind")
    @api.depends_context("tz", "lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            asked = format_datetime(self.env, run.create_date, dt_format="short") if run.create_date else ""
            run.display_name = f"{labels.get(run.kind, '')} {asked}".strip()

    @api.depends("state", "contact_count")
    def _compute_progress(self):
        total = self.env["res.partner"].sudo().with_context(active_test=False).search_count([])
        for run in self:
            run.progress = 100 if run.state == "done" else min(99, 100 * run.contact_count / max(1, total))

    # ------------------------------------------------------------ asking for runs

    def action_start(self):
        """Ask for a look at the whole base and open its entry; one that waits or works already serves."""
        if not any(
            self.env.user.has_group(f"customer_policy.group_{name}") for name in ("data_steward", "customer_manager")
        ):
            raise AccessError(self.env._("Only data stewards clean up the base."))
        return self._request(self.env.company)._get_records_action(name=self.env._("Clean-up Run"))

    @api.model
    def _request(self, company, kind="full"):
        runs_sudo = self.sudo()
        run = runs_sudo.search(
            [("company_id", "=", company.id), ("kind", "=", kind), ("state", "in", ("waiting", "running"))], limit=1
        )
        run = run or runs_sudo.create({"company_id": company.id, "kind": kind, "requester_id": self.env.uid})
        self.env.ref("customer_policy.ir_cron_cleanup")._trigger()
        return run.with_env(self.env)

    def action_open_corrections(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_policy.customer_cleanup_correction_action")
        return {**action, "domain": [("run_id", "=", self.id)]}

    def action_open_duplicates(self):
        return self.env["ir.actions.act_window"]._for_xml_id("customer_policy.customer_duplicate_action")

    # ------------------------------------------------------------ the job

    @api.model
    def _cron_cleanup(self):
        """Write accepted corrections that wait, then work off the runs that were asked for, one after the other, as far
        as the job's time goes."""
        commit = self.env["ir.cron"]._commit_progress
        if not self.env["customer.cleanup.correction"]._accept_queued(commit):
            return
        for run in self.sudo().search([("state", "in", ("waiting", "running"))], order="id"):
            try:
                while run.state in ("waiting", "running"):
                    run._work()
                    if not commit(1, remaining=int(run.state != "done")):
                        return
            except Exception as error:
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                _logger.exception("Clean-up run %s failed", run.id)
                run.write({"state": "failed", "error": str(error), "date_end": fields.Datetime.now()})
                commit(1)

    def _work(self, limit=CONTACTS_AT_ONCE):
        """One step: the next contacts, else the pairs. What a step did is committed by the caller."""
        self.ensure_one()
        if self.state == "waiting":
            self.write({"state": "running", "date_start": fields.Datetime.now()})
        ids = self._next_contacts(limit)
        if ids:
            self.with_company(self.company_id)._look_at(ids)
            self.write({"last_contact": ids[-1], "contact_count": self.contact_count + len(ids)})
            return
        vals = self._find_duplicates() if self.kind == "full" else {}
        self.write({**vals, "state": "done", "date_end": fields.Datetime.now()})
        if self.kind == "keys":
            # Whoever enters a customer is warned from now on; the pairs among those that were there are still to find.
            for company in self.env["res.company"]._customer_policy_companies():
                self._request(company)

    def _next_contacts(self, limit):
        self.env["res.partner"].flush_model(["company_id"])
        is_ours = SQL("TRUE")
        if self.kind == "full":
            is_ours = SQL("(company_id IS NULL OR company_id = %s)", self.company_id.id)
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE id > %s AND %s ORDER BY id LIMIT %s",
                self.last_contact,
                is_ours,
                limit,
            )
        )
        return [partner_id for [partner_id] in rows]

    def _look_at(self, partner_ids):
        """Make the keys of these contacts current and propose what should be written otherwise."""
        keys = self.env["customer.match.key"]
        keys._refresh(partner_ids)
        if self.kind != "full":
            return
        proposals = [
            (contact["id"], *proposal)
            for contact in keys._read_contacts(partner_ids)
            if contact["active"]
            for proposal in corrections.of_values(contact)
            if contact["named"] or proposal[0] not in corrections.CODES  # a contact person has its company's codes
        ]
        self.correction_count += self.env["customer.cleanup.correction"]._propose(self, partner_ids, proposals)

    def _find_duplicates(self):
        """Make the open pairs of the whole base what the search finds; returns the counts."""
        duplicates = self.env["customer.duplicate"]
        found = {}
        for partner_id, match in self.env["customer.match"]._find_all(self.company_id):
            found[partner_id, match.partner_id] = match
        duplicates._replace_open(found, self.company_id)
        duplicates._regroup()
        duplicates.invalidate_model()
        groups = duplicates._read_group(
            [("state", "=", "open"), ("level", "!=", "possible")], [], ["group_partner_id:count_distinct"]
        )
        return {"pair_count": duplicates.search_count([("state", "=", "open")]), "group_count": groups[0][0]}

from odoo import api, models
from odoo.tools import split_every

from .customer_complaint_clock import BATCH
from .customer_complaint_stage import DONE_STATES

# Up to which case a nightly job has come that ran out of time.
POSITION = "customer_complaint.counted_up_to"


class CustomerComplaint(models.Model):
    """Counting the clocks of many cases anew, after a change of grades, holidays, working hours or the policy."""

    _inherit = "customer.complaint"

    @api.model
    def _cron_nightly(self):
        """Count the clocks of all open cases anew and check what is watched. Each batch is committed; what the time
        did not reach comes with the next call."""
        parameters = self.env["ir.config_parameter"].sudo()
        commit = self.env["ir.cron"]._commit_progress
        position = int(parameters.get_param(POSITION, 0))
        if not position:
            self.env["customer.complaint.action"]._check_watched()
        cases = self._find_open([("id", ">", position)])
        commit(remaining=len(cases))
        for batch in split_every(BATCH, cases.ids, self.sudo().browse):
            batch._recount()
            parameters.set_param(POSITION, batch.ids[-1])
            if not commit(len(batch)):
                break
        else:
            parameters.set_param(POSITION, 0)

    @api.model
    def _recalculate_open(self, domain=(), reason=""):
        """Count the clocks of all open cases of a domain anew; returns how many there are."""
        cases = self._find_open(domain)
        for batch in split_every(BATCH, cases.ids, self.sudo().browse):
            batch._recount(reason)
        return len(cases)

    @api.model
    def _find_open(self, domain):
        return self.sudo().search([("state", "not in", DONE_STATES), *domain], order="id")

    def _recount(self, reason=""):
        """Severities by the matrix in force, then the clocks, told in the language of the company."""
        for company, cases in self.grouped("company_id").items():
            cases = cases.with_context(lang=company.partner_id.lang)
            words = cases.env._("Deadlines counted anew: working hours or the policy have changed.")
            matrix = self.env["customer.complaint.severity"]._in_force(company)
            severities = {case: matrix._severity_of(case.impact, case.urgency) for case in cases}
            outdated = cases.filtered(lambda case, found=severities: case.severity != found[case])
            self.env.add_to_compute(self._fields["severity"], outdated)
            cases._update_clock(reason or words)
        self.flush_recordset()
        self.invalidate_recordset()

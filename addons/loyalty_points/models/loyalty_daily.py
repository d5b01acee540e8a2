import logging

from odoo import api, models
from odoo.addons.customer_policy.models.customer_policy_run import CONFLICTS

from . import loyalty_expiry, loyalty_points_notice

_logger = logging.getLogger(__name__)
ATTEMPTS = 3


class LoyaltyEarning(models.Model):
    """What a new day of a company brings: pending points, occasions, tiers, expiry, notices."""

    _inherit = "loyalty.earning"

    @api.model
    def _cron_daily(self):
        """Each step is done until nothing is left, and committed batch by batch: a job that is cut off goes on next
        time, one that runs twice finds nothing. A step that fails keeps no other from running."""
        progress = self.env["ir.cron"]._commit_progress
        for company in self.env["res.company"]._customer_policy_companies():
            company = company.with_company(company)
            for step in self._day_steps():
                while self._attempt(step, company):
                    if not progress(1):
                        return
                if not progress(1):
                    return

    @api.model
    def _day_steps(self):
        accounts, release, tiers = self._day_accounts, self._day_release, self._day_tiers
        return (accounts, release, self._day_occasions, tiers, self._day_expiry, self._day_notices)

    @api.model
    def _attempt(self, step, company):
        """Whether a step has more to do; conflicts with people at work are tried again."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.env.cr.savepoint():
                    return step(company)
            except CONFLICTS:
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                if attempt == ATTEMPTS:
                    _logger.warning("Loyalty points: %s of %s meets other changes", step.__name__, company.name)
            except Exception:
                self.env.invalidate_all(flush=False)
                _logger.exception("Loyalty points: %s of %s failed", step.__name__, company.name)
                return False
        return False

    @api.model
    def _day_accounts(self, _company):
        self.env["loyalty.card"]._gather_accounts()
        return False

    @api.model
    def _day_release(self, company):
        return self._release_due(company)

    @api.model
    def _day_occasions(self, company):
        self.env["loyalty.points.behaviour.rule"]._reward_days(company)
        return False

    @api.model
    def _day_tiers(self, company):
        self.env["loyalty.tier.membership"].sudo()._review(company)
        return False

    @api.model
    def _day_expiry(self, company):
        return self.env["loyalty.card"].sudo()._expire_due(company) >= loyalty_expiry.BATCH

    @api.model
    def _day_notices(self, company):
        return self.env["loyalty.points.notice"]._notify_due(company) == loyalty_points_notice.BATCH

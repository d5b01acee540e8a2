from datetime import timedelta

from odoo import Command, api, fields, models


class CustomerComplaint(models.Model):
    """Investigation: cause, containment, solution, cost, corrective actions."""

    _inherit = "customer.complaint"

    cause_id = fields.Many2one("customer.complaint.cause", index=True, tracking=True, ondelete="restrict", copy=False)
    why_ids = fields.One2many("customer.complaint.why", "complaint_id", string="Five Whys")
    containment = fields.Text(copy=False, help="What keeps the damage from growing until the cause is found.")
    solution = fields.Text(copy=False, help="What was done for this customer.")
    cost = fields.Monetary(copy=False, help="What this case has cost: goods, freight, compensation.")
    action_ids = fields.One2many("customer.complaint.action", "complaint_id", string="Actions")

    needs_action = fields.Boolean(compute="_compute_needs_action")

    @api.depends("kind", "type_id", "severity")
    def _compute_needs_action(self):
        for case in self:
            case.needs_action = bool(case.id) and case._closing_rule().needs_action

    def action_start_8d(self):
        """The disciplines of 8D that have an owner and a date, due as the closing rule says.

        D1 is the team, D2 what happened, D8 the closing and the improvement told to the customers.
        """
        self.check_access("write")
        for case in self.filtered(lambda case: not case.action_ids):
            rule = case._closing_rule()
            begin = case.date_received.date()
            plan = [
                ("containment", self.env._("Keep the damage from growing"), rule.containment_days),
                ("analysis", self.env._("Find the root cause"), rule.correction_days),
                ("corrective", self.env._("Remove the cause"), rule.correction_days),
                ("preventive", self.env._("Keep it from happening elsewhere"), rule.prevention_days),
            ]
            case.action_ids = [
                Command.create({"kind": kind, "name": name, "date_deadline": begin + timedelta(days=days),
                                "user_id": (case.user_id or self.env.user).id})
                for kind, name, days in plan
            ]  # fmt: skip

    def action_propose_improvement(self):
        """What several customers may have: into the improvement register."""
        self.ensure_one()
        context = {"default_name": self.subject, "default_cause_id": self.cause_id.id,
                   "default_product_id": self.product_id.id, "default_company_id": self.company_id.id,
                   "default_complaint_ids": self.ids}  # fmt: skip
        return {"type": "ir.actions.act_window", "name": self.env._("Improvement"),
                "res_model": "customer.improvement", "views": [(False, "form")], "context": context}  # fmt: skip

    def _missing_for_closing(self):
        missing = super()._missing_for_closing()
        rule = self._closing_rule()
        if rule.needs_action:
            done = self.action_ids.filtered(
                lambda action: action.kind in ("corrective", "preventive") and action.state in ("check", "effective")
            )
            if not self.cause_id:
                missing.append(self.env._("Name the cause."))
            if not done:
                missing.append(self.env._("Implement a corrective action."))
        return missing

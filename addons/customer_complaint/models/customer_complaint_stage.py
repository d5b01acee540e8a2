from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("new", "New"),
    ("acknowledged", "Acknowledged"),
    ("investigating", "Investigating"),
    ("waiting", "Waiting for Customer"),
    ("resolved", "Resolved"),
    ("follow_up", "Follow-up"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
# The case has been solved or dropped; from here only reopening leads back.
DONE_STATES = ("resolved", "follow_up", "closed", "cancelled")
ENDED_STATES = ("closed", "cancelled")


class CustomerComplaintStage(models.Model):
    """A column of the board. What it means to clocks and checks is its status; names are free."""

    _name = "customer.complaint.stage"
    _description = "Case Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    state = fields.Selection(STATES, "Status", required=True, help="What this stage means to deadlines and checks.")
    fold = fields.Boolean("Folded on the Board")

    @api.model
    def _of_state(self, state):
        """The first stage that means `state`."""
        stage = self.search([("state", "=", state)], limit=1)
        if not stage:
            raise UserError(
                self.env._("There is no stage for “%s”. Ask a manager to add one.", dict(self._state_labels())[state])
            )
        return stage

    @api.model
    def _state_labels(self):
        return self._fields["state"]._description_selection(self.env)

    def write(self, vals):
        if "state" in vals:
            changed = self.filtered(lambda stage: stage.state != vals["state"])
            if changed and self.env["customer.complaint"].sudo().search_count(
                [("stage_id", "in", changed.ids)], limit=1
            ):
                raise UserError(self.env._("Cases stand in this stage: its status can't change. Add another stage."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_empty(self):
        for stage in self:
            count = self.env["customer.complaint"].sudo().search_count([("stage_id", "=", stage.id)])
            if count:
                raise UserError(
                    self.env._("“%(stage)s”: cases stand in this stage (%(count)s). Move them to another one first.",
                               stage=stage.name, count=count)
                )  # fmt: skip

    @api.ondelete(at_uninstall=False)
    def _unlink_keep_each_state(self):
        left = set(self.search([("id", "not in", self.ids)]).mapped("state"))
        missing = [label for state, label in self._state_labels() if state in set(self.mapped("state")) - left]
        if missing:
            raise UserError(self.env._("Keep one stage for “%s”: the buttons of a case lead there.", missing[0]))

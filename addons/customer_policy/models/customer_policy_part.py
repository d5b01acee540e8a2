from uuid import uuid4

from odoo import api, fields, models
from odoo.tools import SQL

from ..versions.comparison import format_content
from ..versions.contents import content_fields


class CustomerPolicyPart(models.AbstractModel):
    """A part of a policy version, clause or rule: it changes with its draft and is frozen from review on."""

    _name = "customer.policy.part"
    _description = "Part of a Customer Policy"

    policy_id = fields.Many2one("customer.policy", required=True, index=True, ondelete="cascade")
    is_frozen = fields.Boolean(compute="_compute_is_frozen", help="The version is past its draft.")
    stable_key = fields.Char(
        readonly=True,
        copy=False,
        help="Same in all versions that this part was copied into: by it a renamed or moved part is recognised. "
        "What an addon shipped has its external id here.",
    )

    @api.depends("policy_id.state")
    def _compute_is_frozen(self):
        for part in self:
            part.is_frozen = bool(part.policy_id) and part.policy_id.state != "draft"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create([{**vals, "stable_key": vals.get("stable_key") or str(uuid4())} for vals in vals_list])
        parts.policy_id._check_draft()
        parts.policy_id._note_editor()
        return parts

    def write(self, vals):
        self.policy_id._check_draft()
        self.policy_id._note_editor()
        result = super().write(vals)
        self.policy_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_from_draft(self):
        self.policy_id._check_draft()
        self.policy_id._note_editor()

    def _load_records(self, data_list, update=False):
        """What an addon ships is known by its external id, in every database."""
        if self.env.context.get("install_mode"):
            for data in data_list:
                if data.get("xml_id"):
                    data["values"] = {**data["values"], "stable_key": data["xml_id"]}
            self._adopt_kept(data_list)
        return super()._load_records(data_list, update)

    def _adopt_kept(self, data_list):
        """Give their external ids back to parts that an addon left behind when it was uninstalled."""
        default = self.env["customer.policy"]._get_default()
        keys = [data["xml_id"] for data in data_list if data.get("xml_id")]
        unknown = [key for key in keys if not self.env.ref(key, raise_if_not_found=False)]
        kept = self.with_context(active_test=False).search(
            [("policy_id", "=", default.id), ("stable_key", "in", unknown)]
        )
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": part.stable_key, "record": part, "noupdate": True} for part in kept]
        )

    def _init_column(self, column_name):
        """Keys for the parts of a database from before there were any."""
        if column_name != "stable_key":
            return super()._init_column(column_name)
        self.env.cr.execute(
            SQL(
                """UPDATE %s part SET stable_key = COALESCE(
                       (SELECT MIN(module || '.' || name) FROM ir_model_data WHERE model = %s AND res_id = part.id),
                       gen_random_uuid()::text) WHERE stable_key IS NULL""",
                SQL.identifier(self._table),
                self._name,
            )
        )
        return None

    @api.model
    def _content_fields(self):
        """Names of the fields that make up what this part says: compared, exported, imported and proposed.

        Where the part stands (version, clause, rule that it belongs to) is told by its place among the others.
        """
        return content_fields(self) - self._place_fields()

    @api.model
    def _place_fields(self):
        return {"policy_id", "stable_key"}

    def _format_content(self, name):
        """Value of a content field in the reader's language; override for figures with a unit."""
        return format_content(self, name)

    def _get_title(self):
        """What to call this part in a comparison."""
        self.ensure_one()
        title = self.display_name or ""
        nameless = not title or title.startswith(f"{self._name},")
        return self.env["ir.model"]._get(self._name).name if nameless else title

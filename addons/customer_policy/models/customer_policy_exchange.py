from odoo import Command, api, models
from odoo.exceptions import UserError

from ..versions.policy_file import parse, write_policy
from ..versions.policy_reader import Reader
from ..versions.records import FileProblem
from ..words import join_names


class CustomerPolicy(models.Model):
    """A version leaves as a file and comes back as a draft, in the same database or another."""

    _inherit = "customer.policy"

    def action_export(self):
        """Download this version as a file."""
        self._check_manager()
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/customer_policy/export/{self.id}", "target": "download"}

    def _export_file(self):
        """(name, text) of the file with this version."""
        self._check_manager()
        self.ensure_one()
        return f"customer-policy-v{self.version}.json", write_policy(self)

    @api.model
    def _import_file(self, data, company):
        """A draft from the bytes of a file. What is in force is not touched; a UserError tells what is wrong.

        :param company: `res.company`, empty for a draft of the general policy
        :return: (draft, sentences on what was done besides)
        """
        self._check_manager()
        # Defaults of a client's context must not fill what the file leaves open.
        kept = {
            name: self.env.context[name] for name in ("lang", "tz", "allowed_company_ids") if name in self.env.context
        }
        env = self.env(context=kept)
        try:
            reader = Reader(env, parse(env, data))
            draft = reader.make_draft(company.with_env(env))
        except FileProblem as error:
            raise UserError(str(error)) from error
        except RecursionError as error:
            raise UserError(self.env._("The file is not in the form of an export.")) from error
        covered = (
            env["ir.module.module"]
            .sudo()
            .search([("name", "in", [str(name) for name in reader.document["addons"]]), ("state", "=", "installed")])
        )
        replaced = self._get_in_force(company or self.env.company)
        draft._transition({"module_ids": [Command.set(covered.ids)], "previous_id": replaced.id})
        return draft, draft._import_notes(reader)

    def _import_notes(self, reader):
        notes = []
        if reader.created_names:
            notes.append(
                self.env._("Created because they were not there: %s", join_names(self.env, reader.created_names))
            )
        if reader.left_out_languages:
            languages = join_names(self.env, sorted(reader.left_out_languages))
            notes.append(self.env._("Left out, as these languages are not installed: %s", languages))
        missing = set(map(str, reader.document["addons"])) - set(self.sudo().module_ids.mapped("name"))
        if missing:
            notes.append(self.env._("Not installed here: %s", join_names(self.env, sorted(missing))))
        return notes

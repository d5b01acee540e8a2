from odoo import api, fields, models
from odoo.exceptions import UserError

from ..versions.records import FileProblem, Records


class CustomerPolicy(models.Model):
    """Changes that a new release of an addon makes to its shipped rules: proposed as a draft, never applied."""

    _inherit = "customer.policy"

    release = fields.Char("Proposed by Release", readonly=True, copy=False, help="Addon and its version.")

    @api.model
    def _propose_release(self, release, changes, additions=()):
        """Draft, from each version in force, the next one with the changes of a release; remind the owners.

        Called by an `end-` migration script, when all addons are loaded; a second call for the same release does
        nothing. Values are written as in a policy file (docs/policy_file.md). A value that the company has changed
        since it was shipped is kept, and the reminder names it.

        :param release: name of the release, for example "customer_policy 19.0.1.1.0"
        :param changes: {external id of a shipped clause or rule: {field: (shipped before, shipped now)}}
        :param additions: entries as in a policy file (`model`, `key`, `values`), with the external id of the
            chapter, clause or rule that each stands below as `below`
        :return: the drafts
        """
        if not (self.env.registry.ready or self.env.registry.loaded):
            raise UserError(
                self.env._("Rules of addons that are not loaded yet would be lost: call this from an end- script.")
            )
        drafts = self.browse()
        for policy in self.search([("state", "=", "in_force")]):
            if self.search_count([("release", "=", release), ("previous_id", "=", policy.id)], limit=1):
                continue
            draft = policy._draft_version()._in_language_of_owner()
            draft._transition({"release": release, "change_note": draft.env._("Changes of the release %s", release)})
            kept = draft._apply_release(changes) + draft._add_of_release(additions)
            draft._remind(
                "mail.mail_activity_data_todo",
                draft.env._("The release %s proposes changes: review and publish", release),
                kept,
            )
            drafts |= draft
        return drafts

    def _parts_by_key(self):
        self.ensure_one()
        models_ = ["customer.policy.clause", *self.env["customer.policy.rule"]._rule_models()]
        found = [
            self.env[name].with_context(active_test=False).search([("policy_id", "=", self.id)]) for name in models_
        ]
        return {part.stable_key: part for parts in found for part in parts}

    def _apply_release(self, changes):
        """Write the new values into this draft; sentences on what the company has made its own."""
        records, parts, kept = Records(self.env), self._parts_by_key(), []
        records.ids = {f"key:{key}": part for key, part in parts.items()}
        for key, values in changes.items():
            part = parts.get(key)
            if part is None:
                kept.append(self.env._("“%s” is not part of your policy any more.", key))
                continue
            for name, (before, now) in values.items():
                current = records.notation.value(part.with_env(records.notation.env), name)
                if current == before:
                    records.write(part, {name: now}, key)
                elif current != now:
                    label = f"{part._get_title()}, {part._fields[name]._description_string(self.env)}"
                    kept.append(
                        self.env._("%(what)s: yours is kept; the release has %(value)s.", what=label, value=now)
                    )
        return kept

    def _add_of_release(self, additions):
        """Create the new clauses and rules of a release in this draft; sentences on those without a place in it."""
        records, parts, kept = Records(self.env), self._parts_by_key(), []
        for entry in additions:
            key, parent = entry["key"], parts.get(entry["below"]) if entry.get("below") else None
            if key in parts:
                continue
            if entry.get("below") and parent is None:
                kept.append(self.env._("“%s” has no place in your policy.", key))
                continue
            records.ids = {f"key:{name}": part for name, part in parts.items()}
            parts[key] = self._add_part(records, entry, parent)
        return kept

    def _add_part(self, records, entry, parent):
        model = self.env[entry["model"]]
        if model._name == "customer.policy.clause":
            parent_field = "parent_id"
        else:
            parent_field = model._policy_rule_parent or "clause_id"
        vals = records.read(model, entry["values"], None, entry["key"])
        if records.problems:
            raise FileProblem("\n".join(records.problems))
        place = {"policy_id": self.id, "stable_key": entry["key"], parent_field: parent.id if parent else False}
        return records.create(model, [{**records.resolve(model, vals, None, None), **place}])

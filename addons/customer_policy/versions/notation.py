"""Values of fields as they stand in a file: by stable names, never by ids of a database.

References are one string: `xmlid:module.name`, `code:...` (models with `_policy_reference`), `key:...` (a clause or
rule of the same version), else `name:...`. Translated texts are an object of languages.
"""

import math
from ast import literal_eval

from odoo import fields
from odoo.exceptions import UserError

from .contents import content_fields

MAX_INTEGER = 2**31 - 1


class NotationError(ValueError):
    """A value that a file may not hold; the message is a translated sentence."""


class Notation:
    def __init__(self, env):
        # Names are compared in the language in which every record has one.
        self.env = env(context={**env.context, "lang": "en_US", "active_test": False})
        self.languages = [code for code, _name in self.env["res.lang"].get_installed()]
        # {(model, code): values} of the records that this notation has named by code
        self.named = {}

    # ------------------------------------------------------------ from records

    def values(self, record, names):
        """{name: JSON value} of these fields, in the order of their names."""
        record = record.with_env(self.env)
        return {name: self.value(record, name) for name in sorted(names)}

    def value(self, record, name):
        definition, value = record._fields[name], record[name]
        if definition.translate:
            stored = definition._get_stored_translations(record) or {}
            return {code: stored[code] for code in sorted(stored) if stored[code]} or None
        if definition.type == "many2one":
            return self.reference(value) if value else None
        if definition.type == "many2many":
            return sorted(self.reference(item) for item in value)
        if definition.type in ("date", "datetime"):
            return definition.to_string(value) or None
        if definition.type in ("char", "text") and name in getattr(record, "_policy_domains", {}):
            return self._domain_with(value, record._policy_domains[name], self._names_of_ids)
        return value if definition.type in ("boolean", "integer", "float", "monetary", "json") else value or None

    def reference(self, record):
        """The stable name of a record; sudo, as who reads a rule may read what it speaks of."""
        record = record.sudo()
        if "stable_key" in record._fields:
            return f"key:{record.stable_key}"
        code_field = getattr(record, "_policy_reference", None)
        if code_field and record[code_field]:
            self._remember(record, record[code_field])
            return f"code:{record[code_field]}"
        xmlids = (
            self.env["ir.model.data"]
            .sudo()
            .search(
                [
                    ("model", "=", record._name),
                    ("res_id", "=", record.id),
                    ("module", "not in", ("__export__", "__import__")),
                ]
            )
        )
        if xmlids:
            return f"xmlid:{min(xmlids.mapped('complete_name'))}"
        name = record[record._rec_name] if record._rec_name else None
        if not name or self.env[record._name].search_count([(record._rec_name, "=", name)], limit=2) != 1:
            raise UserError(
                self.env._(
                    "“%(record)s” (%(kind)s) can't be told from others by its name. Rename it, then export again.",
                    record=record.display_name,
                    kind=record._description,
                )
            )
        return f"name:{name}"

    def _remember(self, record, code):
        if (record._name, code) not in self.named:
            self.named[record._name, code] = None  # a circle ends here
            values = self.values(record, content_fields(record))
            del self.named[record._name, code]  # what it refers to comes before it
            self.named[record._name, code] = values

    # ------------------------------------------------------------ to records

    def read(self, model, name, value):  # pylint: disable=method-required-super
        """Value for `create` of what stands in a file; references by key stay as they are, translations a dict."""
        definition = model._fields[name]
        if value is None:
            return False
        if definition.translate:
            return self._read_translations(value)
        if definition.type == "many2one":
            return self._read_reference(definition.comodel_name, value)
        if definition.type == "many2many":
            if not isinstance(value, list):
                raise NotationError(self.env._("a list is expected"))
            return [self._read_reference(definition.comodel_name, item) for item in value]
        if name in getattr(model, "_policy_domains", {}):
            return self._domain_with(self._read_text(value), model._policy_domains[name], self._ids_of_names)
        return getattr(self, f"_read_{definition.type}")(value, definition)

    def _read_translations(self, value):
        if not isinstance(value, dict) or "en_US" not in value:
            raise NotationError(self.env._("texts by language are expected, at least “en_US”"))
        return {code: self._read_text(text) for code, text in value.items()}

    def _read_text(self, value, _definition=None):
        if not isinstance(value, str) or "\x00" in value:
            raise NotationError(self.env._("a text is expected"))
        return value

    _read_char = _read_html = _read_text

    def _read_boolean(self, value, _definition):
        if not isinstance(value, bool):
            raise NotationError(self.env._("true or false is expected"))
        return value

    def _read_integer(self, value, _definition):
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_INTEGER:
            raise NotationError(self.env._("a whole number is expected"))
        return value

    def _read_float(self, value, _definition):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise NotationError(self.env._("a number is expected"))
        return value

    _read_monetary = _read_float

    def _read_json(self, value, _definition):
        return value

    def _read_selection(self, value, definition):
        if value not in definition.get_values(self.env):
            raise NotationError(self.env._("“%s” is not one of the choices here", value))
        return value

    def _read_date(self, value, _definition):
        try:
            return fields.Date.to_date(self._read_text(value))
        except ValueError as error:
            raise NotationError(self.env._("a day like 2026-03-31 is expected")) from error

    def _read_datetime(self, value, _definition):
        try:
            return fields.Datetime.to_datetime(self._read_text(value))
        except ValueError as error:
            raise NotationError(self.env._("a day and time like 2026-03-31 12:00:00 is expected")) from error

    def _read_reference(self, model_name, value):
        kind, _colon, name = self._read_text(value).partition(":")
        if kind == "key":
            return value
        found = self._find(self.env[model_name], kind, name)
        if len(found) != 1:
            label = self.env["ir.model"]._get(model_name).name
            if found:
                raise NotationError(self.env._("“%(value)s” names several records (%(kind)s)", value=value, kind=label))
            raise NotationError(self.env._("“%(value)s” is not known here (%(kind)s)", value=value, kind=label))
        return found.id

    def _find(self, model, kind, name):
        if kind == "xmlid":
            model_name, res_id = self.env["ir.model.data"]._xmlid_to_res_model_res_id(name)
            return model.browse(res_id if model_name == model._name else None).exists()
        code_field = getattr(model, "_policy_reference", None)
        if kind == "code" and code_field:
            return model.search([(code_field, "=", name)], limit=2)
        if kind == "name" and model._rec_name:
            return model.search([(model._rec_name, "=", name)], limit=2)
        return model.browse()

    # ------------------------------------------------------------ conditions

    def _domain_with(self, text, model_name, replace):
        """A condition with the ids in it replaced by names, or the other way round; as written when there are none."""
        try:
            domain = literal_eval(text or "[]")
            replaced = self._replace_in(domain, self.env[model_name], replace)
        except (ValueError, SyntaxError, TypeError, KeyError, RecursionError, MemoryError) as error:
            if isinstance(error, NotationError):
                raise
            return text  # the rule's own check says what is wrong with it
        return text if replaced == domain else repr(replaced)

    def _replace_in(self, domain, model, replace):
        return [self._replace_leaf(leaf, model, replace) if len(leaf) == 3 else leaf for leaf in domain]

    def _replace_leaf(self, leaf, model, replace):
        path, operator, value = leaf
        for name in path.split("."):
            definition = model._fields[name]
            model = self.env[definition.comodel_name] if definition.relational else model
        if operator in ("any", "not any"):
            return (path, operator, self._replace_in(value, model, replace))
        if not definition.relational and definition.name != "id":
            return leaf
        many = isinstance(value, (list, tuple))
        before = list(value) if many else [value]
        after = [replace(model, item) for item in before]
        return leaf if after == before else (path, operator, after if many else after[0])

    def _names_of_ids(self, model, value):
        is_id = isinstance(value, int) and not isinstance(value, bool)
        record = model.browse(value).exists() if is_id else model
        return self.reference(record) if record else value

    def _ids_of_names(self, model, value):
        is_name = isinstance(value, str) and value.partition(":")[0] in ("xmlid", "code", "name")
        return self._read_reference(model._name, value) if is_name else value

"""Records from values in the notation of a policy file."""

from odoo import Command

from .contents import content_fields
from .notation import Notation, NotationError


class FileProblem(ValueError):
    """Why a file can't be used; the message is one translated sentence per line."""


class Records:
    """Creates and writes clauses, rules and what they refer to.

    `problems` collects what is wrong with values that were read, `ids` the parts that references by key mean.
    """

    def __init__(self, env):
        self.env = env
        self.notation = Notation(env)
        self.problems = []
        self.ids = {}  # "key:..." → clause or rule
        self.left_out_languages = set()

    def read(self, model, values, names, where):  # pylint: disable=method-required-super
        """Values for `create` of one record; what is wrong with them is added to the problems."""
        allowed = set(names) if names else self._allowed(model)
        vals = {}
        if not isinstance(values, dict):
            self.problems.append(self.env._("%s: an object is expected.", where))
            return vals
        for name, value in values.items():
            if name not in allowed:
                self.problems.append(
                    self.env._("%(where)s: the field “%(field)s” is not known here.", where=where, field=name)
                )
                continue
            try:
                vals[name] = self.notation.read(model, name, value)
            except NotationError as error:
                self.problems.append(f"{where}, {model._fields[name]._description_string(self.env)}: {error}")
        return vals

    def _allowed(self, model):
        return model._content_fields() if hasattr(model, "_content_fields") else content_fields(model)

    def resolve(self, model, vals, later, key):
        """Replace references by key; what is created only later is written afterwards."""
        resolved = {}
        for name, value in vals.items():
            definition = model._fields[name]
            keys = [item for item in (value if isinstance(value, list) else [value]) if str(item).startswith("key:")]
            if not definition.relational or not value:
                resolved[name] = value
            elif all(item in self.ids for item in keys):
                resolved[name] = self._resolved(definition, value)
            elif later is None:
                raise FileProblem(self.env._("“%s” is not there.", ", ".join(map(str, keys))))
            else:
                later.append((key, name, value))
        return resolved

    def _resolved(self, definition, value):
        many = isinstance(value, list)
        ids = []
        for item in value if many else [value]:
            target = self.ids.get(item) if isinstance(item, str) else None
            if isinstance(item, str) and (target is None or target._name != definition.comodel_name):
                label = definition._description_string(self.env)
                raise FileProblem(self.env._("%(field)s: “%(value)s” is not in the file.", field=label, value=item))
            ids.append(target.id if target is not None else item)
        return [Command.set(ids)] if many else ids[0]

    def create(self, model, vals_list):  # pylint: disable=method-required-super
        """Create in English, then write the other languages."""
        translated = [name for name, definition in model._fields.items() if definition.translate]
        created = model.with_context(lang="en_US").create(
            [
                {name: value["en_US"] if name in translated and value else value for name, value in vals.items()}
                for vals in vals_list
            ]
        )
        for record, vals in zip(created, vals_list, strict=True):
            for name in translated:
                self._translate(record, name, vals.get(name) or {})
        return created.with_env(self.env)

    def _translate(self, record, name, texts):
        for code, text in texts.items():
            if code not in self.notation.languages:
                self.left_out_languages.add(code)
            elif code != "en_US":
                record.with_context(lang=code)[name] = text

    def write(self, record, values, where):  # pylint: disable=method-required-super
        """Write values in the notation of a file into a record that is there already."""
        vals = self.read(record, values, None, where)
        if self.problems:
            raise FileProblem("\n".join(self.problems))
        translated = {name for name in vals if record._fields[name].translate}
        plain = {name: value for name, value in vals.items() if name not in translated}
        record.write(self.resolve(record, plain, None, None))
        for name in translated:
            texts = vals[name] or {}
            record.with_context(lang="en_US")[name] = texts.get("en_US", False)
            self._translate(record, name, texts)

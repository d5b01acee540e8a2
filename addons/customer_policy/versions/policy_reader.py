"""A draft from a policy file."""

from collections import Counter, defaultdict

from .policy_file import POLICY_FIELDS
from .records import FileProblem, Records

SHOWN_PROBLEMS = 20


class Reader(Records):
    """Makes a draft of a document. Everything is checked; with a problem a `FileProblem` names all of them."""

    def __init__(self, env, document):
        super().__init__(env)
        self.document = document
        self.created_names = []

    def make_draft(self, company):
        self._check_shape()
        self._check_addons()
        self._stop_at_problems()
        self._create_named()
        policy_vals = self.read(self.env["customer.policy"], self.document["policy"], POLICY_FIELDS, "policy")
        batches = self._read_tree()
        self._stop_at_problems()
        return self._create(policy_vals, batches, company)

    def _stop_at_problems(self):
        if self.problems:
            shown = self.problems[:SHOWN_PROBLEMS]
            if len(self.problems) > SHOWN_PROBLEMS:
                shown.append(self.env._("... and %s more.", len(self.problems) - SHOWN_PROBLEMS))
            raise FileProblem("\n".join(shown))

    # ------------------------------------------------------------ form

    def _check_shape(self):
        wanted = {"addons": list, "rule_models": dict, "policy": dict, "records": dict, "chapters": list}
        for name, kind in wanted.items():
            if not isinstance(self.document.get(name), kind):
                raise FileProblem(self.env._("The file lacks the section “%s”.", name))
        keys, numbers = Counter(), Counter()
        for clause in self._clauses(self.document["chapters"]):
            numbers[self._text(clause, "number")] += 1
            keys[self._text(clause, "key")] += 1
            for rule in self._rules(clause.get("rules", []), clause["number"]):
                keys[self._text(rule, "key")] += 1
                self._text(rule, "model")
        for what, counts in ((self.env._("Number"), numbers), (self.env._("Key"), keys)):
            for value, count in counts.items():
                if count > 1:
                    self.problems.append(self.env._("%(what)s “%(value)s” stands twice.", what=what, value=value))

    def _text(self, entry, name):
        if not isinstance(entry.get(name), str) or not entry[name]:
            raise FileProblem(self.env._("A clause or rule in the file lacks its “%s”.", name))
        return entry[name]

    def _clauses(self, chapters, depth=0):
        if not isinstance(chapters, list) or (chapters and depth > 1):
            raise FileProblem(self.env._("Clauses stand in chapters, and no deeper."))
        for clause in chapters:
            if not isinstance(clause, dict):
                raise FileProblem(self.env._("Clauses stand in chapters, and no deeper."))
            yield clause
            yield from self._clauses(clause.get("clauses", []), depth + 1)

    def _rules(self, rules, number):
        well_formed = isinstance(rules, list) and all(
            isinstance(rule, dict) and isinstance(rule.get("values"), dict) for rule in rules
        )
        if not well_formed:
            raise FileProblem(self.env._("The rules of clause %s are not in the form of an export.", number))
        for rule in rules:
            yield rule
            yield from self._rules(rule.get("parts", []), number)

    def _check_addons(self):
        known = set(self.env["customer.policy.rule"]._rule_models())
        used = {
            rule["model"]
            for clause in self._clauses(self.document["chapters"])
            for rule in self._rules(clause.get("rules", []), None)
        }
        for model in sorted(used - known):
            addon = self.document["rule_models"].get(model)
            if addon:
                text = self.env._(
                    "Rules of the kind “%(model)s” need the addon “%(addon)s”. Install it, then import again.",
                    model=model,
                    addon=addon,
                )
            else:
                text = self.env._("“%s” is no kind of rule.", model)
            self.problems.append(text)

    # ------------------------------------------------------------ values

    def _create_named(self):
        """Create grades and the like that this database lacks; those that are there stay as they are."""
        for model_name, records in self.document["records"].items():
            model = self.env.get(model_name)
            code_field = getattr(model, "_policy_reference", None)
            if not code_field or not isinstance(records, dict):
                raise FileProblem(self.env._("“%s” is no kind of record that a policy brings along.", model_name))
            for code, values in records.items():
                if model.with_context(active_test=False).search_count([(code_field, "=", code)], limit=1):
                    continue
                vals = self.read(model, values, None, f"{model_name} {code}")
                self._stop_at_problems()
                record = self.create(model, [{**vals, code_field: code}])
                self.created_names.append(record.display_name)

    def _read_tree(self):
        """[(model, parent's key or None, clause's key, entry, vals)] by depth, so that parents come first."""
        batches = defaultdict(list)
        for chapter in self.document["chapters"]:
            self._read_clause(batches, chapter, None)
        return [batches[depth] for depth in sorted(batches)]

    def _read_clause(self, batches, clause, parent):
        model = self.env["customer.policy.clause"]
        values = {name: value for name, value in clause.items() if name not in ("key", "rules", "clauses")}
        vals = self.read(model, values, None, self.env._("Clause %s", clause["number"]))
        batches[1 if parent else 0].append((model, clause["key"], {**vals, "parent_id": parent and f"key:{parent}"}))
        for rule in clause.get("rules", []):
            self._read_rule(batches, rule, clause, None, 2)
        for below in clause.get("clauses", []):
            self._read_clause(batches, below, clause["key"])

    def _read_rule(self, batches, rule, clause, parent, depth):
        model = self.env[rule["model"]]
        label = self.env["ir.model"]._get(model._name).name
        where = self.env._("Clause %(number)s, %(kind)s", number=clause["number"], kind=label)
        vals = self.read(model, rule["values"], None, where)
        parent_field = model._policy_rule_parent
        if bool(parent_field) != bool(parent) or (parent and model._fields[parent_field].comodel_name != parent[0]):
            self.problems.append(self.env._("%s: it stands at a place where it can't belong.", where))
        if parent_field and parent:
            vals[parent_field] = f"key:{parent[1]}"
        batches[depth].append((model, rule["key"], {**vals, "clause_id": f"key:{clause['key']}"}))
        for part in rule.get("parts", []):
            self._read_rule(batches, part, clause, (rule["model"], rule["key"]), depth + 1)

    # ------------------------------------------------------------ records

    def _create(self, policy_vals, batches, company):
        policies = self.env["customer.policy"]
        policy = self.create(policies, [{**policy_vals, "company_id": company.id}])
        later = []
        for batch in batches:
            by_model = defaultdict(list)
            for model, key, vals in batch:
                by_model[model].append((key, {**vals, "policy_id": policy.id, "stable_key": key}))
            for model, rows in by_model.items():
                vals_list = [self.resolve(model, vals, later, key) for key, vals in rows]
                records = self.create(model, vals_list)
                self.ids.update({f"key:{key}": record for (key, _vals), record in zip(rows, records, strict=True)})
        for key, name, value in later:
            record = self.ids[f"key:{key}"]
            record[name] = self._resolved(record._fields[name], value)
        return policy

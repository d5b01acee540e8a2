"""Two versions side by side, in the reader's language: what was added, removed and changed."""

from collections import Counter
from dataclasses import dataclass, field

from odoo.tools import format_date, format_datetime, formatLang, html2plaintext

from ..condition import describe_text
from ..words import join_names, join_statements
from .contents import Contents
from .differences import mark_words, moved

ADDED, REMOVED, CHANGED, SAME = "added", "removed", "changed", "same"
# Longer texts are read word by word, with the changed ones marked.
TEXT_TYPES = ("char", "text", "html")


@dataclass
class Change:
    """One field that differs; `marked` are old and new as HTML, for texts."""

    label: str
    old: str
    new: str
    marked: tuple | None = None


@dataclass
class Entry:
    """A clause, a rule or a part of a rule in the comparison, with what stands below it."""

    record: object
    status: str
    title: str
    kind: str = ""
    changes: list = field(default_factory=list)
    clauses: list = field(default_factory=list)
    rules: list = field(default_factory=list)

    @property
    def differs(self):
        return self.status != SAME or any(entry.differs for entry in [*self.clauses, *self.rules])

    @property
    def changed_rules(self):
        return [entry for entry in self.rules if entry.differs]

    @property
    def same_rules(self):
        return [entry for entry in self.rules if not entry.differs]


class Comparison:
    """Parts are paired by where they were copied from; clauses without such a pair by number, rules by name."""

    def __init__(self, old, new):
        self.env = new.env
        self.old, self.new = Contents(old), Contents(new)
        self.pairs = {}  # (model, id) in either version → its counterpart in the other
        self._pair_clauses()
        self._pair_rules(self.old.all_rules(), self.new.all_rules())
        self.moved_ids = self._find_moved()
        self.chapters = self._compare_clauses(None, None)
        self.counts = Counter()
        self._count(self.chapters)

    def says(self, entry):
        """What a clause or rule that stands in one version only says."""
        record = entry.record
        if record._name == "customer.policy.clause":
            return record.text or ""
        sentence = record._get_sentence()
        if sentence != record.display_name:
            return sentence
        names = record._content_fields() - {"sequence", "active"}
        defaults = record.default_get(list(names))
        said = [name for name in record._fields if name in names and (record[name] or None) != defaults.get(name)]
        values = [(record._fields[name]._description_string(self.env), record._format_content(name)) for name in said]
        words = [self.env._("%(field)s: %(condition)s", field=name, condition=value) for name, value in values if value]
        return join_statements(self.env, words)

    # ------------------------------------------------------------ who is whose counterpart

    def _pair_clauses(self):
        self._pair(self.old.clauses, self.new.clauses, lambda clause: clause.stable_key)
        self._pair(self.old.clauses, self.new.clauses, lambda clause: clause.number)

    def _pair_rules(self, old, new):
        self._pair(old, new, lambda rule: (rule._name, rule.stable_key) if rule.stable_key else None)
        self._pair(old, new, self._name_at_its_place)
        for rule in new:
            counterpart = self._counterpart(rule)
            if counterpart:
                self._pair_rules(self.old.parts(counterpart), self.new.parts(rule))

    def _name_at_its_place(self, rule):
        clause = rule.clause_id
        place = self._counterpart(clause) if clause.policy_id == self.new.policy else clause
        return rule._name, rule._policy_rule_parent or place, rule._get_title()

    def _pair(self, old, new, key):
        """Pair what has the same key, as far as it has no counterpart yet; a key that stands twice pairs nothing."""
        found = []
        for records in (old, new):
            alone = [record for record in records if not self._counterpart(record)]
            often = Counter(key(record) for record in alone)
            found.append({key(record): record for record in alone if key(record) and often[key(record)] == 1})
        for name in found[0].keys() & found[1].keys():
            left, right = found[0][name], found[1][name]
            self.pairs[left._name, left.id], self.pairs[right._name, right.id] = right, left

    def _counterpart(self, record):
        return self.pairs.get((record._name, record.id))

    def _find_moved(self):
        """Rules that have another place among their likes, where the order decides."""
        found = set()
        for siblings in self._sibling_lists():
            paired = [(self._counterpart(rule), rule) for rule in siblings if self._counterpart(rule)]
            places = {old.id: position for position, old in enumerate(self._siblings_of(paired))}
            sequence = [places[old.id] for old, _new in paired]
            out_of_order = moved(sequence)
            found |= {
                (rule._name, rule.id)
                for (_old, rule), place in zip(paired, sequence, strict=True)
                if place in out_of_order
            }
        return found

    def _sibling_lists(self):
        """The rules of each kind in their order, of the whole version or of one rule."""
        lists = {}
        rules = self.new.all_rules()
        while rules:
            below = []
            for rule in rules:
                if "sequence" in rule._order and rule._policy_order_decides:
                    parent = rule[rule._policy_rule_parent].id if rule._policy_rule_parent else None
                    lists.setdefault((rule._name, parent), []).append(rule)
                below += self.new.parts(rule)
            rules = below
        return [sorted(rules, key=lambda rule: (rule.sequence, rule.id)) for rules in lists.values()]

    def _siblings_of(self, paired):
        return sorted((old for old, _new in paired), key=lambda rule: (rule.sequence, rule.id))

    # ------------------------------------------------------------ clauses, rules, fields

    def _compare_clauses(self, old_parent, new_parent):
        old = self.old.below(old_parent) if old_parent or not new_parent else []
        new = self.new.below(new_parent) if new_parent or not old_parent else []
        return [self._compare_clause(*pair) for pair in self._merge(old, new)]

    def _merge(self, old, new):
        """(old, new) pairs in the order of the new version; what is gone stands where it stood.

        What has its counterpart under another parent is told there.
        """
        here = {(record._name, record.id) for record in new}
        pairs = [(self._counterpart(record), record) for record in new]
        position = 0
        for record in old:
            counterpart = self._counterpart(record)
            if counterpart is None:
                pairs.insert(position, (record, None))
                position += 1
            elif (counterpart._name, counterpart.id) in here:
                position = 1 + next(i for i, (_old, kept) in enumerate(pairs) if kept == counterpart)
        return pairs

    def _compare_clause(self, old, new):
        entry = self._entry(old, new)
        entry.rules = [
            self._compare_rule(*pair)
            for pair in self._merge(self.old.rules(old) if old else [], self.new.rules(new) if new else [])
        ]
        entry.clauses = self._compare_clauses(old, new)
        return entry

    def _compare_rule(self, old, new):
        entry = self._entry(old, new)
        if old and new:
            parts = self._merge(self.old.parts(old), self.new.parts(new))
            entry.rules = [self._compare_rule(*pair) for pair in parts]
        return entry

    def _entry(self, old, new):
        record = new or old
        changes = self._changes(old, new) if old and new else []
        status = (CHANGED if changes else SAME) if old and new else ADDED if new else REMOVED
        return Entry(record, status, record._get_title(), self._kind(record), changes)

    def _kind(self, record):
        return self.env["ir.model"]._get(record._name).name

    def _changes(self, old, new):
        changes = self._changed_places(old, new)
        names = new._content_fields() - {"sequence"}
        for name in sorted(names, key=lambda name: list(new._fields).index(name)):
            changes += self._changed_field(old, new, new._fields[name])
        return changes

    def _changed_places(self, old, new):
        changes = []
        name = "parent_id" if new._name == "customer.policy.clause" else "clause_id"
        is_part = getattr(new, "_policy_rule_parent", None)
        if not is_part and self._counterpart(old[name]) != (new[name] or None):
            label = new._fields[name]._description_string(self.env)
            changes.append(Change(label, old[name].display_name or "–", new[name].display_name or "–"))
        if (new._name, new.id) in self.moved_ids:
            label = self.env._("Place in the order")
            changes.append(Change(label, self._place(self.old, old), self._place(self.new, new)))
        return changes

    def _place(self, contents, rule):
        parent = rule._policy_rule_parent
        siblings = contents.parts(rule[parent]) if parent else contents.all_rules()
        siblings = [sibling for sibling in siblings if sibling._name == rule._name]
        return str(1 + sorted(siblings, key=lambda sibling: (sibling.sequence, sibling.id)).index(rule))

    def _changed_field(self, old, new, definition):
        label = definition._description_string(self.env)
        if not definition.translate:
            return [] if self._same(old, new, definition) else [self._change(label, old, new, definition)]
        changes = []
        languages = dict(self.env["res.lang"].get_installed())
        for code in sorted(languages, key=lambda code: code != self.env.lang):
            left, right = old.with_context(lang=code), new.with_context(lang=code)
            if (left[definition.name] or "") != (right[definition.name] or ""):
                own = code == (self.env.lang or "en_US")
                changes.append(self._change(label if own else f"{label} ({languages[code]})", left, right, definition))
        return changes

    def _same(self, old, new, definition):
        left, right = old[definition.name], new[definition.name]
        if definition.relational and "stable_key" in self.env[definition.comodel_name]._fields:
            return set(left.mapped("stable_key")) == set(right.mapped("stable_key"))
        if definition.type in TEXT_TYPES:
            return (left or "") == (right or "")
        return left == right

    def _change(self, label, old, new, definition):
        left, right = old._format_content(definition.name), new._format_content(definition.name)
        marked = mark_words(left, right) if definition.type in TEXT_TYPES else None
        return Change(label, left or "–", right or "–", marked)

    def _count(self, entries, kind="clauses"):
        for entry in entries:
            if entry.status != SAME or (kind == "rules" and entry.differs):
                self.counts[kind, CHANGED if entry.status == SAME else entry.status] += 1
            if kind == "clauses":
                self._count(entry.rules, "rules")
                self._count(entry.clauses)


def format_content(record, name):
    """Value of a field as the reader writes it; an empty string where there is none."""
    env, definition, value = record.env, record._fields[name], record[name]
    condition_of = getattr(record, "_policy_domains", {}).get(name)
    if condition_of:
        return describe_text(env, value, condition_of)
    if definition.type == "boolean":
        return env._("Yes") if value else env._("No")
    if definition.relational:
        # sudo: who may read a rule may read the names of what it speaks of.
        return join_names(env, value.sudo().mapped("display_name"))
    if definition.type in ("float", "monetary", "integer"):
        return format_number(env, value)
    if not value:
        return ""
    if definition.type == "selection":
        return dict(definition._description_selection(env)).get(value, value)
    if definition.type in ("date", "datetime"):
        return (format_date if definition.type == "date" else format_datetime)(env, value)
    return html2plaintext(value) if definition.type == "html" else str(value)


def format_number(env, value):
    """As many decimals as the number has."""
    decimals = len(f"{value:.6f}".rstrip("0").partition(".")[2])
    return formatLang(env, value, digits=decimals)

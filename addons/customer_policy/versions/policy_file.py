"""A policy version as one JSON file: written and parsed. The format is described in docs/policy_file.md."""

import json
from collections import defaultdict

from .contents import Contents
from .notation import Notation
from .records import FileProblem

FORMAT, FORMAT_VERSION = "customer.policy", 1
MAX_BYTES = 5 * 1024 * 1024
POLICY_FIELDS = ("change_note", "name")


# ------------------------------------------------------------ writing


def write_policy(policy):
    """The version as text: the same for the same content, whatever the database."""
    writer = Notation(policy.env)
    contents = Contents(policy.with_env(writer.env))
    chapters = [_write_clause(writer, contents, clause) for clause in contents.below()]
    rules = policy.env["customer.policy.rule"]
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "addons": sorted(policy.sudo().module_ids.mapped("name")),
        "rule_models": {name: policy.env[name]._original_module for name in sorted(rules._rule_models())},
        "policy": writer.values(policy, POLICY_FIELDS),
        "records": _write_named(writer),
        "chapters": chapters,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _write_clause(writer, contents, clause):
    entry = {"key": clause.stable_key, **writer.values(clause, clause._content_fields())}
    rules = [_write_rule(writer, contents, rule) for rule in contents.rules(clause)]
    clauses = [_write_clause(writer, contents, below) for below in contents.below(clause)]
    return {**entry, **({"rules": rules} if rules else {}), **({"clauses": clauses} if clauses else {})}


def _write_rule(writer, contents, rule):
    entry = {"model": rule._name, "key": rule.stable_key, "values": writer.values(rule, rule._content_fields())}
    parts = [_write_rule(writer, contents, part) for part in contents.parts(rule)]
    return {**entry, **({"parts": parts} if parts else {})}


def _write_named(writer):
    named = defaultdict(dict)
    for (model, code), values in writer.named.items():
        named[model][code] = values
    return dict(named)


# ------------------------------------------------------------ reading


def parse(env, data):
    """The document in these bytes; a `FileProblem` says what is wrong with its form."""
    if len(data) > MAX_BYTES:
        raise FileProblem(env._("The file is larger than %s MB; a policy is not.", MAX_BYTES // 1024**2))
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise FileProblem(env._("The file is not a text in UTF-8.")) from error
    except json.JSONDecodeError as error:
        raise FileProblem(
            env._(
                "The file is not valid JSON: line %(line)s, column %(column)s.", line=error.lineno, column=error.colno
            )
        ) from error
    except (ValueError, RecursionError) as error:
        raise FileProblem(env._("The file is not valid JSON.")) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FileProblem(env._("This is not an exported customer policy."))
    if document.get("format_version") != FORMAT_VERSION:
        raise FileProblem(
            env._(
                "The file has version %(found)s of the format; this release reads version %(known)s.",
                found=document.get("format_version"),
                known=FORMAT_VERSION,
            )
        )
    return document


def _refuse_constant(name):
    raise ValueError(name)

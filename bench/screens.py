"""Benchmarks of the contact list and form: queries and milliseconds that the suite adds."""

from statistics import median

from lxml import etree
from odoo.addons.base.models.res_partner import ResPartner

from tools import layout

from .report import result
from .scene import timed

ROWS = 80
REPEATS = 5
# Who looks at the screens: sees all customers, and sees only those of nobody or their own.
ROLES = {"all": "customer_policy.group_customer_all", "own": "customer_policy.group_customer_user"}
COMMON_GROUPS = ("base.group_user", "base.group_partner_manager", "sales_team.group_sale_salesman_all_leads")


def bench_contact_list(scene, _options):
    """Queries of a page of the contact list beyond those of the same list without the suite's fields."""

    def added(partners):
        specification, arch = _specification(partners, "list")
        without = _without_suite(partners, specification)
        call = lambda spec: partners.web_search_read([], spec, limit=ROWS, count_limit=10001)  # noqa: E731
        return _queries_added(partners, call, specification, without) | {
            "default_order_untouched": _is_order_untouched(partners, arch),
        }

    return _report_queries(scene, "screen.contact_list", 4, added, {"rows": ROWS})


def bench_customer_form(scene, _options):
    """Queries of opening a customer's form beyond those of the same form without the suite's fields."""

    def added(partners):
        specification, _arch = _specification(partners, "form")
        customer = partners.search([("customer_grade_id", "!=", False), ("is_company", "=", True)], limit=1)
        return _queries_added(partners, customer.web_read, specification, _without_suite(partners, specification))

    return _report_queries(scene, "screen.customer_form", 8, added, {"rows": 1})


def bench_contact_sort(scene, _options):
    """The first page of all contacts sorted by grade, as ids and as the list's own call."""

    def measure(partners):
        specification, _arch = _specification(partners, "list")
        order = "customer_grade_sequence, id"
        return {
            "search": lambda: partners.search([], order=order, limit=ROWS),
            "list": lambda: partners.web_search_read(
                [], specification, limit=ROWS, order="customer_grade_id ASC", count_limit=10001
            ),
        }

    return _report_milliseconds(scene, "screen.contact_sort", measure)


def bench_contact_group(scene, _options):
    """All contacts grouped by grade, with their number."""

    def measure(partners):
        return {"group": lambda: partners.formatted_read_group([], ["customer_grade_id"], ["__count"])}

    return _report_milliseconds(scene, "screen.contact_group", measure)


def bench_customer_360(scene, _options):
    """Queries and milliseconds of opening the 360° page of the customer with the most purchases, and of one without."""

    def measure(partners):
        load = partners.env["customer.overview"].load
        return {
            name: {
                "purchases": profile.purchase_count,
                "queries": _count_queries(partners, load, profile.partner_id.id),
                "ms": _median_milliseconds(partners, lambda partner_id=profile.partner_id.id: load(partner_id)),
            }
            for name, profile in _extremes(partners.env["customer.profile"]).items()
        }

    by_role = _per_role(scene, measure)
    value = max(figures["queries"] for customers in by_role.values() for figures in customers.values())
    return result("screen.customer_360", value, 30, "queries", scene.on, by_role=by_role)


def _extremes(profiles):
    """The customers with the longest and with the shortest history."""
    return {
        "most": profiles.search([], order="purchase_count desc, id", limit=1),
        "least": profiles.search([], order="purchase_count, id", limit=1),
    }


# ------------------------------------------------------------ measuring


def _report_queries(scene, name, bar, added, on):
    by_role = _per_role(scene, added)
    value = max(figures["added"] for figures in by_role.values())
    untouched = all(figures.get("default_order_untouched", True) for figures in by_role.values())
    return result(name, value, bar, "queries", {**scene.on, **on}, ok=untouched, by_role=by_role)


def _report_milliseconds(scene, name, measure):
    def milliseconds(partners):
        return {name: _median_milliseconds(partners, call) for name, call in measure(partners).items()}

    by_role = _per_role(scene, milliseconds)
    value = max(max(figures.values()) for figures in by_role.values())
    return result(name, value, 400, "ms", scene.on, by_role=by_role)


def _per_role(scene, measure):
    """{role: what `measure` finds out with res.partner as a user of that role}."""
    scene.grade()
    found = {}
    with scene.environment() as env:
        groups = [env.ref(name).id for name in COMMON_GROUPS]
        for role, group in ROLES.items():
            user = env["res.users"].create(
                {"name": role, "login": f"bench-{role}", "group_ids": [(6, 0, [*groups, env.ref(group).id])]}
            )
            env.flush_all()
            found[role] = measure(env(user=user.id)["res.partner"])
    return found


def _queries_added(partners, call, specification, without):
    with_suite, alone = (_count_queries(partners, call, spec) for spec in (specification, without))
    return {"added": with_suite - alone, "with_suite": with_suite, "without": alone}


def _count_queries(partners, call, specification):
    """Queries of a call on an empty record cache; what the registry caches was asked for before."""
    for _warm in range(2):
        partners.env.invalidate_all()
        before = partners.env.cr.sql_log_count
        call(specification)
    return partners.env.cr.sql_log_count - before


def _median_milliseconds(partners, call):
    seconds = []
    for _repeat in range(REPEATS + 1):
        partners.env.invalidate_all()
        seconds.append(timed(call)[0])
    return round(1000 * median(seconds[1:]), 1)


# ------------------------------------------------------------ what the web client asks for


def _specification(partners, view_type):
    """(specification, view) of the fields that the web client reads for a view of the user."""
    arch = etree.fromstring(partners.get_views([(None, view_type)])["views"][view_type]["arch"])
    return _fields_of(partners, arch), arch


def _fields_of(records, node):
    specification = {}
    for child in _field_nodes(node):
        field = records._fields[child.get("name")]
        subviews = [view for view in child if view.tag in ("list", "kanban", "form")]
        is_hidden = child.get("invisible") in ("1", "True")
        spec = specification.setdefault(field.name, {})
        if field.type == "many2one" and not is_hidden:
            spec["fields"] = {"display_name": {}}
        elif field.type in ("one2many", "many2many") and not is_hidden:
            comodel = records.env[field.comodel_name]
            spec["fields"] = {"display_name": {}}
            for view in subviews:
                spec["fields"] |= _fields_of(comodel, view)
    return specification


def _field_nodes(node):
    """Fields of a view itself, not of the views inside its fields."""
    for child in node:
        if child.tag == "field":
            yield child
        elif isinstance(child.tag, str):
            yield from _field_nodes(child)


def _without_suite(records, specification):
    """The specification without fields that only the suite's addons define, also in lines."""
    suite = set(layout.addon_names())
    kept = {}
    for name, spec in specification.items():
        field = records._fields[name]
        if suite.issuperset(field._modules) and field._modules:
            continue
        if "fields" in spec:
            spec = {**spec, "fields": _without_suite(records.env[field.comodel_name], spec["fields"])}
        kept[name] = spec
    return kept


def _is_order_untouched(partners, arch):
    """The model's own order, no order in the list, and the same first page as plain SQL finds."""
    found = [row["id"] for row in partners.web_search_read([], {}, limit=ROWS)["records"]]
    table = ResPartner._table or ResPartner._name.replace(".", "_")
    env = partners.env
    env.cr.execute(
        f"SELECT id FROM {table} WHERE active AND id = ANY(%s) ORDER BY {ResPartner._order} LIMIT {ROWS}",
        [partners.search([]).ids],
    )
    expected = [row[0] for row in env.cr.fetchall()]
    return partners._order == ResPartner._order and not arch.get("default_order") and found == expected

from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date
from odoo.tools.safe_eval import safe_eval

from .customer_suggestion_query import SuggestionScope


class CustomerSuggestion(models.AbstractModel):
    """What to offer to a customer: the candidates put in order, filtered, and explained in words."""

    _inherit = "customer.suggestion"

    @api.model
    def _suggest(self, company, partner=None, order=None, basket=None, count=None):
        """Suggestions for one customer or quotation, the best first: dicts of `product_id`, `product`, `name`, `score`,
        `kind`, `reason`.

        :param partner: commercial partner whose history the caller may use; the caller has checked it
        :param basket: products that are being bought; None without a quotation
        """
        figures = self.env["customer.policy.parameter"]._figures(company)
        partner_id = partner.id if partner else 0
        scope = SuggestionScope(
            company=company,
            today=company._customer_policy_today(),
            figures=figures,
            partner_ids=[partner_id],
            basket={partner_id: basket.ids} if basket else {},
            order_id=order.id if order else 0,
            kinds=self._kinds(company, bool(partner), bool(basket)),
            products=self._offered(company, partner),
        )
        rows = self._ranked(self._candidates(scope)).get(partner_id, [])
        if figures["suggestion_min_margin"] > 0:
            pricelist = order.pricelist_id if order else partner.property_product_pricelist
            rows = self._with_margin(rows, pricelist, company, figures["suggestion_min_margin"])
        return self._explain(rows[: count or int(figures["suggestion_count"])])

    @api.model
    def _offered(self, company, partner=None):
        """SELECT of the products that may be offered to a customer, of those that the user may read."""
        query = self.env["product.product"]._search(self._product_domain(company, partner))
        condition = self._deliverable_sql(SQL.identifier("product_product", "id"), company)
        if condition:
            query.add_where(condition)
        return query.subselect()

    @api.model
    def _deliverable_sql(self, product_id, company):
        """Condition that a product can be delivered; None for all. The bridge to stock overrides this."""
        return

    @api.model
    def _kinds(self, company, with_history, with_basket):
        """Kinds of candidates in use: statistics only where they have beaten popularity, see the evaluation."""
        won = self.env["customer.suggestion.evaluation"]._used_kinds(company)
        kinds = {"popular"}
        if with_history:
            kinds |= {"enquiry", "usual" if "usual" in won else "common"} | (won & {"pair"})
        return frozenset(kinds | (won & {"basket"} if with_basket else set()))

    @api.model
    def _raising_kinds(self):
        """Kinds that tell of a customer's interest: they add to each other and to the best other reason."""
        return frozenset(("enquiry",))

    @api.model
    def _ranked(self, rows):
        """{partner id: [a row per product, the best first]}; `others`: what else speaks for a raised product."""
        best, raised = defaultdict(dict), defaultdict(list)
        for row in rows:  # the best score first
            if row["kind"] in self._raising_kinds():
                raised[row["partner_id"], row["product_id"]].append(row)
            else:
                best[row["partner_id"]].setdefault(row["product_id"], row)
        for (partner_id, product_id), reasons in raised.items():
            known = best[partner_id].get(product_id)
            reasons += [known] if known else []
            score = min(sum(row["score"] for row in reasons), 1.0)
            best[partner_id][product_id] = {**reasons[0], "score": score, "others": reasons[1:]}
        return {
            partner_id: sorted(products.values(), key=lambda row: (-row["score"], row["product_id"]))
            for partner_id, products in best.items()
        }

    @api.model
    def _with_margin(self, rows, pricelist, company, least):
        """Rows of products with the margin that the policy asks."""
        products = self.env["product.product"].browse([row["product_id"] for row in rows])
        margins = self._margins(products, pricelist, company)
        return [row for row in rows if margins[row["product_id"]] >= least]

    @api.model
    def _margins(self, products, pricelist, company):
        """{product id: margin as a share of the price; -1 without a price}. As sudo: it decides, and is not shown."""
        products_sudo = products.sudo().with_company(company)
        prices = pricelist.sudo()._get_products_price(products_sudo, 1.0, currency=company.currency_id)
        return {
            product.id: 1 - product.standard_price / prices[product.id] if prices[product.id] > 0 else -1
            for product in products_sudo
        }

    @api.model
    def _product_domain(self, company, partner=None):
        """What may be offered at all: sold, of this company or of all, in no exclusion of the policy."""
        domain = Domain("sale_ok", "=", True) & Domain("company_id", "in", (False, company.id))
        for rule in self.env["customer.suggestion.exclusion"]._in_force(company):
            if not partner or rule._concerns(partner):
                domain &= ~Domain(safe_eval(rule.product_domain or "[]"))
        return domain

    @api.model
    def _explain(self, rows):
        """Rows with `product`, its `name`, and `reason`, a sentence that names the figures."""
        products = self.env["product.product"]
        found = []
        for row in rows:
            product = products.browse(row["product_id"])
            # The attributes of a variant stand in core's name only.
            name = product.display_name if row["is_variant"] else self._with_code(row["code"], row["name"])
            found.append({**row, "product": product, "name": name, "reason": self._reasons(row)})
        return found

    @api.model
    def _with_code(self, code, name):
        return f"[{code}] {name}" if code else name

    def _reasons(self, row):
        """All reasons of a row, as sentences of the reader's language."""
        text = self._reason(row)
        for other in row.get("others", ()):
            text = self.env._("%(reason)s. %(other)s", reason=text, other=self._reason(other))
        return text

    def _reason(self, row):
        values = {
            "count": f"{row['count']:,}",
            "total": f"{row['total'] or 0:,}",
            "customers": f"{row['customers'] or 0:,}",
            "lift": f"{row['lift'] or 0:.1f}",
            "product": row["because"] or "",
            "date": format_date(self.env, row["date"]) if row["date"] else "",
            "gap": f"{row['gap'] or 0:.0f}",
        }
        if row["kind"] == "usual":
            return self.env._(
                "In %(count)s of %(total)s purchases of this customer, every %(gap)s days, last on %(date)s", **values
            )
        if row["kind"] == "enquiry":
            return self.env._("Asked for %(count)s ×, last on %(date)s, not ordered since", **values)
        if row["kind"] in ("popular", "common"):
            return self.env._("Bought by %(customers)s customers", **values)
        return self.env._(
            "Bought with %(product)s in %(count)s of %(total)s purchases (%(customers)s customers), %(lift)s × as "
            "often as otherwise",
            **values,
        )

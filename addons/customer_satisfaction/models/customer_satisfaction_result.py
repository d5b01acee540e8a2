from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.score import Score
from .survey_question import METRICS, SCALES

PERIODS = (1, 3, 12)
TREND_MONTHS = 12
GROUPS, VOICES = 40, 6
# What stands in a group of answers: {name: (model of the names, field of the answer or None where a join is needed)}
DIMENSIONS = {
    "grade": ("customer.grade", "grade_id"),
    "segment": ("customer.segment", None),
    "region": ("res.country.state", None),
    "product": ("product.product", None),
    "team": ("crm.team", "team_id"),
    "salesperson": ("res.users", "user_id"),
    "survey": ("survey.survey", "survey_id"),
}


class CustomerSatisfactionResult(models.AbstractModel):
    """The results page: scores with n, response rate and 95 % interval, all counted in SQL over what the reader may
    see. Grades and people are those of the day on which the customer was asked."""

    _name = "customer.satisfaction.result"
    _description = "Satisfaction Results"

    # ------------------------------------------------------------ remote call

    @api.model
    @api.readonly
    def load(self, metric=None, dimension="grade", months=12):
        """The page. Remote call: for who may read answers; each sees those of their customers.

        :param metric: nps, csat or ces; None: the one with the most answers
        :param dimension: one of `DIMENSIONS`
        :param months: length of the period that ends today; the one before it is compared
        """
        self.env["customer.satisfaction.answer"].check_access("read")
        dimension = dimension if dimension in DIMENSIONS else "grade"
        months = months if months in PERIODS else 12
        today = self.env.company._customer_policy_today()
        start = today - relativedelta(months=months) + relativedelta(days=1)
        before = start - relativedelta(months=months)
        minimum = self._minimum_n()
        cards = self._cards((start, today), (before, start - relativedelta(days=1)), minimum)
        known = [card["metric"] for card in sorted(cards, key=lambda card: -card["n"])]
        metric = metric if metric in known else (known or ["nps"])[0]
        return {
            "metric": metric,
            "dimension": dimension,
            "months": months,
            "start": start.isoformat(),
            "scale": [-100, 100] if metric == "nps" else list(SCALES[metric]),
            "periods": [{"months": number, "label": self._period_label(number)} for number in PERIODS],
            "dimensions": self._dimension_labels(),
            "minimum_n": minimum,
            "cards": cards,
            "groups": self._groups(metric, dimension, (start, today), minimum),
            "trend": self._trend(metric, today),
            "drivers": self._drivers(metric, (start, today), minimum),
            "voices": self._voices(metric, (start, today)),
        }

    # ------------------------------------------------------------ scores

    @api.model
    def _get_scores(self, domain=Domain.TRUE, key=None):
        """{(key, metric): `Score`} of the answers about everything, in one statement.

        :param key: called with the `Query` of the answers, returns the SQL to group by; None: one group, key None
        """
        answers = self.env["customer.satisfaction.answer"]
        main = Domain("metric", "!=", False) & Domain("topic_id", "=", False)
        query = answers._search(Domain(domain) & main & Domain("company_id", "=", self.env.company.id))
        table = SQL.identifier(query.table)
        group = key(query) if key else SQL("NULL::int4")
        # Population variance of ±100 and 0 is 100²·[p + d - (p - d)²]; means have Student's.
        score = SQL("CASE WHEN %(t)s.metric = 'nps' THEN %(t)s.nps_value ELSE %(t)s.score END", t=table)
        query.groupby = SQL("1, 2")
        rows = self.env.execute_query(
            query.select(
                group,
                SQL("%s.metric", table),
                SQL("AVG(%s)", score),
                SQL("COUNT(*)"),
                SQL("CASE WHEN %s.metric = 'nps' THEN VAR_POP(%s) ELSE VAR_SAMP(%s) END", table, score, score),
            )
        )
        return {
            (key_, metric): Score(float(mean), 1.96 * (float(variance or 0) / n) ** 0.5, n)
            for key_, metric, mean, n, variance in rows
        }

    @api.model
    def _get_responses(self, domain=Domain.TRUE, key=None):
        """{(key, metric): (invited, answered)} of the invitations that were sent."""
        invitations = self.env["customer.satisfaction.invitation"]
        sent = Domain("date_sent", "!=", False) & Domain("company_id", "=", self.env.company.id)
        query = invitations._search(Domain(domain) & sent)
        table = SQL.identifier(query.table)
        group = key(query) if key else SQL("NULL::int4")
        query.groupby = SQL("1, 2")
        answered = SQL("COUNT(*) FILTER (WHERE %s.state = 'answered')", table)
        rows = self.env.execute_query(query.select(group, SQL("%s.survey_id", table), SQL("COUNT(*)"), answered))
        surveys_sudo = self.env["survey.survey"].sudo().browse({row[1] for row in rows})
        metrics = {survey.id: survey.satisfaction_metric for survey in surveys_sudo}
        found = {}
        for key_, survey_id, invited, done in rows:
            before = found.get((key_, metrics[survey_id]), (0, 0))
            found[key_, metrics[survey_id]] = (before[0] + invited, before[1] + done)
        return found

    def _between(self, name, period):
        return Domain(name, ">=", period[0]) & Domain(name, "<=", period[1])

    def _sent_between(self, period):
        start, end = period
        return Domain("date_sent", ">=", start) & Domain("date_sent", "<", end + relativedelta(days=1))

    # ------------------------------------------------------------ parts of the page

    def _cards(self, period, before, minimum):
        scores = self._get_scores(self._between("date", period))
        past = self._get_scores(self._between("date", before))
        responses = self._get_responses(self._sent_between(period))
        labels = dict(self.env["survey.question"]._fields["satisfaction_metric"]._description_selection(self.env))
        return [
            {
                "metric": metric,
                "label": labels[metric],
                **self._describe(scores[None, metric], responses.get((None, metric)), minimum),
                **self._compare(scores[None, metric], past.get((None, metric)), minimum),
            }
            for metric, _label in METRICS
            if (None, metric) in scores
        ]

    def _describe(self, score, response, minimum):
        invited, answered = response or (0, 0)
        return {
            "value": score.value,
            "margin": score.margin,
            "n": score.n,
            "enough": score.n >= minimum,
            "invited": invited,
            "rate": answered / invited if invited else None,
        }

    def _compare(self, score, past, minimum):
        """The change since the period before, in words that a reader can trust."""
        if not past or min(past.n, score.n) < minimum:
            return {"change": None, "verdict": self.env._("Too few answers to compare"), "trend": "none"}
        change = score.value - past.value
        if not score.differs_from(past):
            return {"change": change, "verdict": self.env._("No detectable change"), "trend": "same"}
        verdict = self.env._("Better than before") if change > 0 else self.env._("Worse than before")
        return {"change": change, "verdict": verdict, "trend": "up" if change > 0 else "down"}

    def _groups(self, metric, dimension, period, minimum):
        """Groups by score, the best first; those with too few answers come last and are not ranked (clause 6.3)."""
        scores = self._get_scores(self._between("date", period) & Domain("metric", "=", metric), self._key(dimension))
        responses = self._get_responses(self._sent_between(period), self._key(dimension))
        keys = sorted({key for key, _metric in scores}, key=lambda key: -scores[key, metric].n)[:GROUPS]
        names = self._names(dimension, keys)
        groups = [
            {"key": key, "name": names.get(key) or self.env._("None"),
             **self._describe(scores[key, metric], responses.get((key, metric)), minimum)}
            for key in keys
        ]  # fmt: skip
        return sorted(groups, key=lambda group: (not group["enough"], -group["value"]))

    def _key(self, dimension):
        field = DIMENSIONS[dimension][1]
        if field:
            return lambda query: SQL.identifier(query.table, field)
        return getattr(self, f"_key_{dimension}")

    def _key_region(self, query):
        partner = query.join(query.table, "partner_id", "res_partner", "id", "customer")
        return SQL.identifier(partner, "state_id")

    def _key_product(self, query):
        field = self.env["customer.satisfaction.invitation"]._fields["product_ids"]
        column = "id" if query.table == "customer_satisfaction_invitation" else "invitation_id"
        products = query.join(query.table, column, field.relation, field.column1, "products")
        return SQL.identifier(products, field.column2)

    def _key_segment(self, query):
        members = self.env["customer.segment.member"]
        alias = query.make_alias(query.table, "member")
        rows = members._subselect(members._window_domain(), "partner_id", "segment_id")
        condition = SQL("%s = %s", SQL.identifier(alias, "partner_id"), SQL.identifier(query.table, "partner_id"))
        query.add_join("JOIN", alias, rows, condition)
        return SQL.identifier(alias, "segment_id")

    def _names(self, dimension, keys):
        """{id: name}; sudo, as who sees an answer sees what it is about."""
        records_sudo = self.env[DIMENSIONS[dimension][0]].sudo().browse([key for key in keys if key]).exists()
        return {record.id: record.display_name for record in records_sudo}

    def _trend(self, metric, today):
        """Month by month, the present one included."""
        start = today.replace(day=1) - relativedelta(months=TREND_MONTHS - 1)
        scores = self._get_scores(
            self._between("date", (start, today)) & Domain("metric", "=", metric),
            lambda query: SQL("DATE_TRUNC('month', %s)::date", SQL.identifier(query.table, "date")),
        )
        months = [start + relativedelta(months=number) for number in range(TREND_MONTHS)]
        found = [(month, scores.get((month, metric))) for month in months]
        return [
            {"month": month.isoformat(), "value": score and score.value, "margin": score and score.margin,
             "n": score.n if score else 0}
            for month, score in found
        ]  # fmt: skip

    def _drivers(self, metric, period, minimum):
        """Topics that go with low scores, the closest first: Pearson's correlation of the topic's score with the score
        about everything in the same questionnaire, and the topic's average among low answers and among the others."""
        answers = self.env["customer.satisfaction.answer"]
        domain = Domain("metric", "!=", False) & Domain("company_id", "=", self.env.company.id)
        topics = answers._search(domain & Domain("topic_id", "!=", False) & self._between("date", period))
        main = answers._search(domain & Domain("topic_id", "=", False) & Domain("metric", "=", metric))
        rows = self.env.execute_query(
            SQL(
                """SELECT t.topic_id, COUNT(*), AVG(t.score), CORR(t.score, m.score),
                          AVG(t.score) FILTER (WHERE m.is_low), AVG(t.score) FILTER (WHERE NOT m.is_low)
                     FROM (%s) t JOIN (%s) m ON m.given_key = t.given_key
                    GROUP BY t.topic_id ORDER BY CORR(t.score, m.score) DESC NULLS LAST, t.topic_id""",
                self._columns(topics, "topic_id", "score", "given_key"),
                self._columns(main, "score", "is_low", "given_key"),
            )
        )
        names = {topic.id: topic.name for topic in self.env["customer.satisfaction.topic"].browse(r[0] for r in rows)}
        return [
            {"key": key, "name": names[key], "n": n, "average": float(average), "enough": n >= minimum,
             "correlation": None if correlation is None else float(correlation),
             "low": None if low is None else float(low), "others": None if others is None else float(others)}
            for key, n, average, correlation, low, others in rows
        ]  # fmt: skip

    def _voices(self, metric, period):
        """What those with the lowest scores wrote last."""
        answers = self.env["customer.satisfaction.answer"]
        low = answers._search(
            self._between("date", period) & Domain("metric", "=", metric) & Domain("topic_id", "=", False)
            & Domain("is_low", "=", True) & Domain("company_id", "=", self.env.company.id)
        )  # fmt: skip
        texts = answers._search(Domain("metric", "=", False) & Domain("text", "not in", [False, ""]))
        rows = self.env.execute_query(
            SQL(
                """SELECT t.id, m.score FROM (%s) m JOIN (%s) t ON t.given_key = m.given_key
                    ORDER BY t.date DESC, t.id DESC LIMIT %s""",
                self._columns(low, "given_key", "score"),
                self._columns(texts, "id", "date", "given_key"),
                VOICES,
            )
        )
        scores = dict(rows)
        return [
            {"id": answer.id, "text": answer.text, "score": scores[answer.id], "date": answer.date.isoformat(),
             "customer": answer.partner_id.sudo().display_name, "invitation": answer.invitation_id.id}
            for answer in answers.browse(scores)
        ]  # fmt: skip

    def _columns(self, query, *names):
        return query.select(*(SQL.identifier(query.table, name) for name in names))

    # ------------------------------------------------------------ words

    def _minimum_n(self):
        """Answers that a ranking needs: the figure of the policy in force, else the shipped one."""
        policies = self.env["customer.policy"]
        key = "satisfaction_minimum_n"
        found = policies._get_in_force(self.env.company)._get_parameter(key) or policies._get_default()._get_parameter(
            key
        )
        return int(found or 30)

    def _period_label(self, months):
        labels = {1: self.env._("1 month"), 3: self.env._("3 months"), 12: self.env._("12 months")}
        return labels[months]

    def _dimension_labels(self):
        labels = {
            "grade": self.env._("Grade"),
            "segment": self.env._("Segment"),
            "region": self.env._("Region"),
            "product": self.env._("Product"),
            "team": self.env._("Sales Team"),
            "salesperson": self.env._("Salesperson"),
            "survey": self.env._("Questionnaire"),
        }
        return [{"name": name, "label": labels[name]} for name in DIMENSIONS]

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from psycopg2.extras import Json

from .customer_satisfaction_invitation import CHANNELS
from .survey_question import METRICS, SCALES

# Reichheld's classes of an answer from 0 to 10, as what they add to 100·(share of promoters - share of detractors).
NPS_VALUES = [-100] * 7 + [0] * 2 + [100] * 2
MARGINS = {"nps_margin:avg": ("nps_value", SQL("VAR_POP")), "score_margin:avg": ("score", SQL("VAR_SAMP"))}


class CustomerSatisfactionAnswer(models.Model):
    """One answered question, written once when its questionnaire is done: narrow, never changed.

    Customer, grade, salesperson and team are those of the day of the occasion. The average of `nps_value` is the NPS,
    of any group; the margins are half widths of 95 % intervals (see `engine/score.py`). Of a deleted contact the
    answers stay, of nobody.
    """

    _name = "customer.satisfaction.answer"
    _description = "Survey Answer"
    _order = "date desc, id desc"
    _rec_name = "question_id"
    _log_access = False

    date = fields.Date(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    survey_id = fields.Many2one(
        "survey.survey", "Questionnaire", required=True, readonly=True, index=True, ondelete="restrict"
    )
    question_id = fields.Many2one("survey.question", required=True, readonly=True, index=True, ondelete="restrict")
    metric = fields.Selection(METRICS, readonly=True)
    topic_id = fields.Many2one(
        "customer.satisfaction.topic", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    score = fields.Integer(readonly=True, aggregator="avg")
    nps_value = fields.Integer(
        "NPS",
        readonly=True,
        aggregator="avg",
        help="100 for 9 and 10, -100 for 0 to 6, else 0; the average is the NPS.",
    )
    nps_margin = fields.Float("NPS ±", compute="_compute_margins", aggregator="avg", help="95 % interval.")
    score_margin = fields.Float("Score ±", compute="_compute_margins", aggregator="avg", help="95 % interval.")
    is_low = fields.Boolean("Low", readonly=True, help="In the lower half of the scale; with NPS from 0 to 6.")
    text = fields.Text("Said", readonly=True)
    channel = fields.Selection([*CHANNELS, ("public", "Public Link")], readonly=True)

    user_input_id = fields.Many2one("survey.user_input", readonly=True, ondelete="set null", groups="base.group_system")
    line_id = fields.Many2one("survey.user_input.line", readonly=True, ondelete="set null", groups="base.group_system")
    invitation_id = fields.Many2one(
        "customer.satisfaction.invitation", readonly=True, index="btree_not_null", ondelete="set null"
    )
    # Answers of one person at one time: what the driver view compares.
    given_key = fields.Integer(readonly=True, required=True, index=True, aggregator=None)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="set null")
    contact_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null", ondelete="set null")
    grade_id = fields.Many2one("customer.grade", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)

    _line_unique = models.UniqueIndex("(line_id) WHERE line_id IS NOT NULL")
    _customer_idx = models.Index("(partner_id, company_id, date)")
    _metric_idx = models.Index("(company_id, metric, date) WHERE topic_id IS NULL")

    def _compute_margins(self):
        """Of one answer there is none: these are for groups."""
        self.nps_margin = self.score_margin = 0.0

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec not in MARGINS:
            return super()._read_group_select(aggregate_spec, query)
        name, variance = MARGINS[aggregate_spec]
        column = self._field_to_sql(self._table, name, query)
        return SQL("1.96 * SQRT(%s(%s) / NULLIF(COUNT(%s), 0))", variance, column, column)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Answers are given by customers."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("Answers are given by customers; nobody changes them."))
        return super().write(vals)

    # ------------------------------------------------------------ from questionnaires

    @api.model
    def _record(self, given):
        """Answers of these finished `survey.user_input`, in one insert."""
        rows = []
        for user_input in given:
            values = self._circumstances(user_input)
            for line in user_input.user_input_line_ids.filtered(lambda line: not line.skipped):
                rows.append({**values, **self._measure(line)})
        return self._insert(rows)

    @api.model
    def _insert(self, rows):
        """SQL, as what was not asked is empty: the ORM would write 0, a score that somebody may give."""
        if not rows:
            return self.browse()
        self.env.flush_all()
        names = sorted(rows[0])
        types = [SQL("%s %s", SQL.identifier(name), SQL(self._fields[name].column_type[1])) for name in names]
        columns = SQL(", ").join(map(SQL.identifier, names))
        inserted = self.env.execute_query(
            SQL(
                """INSERT INTO customer_satisfaction_answer (%s)
                   SELECT %s FROM JSONB_TO_RECORDSET(%s) AS given(%s) ON CONFLICT DO NOTHING RETURNING id""",
                columns,
                columns,
                Json([{name: self._json_value(name, row[name]) for name in names} for row in rows]),
                SQL(", ").join(types),
            )
        )
        self.env["customer.satisfaction.invitation"].invalidate_model(["answer_ids"])
        return self.browse(row[0] for row in inserted)

    @api.model
    def _json_value(self, name, value):
        return None if value is False and self._fields[name].type != "boolean" else value

    @api.model
    def _circumstances(self, user_input):
        invitation = user_input.satisfaction_invitation_id
        company = invitation.company_id or self.env.company
        contact = invitation.contact_id or user_input.partner_id
        customer = invitation.partner_id or contact.commercial_partner_id
        user = invitation.user_id or customer.user_id
        grade = invitation.grade_id
        if not invitation and customer:
            domain = [("partner_id", "=", customer.id), ("company_id", "=", company.id)]
            grade = self.env["customer.profile"].search(domain, limit=1).grade_id
        return {
            "date": company._customer_policy_today().isoformat(),
            "company_id": company.id,
            "survey_id": user_input.survey_id.id,
            "user_input_id": user_input.id,
            "given_key": user_input.id,
            "invitation_id": invitation.id,
            "channel": ("phone" if invitation.interviewer_id else invitation.channel) if invitation else "public",
            "partner_id": customer.id,
            "contact_id": contact.id,
            "grade_id": grade.id,
            "user_id": user.id,
            "team_id": (invitation.team_id or user.sale_team_id).id,
        }

    @api.model
    def _measure(self, line):
        question, score = line.question_id, line.value_scale
        metric = question.satisfaction_metric if line.answer_type == "scale" else False
        values = dict.fromkeys(("metric", "score", "nps_value", "text"), None)
        values |= {"line_id": line.id, "question_id": question.id, "topic_id": question.satisfaction_topic_id.id}
        if not metric:
            return {**values, "is_low": False, "text": str(line._get_answer_value() or "")}
        values |= {"metric": metric, "score": score}
        if metric == "nps":
            values["nps_value"] = NPS_VALUES[score]
        return {**values, "is_low": self._is_low(metric, score)}

    @api.model
    def _is_low(self, metric, score):
        low, high = SCALES[metric]
        return score <= 6 if metric == "nps" else 2 * score < low + high

    # ------------------------------------------------------------ what is done about it

    def action_propose_improvement(self):
        """What several customers say: into the improvement register."""
        topic = self.topic_id if len(self.topic_id) == 1 else self.topic_id.browse()
        return self._improvement_action(topic.name or self[:1].text or self.env._("Answers of customers"), topic)

    def _improvement_action(self, name, topic):
        context = {"default_name": name[:200], "default_satisfaction_topic_id": topic.id,
                   "default_satisfaction_answer_ids": self.ids}  # fmt: skip
        return {"type": "ir.actions.act_window", "name": self.env._("Improvement"),
                "res_model": "customer.improvement", "views": [(False, "form")], "context": context}  # fmt: skip

    def action_open_invitation(self):
        """The whole questionnaire."""
        self.ensure_one()
        return self.invitation_id._get_records_action() if self.invitation_id else False

from odoo import fields
from odoo.addons.customer_complaint.tests.common import ComplaintCommon


class SatisfactionCommon(ComplaintCommon):
    """Questionnaires as shipped, customers who can be asked, and a short way to their answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invitations = cls.env["customer.satisfaction.invitation"].with_company(cls.company)
        cls.answers = cls.env["customer.satisfaction.answer"]
        cls.triggers = cls.env["customer.satisfaction.trigger"]
        cls.nps = cls.env.ref("customer_satisfaction.survey_relationship")
        cls.csat = cls.env.ref("customer_satisfaction.survey_payment")
        cls.ces = cls.env.ref("customer_satisfaction.survey_complaint")

    @classmethod
    def invite(cls, contact=None, survey=None, **values):
        """An open questionnaire, whatever limits there are."""
        invitation = cls.invitations.create(
            {
                "contact_id": (contact or cls.customer).id,
                "survey_id": (survey or cls.nps).id,
                "company_id": cls.company.id,
                "channel": "link",
                **values,
            }
        )
        invitation._invite()
        return invitation

    @classmethod
    def fill_in(cls, invitation, score=None, text=None, topics=None):
        """Answer as the customer does: score about everything, scores by topic {xmlid name: score}, words."""
        given = invitation.user_input_ids.sudo()
        by_topic = {cls.env.ref(f"customer_satisfaction.topic_{name}"): value for name, value in (topics or {}).items()}
        for question in given.survey_id.question_ids:
            value = by_topic.get(question.satisfaction_topic_id)
            if question.satisfaction_metric and not question.satisfaction_topic_id:
                value = score
            elif question.question_type == "text_box":
                value = text
            if value is not None:
                # As text, which is what the web page sends: 0 is an answer.
                given._save_lines(question, str(value))
        given._mark_done()
        return invitation.answer_ids

    @classmethod
    def answer(cls, score, contact=None, survey=None, **values):
        return cls.fill_in(cls.invite(contact, survey), score, **values)

    @classmethod
    def scored(cls, metric, scores, days_ago=0, **values):
        """Rows of answers as questionnaires leave them, without the questionnaires."""
        survey = {"nps": cls.nps, "csat": cls.csat, "ces": cls.ces}[metric]
        question = survey._main_question()
        date = fields.Date.subtract(cls.company._customer_policy_today(), days=days_ago).isoformat()
        key = cls.answers.search([], order="given_key desc", limit=1).given_key
        none = dict.fromkeys(("invitation_id", "user_input_id", "line_id", "grade_id", "user_id", "team_id", "topic_id",
                              "text", "contact_id"))  # fmt: skip
        rows = []
        for number, score in enumerate(scores, key + 1):
            line = type("Line", (), {"question_id": question, "value_scale": score, "answer_type": "scale", "id": None})
            rows.append({**none, "date": date, "company_id": cls.company.id, "survey_id": survey.id, "channel": "mail",
                         "given_key": number, "partner_id": cls.customer.id,
                         **cls.answers._measure(line), **values})  # fmt: skip
        return cls.answers._insert(rows)

"""The demo's surveys: two years of invitations, and answers of customers who are rather content."""

from datetime import datetime, time, timedelta

from odoo import Command
from odoo.tools import SQL

from tools.demo_logins import PORTAL_LOGINS

# (questionnaire, event, how many of the companies' and of the households', part of them that answers)
WAVES = (
    ("relationship", "interval", 300, 640, 0.42),
    ("payment", "invoice_paid", 320, 420, 0.34),
    ("delivery", "delivery_done", 240, 160, 0.36),
)
# How well each topic does, on a scale from 1 to 5, and how much it weighs in the whole.
TOPICS = {
    "quality": (4.4, 0.30),
    "delivery": (3.4, 0.45),
    "packaging": (3.9, 0.15),
    "price": (3.7, 0.15),
    "advice": (4.3, 0.20),
    "service": (4.0, 0.25),
    "speed": (3.8, 0.35),
    "invoicing": (4.5, 0.05),
}
LOW_TEXTS = (
    ("Third late delivery this year, and nobody told us beforehand.", "今年第三次延误，事先也没有通知。"),
    ("We wait too long for an answer when something is wrong.", "出问题后等答复太久。"),
    ("Prices went up twice without a word.", "两次涨价都没有提前说明。"),
    ("The carrier left the goods at the wrong gate again.", "承运商又把货卸错了门口。"),
)
HIGH_TEXTS = (
    ("Your people know their products.", "业务人员对产品非常熟悉。"),
    ("Good quality, we stay.", "质量好，会继续合作。"),
    ("Everything as agreed.", "一切按约定执行。"),
)
SKIPPED = ("rest", "rest", "rest", "rest", "open_case", "no_address", "opt_out")
OPEN_DAYS = 25


class Surveys:
    """Part of the `Filler` of demo_data.py."""

    def add_surveys(self):
        invitations = self.env["customer.satisfaction.invitation"].sudo()
        invitations.search([("state", "=", "waiting")]).unlink()  # occasions of documents that were made just now
        self._people = self._survey_people()
        found = invitations
        for survey, event, companies, households, share in WAVES:
            found |= self._add_wave(survey, event, [True] * companies + [False] * households, share)
        found |= self._add_case_wave()
        self._add_skipped()
        self._add_survey_calls()
        low = found.answer_ids.filtered(lambda answer: answer.is_low and answer.metric and not answer.topic_id)
        recent = low.filtered(lambda answer: answer.date >= self.today - timedelta(days=40))
        recent.invitation_id[:8]._respond()
        self._add_survey_improvement()
        self.env["mail.mail"].search([("model", "in", (invitations._name, "customer.complaint"))]).unlink()
        self.env.flush_all()
        return f"{len(found):,} invitations, {len(found.answer_ids):,} answers"

    def _survey_people(self):
        """{whether companies: partners who may be asked}."""
        buying = [p for p, pattern in self.companies.items() if pattern in ("steady", "new", "fading")]
        others = self.env["customer.profile"].search(
            [("partner_id", "not in", [p.id for p in self.companies]), ("purchase_count", ">", 5)], limit=700
        )
        return {True: buying, False: list(others.partner_id)}

    def _add_wave(self, survey, event, kinds, share):
        rng, vals_list = self.rng, []
        for is_company in kinds:
            partner = rng.choice(self._people[is_company])
            sent = self.today - timedelta(days=rng.randint(0, 720))
            vals_list.append(self._invitation_vals(survey, event, partner, sent))
        return self._open_and_answer(vals_list, share)

    def _add_case_wave(self):
        cases = self.env["customer.complaint"].search([("state", "=", "closed"), ("kind", "=", "complaint")])
        vals_list = []
        for case in cases:
            sent = min(case.date_closed.date() + timedelta(days=1), self.today)
            vals = self._invitation_vals("complaint", "complaint_closed", case.contact_id, sent)
            vals_list.append({**vals, "res_model": case._name, "res_id": case.id,
                              "product_ids": [Command.set(case.product_id.ids)]})  # fmt: skip
        return self._open_and_answer(vals_list, 0.55)

    def _invitation_vals(self, survey, event, partner, sent):
        products, people = self._products(), partner.child_ids.filtered("email")
        contact = (people[:1] or partner) if self.rng.random() < 0.5 else partner
        channel = self.rng.choice(["mail"] * 9 + ["phone"])
        return {
            "contact_id": contact.id,
            "survey_id": self.env.ref(f"customer_satisfaction.survey_{survey}").id,
            "event": event,
            "trigger_key": f"demo_{survey}",
            "channel": channel if contact.phone else "mail",
            "state": "sent",
            "date_due": sent,
            "date_sent": datetime.combine(sent, time(15)),
            "date_expires": sent + timedelta(days=30),
            "product_ids": [Command.set(self.rng.choice(products).ids)] if event != "interval" else False,
        }

    def _open_and_answer(self, vals_list, share):
        """Open the questionnaires; that part of them is answered within a few days, the rest is late or still open."""
        rng = self.rng
        invitations = self.env["customer.satisfaction.invitation"].sudo().create(vals_list)
        given = invitations._open_questionnaires(None)
        answered = given.filtered(lambda _g: rng.random() < share)
        lines, moments = [], {}
        for user_input in answered:
            sent = user_input.satisfaction_invitation_id.date_sent
            moments[user_input] = min(
                sent + timedelta(hours=rng.randint(2, 120)), datetime.now().replace(microsecond=0)
            )
            lines += self._answer_lines(user_input, moments[user_input].date())
        self.env["survey.user_input.line"].sudo().create(lines)
        answered.write({"state": "done"})
        answers = self.env["customer.satisfaction.answer"].sudo()._record(answered)
        self.env.cr.execute(
            SQL(
                """UPDATE customer_satisfaction_answer a SET date = m.day
                     FROM UNNEST(%s::int4[], %s::date[]) m(id, day) WHERE m.id = a.given_key""",
                answered.ids,
                [moments[user_input].date() for user_input in answered],
            )
        )
        answers.invalidate_model()
        for user_input, moment in moments.items():
            user_input.satisfaction_invitation_id.write({"state": "answered", "date_answered": moment})
        late = (invitations - answered.satisfaction_invitation_id).filtered(
            lambda i: i.date_sent.date() < self.today - timedelta(days=OPEN_DAYS)
        )
        late.write({"state": "expired"})
        return invitations

    def _answer_lines(self, user_input, day):
        """Topics first; the whole follows from them. Delivery has become better in the last months."""
        rng, survey = self.rng, user_input.survey_id
        mood = rng.gauss(0, 0.45)
        better = max(0, 150 - (self.today - day).days) / 150 * 0.7
        topics, whole, weight = {}, 0, 0
        for question in survey.question_ids.filtered("satisfaction_topic_id"):
            code = self._topic_code(question)
            mean, importance = TOPICS[code]
            value = mean + mood + (better if code == "delivery" else 0) + rng.gauss(0, 0.8)
            topics[question] = max(1, min(5, round(value)))
            whole, weight = whole + importance * (value - mean), weight + importance
        surplus = whole / weight + mood + better / 2
        lines = [self._line(user_input, question, "scale", value_scale=score) for question, score in topics.items()]
        main = survey._main_question()
        means = {"nps": (7.9, 1.9), "csat": (3.9, 0.8), "ces": (5.2, 1.2)}
        mean, spread = means[main.satisfaction_metric]
        score = max(main.scale_min, min(main.scale_max, round(mean + spread * surplus + rng.gauss(0, 0.5 * spread))))
        lines.append(self._line(user_input, main, "scale", value_scale=score))
        words = survey.question_ids.filtered(lambda question: question.question_type == "text_box")[:1]
        is_low = self.env["customer.satisfaction.answer"]._is_low(main.satisfaction_metric, score)
        if words and rng.random() < (0.7 if is_low else 0.25):
            text = rng.choice(LOW_TEXTS if is_low else HIGH_TEXTS)[self._is_chinese(user_input.partner_id)]
            lines.append(self._line(user_input, words, "text_box", value_text_box=text))
        return lines

    def _topic_code(self, question):
        if not hasattr(self, "_topic_codes"):
            self._topic_codes = {self.env.ref(f"customer_satisfaction.topic_{code}").id: code for code in TOPICS}
        return self._topic_codes[question.satisfaction_topic_id.id]

    def _line(self, user_input, question, answer_type, **value):
        return {"user_input_id": user_input.id, "question_id": question.id, "answer_type": answer_type, **value}

    def _add_skipped(self):
        vals_list = []
        for _number in range(90):
            partner = self.rng.choice(self._people[True])
            day = self.today - timedelta(days=self.rng.randint(0, 200))
            vals = self._invitation_vals("payment", "invoice_paid", partner, day)
            vals_list.append({**vals, "state": "skipped", "skip_reason": self.rng.choice(SKIPPED), "date_sent": False,
                              "date_expires": False, "channel": "mail"})  # fmt: skip
        self.env["customer.satisfaction.invitation"].sudo().create(vals_list)

    def _add_survey_calls(self):
        """Customers to be surveyed by phone today, some of each of those who look at it."""
        people = [partner for partner in self._people[True] if partner.phone]
        chinese = [partner for partner in people if self._is_chinese(partner)]
        others = [partner for partner in people if not self._is_chinese(partner)]
        for partner in others[:4] + chinese[:4]:
            vals = self._invitation_vals("relationship", "interval", partner, self.today)
            vals |= {"contact_id": partner.id, "channel": "phone"}
            invitation = self.env["customer.satisfaction.invitation"].sudo().create(vals)
            invitation._open_questionnaires(None)
            invitation._schedule_calls()

    def add_portal_surveys(self):
        """A questionnaire that has been answered and one that is open, for each customer in the portal."""
        users = self.env["res.users"].search([("login", "in", list(PORTAL_LOGINS))])
        for partner in users.partner_id:
            for survey, event, days, share in (
                ("delivery", "delivery_done", 130, 1),
                ("payment", "invoice_paid", 4, 0),
            ):
                vals = self._invitation_vals(survey, event, partner, self.today - timedelta(days=days))
                self._open_and_answer([{**vals, "contact_id": partner.id, "channel": "mail"}], share)
        return f"{2 * len(users)} questionnaires"

    def _add_survey_improvement(self):
        topic = self.env.ref("customer_satisfaction.topic_delivery")
        low = self.env["customer.satisfaction.answer"].search(
            [("topic_id", "=", topic.id), ("is_low", "=", True), ("date", ">=", self.today - timedelta(days=240))],
            limit=25,
        )
        improvement = self.env["customer.improvement"].create(
            {
                "name": "Deliveries come late and unannounced",
                "satisfaction_topic_id": topic.id,
                "satisfaction_answer_ids": [Command.set(low.ids)],
                "measure": "Carrier changed; customers get a message on the day before.",
                "user_id": self.users["service"].id,
                "date_deadline": self.today - timedelta(days=130),
                "date_done": self.today - timedelta(days=120),
                "days": 110,
                "notice": "<p>Thank you for telling us. You now get a message on the day before your delivery.</p>",
            }
        )
        improvement.action_start()
        improvement.action_take_measure()

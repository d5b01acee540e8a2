"""The demo's cases: a year of complaints and enquiries, some of them open and late, and what was learned from them."""

from datetime import datetime, time, timedelta

from odoo import Command

# (kind, type, cause, impact, urgency, English, Chinese)
MATTERS = (
    ("complaint", "quality", "packing", 2, 2, "Corners of two table tops are chipped", "两块台面边角破损"),
    ("complaint", "quality", "packing", 3, 2, "Five of twelve chairs arrived scratched", "十二把椅子中有五把划伤"),
    ("complaint", "quality", "supplier", 3, 3, "Gas springs fail after a week", "气压棒使用一周即失效"),
    ("complaint", "quality", "supplier", 2, 2, "Veneer comes off the edges", "封边条脱落"),
    ("complaint", "delivery", "carrier", 2, 3, "Delivery is four days late", "交货延误四天"),
    ("complaint", "delivery", "picking", 2, 2, "Wrong colour in the last delivery", "上批货颜色发错"),
    ("complaint", "billing", "data", 1, 2, "Invoice shows the old address", "发票抬头仍是旧地址"),
    ("complaint", "service", "training", 2, 1, "Nobody called back about the assembly", "安装事宜无人回电"),
    ("enquiry", "technical", None, 1, 2, "Which load does the tall cabinet bear?", "高柜最大承重是多少？"),
    ("enquiry", "delivery", None, 1, 2, "When does the next batch leave?", "下一批货何时发出？"),
    ("service", "technical", None, 2, 2, "Please send a spare key for the drawers", "请补寄抽屉钥匙"),
    ("suggestion", "quality", None, 1, 1, "Offer the desk with a darker top", "希望增加深色台面"),
    ("praise", "service", None, 1, 1, "Thank you for the quick assembly", "感谢安装师傅的高效服务"),
)
CAUSES = {
    "packing": ("Packing", "包装"),
    "supplier": ("Supplier's part", "供方零件"),
    "carrier": ("Carrier", "承运商"),
    "picking": ("Picking", "拣货"),
    "data": ("Master data", "基础资料"),
    "training": ("Training", "培训"),
}
WEIGHTS = (14, 10, 4, 5, 9, 6, 4, 3, 10, 7, 5, 3, 3)
TEXTS = (
    "<p>We noticed it when we unpacked the goods. Photos are attached. Please tell us how to go on.</p>",
    "<p>拆箱时发现，已拍照。请告知如何处理。</p>",
)
REPLIES = ("We have sent a replacement and will collect the damaged pieces.", "已安排补发，并上门取回破损件。")
YEAR_OF_CASES, OPEN_CASES = 90, 18
MEASURE_DAYS_AGO = 110


class Complaints:
    """Part of the `Filler` of demo_data.py."""

    def add_complaints(self):
        self._staff_teams()
        self.causes = self._add_causes()
        cases = self.env["customer.complaint"]
        for number in range(YEAR_OF_CASES + OPEN_CASES):
            is_open = number >= YEAR_OF_CASES
            case = self._add_case(0 if is_open else self.rng.randint(12, 360), is_open)
            cases |= case
            if not is_open:
                self._work_case(case)
        self._move_open_cases(cases[YEAR_OF_CASES:])
        self._add_improvements(cases)
        self.env["customer.complaint"]._due_for_escalation()._escalate()
        # Nobody gets mail from a demo.
        self.env["mail.mail"].search([("model", "=", "customer.complaint")]).unlink()
        return f"{len(cases)} cases, {len(cases.filtered('is_overdue'))} of them overdue"

    def _staff_teams(self):
        people = [self.users["service"], self.users["fuwu"]]
        for position, team in enumerate(self.env["customer.complaint.team"].search([])):
            team.user_id = self.users["manager"] if position % 2 else self.users["zhuguan"]
            team.member_ids = [Command.create({"user_id": user.id}) for user in people]

    def _add_causes(self):
        causes = {}
        for code, (english, chinese) in CAUSES.items():
            causes[code] = self.env["customer.complaint.cause"].create({"name": english})
            causes[code].with_context(lang="zh_CN").name = chinese
        return causes

    def _add_case(self, days_ago, is_open):
        """One case of a company; an open one came in during the last two weeks, most of them in the last days."""
        rng = self.rng
        partner = rng.choice([p for p, pattern in self.companies.items() if pattern in ("steady", "new", "fading")])
        kind, type_, cause, impact, urgency, english, chinese = rng.choices(MATTERS, WEIGHTS)[0]
        if cause == "packing" and days_ago < MEASURE_DAYS_AGO and rng.random() < 0.7:
            return self._add_case(days_ago, is_open)  # the edge protectors have helped
        days_ago = rng.choice((0, 0, 0, 1, 1, 2, 3, 5, 8, 13)) if is_open else days_ago
        hour, minute = rng.randint(13, 22), rng.randint(0, 59)
        received = datetime.combine(self.today - timedelta(days=days_ago), time(hour, minute))
        chinese_speaker = self._is_chinese(partner)
        contact = partner.child_ids[:1] or partner
        return self.env["customer.complaint"].create(
            {
                "subject": chinese if chinese_speaker else english,
                "description": TEXTS[chinese_speaker] if kind == "complaint" else False,
                "kind": kind,
                "type_id": self.env.ref(f"customer_complaint.type_{type_}").id,
                "channel": rng.choice(["mail", "mail", "portal", "phone", "web", "counter"]),
                "contact_id": contact.id,
                "impact": str(impact),
                "urgency": str(urgency),
                "cause_id": self.causes[cause].id if cause and not is_open else False,
                "product_id": rng.choice(self._products()).id,
                "remedy": rng.choice(["replacement", "refund", "repair", False]) if kind == "complaint" else False,
                "date_received": min(received, datetime.now().replace(microsecond=0)),
            }
        )

    def _work_case(self, case):
        """Answered, solved, followed up, closed; about one in six late."""
        rng = self.rng
        replied = case.date_received + timedelta(hours=rng.choice((1, 1, 1, 2, 2, 70)))
        resolved = replied + timedelta(days=rng.randint(1, 6))
        solved = case.kind == "complaint"
        case = case.with_user(case.user_id)
        case._transition(
            {
                "date_acknowledged": case.date_received + timedelta(minutes=rng.randint(3, 25)),
                "date_replied": replied,
                "date_last_reply": replied,
                "date_resolved": resolved,
                "date_closed": resolved + timedelta(days=3),
                "solution": REPLIES[self._is_chinese(case.partner_id)] if solved else False,
                "cost": rng.choice((0, 35, 80, 120, 260, 540)) if solved else 0,
            }
        )
        if case.needs_action:
            case.action_start_8d()
            case.action_ids.filtered(lambda action: action.kind != "preventive").action_implement()
        case.action_resolve()
        case.follow_up_result = rng.choice(["satisfied", "satisfied", "satisfied", "unsatisfied"])
        case._transition({"date_follow_up": resolved + timedelta(days=3)})
        case.action_close()

    def _move_open_cases(self, cases):
        """Open cases stand everywhere on the board."""
        moves = ["action_acknowledge", "action_investigate", "action_investigate", "action_wait", None, None]
        for case in cases:
            move = self.rng.choice(moves)
            if move:
                getattr(case, move)()
        for case in cases.filtered(lambda case: case.state == "investigating")[:3]:
            case.action_log_reply()
        solved = cases.filtered(lambda case: case.state == "investigating" and case.date_last_reply)[:2]
        solved.action_resolve()

    def _add_improvements(self, cases):
        improvements = self.env["customer.improvement"]
        packing, supplier = self.causes["packing"], self.causes["supplier"]
        done = improvements.create(
            {
                "name": "Edges are damaged on the way",
                "cause_id": packing.id,
                "measure": "Edge protectors of cardboard on every table top; drop test of the new box.",
                "user_id": self.users["service"].id,
                "date_deadline": self.today - timedelta(days=100),
                "date_done": self.today - timedelta(days=MEASURE_DAYS_AGO),
                "cost": 4200,
                "notice": "<p>Thank you for telling us about damaged edges. Every table top now travels with edge "
                "protectors.</p>",
            }
        )
        done.action_add_cases()
        done.action_start()
        done.action_take_measure()
        started = improvements.create(
            {
                "name": "气压棒早期失效",
                "cause_id": supplier.id,
                "measure": "更换供应商，来料抽检。",
                "user_id": self.users["fuwu"].id,
                "date_deadline": self.today + timedelta(days=20),
            }
        )
        started.complaint_ids = cases.filtered(lambda case: case.cause_id == supplier)
        started.action_start()

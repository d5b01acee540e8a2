from odoo.addons.loyalty_points.tests.earning_common import EarningCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestReview(EarningCommon):
    def rate(self, partner, record, value, consumed=True):
        return self.env["rating.rating"].create(
            {"res_model_id": self.env["ir.model"]._get_id(record._name), "res_id": record.id, "rating": value,
             "partner_id": partner.id, "consumed": consumed}
        )  # fmt: skip

    def test_a_review_earns_once(self):
        self.change(self.env.ref("loyalty_points_rating.behaviour_review"), active=True)
        order = self.new_order()
        self.buy(self.member, 10)
        self.run_all()
        contact = self.env["res.partner"].create({"name": "Li", "parent_id": self.member.id})
        rating = self.rate(contact, order, 1, consumed=False)
        self.assertFalse(self.card())
        rating.write({"consumed": True, "rating": 2})
        self.assertEqual(self.card().points, 20, "also for a bad one, to the account of the company")
        self.rate(contact, order, 5)
        self.assertEqual(self.card().points, 20)
        self.rate(self.env.user.partner_id, order, 5)
        self.assertFalse(self.card(self.env.user.partner_id), "staff are no customers")

from .common import CustomerPolicyCommon


class ClassificationCommon(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.china = cls.env.ref("base.cn")

    def segment(self, code):
        return self.env.ref(f"customer_policy.segment_{code}")

    def codes(self, record):
        return set(record.customer_segment_ids.mapped("code"))

    def chinese(self, name, state, **values):
        return self.new_customer(
            name, country_id=self.china.id, state_id=self.env.ref(f"base.state_cn_{state}").id, **values
        )

    def dimension(self, code, *, exclusive=False, names=("One", "Two"), **values):
        dimension = self.env["customer.dimension"].create(
            {"name": code.title(), "code": code, "is_exclusive": exclusive, **values}
        )
        segments = self.env["customer.segment"].create(
            [{"name": name, "code": name.lower(), "dimension_id": dimension.id} for name in names]
        )
        return dimension, segments

    def rule(self, policy, segment, **values):
        clause = policy.clause_ids.filtered(lambda clause: clause.number == "2.1")
        return self.env["customer.segment.rule"].create(
            {"policy_id": policy.id, "clause_id": clause.id, "segment_id": segment.id, **values}
        )

    def publish_with(self, *rules):
        """A published version of the test company with further rules: (segment, values)."""
        draft = self.draft()
        made = [self.rule(draft, segment, sequence=5, **values) for segment, values in rules]
        self.publish(draft)
        return made

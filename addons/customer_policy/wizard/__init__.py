from . import (
    base_partner_merge,
    customer_grade_override_wizard,
    customer_policy_comparison,
    customer_policy_import,
)

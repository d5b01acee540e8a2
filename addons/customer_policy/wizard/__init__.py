from . import (
    base_partner_merge,
    customer_grade_override_wizard,
    customer_policy_comparison,
    customer_policy_import,
    base_partner_merge_classification,
    customer_segment_wizard,
)
from . import base_partner_merge_record

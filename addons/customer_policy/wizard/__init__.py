from . import (
    base_partner_merge,
    base_partner_merge_classification,
    customer_grade_override_wizard,
    customer_segment_wizard,
)

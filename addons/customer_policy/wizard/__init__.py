from . import (
    base_import,
    base_partner_merge,
    base_partner_merge_classification,
    base_partner_merge_duplicates,
    base_partner_merge_holding,
    base_partner_merge_record,
    customer_duplicate_reason,
    customer_grade_override_wizard,
    customer_history_guide,
    customer_policy_comparison,
    customer_policy_import,
    customer_segment_wizard,
)

from . import (
    base_partner_merge,
    base_partner_merge_duplicates,
    customer_duplicate_reason,
    customer_grade_override_wizard,
)

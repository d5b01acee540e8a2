from . import (
    base_import,
    base_partner_merge,
    base_partner_merge_record,
    customer_grade_override_wizard,
    customer_history_guide,
)

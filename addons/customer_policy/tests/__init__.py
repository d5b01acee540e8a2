from . import (
    test_bad_input,
    test_engine,
    test_explanation,
    test_external_sale,
    test_grading,
    test_override,
    test_policy,
    test_roles,
    test_run,
    test_thresholds,
    test_transactions,
    test_windows,
)

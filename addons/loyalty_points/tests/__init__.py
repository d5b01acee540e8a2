from . import (
    test_access,
    test_adjustments,
    test_bad_input,
    test_defects,
    test_merge,
    test_opening,
    test_posting,
    test_properties,
)

from . import test_balance_import
from . import test_adjustments, test_defects, test_merge, test_posting, test_properties
from . import test_earning_math, test_earning
from . import test_earning_orders, test_earning_caps, test_behaviour
from . import test_tiers, test_tier_benefits, test_points_expiry, test_earning_access
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

from . import test_defects, test_posting
from . import test_earning_math, test_earning
from . import test_earning_orders, test_earning_caps, test_behaviour
from . import test_tiers, test_tier_benefits, test_points_expiry, test_earning_access

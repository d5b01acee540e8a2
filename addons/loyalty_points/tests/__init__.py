from . import test_access
from . import test_adjustments
from . import test_agreement
from . import test_bad_input
from . import test_behaviour
from . import test_closing
from . import test_defects
from . import test_earning
from . import test_earning_access
from . import test_earning_caps
from . import test_earning_math
from . import test_earning_orders
from . import test_ledger_seal
from . import test_liability
from . import test_member
from . import test_merge
from . import test_opening
from . import test_points_expiry
from . import test_posting
from . import test_properties
from . import test_review
from . import test_seal
from . import test_tier_benefits
from . import test_tiers
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
from . import test_earning_math, test_earning
from . import test_earning_orders, test_earning_caps, test_behaviour
from . import test_tiers, test_tier_benefits, test_points_expiry, test_earning_access
from . import test_ledger_seal
from . import test_liability
from . import test_closing
from . import test_agreement
from . import test_seal
from . import test_review
from . import test_member

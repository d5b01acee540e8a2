from . import test_defects, test_posting
from . import test_earning_math, test_earning
from . import test_earning_orders, test_earning_caps, test_behaviour

from . import test_posting
from . import test_earning_math, test_earning

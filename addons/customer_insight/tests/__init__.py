from . import test_published
from . import test_purchase_days
from . import test_choice
from . import test_insight
from . import test_bad_input
from . import test_policy

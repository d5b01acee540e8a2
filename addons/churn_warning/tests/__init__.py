from . import test_access
from . import test_backtest
from . import test_history
from . import test_jobs
from . import test_measures
from . import test_policy
from . import test_review
from . import test_warnings

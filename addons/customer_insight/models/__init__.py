from . import customer_insight_days
from . import customer_insight_model
from . import customer_insight_verdict
from . import customer_insight_trial
from . import customer_policy_engine
from . import customer_policy_parameter
from . import customer_policy_run
from . import customer_profile

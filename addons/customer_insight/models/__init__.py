from . import customer_insight_model
from . import customer_policy_parameter
from . import customer_profile

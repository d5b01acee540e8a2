from . import base_partner_merge
from . import churn_outcome
from . import churn_snooze

from . import churn_playbook_step
from . import churn_offer
from . import churn_warning
from . import customer_timeline

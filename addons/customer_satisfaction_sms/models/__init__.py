from . import customer_satisfaction_answer
from . import customer_satisfaction_invitation
from . import customer_satisfaction_trigger

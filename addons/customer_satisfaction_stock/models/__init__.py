from . import customer_satisfaction_invitation
from . import customer_satisfaction_trigger
from . import stock_picking

from . import base_partner_merge
from . import loyalty_card_update_balance
from . import loyalty_generate_wizard
from . import base_partner_merge_tier
from . import customer_history_guide
from . import loyalty_points_dashboard
from . import loyalty_points_reconciliation

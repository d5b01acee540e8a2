from . import pos_order
from . import loyalty_card_transfer
from . import account_move
from . import loyalty_points_value

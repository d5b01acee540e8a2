from . import loyalty_moment
from . import sale_order
from . import stock_move

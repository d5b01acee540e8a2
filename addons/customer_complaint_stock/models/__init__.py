from . import customer_complaint
from . import customer_complaint_notice
from . import stock_lot
from . import stock_picking

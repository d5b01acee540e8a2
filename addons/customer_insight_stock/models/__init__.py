from . import customer_demand_series
from . import customer_suggestion
from . import sale_order

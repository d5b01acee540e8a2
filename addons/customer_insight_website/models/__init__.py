from . import customer_overview
from . import customer_policy_parameter
from . import customer_product_view
from . import customer_suggestion
from . import res_partner
from . import website_visitor

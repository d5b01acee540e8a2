from . import customer_product_prospect

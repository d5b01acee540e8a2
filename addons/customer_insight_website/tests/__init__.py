from . import test_viewed_products

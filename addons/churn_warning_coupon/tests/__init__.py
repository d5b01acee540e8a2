from . import test_offer

from . import test_pos_transactions

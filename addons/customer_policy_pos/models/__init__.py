from . import pos_order, customer_transaction, customer_transaction_line, customer_policy_run

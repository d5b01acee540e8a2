from . import customer_policy_engine, customer_profile, customer_test_rule

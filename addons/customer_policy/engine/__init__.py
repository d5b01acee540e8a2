from . import context
from . import customer_policy_engine, collect, classify, score, grade, merge, record

from . import context
from . import customer_policy_engine, collect, metrics, classify, score, grade, merge, record

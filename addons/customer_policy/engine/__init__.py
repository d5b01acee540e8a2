from . import context
from . import customer_policy_engine, collect, score, grade, merge, classify, metrics, record

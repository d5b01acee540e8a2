from . import test_lots

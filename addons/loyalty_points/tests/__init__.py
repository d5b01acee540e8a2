from . import test_defects, test_posting

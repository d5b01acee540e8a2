from . import test_adjustments, test_defects, test_merge, test_posting, test_properties

from . import test_warnings

from . import test_deadlines
from . import test_working_time

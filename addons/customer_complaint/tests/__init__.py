from . import test_access
from . import test_deadlines
from . import test_improvement
from . import test_intake
from . import test_life
from . import test_working_time

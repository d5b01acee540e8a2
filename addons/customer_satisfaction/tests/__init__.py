from . import test_access
from . import test_answers
from . import test_invitations
from . import test_loop
from . import test_policy
from . import test_portal
from . import test_results

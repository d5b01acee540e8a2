from . import test_association, test_demand_engine
from . import test_reorder, test_suggestion_evaluation, test_suggestions

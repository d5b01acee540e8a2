from . import loyalty_earning
from . import survey_user_input

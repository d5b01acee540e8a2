from . import loyalty_earning
from . import rating_rating

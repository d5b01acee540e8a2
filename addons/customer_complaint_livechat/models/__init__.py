from . import customer_complaint
from . import discuss_channel

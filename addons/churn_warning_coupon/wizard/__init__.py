from . import churn_offer_send

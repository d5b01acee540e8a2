from . import order, portal, referral, seal

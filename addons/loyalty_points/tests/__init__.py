from . import test_posting
from . import test_ledger_seal
from . import test_liability

from . import ledger_seal, liability

from . import comparison, conditions, contents, differences, notation, policy_file, policy_reader, records

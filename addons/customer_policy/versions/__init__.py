from . import comparison, contents, differences, notation, policy_file, policy_reader, records

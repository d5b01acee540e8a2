"""Normalised values of a customer record: plain Python, without Odoo, one file per kind of value.

`text` folds writing (width, case, accents, traditional characters), `company_name`, `person_name`, `phone`, `email`,
`code` and `address` read one value each, `keys` makes the index keys that let the same thing in other writing be found,
`evidence` says what two records have in common.
"""

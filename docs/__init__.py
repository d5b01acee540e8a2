"""Documentation; `screenshots` makes its pictures."""

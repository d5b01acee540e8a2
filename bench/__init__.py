"""Benchmarks of the suite on generated data, each beside its floor or peer in the same run (./dev bench)."""

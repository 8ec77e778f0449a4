"""What the program costs beside the bare minimum: scripts that print ratios as JSON, to be run one by one on a quiet machine.

`.venv/bin/python -m tests.benchmarks.bench_sign` (or `bench_start`, `bench_idle`); each tells its options with `--help`.
"""

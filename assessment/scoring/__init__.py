"""Answers in, a result out: pure, deterministic, and the only scorer there is.

`assess` is the one entry; `compile_rubric` prepares a rubric for it once. Nothing in this room reads a
file, a clock, a random source or the environment.
"""

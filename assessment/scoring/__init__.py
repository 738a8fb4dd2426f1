"""Answers in, a result out: pure, deterministic, and the only scorer there is.

`assess` is the one entry; `compile_rubric` prepares a rubric for it once. Nothing in this room reads a
file, a clock, a random source or the environment. Fractions are added with `math.fsum` or in a plain loop,
never with `sum`, whose rounding differs between Python 3.11 and 3.12.
"""

"""`Literal` for values that the contract may add to: type checkers see the real one, decoding takes any of its kind."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

__all__ = ["Literal"]

if TYPE_CHECKING:
    from typing import Literal
else:

    class Literal:
        """`Literal["open", "completed"]` is `str`."""

        def __class_getitem__(cls, values: Any) -> Any:
            kinds = [type(value) for value in (values if isinstance(values, tuple) else (values,))]
            return reduce(or_, dict.fromkeys(kinds))

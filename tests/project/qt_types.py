"""For mypy: PySide6 6.8 types findChild and findChildren as if they did not know which kind was asked for."""

from __future__ import annotations

from collections.abc import Callable

from mypy.plugin import MethodSigContext, Plugin
from mypy.types import FunctionLike, Instance, TypeType

SEARCHES = {"findChild", "findChildren"}


class QtTypes(Plugin):
    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        return _of_the_kind_asked_for if fullname.rpartition(".")[2] in SEARCHES else None


def _of_the_kind_asked_for(context: MethodSigContext) -> FunctionLike:
    """`(type[T], …) -> T | None` and `-> list[T]`, as 6.9 and later have it themselves."""
    signature = context.default_signature
    if not (isinstance(context.type, Instance) and context.type.type.has_base("PySide6.QtCore.QObject")):
        return signature
    [kind] = signature.variables
    returned = signature.ret_type
    if isinstance(returned, Instance) and returned.type.fullname == "typing.Iterable":
        returned = context.api.named_generic_type("builtins.list", list(returned.args))
    return signature.copy_modified(
        arg_types=[TypeType.make_normalized(kind), *signature.arg_types[1:]], ret_type=returned
    )


def plugin(version: str) -> type[Plugin]:
    return QtTypes

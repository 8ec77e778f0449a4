"""Arguments for every function of the table, made from its parameters: new functions come under test by themselves."""

from __future__ import annotations

import base64
import json

from hebca_helper.bridge.certificate_service.functions import Function
from hebca_helper.bridge.websocket.parameters import Parameter, Type
from hebca_helper.errors import TABLE, Code

MARKUP = """<img src=x onerror="alert(1)"><script>alert('2')</script>|&lt;\u2028\u202e"""
"""What must never reach `innerHTML`, nor break `split` and `eval`."""
DENIED = TABLE[Code.DENIED_BY_POLICY].number


def number(code: Code) -> int:
    return TABLE[code].number


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def call(function: Function, text: str = "text", content: bytes | None = None, serial: str = "") -> str:
    """A well-formed call whose texts are `text` and whose bytes are `content` (or the text's); certificates are named by
    `serial` where it is given."""
    given = {
        each.name: serial
        if serial and each.name == "certSN"
        else _sample(each, text, text.encode() if content is None else content)
        for each in function.parameters
    }
    return f"1|{function.name}|{json.dumps(given)}" if given else f"1|{function.name}"


def _sample(parameter: Parameter, text: str, content: bytes) -> object:
    if parameter.name == "certs":
        return [{"cert": base64_of(content)}]
    samples: dict[Type, object] = {
        Type.TEXT: text,
        Type.NUMBER: 0,
        Type.LENGTH: 1.5,
        Type.ITEM: text,
        Type.BASE64: base64_of(content),
        Type.BASE64_TEXT: base64_of(text.encode()),
        Type.FLAG: 1,
    }
    return samples.get(parameter.type, base64_of(content))

"""What the registration form accepts."""

from __future__ import annotations

import re

from hebca_helper.practice.hall import passwords
from hebca_helper.practice.hall.refusals import HallError, Reason
from hebca_helper.texts import tr

_USERNAME = re.compile(r"\w{6,20}")
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


def check_username(text: str) -> None:
    if not _USERNAME.fullmatch(text):
        _refuse("username", tr("用户名须为6-20位汉字、字母、数字或下划线"))


def check_person(text: str) -> None:
    if not (2 <= len(text) <= 30 and all(part.isalpha() or part in "· " for part in text)):
        _refuse("person", tr("请输入您的真实姓名（2-30个字）"))


def check_id_number(text: str) -> None:
    if not valid_id_number(text):
        _refuse("id_number", tr("身份证号码不正确，请核对18位号码"))


def check_password(text: str) -> None:
    if not passwords.keeps_rule(text):
        _refuse("password", tr("密码须不小于8位，由大写字母、小写字母、数字、特殊字符中的三种组成"))


def check_phone(text: str) -> None:
    if not _PHONE.fullmatch(text):
        _refuse("phone", tr("手机号须为11位数字"))


def valid_id_number(text: str) -> bool:
    """18 characters with the check character of GB 11643-1999 (ISO 7064 MOD 11-2)."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text, re.ASCII):
        return False
    return id_check_character(text[:17]) == text[17]


def id_check_character(first: str) -> str:
    """Check character of the first 17 digits."""
    return _CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]


def _refuse(field: str, text: str) -> None:
    raise HallError(Reason.FIELD_WRONG, text, field=field)

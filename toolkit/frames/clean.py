"""Names, ids and telephone numbers as people type them, made alike; and what is wrong with them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache
from operator import mul
from typing import Any

LARGEST_NUMBER = 10**15  # Excel keeps 15 digits
SHORTENED = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")
DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}( \d\d:\d\d:\d\d)?")
MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"0(10|2\d)[2-8]\d{7}|0[3-9]\d{2}[2-8]\d{6,7}")
LOCAL = re.compile(r"[2-8]\d{6,7}")
APART = re.compile(r"[/\\,、;|\n]|或|\s{2,}")
EXTENSION = re.compile(r"(转|ext\.?|#)\d{1,6}$", re.IGNORECASE)
DASHES = re.compile(r"[\s\-‐‑–—―－_.()\u200b\ufeff]")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999, ISO 7064 mod 11-2
CHECKS = "10X98765432"
UPWARDS, DOWNWARDS = "01234567890123456789", "98765432109876543210"


def text_of(value: Any) -> str:
    """Write a cell as text: whole numbers without decimals, dates as ISO.

    >>> text_of(11.0), text_of(" 模拟　甲 "), text_of(None), text_of(0.5)
    ('11', '模拟　甲', '', '0.5')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip().strip("\u200b\ufeff")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def spoilt(value: Any) -> str:
    """Name the rule by which a cell of an id or a telephone cannot be what was typed; empty if it can.

    >>> spoilt(511623198001011000.0), spoilt("5.11623E+17"), spoilt(11.5), spoilt(11.0), spoilt("0011")
    ('long_number', 'shortened', 'fraction', '', '')
    """
    if isinstance(value, str):
        return "shortened" if "+" in value and SHORTENED.fullmatch(value.strip()) else ""
    if isinstance(value, date):
        return "as_date"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) >= LARGEST_NUMBER:
            return "long_number"
        return "" if value == int(value) else "fraction"
    return ""


@lru_cache(maxsize=1 << 16)
def id_text(text: str) -> str:
    """Make an id alike: full width to half, no spaces, capital letters.

    >>> id_text("Ａ－０1 2")
    'A-012'
    """
    return re.sub(r"[\s\u200b\ufeff]", "", unicodedata.normalize("NFKC", text)).upper()


@lru_cache(maxsize=1 << 16)
def name_text(text: str) -> str:
    """Make a name alike, to compare it: full width to half, no spaces, one kind of middle dot."""
    return re.sub(r"\s", "", re.sub("[·•・‧∙.]", "·", unicodedata.normalize("NFKC", text)))


def id_card(text: str) -> tuple[str, str]:
    """Check an id card number by GB 11643; a number of 15 digits is made 18 long.

    Returns
    -------
    str, str
        The number of 18 characters, or empty with why: "length", "birth" or "check".

    Examples
    --------
    >>> id_card("11010519491231002Ｘ"), id_card("110105491231002")
    (('11010519491231002X', ''), ('11010519491231002X', ''))
    >>> id_card("110105194912310021"), id_card("110105199902300010"), id_card("1101")
    (('', 'check'), ('', 'birth'), ('', 'length'))
    """
    number = DASHES.sub("", id_text(text))
    if re.fullmatch(r"\d{15}", number):
        number = _with_check(number[:6] + "19" + number[6:])
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return "", "length"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "", "birth"
    return (number, "") if _with_check(number[:17]) == number else ("", "check")


WHY = {
    "length": ("neither 18 nor 15 digits", "不是 18 位，也不是 15 位"),
    "birth": ("no such date of birth", "出生日期不存在"),
    "check": ("the check digit does not fit", "校验码不符"),
}


def _with_check(digits: str) -> str:
    return digits + CHECKS[sum(map(mul, map(int, digits), WEIGHTS)) % 11]


@lru_cache(maxsize=1 << 16)
def phone(text: str) -> tuple[str, bool]:
    """Make a telephone number alike, and tell whether it can be one; of several, the first that can.

    Mobiles have 11 digits from 13 to 19; fixed lines have an area code, or 7 or 8 digits without one.

    Examples
    --------
    >>> phone("+86 138-0000 0011"), phone("０８２６－２３４５６７８"), phone("2345678转12")
    (('13800000011', True), ('08262345678', True), ('2345678', True))
    >>> phone("+86 826 2345678")
    ('08262345678', True)
    >>> phone("1380000001"), phone("0826-2345678/13800000011")
    (('1380000001', False), ('08262345678', True))
    """
    plain = unicodedata.normalize("NFKC", text)
    for part in (plain, *APART.split(plain)):
        number = _dialled(part)
        if MOBILE.fullmatch(number) or LANDLINE.fullmatch(number) or LOCAL.fullmatch(number):
            return number, True
    return _dialled(plain), False


def _dialled(text: str) -> str:
    number = EXTENSION.sub("", DASHES.sub("", text))
    number = re.sub(r"^(\+|00)86", "", number)
    if len(number) == 13 and number.startswith("861"):
        number = number[2:]
    abroad = text.strip().startswith(("+86", "0086")) and not MOBILE.fullmatch(number)
    return "0" + number if abroad and number[:1] not in ("", "0") else number


def is_dead(number: str) -> bool:
    """Whether a number looks invented: its last eight digits are one digit, or count up or down.

    >>> is_dead("13888888888"), is_dead("13812345678"), is_dead("13800000011")
    (True, True, False)
    """
    tail = number[-8:]
    return len(tail) >= 7 and (len(set(tail)) == 1 or tail in UPWARDS or tail in DOWNWARDS)

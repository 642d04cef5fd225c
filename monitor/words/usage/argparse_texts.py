"""What Python's argparse says of itself, as its source has it, and in Vietnamese: the keys are its own gettext messages."""

from __future__ import annotations

from collections.abc import Mapping

ARGPARSE: Mapping[str, str] = {
    # Help.
    "usage: ": "cách dùng: ",
    "positional arguments": "tham số",
    "options": "tùy chọn",
    "show this help message and exit": "hiện phần trợ giúp này rồi thoát",
    "show program's version number and exit": "hiện phiên bản rồi thoát",
    # What is wrong with a command line.
    "%(prog)s: error: %(message)s\n": "%(prog)s: lỗi: %(message)s\n",
    "argument %(argument_name)s: %(message)s": "tham số %(argument_name)s: %(message)s",
    "the following arguments are required: %s": "thiếu tham số: %s",
    "one of the arguments %s is required": "cần một trong các tham số %s",
    "unrecognized arguments: %s": "không hiểu tham số: %s",
    "not allowed with argument %s": "không dùng cùng tham số %s",
    "ignored explicit argument %r": "tham số này không nhận giá trị, mà lại có %r",
    "expected one argument": "cần một giá trị",
    "expected at most one argument": "chỉ nhận nhiều nhất một giá trị",
    "expected at least one argument": "cần ít nhất một giá trị",
    "expected %s argument": "cần %s giá trị",
    "expected %s arguments": "cần %s giá trị",
    "invalid choice: %(value)r (choose from %(choices)s)": "không có lựa chọn %(value)r (chọn một trong %(choices)s)",
    "invalid %(type)s value: %(value)r": "%(value)r không phải %(type)s",
    "ambiguous option: %(option)s could match %(matches)s": "tùy chọn %(option)s không rõ: có thể là %(matches)s",
}
TYPES: Mapping[str, str] = {"int": "số nguyên", "float": "số", "Path": "đường dẫn"}
"""What argparse calls a value's type by: the name of what reads it."""

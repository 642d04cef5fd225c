"""Why the system refused something, by the name of the error (errno)."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

SYSTEM: Catalogue = {
    "enoent": ("không có tệp hay thư mục này", "No such file or directory"),
    "eacces": ("không có quyền", "Permission denied"),
    "eperm": ("không được phép", "Operation not permitted"),
    "eexist": ("đã có sẵn", "File exists"),
    "enotdir": ("không phải thư mục", "Not a directory"),
    "eisdir": ("là một thư mục", "Is a directory"),
    "enospc": ("đĩa đã đầy", "No space left on device"),
    "edquot": ("đã hết hạn mức đĩa", "Disk quota exceeded"),
    "erofs": ("hệ thống tệp chỉ cho đọc", "Read-only file system"),
    "eio": ("lỗi vào/ra", "Input/output error"),
    "enametoolong": ("tên quá dài", "File name too long"),
    "eloop": ("quá nhiều cấp liên kết mềm", "Too many levels of symbolic links"),
    "emfile": ("mở quá nhiều tệp", "Too many open files"),
    "enfile": ("cả hệ thống mở quá nhiều tệp", "Too many open files in system"),
    "enomem": ("hết bộ nhớ", "Cannot allocate memory"),
    "enodev": ("không có thiết bị này", "No such device"),
    "enoexec": ("không phải tệp chạy được", "Exec format error"),
    "ebusy": ("thiết bị hoặc tài nguyên đang bận", "Device or resource busy"),
    "eaddrinuse": ("địa chỉ đang được dùng", "Address already in use"),
    "eaddrnotavail": ("máy này không có địa chỉ đó", "Cannot assign requested address"),
    "eafnosupport": ("máy này không hỗ trợ họ địa chỉ đó", "Address family not supported by protocol"),
    "eprotonosupport": ("máy này không hỗ trợ giao thức đó", "Protocol not supported"),
    "enetunreach": ("không có đường tới mạng đó", "Network is unreachable"),
    "ehostunreach": ("không có đường tới máy đó", "No route to host"),
    "econnrefused": ("bị từ chối kết nối", "Connection refused"),
    "econnreset": ("kết nối bị ngắt", "Connection reset by peer"),
    "epipe": ("đầu kia đã đóng", "Broken pipe"),
    "etimedout": ("hết giờ", "Connection timed out"),
}

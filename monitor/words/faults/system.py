"""Why the system, a resolver, TLS or an HTTP client refused something, by the name of the error: 'enoent', 'eai_noname', …

The English of all but the last is the system's own sentence, for whoever looks it up. errors.name_of gives the names.
"""

from __future__ import annotations

from monitor.words.catalogue import Catalogue, say

_KERNEL: Catalogue = {
    "enoent": ("không có tệp hay thư mục này", "No such file or directory"),
    "eacces": ("không có quyền", "Permission denied"),
    "eperm": ("hệ điều hành không cho phép", "Operation not permitted"),
    "eexist": ("đã có sẵn", "File exists"),
    "enotdir": ("không phải thư mục", "Not a directory"),
    "eisdir": ("là một thư mục", "Is a directory"),
    "enotempty": ("thư mục không rỗng", "Directory not empty"),
    "enospc": ("đĩa đã đầy", "No space left on device"),
    "edquot": ("đã hết hạn mức đĩa", "Disk quota exceeded"),
    "efbig": ("tệp quá lớn", "File too large"),
    "erofs": ("hệ thống tệp chỉ cho đọc", "Read-only file system"),
    "eio": ("lỗi vào/ra", "Input/output error"),
    "estale": ("thư mục mạng (NFS) không còn đó", "Stale file handle"),
    "enametoolong": ("tên quá dài", "File name too long"),
    "eloop": ("quá nhiều cấp liên kết mềm", "Too many levels of symbolic links"),
    "etxtbsy": ("tệp chương trình đang chạy", "Text file busy"),
    "emfile": ("tiến trình mở quá nhiều tệp", "Too many open files"),
    "enfile": ("cả hệ thống mở quá nhiều tệp", "Too many open files in system"),
    "enomem": ("hết bộ nhớ", "Cannot allocate memory"),
    "enobufs": ("hết bộ đệm mạng", "No buffer space available"),
    "eagain": ("tạm thời hết tài nguyên", "Resource temporarily unavailable"),
    "eintr": ("bị tín hiệu ngắt giữa chừng", "Interrupted system call"),
    "einval": ("tham số không hợp lệ", "Invalid argument"),
    "enosys": ("nhân hệ điều hành không có chức năng này", "Function not implemented"),
    "eopnotsupp": ("hệ điều hành không hỗ trợ thao tác này", "Operation not supported"),
    "enodev": ("không có thiết bị này", "No such device"),
    "enxio": ("không có thiết bị hay địa chỉ này", "No such device or address"),
    "enoexec": ("không phải tệp chạy được", "Exec format error"),
    "ebusy": ("thiết bị hoặc tài nguyên đang bận", "Device or resource busy"),
    "ebadf": ("tệp hoặc socket đã đóng", "Bad file descriptor"),
    "eaddrinuse": ("địa chỉ đang được dùng", "Address already in use"),
    "eaddrnotavail": ("máy này không có địa chỉ đó", "Cannot assign requested address"),
    "eafnosupport": ("máy này không hỗ trợ họ địa chỉ đó", "Address family not supported by protocol"),
    "eprotonosupport": ("máy này không hỗ trợ giao thức đó", "Protocol not supported"),
    "eproto": ("lỗi giao thức", "Protocol error"),
    "emsgsize": ("gói dài quá mức cho phép", "Message too long"),
    "enetdown": ("mạng của máy này đang tắt", "Network is down"),
    "enetunreach": ("không có tuyến tới mạng đó", "Network is unreachable"),
    "enetreset": ("mạng cắt kết nối", "Network dropped connection on reset"),
    "ehostdown": ("máy kia đang tắt", "Host is down"),
    "ehostunreach": ("không có tuyến tới máy đó", "No route to host"),
    "econnrefused": ("bị từ chối kết nối", "Connection refused"),
    "econnreset": ("bên kia cắt kết nối", "Connection reset by peer"),
    "econnaborted": ("kết nối bị hủy", "Software caused connection abort"),
    "enotconn": ("chưa có kết nối", "Transport endpoint is not connected"),
    "epipe": ("bên kia đã đóng kết nối", "Broken pipe"),
    "etimedout": ("hết giờ chờ", "Connection timed out"),
}
_RESOLVER: Catalogue = {
    "eai_noname": ("DNS không có tên này", "Name or service not known"),
    "eai_nodata": ("tên này không có địa chỉ nào", "No address associated with hostname"),
    "eai_addrfamily": ("tên này không có địa chỉ thuộc họ cần dùng", "Address family for hostname not supported"),
    "eai_again": ("máy chủ DNS tạm thời không trả lời", "Temporary failure in name resolution"),
    "eai_fail": ("máy chủ DNS báo lỗi", "Non-recoverable failure in name resolution"),
    "eai_memory": ("hết bộ nhớ", "Memory allocation failure"),
    "eai_system": ("hệ điều hành báo lỗi khi phân giải tên", "System error"),
}
_TLS: Catalogue = {
    "tls_wrong_version_number": ("bên kia không nói TLS", "wrong version number"),
    "tls_http_request": ("bên kia nói HTTP, không phải TLS", "http request"),
    "tls_unknown_protocol": ("bên kia không nói TLS", "unknown protocol"),
    "tls_unsupported_protocol": ("bên kia dùng phiên bản TLS không được hỗ trợ", "unsupported protocol"),
    "tls_no_protocols_available": ("không có phiên bản TLS nào dùng được", "no protocols available"),
    "tls_no_shared_cipher": ("hai bên không có bộ mã hóa chung", "no shared cipher"),
    "tls_no_ciphers_available": ("không có bộ mã hóa nào dùng được", "no ciphers available"),
    "tls_sslv3_alert_handshake_failure": ("bên kia từ chối bắt tay", "sslv3 alert handshake failure"),
    "tls_sslv3_alert_bad_certificate": ("bên kia không nhận chứng thư của máy này", "sslv3 alert bad certificate"),
    "tls_sslv3_alert_certificate_unknown": ("bên kia không tin chứng thư của máy này", "sslv3 alert certificate unknown"),
    "tls_tlsv1_alert_unknown_ca": ("bên kia không biết CA của máy này", "tlsv1 alert unknown ca"),
    "tls_tlsv13_alert_certificate_required": ("bên kia đòi chứng thư của máy này", "tlsv13 alert certificate required"),
    "tls_tlsv1_alert_protocol_version": ("bên kia không nhận phiên bản TLS này", "tlsv1 alert protocol version"),
    "tls_tlsv1_alert_insufficient_security": ("bên kia chê mã hóa quá yếu", "tlsv1 alert insufficient security"),
    "tls_tlsv1_alert_internal_error": ("bên kia báo lỗi nội bộ", "tlsv1 alert internal error"),
    "tls_tlsv1_unrecognized_name": ("bên kia không nhận tên máy này", "tlsv1 unrecognized name"),
    "tls_unexpected_eof_while_reading": ("bên kia đóng kết nối giữa chừng", "unexpected eof while reading"),
    "tls_closed": ("bên kia đã đóng kết nối TLS", "closed"),
    "tls_decryption_failed_or_bad_record_mac": ("dữ liệu hỏng, không giải mã được", "decryption failed or bad record mac"),
    "tls_bad_signature": ("sai chữ ký", "bad signature"),
    "tls_dh_key_too_small": ("khóa DH quá ngắn", "dh key too small"),
    "tls_ee_key_too_small": ("khóa của chứng thư quá ngắn", "ee key too small"),
    "tls_record_layer_failure": ("bên kia gửi dữ liệu không phải TLS", "record layer failure"),
    "tls_no_start_line": ("không phải tệp PEM", "no start line"),
    "tls_no_certificate_or_crl_found": ("tệp không có chứng thư nào", "no certificate or crl found"),
}
_CERTIFICATES: Catalogue = {
    "x509_2": ("thiếu chứng thư của CA cấp trên", "unable to get issuer certificate"),
    "x509_7": ("chữ ký của chứng thư không đúng", "certificate signature failure"),
    "x509_9": ("chứng thư chưa có hiệu lực", "certificate is not yet valid"),
    "x509_10": ("chứng thư đã hết hạn", "certificate has expired"),
    "x509_18": ("chứng thư tự ký, không có CA nào bảo đảm", "self-signed certificate"),
    "x509_19": ("CA gốc của chứng thư chưa được tin cậy", "self-signed certificate in certificate chain"),
    "x509_20": ("không biết CA đã cấp chứng thư", "unable to get local issuer certificate"),
    "x509_21": ("không biết CA đã cấp chứng thư", "unable to verify the first certificate"),
    "x509_23": ("chứng thư đã bị thu hồi", "certificate revoked"),
    "x509_26": ("chứng thư không dành cho máy chủ", "unsuitable certificate purpose"),
    "x509_62": ("chứng thư mang tên máy khác", "Hostname mismatch"),
    "x509_64": ("chứng thư mang địa chỉ IP khác", "IP address mismatch"),
    "x509_66": ("khóa của chứng thư quá ngắn", "EE certificate key too weak"),
    "x509_67": ("khóa của CA quá ngắn", "CA certificate key too weak"),
    "x509_68": ("CA dùng thuật toán băm quá yếu", "CA signature digest algorithm too weak"),
}
"""By X509_V_ERR_* of OpenSSL, which has numbers and sentences, but gives no names away."""
_HTTP: Catalogue = {
    "http_disconnected": ("bên kia đóng kết nối mà không trả lời", "the connection was closed without an answer"),
    "http_cut": ("trả lời bị cắt giữa chừng", "the answer was cut off"),
    "http_malformed": ("trả lời không phải HTTP", "the answer is no HTTP"),
    "http_url": ("URL không hợp lệ", "the URL is none"),
}
SYSTEM: Catalogue = {
    **_KERNEL,
    **_RESOLVER,
    **_TLS,
    **_CERTIFICATES,
    **_HTTP,
    "system_other": ("{name} ('{text}')", "{name} ('{text}')"),
}


def tell_system(name: str, text: str, language: str) -> str:
    """Return an error by its name; one that has no words by name and its own sentence, which is all of what has no name."""
    code = name.lower()
    if code in SYSTEM:
        return say(SYSTEM, code, language)
    return say(SYSTEM, "system_other", language, name=name, text=text) if name and text else text or name

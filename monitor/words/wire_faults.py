"""Why what came can't be decoded, as staff read it: one clause for every code of wire/fault.py's MalformedError.

Names of fields are the standards' own in both languages.
"""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

WIRE_FAULTS: Catalogue = {
    "indefinite_length": ("độ dài không xác định", "indefinite length"),
    "long_length": ("trường độ dài có {octets:#} octet", "a length of {octets:# octet|# octets}"),
    "cut_length": ("bị cắt ở trường độ dài", "truncated in a length"),
    "element_missing": ("{what}: thiếu hoặc bị cắt", "{what}: missing or truncated"),
    "element_type": ("{what}: kiểu {found}, đáng lẽ {wanted}", "{what}: type {found} where {wanted} belongs"),
    "element_length": (
        "{what}: báo {announced:#} octet, có {there}",
        "{what}: {announced:# octet|# octets} announced, {there} there",
    ),
    "wrong_size": ("{what} dài {octets:#} octet", "{what} of {octets:# octet|# octets}"),
    "negative_unsigned": ("số không dấu mang giá trị âm", "an unsigned value is negative"),
    "unsigned_size": ("số không dấu 32 bit dài {octets:#} octet", "unsigned 32-bit value of {octets:# octet|# octets}"),
    "negative_counter": ("Counter64 âm", "a Counter64 is negative"),
    "null_size": ("{octets:#} octet trong NULL", "{octets:# octet|# octets} in a NULL"),
    "padded_sub": ("OID: thành phần có octet độn", "object identifier: a sub-identifier is padded"),
    "large_sub": ("OID: thành phần lớn hơn {most!s}", "object identifier: a sub-identifier is above {most!s}"),
    "cut_sub": ("OID: thành phần cuối bị cắt", "object identifier: its last sub-identifier is cut off"),
    "many_subs": ("OID: quá {most} thành phần", "object identifier: more than {most:# sub-identifier|# sub-identifiers}"),
    "cut_value": ("bị cắt ở octet {octets}, giữa một giá trị", "ends at octet {octets}, within a value"),
    "fragmented_value": ("giá trị bị chia thành nhiều mảnh", "a value in fragments"),
    "trap_v1": ("là trap v1, đáng lẽ là gói hỏi hoặc trả lời", "a v1 trap where a request or response belongs"),
    "unknown_pdu": ("loại PDU lạ {pdu}", "unknown PDU type {pdu}"),
    "octets_after": ("thừa {octets:#} octet sau {what}", "{octets:# octet|# octets} after the {what}"),
    "neither_version": ("phiên bản {version} không phải v1 hay v2c", "version {version} is neither v1 nor v2c"),
    "valueless": ("{what}: không có giá trị", "{what}: has no value"),
    "octets_after_value": ("{what}: thừa {octets:#} octet sau giá trị", "{what}: {octets:# octet|# octets} after its value"),
    "unknown_type": ("{what}: kiểu lạ {type}", "{what}: unknown type {type}"),
    "closed_unanswered": ("bên kia đóng kết nối mà không trả lời", "the connection was closed without an answer"),
    "closed_in_head": ("bên kia đóng kết nối giữa phần đầu của trả lời", "closed within the head of a response"),
    "closed_in_body": ("bên kia đóng kết nối giữa phần thân của trả lời", "closed within the body of a response"),
    "no_http": ("không phải trả lời HTTP", "no HTTP response"),
    "long_head": ("phần đầu dài hơn {most:#} octet", "a head of more than {most:# octet|# octets}"),
    "endless_interim": ("trả lời tạm (1xx) kéo dài không dứt", "interim responses without end"),
    "many_fields": ("quá {most:#} trường", "more than {most:# field|# fields}"),
    "transfer_encoding": ("không đọc được transfer encoding '{value}'", "transfer encoding '{value}'"),
    "content_encoding": (
        "content encoding '{value}' không được yêu cầu",
        "content encoding '{value}' that was not asked for",
    ),
    "no_content_length": ("content length không phải số", "a content length that is none"),
    "long_body": ("phần thân dài hơn {most:#} octet", "a body of more than {most:# octet|# octets}"),
    "chunk_without_size": ("đoạn (chunk) không có kích thước", "a chunk without a size"),
    "long_document": ("tài liệu dài hơn {most:#} octet", "a document of more than {most:# octet|# octets}"),
    "xml_at": ("không phải XML đúng chuẩn từ dòng {line}, cột {column}", "no XML from line {line}, column {column} on"),
    "xml_encoding": ("tài liệu XML dùng bảng mã lạ", "no XML that can be read: an unknown encoding"),
    "no_status_document": ("không phải tài liệu trạng thái", "no status document"),
    "many_elements": ("quá nhiều phần tử so với một tài liệu trạng thái", "more elements than a status document has"),
    "document_type": (
        "có khai báo DOCTYPE, không được phép trong tài liệu trạng thái",
        "a document type declaration, which a status document has not",
    ),
    "longer": ("dài hơn {most:#} octet", "longer than {most:# octet|# octets}"),
    "sip_request": ("là yêu cầu, không phải trả lời", "a request, not an answer"),
    "no_status_line": (
        "không bắt đầu bằng dòng trạng thái của SIP/2.0",
        "does not begin with a status line of SIP/2.0",
    ),
    "two_headers": ("hai trường {name} khác nhau", "two different {name} headers"),
    "without_header": ("không có {name}", "without {name}"),
    "bad_cseq": ("cseq không phải số và phương thức", "its cseq is no number and method"),
    "bad_content_length": ("content-length không phải số", "its content-length is no number"),
    "other_answer": (
        "bản tin RAS {message} không trả lời điều được hỏi",
        "RAS message {message} is no answer to what was asked",
    ),
    "optional_fields": (
        "không đọc các trường tùy chọn của LocationRequest",
        "optional fields of a LocationRequest are not read",
    ),
    "other_aliases": ("không phải đúng một alias", "other than one alias"),
    "unknown_message": ("bản tin RAS lạ {message}", "RAS message {message} is not understood"),
    "sequence_65536": ("requestSeqNum là 65536", "requestSeqNum is 65536"),
    "other_extension": (
        "bản tin RAS mở rộng {message} không trả lời điều được hỏi",
        "RAS message {message} of the extensions is no answer to what was asked",
    ),
    "strange_alias": ("alias không phải chữ số hay H.323-ID", "an alias that is neither digits nor an H.323-ID"),
    "bad_digits": ("alias có chữ số không hợp lệ", "an alias with digits that are none"),
}

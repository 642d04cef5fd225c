"""What a key that must be there means: key_, whose key it is, its name. The English is that of the form's own documentation."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

_ID = (
    "không trùng với điểm mạng hay điểm cầu nào, không đổi về sau: lịch sử gắn với mã này",
    "unique among points and endpoints, for ever: history hangs on it",
)
_NAME = ("tên mà nhân viên quen gọi", "its name as staff say it")
_ADDRESS = (
    "địa chỉ IP; với `addresses: production` thì cả tên máy cũng được",
    "IP address; with `addresses: production` a host name too",
)
_KEY = ("mật khẩu, từ 8 ký tự trở lên", "its password, 8 characters or more")

KEYS: Catalogue = {
    "key_point_id": _ID,
    "key_point_name": _NAME,
    "key_point_address": _ADDRESS,
    "key_point_level": ("một trong `levels`", "one of `levels`"),
    "key_point_area": ("mã của một địa bàn", "id of an area"),
    "key_endpoint_id": _ID,
    "key_endpoint_name": _NAME,
    "key_endpoint_address": _ADDRESS,
    "key_endpoint_point": (
        "điểm mạng nơi đặt điểm cầu; cấp và địa bàn lấy theo điểm mạng đó",
        "the point where it stands; its level and area are that point's",
    ),
    "key_contracted_down": ("chiều về điểm mạng", "towards the point"),
    "key_contracted_up": ("chiều từ điểm mạng đi", "from the point"),
    "key_contacts_role": ("chức danh, không ghi tên người", "a role, never a person's name"),
    "key_contacts_telephone": ("số điện thoại", "telephone number"),
    "key_network_name": ("tên mạng, hiện trên trang và báo cáo", "the network's name, on pages and reports"),
    "key_network_addresses": (
        "`lab`: chỉ hỏi trong mạng của phòng thử; `production`: địa chỉ thật",
        "`lab`: polled only inside the lab's own network; `production`: they are real",
    ),
    "key_area_id": ("không trùng với địa bàn khác", "unique among areas"),
    "key_area_name": ("tên địa bàn", "its name"),
    "key_maintenance_window_reason": ("làm việc gì, để nhân viên đọc", "what the work is, as staff will read it"),
    "key_login_user": ("tên người dùng", "user name"),
    "key_login_password": ("mật khẩu", "its password"),
    "key_credential_version": ("phiên bản SNMP", "SNMP version"),
    "key_auth_protocol": ("RFC 3414, RFC 7860", "RFC 3414, RFC 7860"),
    "key_auth_key": _KEY,
    "key_privacy_protocol": (
        "RFC 3414, RFC 3826; aes192c và aes256c kéo dài khóa theo cách của Cisco",
        "RFC 3414, RFC 3826; aes192c and aes256c lengthen keys as Cisco does",
    ),
    "key_privacy_key": _KEY,
    "key_value_metric": (
        "wan_device_…, wan_ups_…, conference_device_…, hoặc một chỉ số conference_… đã quy định",
        "wan_device_…, wan_ups_…, conference_device_…, or a conference_… of the contract",
    ),
    "key_condition_oid": (
        "đối tượng, hoặc với walk là cột có ô trong dòng đó được xét",
        "the object, or with walk the column whose cell in the row is looked at",
    ),
    "key_factor_oid": ("một cột của cùng những dòng đó", "a column of the same rows"),
    "key_factor_map": (
        "mỗi số của cột nhân với bao nhiêu; số khác thì bỏ cả dòng",
        "what each of its numbers multiplies by; another voids the row",
    ),
    "key_meeting_id": ("hiện trong địa chỉ trang, chỉ số và báo cáo", "stands in addresses, metrics and reports"),
    "key_meeting_title": ("tên họp như nhân viên biết", "as staff know it"),
    "key_meeting_start": ("khi nào bắt đầu", "when it begins"),
    "key_meeting_end": ("khi nào kết thúc", "when it ends"),
    "key_meeting_participants": (
        "ai dự: hợp của những gì nêu ra, trừ phần ngoại lệ",
        "who takes part: the union of what is named, less the exceptions",
    ),
    "key_host_external": (
        "nơi chủ trì, khi không phải điểm cầu nào của ta",
        "who chairs, where that is none of our endpoints",
    ),
    "key_calendar_file": ("một tệp .ics, tính từ thư mục này", "an .ics file, from this folder"),
    "key_event_title": ("SUMMARY", "SUMMARY"),
    "key_netbox_url": ("địa chỉ NetBox: https://netbox.example", "where NetBox is: https://netbox.example"),
    "key_netbox_token": ("mã API có quyền xem những gì cần hỏi", "an API token with the right to view what is asked for"),
    "key_email_to": ("gửi thư tới ai", "whom the mail goes to"),
    "key_email_from": ("thư đến từ ai", "whom it comes from"),
    "key_email_smarthost": ("máy chủ thư", "the mail server"),
    "key_telegram_token": ("mã của bot", "the bot's token"),
    "key_telegram_chat": ("mã cuộc trò chuyện; của nhóm là số âm", "id of the chat; groups have negative ones"),
    "key_webhook_url": ("nơi Alertmanager gửi JSON tới", "where Alertmanager posts its JSON"),
}

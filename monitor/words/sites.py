"""What a spreadsheet of the inventory says beside its columns: Vietnamese first, English beside."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

SHEETS: Catalogue = {
    "common": ("Chung", "Common"),
    "point": ("Điểm mạng", "Points"),
    "endpoint": ("Điểm cầu", "Endpoints"),
}
COLUMNS: Catalogue = {
    "kind": ("Loại dòng: point (điểm mạng), endpoint (điểm cầu), area, level, network, defaults", "What the row is"),
    "id": ("Mã định danh, chữ thường không dấu, không đổi về sau", "Identifier, lower case, for ever"),
    "name": ("Tên đầy đủ", "Name as staff say it"),
    "short": ("Tên ngắn trên ô", "Name on a tile"),
    "addresses": ("lab: chỉ trong phòng thử; production: địa chỉ thật", "lab or production"),
    "level": ("Cấp", "Level"),
    "area": ("Mã địa bàn (dòng area)", "Id of an area"),
    "point": ("Mã điểm mạng nơi đặt điểm cầu", "Id of the point where it stands"),
    "code": ("Mã của Tổng cục Thống kê, giữ số 0 ở đầu", "Code of the General Statistics Office, with its zeros"),
    "address": ("Địa chỉ IP hoặc tên máy", "IP address or host name"),
    "latitude": ("Vĩ độ (WGS 84)", "Latitude, degrees"),
    "longitude": ("Kinh độ (WGS 84)", "Longitude, degrees"),
    "uplink": ("Mã điểm mạng tuyến trên; nhiều mã cách nhau bằng dấu cách", "Ids of the points it hangs on"),
    "contracted": ("Băng thông hợp đồng: 50M hoặc 50M/20M (xuống/lên)", "Contracted speed: 50M or 50M/20M (down/up)"),
    "call_rate": ("Tốc độ cuộc gọi hội nghị: 2M", "Rate of a call: 2M"),
    "sip": ("Địa chỉ SIP: {user: …, domain: …}", "How it is addressed in SIP"),
    "h323": ("Số hoặc tên H.323 đăng ký với gatekeeper: {alias: …}", "How the gatekeeper knows it"),
    "web": ("Trang quản trị: {login: tên trong monitor.yaml, port: …}", "How its management page is reached"),
    "credential": ("Tên thông tin xác thực SNMP trong monitor.yaml; none: không dùng SNMP", "Credential, or none"),
    "profile": ("Hồ sơ thiết bị (profiles/)", "Profile of profiles/"),
    "expected": ("Khi nào phải trả lời", "When it is expected to answer"),
    "wan_interface": ("Cổng nối đường truyền (biểu thức chính quy)", "Interface of the circuit (regular expression)"),
    "interfaces": ("Cổng được xuất số liệu: wan hoặc all", "Which interfaces are exported"),
    "engine": ("Bộ máy SNMP: fast hoặc pysnmp", "SNMP engine"),
    "max_repetitions": ("Số hàng hỏi trong một GETBULK", "Rows asked for in one GETBULK"),
    "probes": ("Khác với monitor.yaml: {icmp: {every: 60s}}", "What differs from monitor.yaml"),
    "contacts": ("Người cần gọi: [{role: …, telephone: …}]", "Whom to call, by role"),
    "tags": ("Nhãn, cách nhau bằng dấu cách", "Tags, with spaces between"),
    "answers_from": ("Địa chỉ khác mà SNMP trả lời từ đó", "Further addresses of its SNMP answers"),
}

"""What can be made to happen in the lab (model/scenario.py), and the values that it takes: verb.value."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

VERBS: Catalogue = {
    "restore": (
        "chấm dứt mọi sự cố của các điểm này; `restore all` còn cắm lại dây mạng của chính bộ giám sát",
        "end every fault of these targets; `restore all` also plugs the monitor's own link in",
    ),
    "cut": ("cắt tuyến trên: im lặng, cùng mọi điểm phía sau", "cut the uplink: silent, with all that hangs on it"),
    "cut.via": ("chỉ cắt tuyến tới điểm này", "only the link to this one"),
    "flap": ("cắt rồi nối lại tuyến trên, lặp đi lặp lại", "cut and restore the uplink again and again"),
    "flap.down": ("cắt trong bao lâu", "how long it is cut"),
    "flap.up": ("thông trong bao lâu", "how long it works"),
    "power-cut": (
        "mất điện: điểm và các điểm cầu đặt ở đó tắt; có điện lại thì thiết bị khởi động lại",
        "no power: the target and the endpoints that stand there go dark; what returns has restarted",
    ),
    "dead": ("chỉ thiết bị im lặng, như khi bị hỏng", "the device alone is silent, as broken ones are"),
    "mute": ("không trả lời ping, mọi thứ khác vẫn chạy", "answers no ping, all else works"),
    "lossy": ("tuyến trên mất gói", "the uplink loses packets"),
    "lossy.loss": ("tính theo vòng đi về", "of round trips"),
    "slow": ("tuyến trên chậm hơn", "the uplink takes longer"),
    "slow.delay": ("cộng thêm vào thời gian đi về", "added to the round trip"),
    "slow.jitter": ("thêm ngẫu nhiên nhiều nhất chừng này", "at most so much more, at random"),
    "duplicate": ("gói trả lời đến hai lần", "replies come twice"),
    "duplicate.share": ("tỷ lệ gói trả lời", "of replies"),
    "mtu": ("tuyến trên không nhận gói lớn hơn", "the uplink takes no larger packets"),
    "mtu.octets": ("gói IP lớn nhất", "largest IP packet"),
    "limit": (
        "tuyến trên không chở quá mức này: xếp hàng trước, rồi mất gói",
        "the uplink carries no more than this: queues first, then loses",
    ),
    "limit.capacity": ("mỗi chiều", "of either direction"),
    "limit.offered": (
        "lưu lượng muốn đi qua; bỏ trống thì như ngày thường",
        "traffic that wants to pass; the usual day's where left out",
    ),
    "limit.buffer": ("hàng đợi dài nhất", "longest queue"),
    "agent-dead": ("agent SNMP im lặng", "the SNMP agent says nothing"),
    "agent-slow": ("agent SNMP trả lời trễ", "the SNMP agent answers late"),
    "agent-slow.delay": ("trước mỗi câu trả lời", "before each answer"),
    "agent-loop": (
        "dòng cuối trong các bảng của agent SNMP dẫn về dòng đầu",
        "the last row of the SNMP agent's tables leads back to the first",
    ),
    "agent-dies": (
        "agent SNMP im lặng một lúc giữa mỗi lần duyệt bảng",
        "the SNMP agent falls silent in the middle of each walk, for a while",
    ),
    "agent-dies.after": ("số dòng của bảng mà nó đưa ra", "rows of a table that it gives"),
    "agent-dies.away": ("sau đó im lặng bao lâu", "how long it is silent then"),
    "agent-endless": (
        "bảng của agent SNMP luôn còn thêm một dòng",
        "the SNMP agent's tables have always one row more",
    ),
    "agent-small": (
        "agent SNMP trả lời tooBig khi vượt cỡ thông điệp của nó",
        "the SNMP agent says tooBig to what exceeds its message size",
    ),
    "agent-small.octets": (
        "thông điệp SNMP lớn nhất; 0 thì luôn trả lời tooBig",
        "largest SNMP message; 0 says tooBig to everything",
    ),
    "agent-garbled": ("câu trả lời của agent SNMP bị cắt cụt", "the SNMP agent's answers are cut short"),
    "agent-oversized": (
        "agent SNMP trả lời những giá trị không ai hỏi, trong một gói rất lớn",
        "the SNMP agent answers with values that nobody asked for, in one huge datagram",
    ),
    "agent-oversized.octets": ("cỡ câu trả lời, nhiều nhất 60000", "of the answer, at most 60000"),
    "agent-nested": (
        "câu trả lời của agent SNMP lồng SEQUENCE trong SEQUENCE",
        "the SNMP agent's answers hold sequences within sequences",
    ),
    "agent-nested.depth": ("bao nhiêu lớp, nhiều nhất 12000", "so many, at most 12000"),
    "agent-wrong-id": (
        "agent SNMP trả lời với request-id khác với câu hỏi",
        "the SNMP agent answers with another request-id than it was asked with",
    ),
    "agent-floods": (
        "agent SNMP gửi rác liên tục tới ai hỏi nó lần cuối",
        "the SNMP agent keeps sending rubbish to whoever asked it last",
    ),
    "agent-floods.rate": ("gói mỗi giây, nhiều nhất 20000", "datagrams a second, at most 20000"),
    "agent-twin": (
        "các agent SNMP này khai cùng một snmpEngineID",
        "these SNMP agents tell one and the same snmpEngineID",
    ),
    "agent-elsewhere": (
        "agent SNMP trả lời từ địa chỉ khác của thiết bị",
        "the SNMP agent answers from another address of the device",
    ),
    "agent-elsewhere.octet": ("số cuối của địa chỉ đó", "last octet of that address"),
    "agent-32bit": (
        "agent SNMP không có ifXTable: chỉ có bộ đếm 32 bit",
        "the SNMP agent has no ifXTable: 32-bit counters only",
    ),
    "busy": ("điểm cầu đang trong cuộc gọi khác", "the endpoint is in a call with somebody else"),
    "unregistered": (
        "registrar và gatekeeper không biết điểm cầu này",
        "the endpoint's registrar and gatekeeper do not know it",
    ),
    "signalling-deaf": (
        "SIP và H.323 của điểm cầu im lặng, mọi thứ khác vẫn chạy",
        "the endpoint's SIP and H.323 say nothing, all else works",
    ),
    "camera-failed": ("điểm cầu mất camera", "the endpoint has lost its camera"),
    "microphone-failed": ("điểm cầu mất micro", "the endpoint has lost its microphone"),
    "certificate-expired": ("chứng thư của trang quản trị đã hết hạn", "the certificate of the web page has ended"),
    "certificate-expired.ago": ("từ bao lâu", "since then"),
    "certificate-ends": ("chứng thư của trang quản trị sắp hết hạn", "the certificate of the web page ends soon"),
    "certificate-ends.left": ("còn bao lâu", "until then"),
    "open": ("các cổng nhận kết nối", "ports that accept"),
    "open.tcp": ("cổng TCP", "TCP ports"),
    "open.udp": ("cổng UDP", "UDP ports"),
    "close": ("các cổng từ chối", "ports that refuse"),
    "close.tcp": ("cổng TCP", "TCP ports"),
    "close.udp": ("cổng UDP", "UDP ports"),
    "reboot": (
        "thiết bị khởi động lại: sysUpTime và các bộ đếm bắt đầu lại",
        "the device restarts: sysUpTime and counters begin again",
    ),
    "reboot.away": ("im lặng trong bao lâu", "silent for so long"),
    "reset-counters": (
        "bộ đếm của các cổng mạng về 0, sysUpTime vẫn chạy tiếp",
        "interface counters begin again at 0, sysUpTime goes on",
    ),
    "set-counters": (
        "đặt bộ đếm octet của cổng mạng, chẳng hạn ngay trước khi quay vòng",
        "interface octet counters are set, such as just below a wrap",
    ),
    "set-counters.value": ("octet", "octets"),
    "renumber": ("các cổng mạng đổi ifIndex", "interfaces get other ifIndexes"),
    "blind": ("đường của chính bộ giám sát không chở gì", "the monitor's own link carries nothing"),
    "unplug": (
        "dây mạng của chính bộ giám sát bị rút: mất sóng mang",
        "the monitor's own cable is out: no carrier",
    ),
}

"""What `monitor check` says of the configuration as a whole and of this machine."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

CHECK: Catalogue = {
    "configuration": ("Cấu hình {folder}", "Configuration {folder}"),
    "machine": ("Máy này", "This machine"),
    "faults": ("{count:#} lỗi cấu hình", "{count:# fault|# faults} in the configuration"),
    "counts": (
        "{level}: {points:#} điểm mạng, {endpoints:#} điểm cầu",
        "{level}: {points:# point|# points}, {endpoints:# endpoint|# endpoints}",
    ),
    "whole": ("tổng cộng", "in all"),
    "besides": ("ngoài các điểm đó còn hỏi: {addresses}", "asked besides them: {addresses}"),
    "lab": ("địa chỉ của phòng thử: chỉ được hỏi trong mạng của nó", "the lab's addresses: polled only inside its own network"),
    "production": ("địa chỉ thật", "real addresses"),
    "ok": ("tốt", "ok"),
    "warning": ("lưu ý", "warning"),
    "fault": ("lỗi", "fault"),
}

# Findings about the machine: what was found, and under the same key with _cure what to do about it.
MACHINE: Catalogue = {
    "icmp_raw": ("ICMP IPv{version}: socket raw được phép", "ICMP over IPv{version}: raw socket permitted"),
    "icmp_ping": (
        "ICMP IPv{version}: chỉ socket ping được phép (không raw: thiếu CAP_NET_RAW)",
        "ICMP over IPv{version}: only ping sockets permitted (no raw one: CAP_NET_RAW lacks)",
    ),
    "icmp_ping_cure": (
        "đủ dùng; socket raw lọc được gói lạ ngay trong nhân hệ điều hành: AmbientCapabilities=CAP_NET_RAW",
        "it serves; a raw one filters strangers in the kernel: AmbientCapabilities=CAP_NET_RAW",
    ),
    "icmp_none": ("ICMP IPv{version}: {fault}", "ICMP over IPv{version}: {fault}"),
    "icmp_none_cure": ("{cure}", "{cure}"),
    "ping_range": ("net.ipv4.ping_group_range = {range}", "net.ipv4.ping_group_range = {range}"),
    "ping_range_closed": (
        "net.ipv4.ping_group_range = {range}: không nhóm nào của tiến trình này được mở socket ping",
        "net.ipv4.ping_group_range = {range}: no group of this process may open ping sockets",
    ),
    "ping_range_closed_cure": (
        "sysctl -w net.ipv4.ping_group_range='0 2147483647' (systemd/60-monitor.conf), hoặc CAP_NET_RAW",
        "sysctl -w net.ipv4.ping_group_range='0 2147483647' (systemd/60-monitor.conf), or CAP_NET_RAW",
    ),
    "buffer": (
        "bộ đệm nhận {bytes} byte: {window} gói chờ trả lời cùng lúc (net.core.rmem_max = {rmem_max})",
        "receive buffer of {bytes:# byte|# bytes}: a window of {window:# unanswered packet|# unanswered packets} "
        "(net.core.rmem_max = {rmem_max})",
    ),
    "buffer_cure": (
        "mỗi vòng cần {wanted}: sysctl -w net.core.rmem_max=8388608 (systemd/60-monitor.conf), hoặc CAP_NET_ADMIN",
        "a round could use {wanted}: sysctl -w net.core.rmem_max=8388608 (systemd/60-monitor.conf), or CAP_NET_ADMIN",
    ),
    "capabilities": ("quyền: {names}", "capabilities: {names}"),
    "capabilities_none": ("không có CAP_NET_RAW lẫn CAP_NET_ADMIN", "neither CAP_NET_RAW nor CAP_NET_ADMIN"),
    "yaml_c": ("PyYAML có bộ đọc C", "PyYAML has its C loader"),
    "yaml_python": (
        "PyYAML không có bộ đọc C: đọc cấu hình chậm gấp 7",
        "PyYAML lacks its C loader: loading takes 7 times as long",
    ),
    "yaml_python_cure": ("cài PyYAML từ wheel, hoặc python3-yaml", "install PyYAML from a wheel, or python3-yaml"),
    "journal": ("nhật ký {place}: ghi được", "journal {place}: writable"),
    "journal_other": ("nhật ký trên máy chủ cơ sở dữ liệu: không thử ở đây", "journal on a database server: not tried here"),
    "journal_bad": ("nhật ký {place}: không ghi được ({reason})", "journal {place}: not writable ({reason})"),
    "journal_bad_cure": (
        "tạo thư mục và trao quyền ghi cho người dùng chạy bộ giám sát, hoặc sửa `journal:` trong monitor.yaml",
        "make the folder and give it to the daemon's user, or change `journal:` in monitor.yaml",
    ),
    "listen": ("{listen}: cổng còn trống", "{listen}: the port is free"),
    "listen_used": ("{listen}: đã có chương trình lắng nghe", "{listen}: something listens there already"),
    "listen_used_cure": (
        "nếu đó là chính bộ giám sát này đang chạy thì không sao; nếu không thì sửa `listen:` trong monitor.yaml",
        "fine if it is this daemon at work; otherwise change `listen:` in monitor.yaml",
    ),
    "listen_bad": ("{listen}: không lắng nghe được ({reason})", "{listen}: can't be listened on ({reason})"),
    "listen_bad_cure": ("sửa `listen:` trong monitor.yaml", "change `listen:` in monitor.yaml"),
    "zone": ("múi giờ {zone}, bây giờ UTC{offset}", "time zone {zone}, now UTC{offset}"),
    "zone_bad": ("máy không biết múi giờ {zone}", "this machine does not know the time zone {zone}"),
    "zone_bad_cure": ("cài gói tzdata", "install the package tzdata"),
}

"""What this machine does not permit: sockets, ports, routes, files, the journal; and the guard of the lab's addresses."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

MACHINE: Catalogue = {
    # The configuration's folder.
    "no_folder": ("{folder} không phải thư mục", "{folder} is no folder"),
    "no_folder_cure": ("ghi ở --config thư mục có sites.yaml", "give --config the folder that holds sites.yaml"),
    "no_configuration": (
        "không có cấu hình: không thấy ./config lẫn {folder}",
        "there is no configuration: neither ./config nor {folder}",
    ),
    "no_configuration_cure": ("chỉ thư mục cấu hình bằng --config DIR", "give its folder with --config DIR"),
    # The journal.
    "database_says": ("cơ sở dữ liệu báo", "the database says"),
    "journal_unopened": ("không mở được nhật ký {journal}: {reason}", "the journal {journal} can't be opened: {reason}"),
    "journal_unread": ("không đọc được nhật ký {journal}: {reason}", "the journal {journal} can't be read: {reason}"),
    "journal_of_later": (
        "nhật ký {journal} do một phiên bản mới hơn ghi: {reason}",
        "the journal {journal} was written by a later version: {reason}",
    ),
    "journal_of_later_cure": (
        "chạy phiên bản đã ghi nó; bản sao đã giữ bên cạnh thiếu mọi dòng ghi từ khi sao chép",
        "run the version that wrote it; the copy that was kept beside it lacks all that was written since",
    ),
    "journal_full": (
        "không còn chỗ để đổi dạng nhật ký {journal}",
        "there is no room to change the form of the journal {journal}",
    ),
    "journal_full_cure": (
        "dọn chỗ trên ổ đĩa đó; không mất gì, lần khởi động sau sẽ làm tiếp",
        "make room on that disk; nothing is lost, the next start goes on",
    ),
    "journal_uncopied": (
        "không sao chép được nhật ký {path} sang {copy} trước khi đổi dạng: {reason}",
        "the journal {path} can't be copied to {copy} before it is changed: {reason}",
    ),
    "journal_uncopied_cure": (
        "dành {megabytes} MB ở đó, trong thư mục mà người dùng này ghi được; nhật ký chưa bị đổi gì",
        "make room for {megabytes} MB there, in a folder that this user may write to; nothing was changed yet",
    ),
    "journal_absent": ("không có nhật ký ở {path}", "there is no journal at {path}"),
    "journal_place": (
        "đặt `journal: sqlite:////ĐƯỜNG-DẪN/journal.db` trong thư mục mà người dùng này ghi được",
        "give `journal: sqlite:////PATH/journal.db` in a folder that this user may write to",
    ),
    "journal_server": (
        "kiểm tra URL, trình điều khiển đã cài chưa, và máy chủ cơ sở dữ liệu có trả lời không",
        "check the URL, that its driver is installed, and that the database server answers",
    ),
    "read_beside_daemon": (
        "chạy lệnh này ở nơi bộ giám sát chạy, bằng người dùng của nó (sudo -u monitor monitor …), hoặc chỉ nhật ký: --journal URL",
        "run this where the daemon runs and as its user (sudo -u monitor monitor …), or name the journal: --journal URL",
    ),
    # The lab's guard.
    "enter_lab": (
        "chạy `monitor demo`, hoặc vào phòng thử bằng `monitor lab exec -- monitor run`; "
        "nếu đây là địa chỉ thật thì đặt network.addresses: production trong sites.yaml",
        "run `monitor demo`, or enter the lab with `monitor lab exec -- monitor run`; "
        "if these addresses are real, set network.addresses: production in sites.yaml",
    ),
    "guard_name": (
        "'{text}' là tên máy, mà với addresses: lab chỉ hỏi địa chỉ IP",
        "'{text}' is a name, and with addresses: lab only literal addresses are polled",
    ),
    "guard_no_route": (
        "từ đây không có đường tới {address}, mà với addresses: lab phải đi qua {interface}",
        "{address} has no route here, and with addresses: lab it must go over {interface}",
    ),
    "guard_leaves": (
        "{address} sẽ đi ra qua {link}, mà với addresses: lab phải đi qua {interface}",
        "{address} would leave by {link}, and with addresses: lab it must go over {interface}",
    ),
    "guard_strangers": (
        "với addresses: lab, ngoài lo và {interface} không cổng mạng nào được bật, mà {links} đang bật",
        "with addresses: lab no link but lo and {interface} may be up, and {links} is",
    ),
    # Sockets, ports, limits.
    "netlink_refused": (
        "không hỏi được nhân hệ điều hành về bảng định tuyến (netlink: {reason})",
        "the kernel can't be asked for its routes (netlink: {reason})",
    ),
    "netlink_refused_cure": (
        "thêm AF_NETLINK vào RestrictAddressFamilies trong unit của systemd",
        "add AF_NETLINK to RestrictAddressFamilies in the systemd unit",
    ),
    "icmp_refused": ("ICMP IPv{version} không được phép ({reasons})", "ICMP over IPv{version} is not permitted ({reasons})"),
    "icmp_refused_cure": (
        "cấp CAP_NET_RAW cho bộ giám sát (AmbientCapabilities=CAP_NET_RAW trong unit của systemd) hoặc cho phép socket ping bằng "
        "sysctl -w net.ipv4.ping_group_range='0 2147483647'",
        "give the daemon CAP_NET_RAW (AmbientCapabilities=CAP_NET_RAW in its systemd unit) or permit ping sockets with "
        "sysctl -w net.ipv4.ping_group_range='0 2147483647'",
    ),
    "raw_socket": ("socket raw: {reason}", "raw socket: {reason}"),
    "ping_socket": ("socket ping: {reason}", "ping socket: {reason}"),
    "icmp_unopened": ("ICMP IPv{version}: {reason}", "ICMP over IPv{version}: {reason}"),
    "udp_unopened": ("UDP IPv{version}: {reason}", "UDP over IPv{version}: {reason}"),
    "udp_unopened_cure": (
        "nếu mở quá nhiều tệp thì tăng LimitNOFILE",
        "raise LimitNOFILE where too many files are open",
    ),
    "raise_files": (
        "tăng LimitNOFILE trong unit của systemd, hoặc ulimit -n",
        "raise LimitNOFILE in the systemd unit, or ulimit -n",
    ),
    "other_ip_version": (
        "dùng địa chỉ thuộc phiên bản IP kia cho các điểm",
        "give the targets addresses of the other IP version",
    ),
    "few_files": (
        "chỉ được mở {count} tệp, mà bộ giám sát cần {least}",
        "only {count:# file|# files} may be open, and the daemon needs {least}",
    ),
    "listen_refused": ("không lắng nghe được trên {listen}: {reason}", "can't listen on {listen}: {reason}"),
    "listen_refused_cure": (
        "dừng chương trình đang lắng nghe ở đó, hoặc dùng địa chỉ khác bằng --listen",
        "end what listens there, or give another address with --listen",
    ),
}

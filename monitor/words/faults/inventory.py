"""sites.yaml and what the configuration's files say of one another: names that are not there, addresses, uplinks, the root."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

_SITES_LISTED = ("`monitor sites list` liệt kê tất cả", "`monitor sites list` shows them all")

INVENTORY: Catalogue = {
    # sites.yaml as a whole.
    "section_missing": ("thiếu phần này", "is missing"),
    "add_network": ("thêm network: {{name: …, addresses: lab}}", "add network: {{name: …, addresses: lab}}"),
    "add_levels": ("thêm levels: [province, district, commune]", "add levels: [province, district, commune]"),
    "network_twice": ("đã có trong một tệp khác", "stands in another file already"),
    "levels_twice": ("đã có trong một tệp khác", "stand in another file already"),
    "network_twice_cure": ("chỉ giữ trong sites.yaml", "keep it in sites.yaml"),
    "levels_twice_cure": ("chỉ giữ trong sites.yaml", "keep them in sites.yaml"),
    "second_area": ("đã có địa bàn khác tên '{id}' ({place})", "another area is called '{id}' ({place})"),
    "second_target": (
        "đã có điểm mạng hoặc điểm cầu khác tên '{id}' ({place})",
        "another target is called '{id}' ({place})",
    ),
    "id_once": ("mỗi mã chỉ dùng một lần: đổi tên một bên", "every id stands once: rename one"),
    # Names that are not there.
    "no_level": ("không có cấp nào tên '{name}'", "no level is called '{name}'"),
    "no_area": ("không có địa bàn nào tên '{name}'", "no area is called '{name}'"),
    "no_point": ("không có điểm mạng nào tên '{name}'", "no point is called '{name}'"),
    "no_endpoint": ("không có điểm cầu nào tên '{name}'", "no endpoint is called '{name}'"),
    "no_endpoint_cure": _SITES_LISTED,
    "no_target": ("không có điểm mạng hay điểm cầu nào tên '{name}'", "no target is called '{name}'"),
    "no_target_cure": _SITES_LISTED,
    "no_tag": ("không có nhãn nào tên '{name}'", "no tag is called '{name}'"),
    "no_credential": ("không có thông tin xác thực nào tên '{name}'", "no credential is called '{name}'"),
    "no_login": ("không có tài khoản đăng nhập nào tên '{name}'", "no login is called '{name}'"),
    "no_profile": ("không có hồ sơ thiết bị nào tên '{name}'", "no profile is called '{name}'"),
    "no_reference": (
        "'{name}' không phải điểm nào, cũng không phải địa chỉ",
        "'{name}' is neither a target nor an address",
    ),
    "no_reference_cure": _SITES_LISTED,
    "add_to_areas": ("thêm vào areas", "add it to areas"),
    "add_to_points": ("thêm vào points", "add it to points"),
    "add_to_credentials": ("thêm vào credentials trong monitor.yaml", "add it to credentials in monitor.yaml"),
    "add_to_logins": ("thêm vào logins trong monitor.yaml", "add it to logins in monitor.yaml"),
    "add_file": ("thêm tệp {path}", "add {path}"),
    "is_endpoint": ("'{name}' là một điểm cầu", "'{name}' is an endpoint"),
    "is_endpoint_cure": ("ghi điểm mạng nơi đặt điểm cầu đó", "name the point where it stands"),
    "no_profiles_folder": (
        "không có thư mục này, mà các điểm có nêu hồ sơ thiết bị ('{name}')",
        "there is no such folder, and targets name profiles ('{name}')",
    ),
    "no_profiles_folder_cure": (
        "sao chép thư mục config/profiles đi kèm bộ giám sát",
        "copy the folder config/profiles that the monitor comes with",
    ),
    # Addresses, positions, telephones, rates.
    "address_twice": ("{address} đã là địa chỉ của '{other}' ({place})", "{address} is the address of '{other}' too ({place})"),
    "address_twice_cure": ("mỗi điểm có một địa chỉ riêng", "every target has its own"),
    "address_name_in_lab": (
        "'{address}' là tên máy; phòng thử chỉ có địa chỉ",
        "'{address}' is a name; the lab has only addresses",
    ),
    "address_name_in_lab_cure": (
        "ghi địa chỉ IP, hoặc addresses: production",
        "write an IP address, or addresses: production",
    ),
    "address_of_no_device": ("không thiết bị nào có thể mang địa chỉ {address}", "no device can have the address {address}"),
    "address_of_no_device_cure": ("ghi địa chỉ riêng của thiết bị", "write the device's own address"),
    "no_latitude": ("{latitude} không phải vĩ độ (-90 đến 90)", "{latitude} is no latitude (-90 to 90)"),
    "no_latitude_cure": (
        "có phải [{longitude}, {latitude}] không? vĩ độ ghi trước",
        "did you mean [{longitude}, {latitude}]? latitude comes first",
    ),
    "no_telephone": ("không phải số điện thoại", "is no telephone number"),
    "no_telephone_cure": (
        "viết chữ số, dấu cách, '.', '-', ngoặc, và '+' ở đầu",
        "write digits, spaces, '.', '-', brackets, and '+' in front",
    ),
    "call_too_fast": (
        "cuộc gọi {rate_bps} nhanh hơn đường truyền của '{point}'",
        "the call of {rate_bps} is faster than the circuit of '{point}'",
    ),
    "call_too_fast_cure": ("hạ tốc độ cuộc gọi hoặc sửa contracted", "lower it or correct contracted"),
    # Uplinks and the root.
    "no_points": ("không có điểm mạng nào", "there are no points"),
    "no_points_cure": ("thêm ít nhất điểm gốc, là điểm không có uplink", "add at least the root, which has no uplink"),
    "uplink_circle": ("các tuyến trên đi thành vòng: {way}", "the uplinks run in a circle: {way}"),
    "uplink_circle_cure": ("một trong các điểm đó phải dẫn về gốc", "one of them must lead towards the root"),
    "second_root": (
        "thiếu khóa này, mà chỉ điểm gốc được phép thiếu; '{root}' đã là gốc ({place})",
        "is missing, and only one point may have none; '{root}' has none ({place})",
    ),
    "second_root_cure": ("cho một trong hai điểm một uplink", "give one of them an uplink"),
    "no_root": ("không điểm nào là gốc", "no point is the root"),
    "no_root_cure": ("bỏ uplink của điểm trên cùng", "remove the uplink of the topmost point"),
}

"""monitor.yaml: probes, health, maintenance, secrets and credentials; receivers.yaml."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

SETTINGS: Catalogue = {
    # Values that only monitor.yaml has.
    "no_dscp": ("'{text}' không phải giá trị DSCP", "'{text}' is no DSCP"),
    "write_dscp": ("viết một tên như ef, af41, cs4, hoặc số từ 0 đến 63", "write a name such as ef, af41, cs4, or 0 to 63"),
    "no_host_and_port": ("'{text}' không có dạng MÁY:CỔNG", "'{text}' is not HOST:PORT"),
    "write_listen": (
        "viết như 127.0.0.1:9877; 0.0.0.0 là mọi địa chỉ của máy này",
        "write it like 127.0.0.1:9877; 0.0.0.0 is every address of this machine",
    ),
    "no_port": ("không có cổng {port}", "there is no port {port}"),
    "no_port_cure": (
        "viết một cổng từ 1 đến 65535 (0: để hệ thống tự chọn)",
        "write a port from 1 to 65535 (0 lets the system choose)",
    ),
    "no_time_zone": ("không có múi giờ nào tên '{text}'", "no time zone is called '{text}'"),
    "install_tzdata": ("cài gói tzdata", "install the package tzdata"),
    "no_journal_url": ("không phải URL của SQLAlchemy", "is no SQLAlchemy URL"),
    "no_journal_url_cure": (
        "viết như sqlite:////var/lib/monitor/journal.db (bốn dấu gạch chéo: đường dẫn đầy đủ)",
        "write it like sqlite:////var/lib/monitor/journal.db (four slashes: a full path)",
    ),
    # Probes.
    "no_sip_name": ("'{text}' không thể đứng trong địa chỉ SIP", "'{text}' can't stand in a SIP address"),
    "no_sip_name_cure": (
        "chỉ viết phần trước hoặc sau dấu @, không có sip:",
        "write the part before or behind the @ alone, without sip:",
    ),
    "probe_too_long": (
        "một lần đo có thể mất {took} s, dài hơn chu kỳ {every} s",
        "a probe may take {took} s, longer than its interval of {every} s",
    ),
    "probe_too_long_cure": ("tăng every hoặc giảm timeout", "lengthen every or shorten timeout"),
    "deadline_too_short": (
        "deadline {deadline_s} ngắn hơn một lần chờ (timeout)",
        "the deadline of {deadline_s} is shorter than one timeout",
    ),
    "deadline_too_short_cure": (
        "giảm timeout, hoặc tăng deadline trong monitor.yaml",
        "shorten timeout, or lengthen deadline in monitor.yaml",
    ),
    "timeouts_crossed": ("timeout_min dài hơn timeout_max", "timeout_min is longer than timeout_max"),
    "timeouts_crossed_cure": (
        "giảm timeout_min hoặc tăng timeout_max",
        "shorten timeout_min or lengthen timeout_max",
    ),
    # Meetings, health, maintenance.
    "checks_out_of_order": ("các lần kiểm tra không theo thứ tự", "the checks are not in their order"),
    "checks_out_of_order_cure": (
        "first phải xa giờ họp nhất, rồi second, rồi last",
        "first must be the longest before the start, then second, last",
    ),
    "bounds_crossed": ("{good} lớn hơn {most}", "{good} is above {most}"),
    "bounds_crossed_cure": ("giảm {good} hoặc tăng {most}", "lower {good} or raise {most}"),
    "flapping_crossed": ("low ({low}) phải nhỏ hơn high ({high})", "low ({low}) must be below high ({high})"),
    "flapping_crossed_cure": (
        "điểm chập chờn ở cả hai ngưỡng thì không bao giờ được coi là ổn định",
        "a target that flaps at both would never settle",
    ),
    "no_window": ("{stands} không thành một khung bảo trì", "{stands} does not make a window"),
    "no_window_cure": (
        "ghi start và end cho một lần, hoặc days, from và to cho hằng tuần",
        "write start and end for a single one, or days, from and to for a weekly one",
    ),
    "no_time_given": ("chưa nêu thời gian", "no time"),
    "end_before_start": ("không sau thời điểm bắt đầu", "is not after the start"),
    "end_before_start_cure": ("kiểm tra lại cả hai thời điểm", "check both dates"),
    "same_as_from": ("trùng với from", "is the same as from"),
    "same_as_from_cure": (
        "khung cả ngày viết từ 00:00 đến 23:59",
        "a window over a whole day is written from 00:00 to 23:59",
    ),
    # Secrets.
    "write_reference": (
        "viết {{env: TÊN}}, {{file: ĐƯỜNG-DẪN}}, {{credential: TÊN}} hoặc {{literal: …}}",
        "write {{env: NAME}}, {{file: PATH}}, {{credential: NAME}} or {{literal: …}}",
    ),
    "secret_no_reference": ("bí mật phải ghi bằng tham chiếu", "a secret must be a reference"),
    "secret_references": (
        "có {count} tham chiếu ở đây, phải là một",
        "{count:# reference stands|# references stand} here, it must be one",
    ),
    "secret_unusable": ("không dùng được", "can't be used"),
    "no_credentials_folder": (
        "systemd không trao thông tin xác thực nào (CREDENTIALS_DIRECTORY chưa được đặt)",
        "systemd handed over no credentials (CREDENTIALS_DIRECTORY is not set)",
    ),
    "no_credentials_folder_cure": (
        "thêm LoadCredential={name}:ĐƯỜNG-DẪN vào unit, hoặc dùng {{file: ĐƯỜNG-DẪN}} nơi systemd không khởi chạy bộ giám sát",
        "add LoadCredential={name}:PATH to the unit, or use {{file: PATH}} where systemd does not start the daemon",
    ),
    "load_credential": ("thêm LoadCredential={name}:ĐƯỜNG-DẪN vào unit", "add LoadCredential={name}:PATH to the unit"),
    "write_secret": (
        "ghi bí mật vào tệp đó và cho người dùng chạy bộ giám sát quyền đọc",
        "write the secret into it and let the daemon's user read it",
    ),
    "variable_unset": ("biến môi trường {name} chưa được đặt", "the environment variable {name} is not set"),
    "variable_empty": ("biến môi trường {name} để trống", "the environment variable {name} is empty"),
    "set_variable": (
        "export {name}=… hoặc đặt trong EnvironmentFile của unit",
        "export {name}=… or set it in the unit's EnvironmentFile",
    ),
    "not_utf8_text": ("không phải văn bản UTF-8", "it is not UTF-8 text"),
    "no_secret_in_file": ("dòng đầu của {path} không có bí mật nào", "{path} holds no secret on its first line"),
    # SNMP credentials.
    "of_version_3": (
        "là khóa của phiên bản 3, còn thông tin xác thực này thuộc phiên bản {version}",
        "is of version 3, this credential is of version {version}",
    ),
    "of_version_3_cure": ("viết version: 3 hoặc bỏ khóa này", "write version: 3 or remove the key"),
    "community_needed": ("phiên bản {version} cần community", "version {version} needs a community"),
    "community_needed_cure": ("thêm community: {{env: TÊN}}", "add community: {{env: NAME}}"),
    "community_of_version_3": (
        "là khóa của phiên bản 1 và 2c, còn thông tin xác thực này thuộc phiên bản 3",
        "is of versions 1 and 2c, this credential is of version 3",
    ),
    "community_of_version_3_cure": ("bỏ khóa này hoặc viết version: 2c", "remove it or write version: 2c"),
    "user_needed": ("phiên bản 3 cần user", "version 3 needs a user"),
    "user_needed_cure": ("thêm user: TÊN", "add user: NAME"),
    "privacy_alone": (
        "mã hóa cần có xác thực (RFC 3414 mục 1.4.3)",
        "encryption needs authentication (RFC 3414 section 1.4.3)",
    ),
    "privacy_alone_cure": ("thêm auth: {{protocol: sha256, key: …}}", "add auth: {{protocol: sha256, key: …}}"),
    "key_too_short": (
        "ngắn hơn {least} ký tự (RFC 3414 mục 11.2)",
        "is shorter than {least:# character|# characters} (RFC 3414 section 11.2)",
    ),
    "key_too_short_cure": ("đặt mật khẩu dài hơn trên thiết bị", "set a longer one on the device"),
    # receivers.yaml.
    "secret_no_url": ("tham chiếu này không dẫn tới một URL", "what it refers to is no URL"),
    "secret_no_url_cure": ("phải bắt đầu bằng https:// (hoặc http://)", "it must begin with https:// (or http://)"),
    "no_receiver": ("{path} không có người nhận này", "{path} has no such receiver"),
}

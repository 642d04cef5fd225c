"""profiles/*.yaml: kinds of devices and the values that are read of them."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

PROFILES: Catalogue = {
    "profile_name": ("tên tệp không thể là mã của hồ sơ thiết bị", "its name can't be the id of a profile"),
    "profile_name_cure": ("đặt tên bằng chữ thường, chữ số và '-'", "name it in lower-case letters, digits and '-'"),
    "match_says_nothing": ("chưa nêu điều kiện gì", "says nothing"),
    "match_says_nothing_cure": (
        "thêm sys_object_id hoặc sys_descr, hoặc bỏ khóa này",
        "give it sys_object_id or sys_descr, or remove it",
    ),
    "value_twice": ("'{metric}' được đọc hai lần từ một đối tượng", "'{metric}' is read twice from one object"),
    "value_twice_cure": ("bỏ một, hoặc phân biệt bằng nhãn", "remove one, or label them"),
    "no_metric_name": ("'{text}' không thể là tên chỉ số của hồ sơ", "'{text}' is no name for a profile's metric"),
    "no_metric_name_cure": (
        "bắt đầu bằng wan_device_, wan_ups_ hoặc conference_device_, hoặc dùng một trong {names}",
        "begin it with wan_device_, wan_ups_ or conference_device_, or take one of {names}",
    ),
    "metric_is_ours": ("'{text}' do bộ giám sát tự tạo", "'{text}' is made by the monitor itself"),
    "metric_is_ours_cure": ("chọn tên khác", "choose another name"),
    "metric_suffix": ("'{text}' có đuôi '{suffix}'", "'{text}' ends with '{suffix}'"),
    "leave_suffix": (
        "giá trị của hồ sơ là gauge: bỏ đuôi '{suffix}'",
        "profile values are gauges: leave '{suffix}' away",
    ),
    "take_base_unit": (
        "chỉ số dùng đơn vị cơ bản: đổi đuôi thành '{unit}' và viết scale: {scale}",
        "metrics are in base units: end it with '{unit}' and write scale: {scale}",
    ),
    "oid_form": ("{text} không phải mã đối tượng (OID) viết bằng số và dấu chấm", "{text} is not a dotted object identifier"),
    "oid_short": ("{text} có ít hơn hai số", "{text} has fewer than two sub-identifiers"),
    "oid_long": (
        "mã đối tượng có {count} số; nhiều nhất {most}",
        "an object identifier of {count:# sub-identifier|# sub-identifiers}; the longest has {most}",
    ),
    "oid_root": ("{text} không bắt đầu bằng 0.0-39, 1.0-39 hoặc 2", "{text} does not begin with 0.0-39, 1.0-39 or 2"),
    "oid_range": ("{text} có số nằm ngoài 0..4294967295", "{text} has a sub-identifier outside 0..4294967295"),
    "write_oid": (
        "viết bằng số và dấu chấm, như 1.3.6.1.2.1.1.3.0",
        "write it as numbers and dots, such as 1.3.6.1.2.1.1.3.0",
    ),
    "no_label": ("'{text}' không thể là nhãn ở đây", "'{text}' can't be a label here"),
    "no_label_cure": (
        "dùng chữ thường và '_'; target, kind, level, area đã có nghĩa riêng",
        "use lower-case letters and '_'; target, kind, level, area are taken",
    ),
    "label_quote": ("có dấu nháy kép hoặc dấu \\", "holds a quotation mark or a backslash"),
    "label_quote_cure": ("bỏ dấu đó", "leave it away"),
    "oid_or_walk": ("mỗi giá trị chỉ có 'oid' hoặc 'walk'", "a value has either 'oid' or 'walk'"),
    "oid_or_walk_cure": ("ghi một trong hai", "give one of them"),
    "no_rows": ("ở đây không có dòng nào", "there are no rows"),
    "no_rows_cure": ("viết walk: thay cho oid:, hoặc bỏ khóa này", "write walk: in place of oid:, or remove it"),
    "reduce_or_each": (
        "các dòng gộp thành một số, hoặc mỗi dòng một chuỗi số liệu",
        "rows become one number or a series each",
    ),
    "reduce_or_each_cure": ("bỏ reduce hoặc each", "remove reduce or each"),
    "rows_reduced": ("các dòng được gộp thành một số", "the rows become one number"),
    "rows_reduced_cure": ("đặt tên cho từng dòng bằng each, hoặc bỏ khóa này", "name them with each, or remove it"),
    "mapped_number": ("số đã có map thì không tính toán thêm", "a mapped number is not calculated with"),
    "mapped_number_cure": (
        "ghi thẳng ý nghĩa vào map, hoặc bỏ một trong hai",
        "write what it means into map, or remove one",
    ),
    "nothing_between": ("không có gì nằm giữa {least} và {most}", "nothing is between {least} and {most}"),
    "nothing_between_cure": ("ghi số nhỏ trước", "write the lower one first"),
    "label_twice": ("each cũng đã đặt '{name}'", "'{name}' is given by each too"),
    "label_needed": ("{metric} cần nhãn {label}", "{metric} needs the label {label}"),
    "label_needed_cure": ("viết labels: {{{label}: {values}}}", "write labels: {{{label}: {values}}}"),
    "condition_of_what": (
        "điều kiện xét một cột hoặc chỉ mục của dòng",
        "a condition looks at a column or at the index",
    ),
    "condition_of_what_cure": ("ghi oid, hoặc index", "give oid, or index"),
    "condition_says_nothing": ("điều kiện chưa nêu gì", "the condition says nothing"),
    "condition_says_nothing_cure": (
        "ghi ô phải bằng gì (is), hoặc khớp với gì (matches)",
        "write what the cell is, or what it matches",
    ),
}

"""Importing and exporting the inventory: CSV, workbooks, NetBox, and `monitor sites`."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

EXCHANGE: Catalogue = {
    # CSV.
    "is_opendocument": ("là tệp OpenDocument", "is an OpenDocument file"),
    "is_excel": ("là tệp Excel", "is an Excel file"),
    "save_as_xlsx": (
        "lưu dạng 'Excel Workbook (.xlsx)' và đặt tên đuôi .xlsx",
        "save it as 'Excel Workbook (.xlsx)' and name it so",
    ),
    "save_as_csv": ("lưu dạng 'CSV UTF-8'", "save it as 'CSV UTF-8'"),
    "not_csv": ("không phải CSV: {reason}", "is not CSV: {reason}"),
    "not_csv_cure": ("kiểm tra dấu nháy ở dòng này", "check the quotation marks of this row"),
    "csv_behind_quote": (
        "sau dấu nháy đóng phải là dấu phân cách hoặc hết dòng",
        "behind a closing quotation mark stands neither a separator nor the end of the row",
    ),
    "csv_quote_open": ("có dấu nháy mở mà không đóng", "a quotation mark is opened and never closed"),
    "csv_cell_long": ("có ô dài quá {most} ký tự", "a cell is longer than {most:# character|# characters}"),
    "csv_reader_says": ("trình đọc CSV báo", "the reader of CSV says"),
    # Rows and columns.
    "table_empty": ("bảng trống", "is empty"),
    "table_empty_cure": (
        "dòng đầu là tên các cột: kind, id, name, …",
        "its first row names the columns: kind, id, name, …",
    ),
    "column_unnamed": ("cột {number} không có tên", "column {number} has no name"),
    "no_column": ("không có cột nào tên như vậy", "no column is called so"),
    "column_twice": ("cột này có hai lần", "the column stands here twice"),
    "column_missing": ("thiếu cột này", "the column is missing"),
    "column_missing_cure": ("kind và id cho biết dòng là của điểm nào", "kind and id say which target a row is"),
    "remove_column": ("bỏ cột này", "remove the column"),
    "remove_column_or_sheet": (
        "bỏ cột này, hoặc bỏ trang tính nếu nó không thuộc danh mục",
        "remove the column, or the sheet if it is no part of the inventory",
    ),
    "header_below": ("tên các cột nằm ở dòng {row}", "the names of the columns stand in row {row}"),
    "header_below_cure": (
        "bỏ các dòng ở trên: tên cột phải nằm ở dòng 1",
        "remove the rows above: they belong into row 1",
    ),
    "too_many_cells": ("có {count:#} ô, dòng đầu có {most}", "has {count:# cell|# cells}, the first row has {most}"),
    "quote_separator": (
        "đặt chuỗi có chứa dấu phân cách vào dấu nháy",
        "put a text that holds the separator into quotation marks",
    ),
    "empty_unnamed_cells": (
        "xóa các ô không nằm dưới tên cột nào",
        "empty the cells that stand under no column's name",
    ),
    "no_kind": ("không có loại dòng nào tên '{kind}'", "no kind is called '{kind}'"),
    "not_of_kind": ("dòng loại {kind} không có thuộc tính này", "a row of kind {kind} has no such attribute"),
    "not_of_kind_cure": ("xóa ô này", "empty the cell"),
    "cell_unclear": ("không hiểu nội dung ô", "can't be understood"),
    "cell_unclear_cure": (
        "viết như trong sites.yaml, chẳng hạn [{{role: …, telephone: …}}] hoặc {{icmp: {{every: 60s}}}}",
        "write it as in sites.yaml, such as [{{role: …, telephone: …}}] or {{icmp: {{every: 60s}}}}",
    ),
    # Workbooks.
    "workbook_too_large": ("quá lớn khi giải nén", "is too large unpacked"),
    "workbook_too_large_cure": ("chỉ để danh mục trong tệp", "keep nothing but the inventory in it"),
    "no_workbook": ("không đọc được như một tệp Excel", "is no workbook that can be read"),
    "no_workbook_cure": (
        "lưu dạng 'Excel Workbook (.xlsx)', không đặt mật khẩu",
        "save it as 'Excel Workbook (.xlsx)', without a password",
    ),
    "workbook_empty": ("không có dòng nào", "has no rows"),
    "workbook_empty_cure": (
        "dòng đầu của mỗi trang tính là tên các cột: kind, id, name, …",
        "its sheets' first rows name the columns: kind, id, name, …",
    ),
    "cells_merged": ("các ô bị gộp", "the cells are merged"),
    "cells_merged_cure": ("tách ô: mỗi dòng có ô riêng", "unmerge them: every row has its own"),
    "cell_formula": ("chứa công thức", "holds a formula"),
    "cell_error": ("chứa lỗi {error}", "holds the error {error}"),
    "paste_value": ("dán giá trị thay cho công thức", "paste its value instead"),
    "taken_for_truth": ("bị hiểu là đúng/sai (TRUE/FALSE)", "was taken for true or false"),
    "taken_for_date": ("bị hiểu là ngày hoặc giờ", "was taken for a date or a time"),
    "set_to_text": ("đặt định dạng ô là Text rồi gõ lại", "set the cell to Text and type it again"),
    # Bringing rows in.
    "no_defaults": ("không có mặc định cho '{kind}'", "there are no defaults of '{kind}'"),
    "no_defaults_cure": ("ghi point hoặc endpoint", "write point or endpoint"),
    "network_row_twice": ("đã có một dòng loại network", "there is a row of kind network already"),
    "network_row_twice_cure": ("giữ lại một", "keep one"),
    "row_twice": ("'{id}' đã có một dòng: {place}", "'{id}' has a row already: {place}"),
    "row_twice_cure": ("mỗi mã chỉ dùng một lần: bỏ hoặc đổi tên một dòng", "every id stands once: remove or rename one"),
    "code_shortened": ("mã từng là '{before}', nay mất số 0 ở đầu", "the code was '{before}' and has lost its zeros"),
    "code_shortened_cure": (
        "ghi {before} dạng chuỗi: bảng tính đã hiểu thành số",
        "write {before} as a text: the spreadsheet took it for a number",
    ),
    "no_row_of_kind": ("không có dòng nào loại {kind}", "there is no row of kind {kind}"),
    "no_row_of_kind_cure": ("thêm một dòng", "add one"),
    # NetBox.
    "no_netbox_url": ("'{text}' không phải URL của NetBox", "'{text}' is no URL of a NetBox"),
    "no_netbox_url_cure": ("viết dạng https://netbox.example", "write it as https://netbox.example"),
    "two_routers": ("hai thiết bị đều có thể là điểm mạng: {names} ({roles})", "two devices could be the point: {names} ({roles})"),
    "two_routers_cure": (
        "chỉ để một thiết bị giữ vai trò đó, hoặc nêu ít vai trò hơn ở points trong netbox.yaml",
        "give all but one another role, or name fewer roles as points in netbox.yaml",
    ),
    "many_circuits": (
        "có {count} đường truyền kết thúc ở đây, nên không lấy cái nào",
        "{count:# circuit ends|# circuits end} here, so none is taken",
    ),
    "many_circuits_cure": (
        "ghi tốc độ vào trường tùy chỉnh 'contracted'",
        "write its speed into the custom field 'contracted'",
    ),
    "left_out": ("có trạng thái {status}, bỏ qua", "is {status}, and left out"),
    "left_out_no_status": ("không có trạng thái, bỏ qua", "is without a status, and left out"),
    "name_ca_file": ("ghi ở ca_file một tệp chứng thư dạng PEM", "name a file of certificates in PEM as ca_file"),
    "netbox_no_list": ("{url} không trả về danh sách đối tượng", "{url} answers with no list of objects"),
    "netbox_no_json": ("{url} không trả về JSON", "{url} answers with no JSON"),
    "really_netbox": ("url có đúng là của một NetBox không?", "is url really that of a NetBox?"),
    "netbox_too_many": ("{url} có hơn {most} đối tượng", "{url} has more than {most:# object|# objects}"),
    "netbox_too_many_cure": ("chọn ít hơn trong netbox.yaml", "choose fewer in netbox.yaml"),
    "netbox_silent": ("{url} không trả lời trong {within_s}", "{url} gave no answer within {within_s}"),
    "netbox_silent_cure": ("kiểm tra xem từ đây có tới được NetBox không", "see that NetBox can be reached from here"),
    "netbox_unaskable": ("không truy vấn được {url}: {reason}", "{url} can't be asked: {reason}"),
    "netbox_unaskable_cure": ("kiểm tra url và ca_file trong netbox.yaml", "check url and ca_file of netbox.yaml"),
    "netbox_token": ("{url} từ chối mã API ({status})", "{url} refuses the token ({status})"),
    "netbox_token_cure": (
        "cho người dùng của mã API quyền xem các đối tượng này",
        "give the token's user the right to view these objects",
    ),
    "netbox_redirects": ("{url} chuyển hướng tới {location}", "{url} redirects to {location}"),
    "netbox_redirects_cure": (
        "ghi địa chỉ đó làm url; mã API không được gửi đi nơi khác",
        "write that address as url; the token is not sent elsewhere",
    ),
    "netbox_answers": ("{url} trả lời {status}: {said}", "{url} answers {status}: {said}"),
    "netbox_answers_cure": ("kiểm tra url và sites trong netbox.yaml", "check url and sites of netbox.yaml"),
    # Writing.
    "unwritable": ("không ghi được {path}: {reason}", "{path} can't be written: {reason}"),
    "other_file_or_right": (
        "chọn tệp khác hoặc xin quyền ghi",
        "choose another file or get the right to write",
    ),
    "other_folder": ("chọn một thư mục có quyền ghi", "choose a folder that you may write to"),
    "file_in_folder": ("ghi tên tệp trong một thư mục đã có", "name a file in a folder that exists"),
    "suffix_unwritable": ("{path}: không ghi được dạng {suffix}", "{path}: no {suffix} can be written"),
    "suffix_unwritable_cure": ("đặt tên đuôi .xlsx hoặc .csv", "name it .xlsx or .csv"),
    "format_contradicts": ("--format {form} trái với tên {path}", "--format {form} contradicts the name {path}"),
    "format_contradicts_cure": (
        "đặt tên đuôi .{form}, hoặc bỏ --format",
        "name it .{form}, or leave --format out",
    ),
    "excel_for_csv": ("--excel dành cho CSV, mà đang xin tệp Excel", "--excel is for CSV, and a workbook was asked for"),
    "excel_for_csv_cure": (
        "bỏ --excel: Excel mở thẳng được tệp .xlsx",
        "leave --excel out: Excel opens a workbook as it is",
    ),
    "place_is_folder": ("{path} là một thư mục", "{path} is a folder"),
    "place_is_folder_cure": ("ghi tên tệp trong đó: --write {file}", "name the file in it: --write {file}"),
    "no_folder_there": ("không có thư mục {folder}", "the folder {folder} does not exist"),
    "no_folder_there_cure": (
        "kiểm tra lại tên, hoặc tạo trước: mkdir -p {folder}",
        "check its name, or make it first: mkdir -p {folder}",
    ),
    "name_import": ("ghi tên tệp cần nhập", "name the file to import"),
}

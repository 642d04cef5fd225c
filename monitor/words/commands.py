"""What commands say that change files: `monitor alertmanager` and `monitor sites`."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

ALERTMANAGER: Catalogue = {
    "nobody": ("chưa báo cho ai", "nobody is told"),
    "written": ("Đã ghi {path}", "Written: {path}"),
}

IMPORT: Catalogue = {
    "new": ("mới", "new"),
    "removed": ("bỏ", "removed"),
    "changed": ("thay đổi", "changed"),
    "none_changed": ("điểm thay đổi, nhưng:", "targets changed, but:"),
    "unchanged": ("giữ nguyên", "unchanged"),
    "kept": ("giữ lại dù không có dòng", "kept, though without a row"),
    "line_new": ("{of}: mới, {after}", "{of}: new, {after}"),
    "line_added": ("{of}:{what} thêm: {after}", "{of}:{what} added: {after}"),
    "line_removed": ("{of}:{what} bỏ, trước là {before}", "{of}:{what} removed, was {before}"),
    "line_changed": ("{of}:{what} {before} → {after}", "{of}:{what} {before} → {after}"),
    "rest": ("… và {count} nữa; --all cho xem hết", "… and {count} more; --all shows them"),
    "warning": ("lưu ý: {warning}", "warning: {warning}"),
    "not_written": ("Chưa ghi gì; thêm --write {path}", "Nothing was written; add --write {path}"),
    "written": (
        "Đã ghi {path}, {points} điểm mạng, {endpoints} điểm cầu",
        "Written: {path}, {points:# point|# points}, {endpoints:# endpoint|# endpoints}",
    ),
    "points": ("● {points} điểm mạng  ○ {endpoints} điểm cầu", "● {points:# point|# points}  ○ {endpoints:# endpoint|# endpoints}"),
}

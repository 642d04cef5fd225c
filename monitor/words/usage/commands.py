"""The table of commands, and what each --help begins with."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

COMMANDS: Catalogue = {
    "monitor": (
        "Giám sát mạng truyền số liệu chuyên dùng tỉnh Hà Giang và các điểm cầu hội nghị.",
        "Watches Hà Giang's data network and its conference endpoints.",
    ),
    "begin": (
        "Bắt đầu bằng `monitor demo`, rồi mở địa chỉ mà nó in ra.",
        "Start with `monitor demo`, then open the address that it prints.",
    ),
    "commands": ("các lệnh", "commands"),
    "demo": (
        "mô phỏng và giám sát cả tỉnh ngay trên máy này",
        "the province emulated and watched, on this machine, at once",
    ),
    "lab": (
        "chỉ tỉnh mô phỏng; ctl và exec tác động lên phòng thử đang chạy",
        "the emulated province alone; ctl and exec work on a running one",
    ),
    "run": ("bộ giám sát", "the daemon"),
    "check": (
        "liệt kê mọi lỗi trong cấu hình và trên máy này",
        "say everything that is wrong with the configuration and this machine",
    ),
    "poll": ("đo ngay và in kết quả", "probe now and print what answers"),
    "ready": (
        "cho biết các điểm cầu có vào họp được không, vì sao không, gọi cho ai",
        "say whether every endpoint can join a meeting, why not, and whom to call",
    ),
    "meetings": (
        "lịch họp: liệt kê, kiểm tra, nhập lịch",
        "the schedule of meetings: list it, check it, bring a calendar in",
    ),
    "ack": (
        "nhận xử lý một nguyên nhân gốc, để mọi người biết ai đang lo",
        "take a root cause on, so that everybody sees who has it",
    ),
    "maintenance": (
        "báo, liệt kê và kết thúc bảo trì khi bộ giám sát đang chạy",
        "announce, list and end maintenance while the daemon runs",
    ),
    "report": (
        "những gì đã xảy ra, theo nhật ký: sổ giao ca, độ khả dụng trong tháng",
        "what happened, from the journal: the log of a shift, availability of a month",
    ),
    "sites": ("nhập, xuất và liệt kê danh mục", "import, export and list the inventory"),
    "alertmanager": (
        "cảnh báo báo cho ai; tạo tệp mà Alertmanager chạy",
        "who is told of alerts; makes the file that Alertmanager runs with",
    ),
    "profiles": (
        "xem có những hồ sơ thiết bị nào, và thử một hồ sơ trên thiết bị hoặc bản ghi",
        "see which profiles there are, and try one on a device or a recording",
    ),
}

DESCRIPTIONS: Catalogue = {
    "ack": (
        """Nhận xử lý một nguyên nhân gốc, để mọi người biết ai đang lo, cho đến khi sự cố kết thúc.

  monitor ack                                      đang hỏng những gì, ai đã nhận
  monitor ack ubnd-huyen-dong-van --by 'Ca trực' --note 'đã gọi VNPT'
  monitor ack ubnd-huyen-dong-van --by 'Ca trực' --withdraw

Lệnh hỏi bộ giám sát đang chạy. Mã thoát 1 khi còn việc chưa ai nhận, 2 khi không tới được bộ giám sát hoặc bị từ chối.
""",
        """Take a root cause on, so that everybody sees who has it, until its outage ends.

  monitor ack                                      what is broken, and who has it
  monitor ack ubnd-huyen-dong-van --by 'Ca trực' --note 'đã gọi VNPT'
  monitor ack ubnd-huyen-dong-van --by 'Ca trực' --withdraw

It asks the running daemon. Exit status 1 where somebody should take something on, 2 where the daemon can't be reached or refuses.
""",
    ),
    "alertmanager": (
        """Tạo tệp mà Alertmanager chạy, từ alertmanager.yml và receivers.yaml: bí mật chỉ được đưa vào ở đây.

  monitor alertmanager                                    nêu báo cho ai, và mọi lỗi
  monitor alertmanager -o /run/monitor/alertmanager.yml   ghi tệp, chỉ chủ tệp đọc được

Cả hai tệp nằm trong DIR/alertmanager. Mọi bí mật trong receivers.yaml đều là tham chiếu; docs/alerts.md có ví dụ.
""",
        """Make the file that Alertmanager runs with, out of alertmanager.yml and receivers.yaml: the secrets come in only here.

  monitor alertmanager                                    say who is told, and everything that is wrong
  monitor alertmanager -o /run/monitor/alertmanager.yml   write it, readable by its owner alone

Both files lie in DIR/alertmanager. Every secret of receivers.yaml is a reference; docs/alerts.md has examples.
""",
    ),
    "check": (
        """Liệt kê mọi lỗi trong cấu hình và trên máy này, tất cả cùng lúc.

  monitor check                     ./config, nếu không có thì /etc/monitor
  monitor check --config DIR        thư mục khác, trước khi đưa vào chạy
  monitor check --write-schema DIR  ghi các JSON Schema để trình soạn thảo gợi ý và kiểm tra tệp

Mỗi lỗi nêu chỗ, sai gì và cách sửa:
  sites.yaml:214: points.xa-lung-cu.uplink: không có điểm mạng nào tên 'ubnd-huyen-dong-vn'; có phải 'ubnd-huyen-dong-van' không?
Sau đó là những gì được giám sát, theo từng cấp, và máy này cho phép gì: socket ICMP, bộ đệm, quyền, nhật ký, cổng, múi giờ.
Không gửi gì đi. Mã thoát 2 khi có lỗi, 1 khi một lịch có sự kiện bị bỏ qua, 0 khi chỉ có lưu ý.
""",
        """Say everything that is wrong with the configuration and with this machine, all at once.

  monitor check                     ./config, else /etc/monitor
  monitor check --config DIR        another folder, before it goes live
  monitor check --write-schema DIR  write the JSON Schemas that editors complete and check the files by

Each fault names its place, what is wrong and the cure:
  sites.yaml:214: points.xa-lung-cu.uplink: no point is called 'ubnd-huyen-dong-vn'; did you mean 'ubnd-huyen-dong-van'?
Then what is watched, level by level, and what this machine permits: ICMP sockets, buffers, capabilities, journal, port, time zone.
Nothing is sent. The exit status is 2 with any fault, 1 where something of a calendar is left out, 0 with warnings only.
""",
    ),
    "demo": (
        """Cả tỉnh ngay trên máy này, được mô phỏng và giám sát: phòng thử, và bộ giám sát bên trong.

Mở địa chỉ mà lệnh in ra. Không gửi gì ra mạng thật, và không giữ lại gì nếu không chỉ thư mục bằng --state.
Mọi thứ hỏng và lành theo kịch bản; muốn làm hỏng thêm thì dùng `monitor lab ctl` ở một cửa sổ khác. Ctrl-C dừng tất cả.
""",
        """The whole province on this machine, emulated and watched: the lab, and the daemon inside it.

Open the address that it prints. Nothing is sent to any real network, and nothing is kept unless --state names a folder.
Things break and mend by the scenario; break more by hand from another terminal with `monitor lab ctl`. Ctrl-C ends it all.
""",
    ),
    "lab": (
        """Dựng cả tỉnh ngay trên máy này: mọi điểm mạng và điểm cầu trong danh mục đều trả lời ping và SNMP, trong một không gian
mạng riêng mà không gì ra được.

  monitor lab                                        khởi chạy; Ctrl-C dừng
  monitor lab exec -- fping 10.0.0.1                 chạy một lệnh bên trong
  monitor lab ctl cut ubnd-huyen-dong-van --for 2m   cắt một huyện
  monitor lab ctl dead all share=30%                 tắt một phần ba
  monitor lab ctl restore all                        sửa mọi thứ
  monitor lab ctl status                             đang hỏng những gì
  monitor lab ctl counters xa-lung-cu                bộ đếm thật của điểm này
  monitor lab ctl --help                             mọi việc có thể xảy ra
  monitor lab history --blocks var/prometheus        tạo dữ liệu lịch sử cho Prometheus, xem `monitor lab history --help`

Máy nào không cho tạo network namespace hoặc thiết bị TUN thì phòng thử chạy trên địa chỉ loopback, và nêu khác ở đâu.
""",
        """Plays the whole province on this machine: every point and endpoint of the inventory answers ping and SNMP, in a network
namespace of its own that nothing can leave.

  monitor lab                                        start it; Ctrl-C ends it
  monitor lab exec -- fping 10.0.0.1                 run a command inside
  monitor lab ctl cut ubnd-huyen-dong-van --for 2m   cut a district off
  monitor lab ctl dead all share=30%                 a third of everything
  monitor lab ctl restore all                        mend everything
  monitor lab ctl status                             what is broken now
  monitor lab ctl counters xa-lung-cu                what its counters truly are
  monitor lab ctl --help                             all that may happen
  monitor lab history --blocks var/prometheus        a made-up past for Prometheus, see `monitor lab history --help`

Where the machine permits no network namespace or TUN device it runs on loopback addresses, and says what differs.
""",
    ),
    "lab_ctl": (
        "Gây một sự việc trong phòng thử, hoặc hỏi nó.",
        "Lets something happen to the lab, or asks it.",
    ),
    "lab_history": (
        "Tạo dữ liệu lịch sử giả lập của nhiều tuần, để xem được các khoảng thời gian dài ngay hôm nay.",
        "Makes up weeks of a province that was watched, so that long windows can be looked at today.",
    ),
    "maintenance": (
        """Báo bảo trì khi bộ giám sát đang chạy: phần được nêu chuyển sang bảo trì ngay, và không ai bị báo khi nó im lặng.

  monitor maintenance add xa-lung-cu --for 2h --reason 'thay modem' --by VNPT
  monitor maintenance add huyen-dong-van --from 22:00 --for 4h --reason 'nâng cấp' --by VNPT      cả địa bàn, đêm nay
  monitor maintenance list
  monitor maintenance end 3 --by VNPT        theo số, hoặc theo mã mà chỉ đợt đó nêu

ID là mã của điểm hoặc địa bàn (area:ID khi trùng nhau). Phần ghi trong monitor.yaml có hiệu lực song song và sửa ở đó.
Lệnh hỏi bộ giám sát đang chạy, và được giữ trong nhật ký; mã thoát 2 khi không tới được bộ giám sát hoặc bị từ chối.
""",
        """Announce maintenance while the daemon runs: what it covers is under maintenance at once, and nobody hears of its silence.

  monitor maintenance add xa-lung-cu --for 2h --reason 'thay modem' --by VNPT
  monitor maintenance add huyen-dong-van --from 22:00 --for 4h --reason 'nâng cấp' --by VNPT      a whole area, tonight
  monitor maintenance list
  monitor maintenance end 3 --by VNPT        by its number, or by an id that it alone covers

IDs are of targets and of areas (area:ID where both have one). What stands in monitor.yaml holds beside it and is changed there.
It asks the running daemon, which keeps it in the journal; exit status 2 where it can't be reached or refuses.
""",
    ),
    "meetings": (
        """Lịch họp: liệt kê, kiểm tra, nhập lịch.

  monitor meetings list                      30 ngày tới
  monitor meetings list --days 7 --format json
  monitor meetings check                     mọi lỗi trong meetings.yaml và các lịch của nó
  monitor meetings import lich-hop.ics       kiểm tra một lịch và đưa vào cấu hình

Lịch là tệp của người khác: hiểu được gì thì dùng, không hiểu thì bỏ qua và nói rõ từng dòng; mã thoát 1 khi có gì bị bỏ qua.
Mã thoát 2 khi có lỗi, kèm tệp, dòng và cách sửa; khi đó không gì bị thay đổi.
""",
        """The schedule of meetings: list it, check it, bring a calendar in.

  monitor meetings list                      the coming 30 days
  monitor meetings list --days 7 --format json
  monitor meetings check                     everything that is wrong with meetings.yaml and its calendars
  monitor meetings import lich-hop.ics       check a calendar and take it into the configuration

A calendar is somebody else's file: what is understood is taken, the rest left out and told line by line; exit status 1 then.
Exit status 2 where anything is faulty, with file, line and cure; nothing is changed then.
""",
    ),
    "poll": (
        """Đo ngay và in kết quả.

  monitor poll                          mọi điểm
  monitor poll xa-lung-cu dc-xa-lung-cu chỉ các điểm này
  monitor poll --format json            cho chương trình khác

Nơi tiến trình này được phép gửi (trong mạng của phòng thử, hoặc với địa chỉ thật) thì nó tự đo; nếu không thì hỏi bộ giám sát
đang chạy. Mã thoát 1 khi có điểm im lặng.
""",
        """Probe now and print what answers.

  monitor poll                          every target
  monitor poll xa-lung-cu dc-xa-lung-cu only these
  monitor poll --format json            for programs

Where this process may send (inside the lab's network, or with production addresses) it probes by itself; else it asks the running
daemon. Exit status 1 when a target is silent.
""",
    ),
    "profiles": (
        """Xem có những hồ sơ thiết bị nào, và một hồ sơ đọc được gì từ thiết bị.

  monitor profiles list                            mọi hồ sơ, và cách nhận ra thiết bị của nó
  monitor profiles test recorded.snmprec           một bản ghi sẽ cho những gì; không gửi gì đi
  monitor profiles test 10.2.17.1                  thiết bị cho những gì lúc này, hỏi bằng thông tin xác thực 'wan'
  monitor profiles test 10.2.17.1 --community env:SITE_COMMUNITY --version 1
  monitor profiles test recorded.snmprec --profile poly-studio     theo hồ sơ này, dù thiết bị tự nhận là gì

Mã thoát 1 khi chỉ có hồ sơ `default` hợp với thiết bị, hoặc khi thiết bị không trả lời. Bản ghi được tạo bằng snmprec của
snmpsim, hoặc viết tay: mỗi dòng là OID|TAG|VALUE. docs/profiles.md hướng dẫn viết một hồ sơ trong mười phút.
""",
        """See which profiles there are, and what one makes of a device.

  monitor profiles list                            every profile, and how it recognises its devices
  monitor profiles test recorded.snmprec           what a recording would yield; nothing is sent
  monitor profiles test 10.2.17.1                  what a device yields now, asked with the credential 'wan'
  monitor profiles test 10.2.17.1 --community env:SITE_COMMUNITY --version 1
  monitor profiles test recorded.snmprec --profile poly-studio     by this profile, whatever the device says it is

Exit status 1 where no profile but `default` is for the device, or where it does not answer. A recording is made with snmpsim's
snmprec, or by hand: a line is OID|TAG|VALUE. docs/profiles.md shows how to write a profile in ten minutes.
""",
    ),
    "ready": (
        """Cho biết các điểm cầu có vào họp được không, vì sao không, và gọi cho ai.

  monitor ready                         phiên họp kế tiếp, theo bộ giám sát đang chạy
  monitor ready giao-ban-thang-11       phiên họp này
  monitor ready --now                   đo mọi điểm cầu ngay; mất tối đa một phút
  monitor ready --now --format json     cho chương trình khác
  monitor ready -o r.xlsx               báo cáo của phiên họp, dạng trang (html) hoặc bảng tính

Nơi tiến trình này được phép gửi (trong mạng của phòng thử, hoặc với địa chỉ thật mà không có bộ giám sát nào) thì `--now` tự đo;
nếu không thì bộ giám sát đang chạy đo. Mã thoát 1 khi phiên họp chưa sẵn sàng.
""",
        """Say whether every endpoint can join a meeting, why not, and whom to call.

  monitor ready                         the next meeting, as the running daemon sees it
  monitor ready giao-ban-thang-11       this one
  monitor ready --now                   probe everybody now; takes up to a minute
  monitor ready --now --format json     for programs
  monitor ready -o r.xlsx               its report, as a page (html) or a workbook

Where this process may send (inside the lab's network, or with production addresses and no daemon) `--now` probes by itself; else
the running daemon does. Exit status 1 unless the meeting is ready.
""",
    ),
    "report": (
        """Những gì đã xảy ra, tổng hợp từ nhật ký.

  monitor report shift                                 8 giờ qua: xảy ra gì, ai nhận, còn gì chưa xong
  monitor report shift --from 14:00 --to 22:00 -o ca-chieu.html
  monitor report availability                          từ đầu tháng này
  monitor report availability --month 2026-10
  monitor report availability --from 2026-11-01 --to 2026-11-15
  monitor report availability --month 2026-10 --format html -o thang-10.html
""",
        """What happened, summed up from the journal.

  monitor report shift                                 the last 8 hours: what happened, who took it on, what is open
  monitor report shift --from 14:00 --to 22:00 -o ca-chieu.html
  monitor report availability                          this month so far
  monitor report availability --month 2026-10
  monitor report availability --from 2026-11-01 --to 2026-11-15
  monitor report availability --month 2026-10 --format html -o thang-10.html
""",
    ),
    "report_availability": (
        """Độ khả dụng của điểm mạng và điểm cầu trong một khoảng thời gian, theo nhật ký.

Khả dụng là hoạt động hoặc suy giảm; không tính bảo trì, nghỉ và lúc bộ giám sát không nhìn thấy; điểm mất kết nối do tuyến trên
được tính cho nguyên nhân gốc. Thời gian theo múi giờ của cấu hình.
""",
        """How much of a period points and endpoints were there, by the journal.

Available is up or degraded; maintenance, standby and what nobody saw are left out, and who is cut off by an uplink is charged to
the root cause. Times are those of the configuration's time zone.
""",
    ),
    "report_shift": (
        """Những gì đã xảy ra trong ca, ai nhận xử lý, và còn gì chưa xong.

  monitor report shift                          8 giờ qua
  monitor report shift --last 12h
  monitor report shift --from 14:00 --to 22:00
  monitor report shift --from 2026-11-30T06:00 --to 2026-11-30T14:00 -o ca-sang.html     (hoặc .xlsx, .json)

Lệnh tự đọc nhật ký, nên vẫn lập được sổ giao ca khi bộ giám sát ngừng. Trang được trình bày cho khổ A4.
""",
        """What happened in a shift, who took it on, and what is still open.

  monitor report shift                          the last 8 hours
  monitor report shift --last 12h
  monitor report shift --from 14:00 --to 22:00
  monitor report shift --from 2026-11-30T06:00 --to 2026-11-30T14:00 -o ca-sang.html     (or .xlsx, .json)

It reads the journal itself, so that the log of a shift can be written while the daemon is down. The page is made for A4.
""",
    ),
    "run": (
        """Chạy bộ giám sát: hỏi mọi điểm, đánh giá, và phục vụ chỉ số, API và các trang.

Cần quyền ping: CAP_NET_RAW, hoặc socket ping cho nhóm của nó (`monitor check` nêu đúng sysctl cần đặt).
Với `addresses: lab` thì chỉ chạy trong mạng riêng của phòng thử; `monitor demo` lo tất cả việc đó.
SIGHUP hoặc POST /-/reload nạp lại cấu hình; SIGTERM dừng.
""",
        """Run the daemon: poll everything, judge it, and serve metrics, the API and the pages.

It needs to ping: CAP_NET_RAW, or ping sockets for its group (`monitor check` names the sysctl).
With `addresses: lab` it runs only inside the lab's own network; `monitor demo` does all of that.
SIGHUP or POST /-/reload loads the configuration anew; SIGTERM ends it.
""",
    ),
    "sites": (
        """Danh mục: nhập từ CSV, Excel hoặc NetBox, xuất ra CSV hoặc Excel, liệt kê.

  monitor sites list                         mọi điểm, theo địa bàn
  monitor sites list --area huyen-dong-van   các điểm của một địa bàn; --kind và --level cũng chọn được
  monitor sites export > sites.csv           danh mục dạng CSV, không bỏ sót gì (--excel: cho Excel)
  monitor sites import sites.csv             nêu sẽ thay đổi gì, và mọi lỗi trong các dòng
  monitor sites import sites.csv --write config/sites.yaml
  monitor sites export -o sites.xlsx; monitor sites import sites.xlsx
  monitor sites import --netbox config/netbox.yaml   hỏi NetBox; docs/netbox.md nêu phần nào thành gì

Cột `kind` của mỗi dòng là point, endpoint, area, defaults, level hoặc network. Phần mà tệp không có cột thì được giữ; ô trống xóa
thuộc tính đó; điểm không có dòng vẫn được giữ nếu không có --prune. Còn một dòng lỗi thì chưa ghi gì.
""",
        """The inventory: bring it in from CSV, Excel or NetBox, give it away as CSV or Excel, list it.

  monitor sites list                         every target, by area
  monitor sites list --area huyen-dong-van   those of one area; --kind and --level choose too
  monitor sites export > sites.csv           the inventory as CSV, nothing left out (--excel: for Excel)
  monitor sites import sites.csv             say what would change, and everything that is wrong with the rows
  monitor sites import sites.csv --write config/sites.yaml
  monitor sites export -o sites.xlsx; monitor sites import sites.xlsx
  monitor sites import --netbox config/netbox.yaml   asks NetBox; docs/netbox.md says what becomes of what

A row's `kind` is point, endpoint, area, defaults, level or network. What the file has no column for is kept; an empty cell removes
its attribute; targets without a row are kept unless --prune is given. Nothing is written while one row is wrong.
""",
    ),
}

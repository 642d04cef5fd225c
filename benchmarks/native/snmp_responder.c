/* An SNMP v1/v2c agent that is not the bottleneck: one socket answers for every address of 127.0.0.0/8 at its port.
 *
 *     snmp_responder PORT        prints "ready" when it listens, ends when its parent does
 *
 * It answers GET, GETNEXT and GETBULK (RFC 3416 section 4.2) over a small MIB: system, ifTable and ifXTable of four interfaces,
 * snmpEngine. Datagrams come and go 64 at a time; values that move are encoded anew every 10 ms, not for each request.
 */
#include "common.h"
#include <signal.h>
#include <sys/prctl.h>

enum { INTEGER = 0x02, OCTETS = 0x04, NULL_VALUE = 0x05, OID = 0x06, SEQUENCE = 0x30, COUNTER32 = 0x41, GAUGE32 = 0x42, TICKS = 0x43,
       COUNTER64 = 0x46, NO_SUCH_INSTANCE = 0x81, END_OF_VIEW = 0x82, GET = 0xa0, GET_NEXT = 0xa1, RESPONSE = 0xa2,
       GET_BULK = 0xa5 };
enum { MAX_ENTRIES = 400, MAX_SUBIDS = 32, MAX_VARBIND = 160, MAX_MESSAGE = 4096, HEAD = 128, MAX_ANSWER = 1400, MAX_NAMES = 64,
       INTERFACES = 4, RENEW_MS = 10, NO_SUCH_NAME = 2 };

typedef struct { uint32_t subid[MAX_SUBIDS]; int count; } name_t;

/* One object. per_second: how fast it grows, 0 for what stands still. varbind: name and value as they are sent. */
typedef struct { name_t name; int tag; uint64_t number, per_second; uint8_t varbind[MAX_VARBIND]; int length; } entry_t;

static entry_t entries[MAX_ENTRIES];
static int entry_count;
static double began_s;

/* Encoding */

static int put_length(uint8_t *at, unsigned length)
{
    if (length < 0x80) {
        at[0] = length;
        return 1;
    }
    at[0] = 0x82, at[1] = length >> 8, at[2] = length;
    return 3;
}

static int put_name(uint8_t *at, const name_t *name)
{
    uint8_t *start = at + 2;
    uint8_t *to = start;
    *to++ = name->subid[0] * 40 + name->subid[1];
    for (int i = 2; i < name->count; i++)
        for (int shift = 28; shift >= 0; shift -= 7)
            if (shift == 0 || name->subid[i] >> shift)
                *to++ = (name->subid[i] >> shift & 0x7f) | (shift ? 0x80 : 0);
    at[0] = OID, at[1] = to - start;
    return to - at;
}

/* A number that is never negative, in the fewest octets: with a leading zero where the top bit is set. */
static int put_number(uint8_t *at, int tag, uint64_t number)
{
    int octets = 1;
    while (octets < 9 && (octets == 8 ? number >> 63 : number >> (8 * octets - 1)))
        octets++;
    at[0] = tag, at[1] = octets;
    for (int i = 0; i < octets; i++) {
        int shift = 8 * (octets - 1 - i);
        at[2 + i] = shift > 56 ? 0 : number >> shift;
    }
    return 2 + octets;
}

static void seal(entry_t *entry, const uint8_t *value, int length)
{
    uint8_t content[MAX_VARBIND];
    int size = put_name(content, &entry->name);
    memcpy(content + size, value, length);
    size += length;
    entry->varbind[0] = SEQUENCE;
    entry->length = 1 + put_length(entry->varbind + 1, size);
    memcpy(entry->varbind + entry->length, content, size);
    entry->length += size;
}

static void seal_number(entry_t *entry, double elapsed_s)
{
    uint8_t value[16];
    uint64_t number = entry->number + (uint64_t)(entry->per_second * elapsed_s);
    seal(entry, value, put_number(value, entry->tag, entry->tag == COUNTER64 ? number : (uint32_t)number));
}

/* The MIB */

static name_t parse(const char *dotted)
{
    name_t name = { .count = 0 };
    for (char *end; *dotted; dotted = *end ? end + 1 : end)
        name.subid[name.count++] = strtoul(dotted, &end, 10);
    return name;
}

static entry_t *add(const char *dotted, int row)
{
    entry_t *entry = &entries[entry_count++];
    entry->name = parse(dotted);
    entry->name.subid[entry->name.count++] = row;
    return entry;
}

static void add_number(const char *dotted, int row, int tag, uint64_t number, uint64_t per_second)
{
    entry_t *entry = add(dotted, row);
    entry->tag = tag, entry->number = number, entry->per_second = per_second;
    seal_number(entry, 0);
}

static void add_octets(const char *dotted, int row, const char *octets, int length)
{
    uint8_t value[MAX_VARBIND] = { OCTETS, length };
    memcpy(value + 2, octets, length);
    seal(add(dotted, row), value, 2 + length);
}

static void add_text(const char *dotted, int row, const char *text)
{
    add_octets(dotted, row, text, strlen(text));
}

static void add_name(const char *dotted, int row, const char *points_to)
{
    uint8_t value[MAX_VARBIND];
    name_t name = parse(points_to);
    seal(add(dotted, row), value, put_name(value, &name));
}

static void add_system(void)
{
    add_text("1.3.6.1.2.1.1.1", 0, "Benchmark router, software 1.0");
    add_name("1.3.6.1.2.1.1.2", 0, "1.3.6.1.4.1.8072.3.2.10");
    add_number("1.3.6.1.2.1.1.3", 0, TICKS, 123456789, 100);
    add_text("1.3.6.1.2.1.1.4", 0, "noc");
    add_text("1.3.6.1.2.1.1.5", 0, "router");
    add_text("1.3.6.1.2.1.1.6", 0, "rack 1");
    add_number("1.3.6.1.2.1.1.7", 0, INTEGER, 78, 0);
    add_number("1.3.6.1.2.1.2.1", 0, INTEGER, INTERFACES, 0);
}

/* ifTable (RFC 2863), all 22 columns. */
static void add_if_table(int row)
{
    static const char *names[] = { "GigabitEthernet0/0", "GigabitEthernet0/1", "Vlan10", "Loopback0" };
    char column[32], mac[6] = { 2, 0, 0, 0, 0, row };
    const struct { int column, tag; uint64_t number, per_second; } numbers[] = {
        { 1, INTEGER, row, 0 }, { 3, INTEGER, row == 4 ? 24 : 6, 0 }, { 4, INTEGER, 1500, 0 }, { 5, GAUGE32, 1000000000, 0 },
        { 7, INTEGER, 1, 0 }, { 8, INTEGER, 1, 0 }, { 9, TICKS, 4200, 0 }, { 10, COUNTER32, 3000000000u + row, 125000 },
        { 11, COUNTER32, 40000000, 120 }, { 12, COUNTER32, 120000, 1 }, { 13, COUNTER32, 17, 0 }, { 14, COUNTER32, 3, 0 },
        { 15, COUNTER32, 0, 0 }, { 16, COUNTER32, 2500000000u + row, 62500 }, { 17, COUNTER32, 30000000, 100 },
        { 18, COUNTER32, 80000, 1 }, { 19, COUNTER32, 5, 0 }, { 20, COUNTER32, 1, 0 }, { 21, GAUGE32, 0, 0 },
    };
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        snprintf(column, sizeof column, "1.3.6.1.2.1.2.2.1.%d", numbers[i].column);
        add_number(column, row, numbers[i].tag, numbers[i].number, numbers[i].per_second);
    }
    add_text("1.3.6.1.2.1.2.2.1.2", row, names[row - 1]);
    add_octets("1.3.6.1.2.1.2.2.1.6", row, mac, sizeof mac);
    add_name("1.3.6.1.2.1.2.2.1.22", row, "0.0");
}

/* ifXTable, all 19 columns. */
static void add_if_x_table(int row)
{
    static const char *names[] = { "Gi0/0", "Gi0/1", "Vl10", "Lo0" }, *aliases[] = { "WAN", "LAN", "Conference", "" };
    char column[40];
    const struct { int column, tag; uint64_t number, per_second; } numbers[] = {
        { 2, COUNTER32, 100000, 1 }, { 3, COUNTER32, 20000, 1 }, { 4, COUNTER32, 70000, 1 }, { 5, COUNTER32, 10000, 1 },
        { 6, COUNTER64, 7300000000000u + row, 125000 }, { 7, COUNTER64, 40000000, 120 }, { 8, COUNTER64, 100000, 1 },
        { 9, COUNTER64, 20000, 1 }, { 10, COUNTER64, 5100000000000u + row, 62500 }, { 11, COUNTER64, 30000000, 100 },
        { 12, COUNTER64, 70000, 1 }, { 13, COUNTER64, 10000, 1 }, { 14, INTEGER, 1, 0 }, { 15, GAUGE32, 1000, 0 },
        { 16, INTEGER, 2, 0 }, { 17, INTEGER, 1, 0 }, { 19, TICKS, 0, 0 },
    };
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        snprintf(column, sizeof column, "1.3.6.1.2.1.31.1.1.1.%d", numbers[i].column);
        add_number(column, row, numbers[i].tag, numbers[i].number, numbers[i].per_second);
    }
    add_text("1.3.6.1.2.1.31.1.1.1.1", row, names[row - 1]);
    add_text("1.3.6.1.2.1.31.1.1.1.18", row, aliases[row - 1]);
}

static int compare(const name_t *one, const name_t *other)
{
    for (int i = 0; i < one->count && i < other->count; i++)
        if (one->subid[i] != other->subid[i])
            return one->subid[i] < other->subid[i] ? -1 : 1;
    return one->count - other->count;
}

static int compare_entries(const void *one, const void *other)
{
    return compare(&((const entry_t *)one)->name, &((const entry_t *)other)->name);
}

static void build(void)
{
    add_system();
    for (int row = 1; row <= INTERFACES; row++) {
        add_if_table(row);
        add_if_x_table(row);
    }
    add_number("1.3.6.1.2.1.31.1.5", 0, TICKS, 4200, 0);
    add_octets("1.3.6.1.6.3.10.2.1.1", 0, "\x80\x00\x1f\x88\x04" "bench", 10);
    add_number("1.3.6.1.6.3.10.2.1.2", 0, INTEGER, 3, 0);
    add_number("1.3.6.1.6.3.10.2.1.3", 0, INTEGER, 1234567, 1);
    qsort(entries, entry_count, sizeof *entries, compare_entries);
}

static void renew(void)
{
    static double renewed_s;
    double now_s = seconds(CLOCK_MONOTONIC);
    if (now_s - renewed_s < RENEW_MS / 1e3)
        return;
    renewed_s = now_s;
    for (int i = 0; i < entry_count; i++)
        if (entries[i].per_second)
            seal_number(&entries[i], now_s - began_s);
}

/* Return the first entry whose name is greater than this one, or with `or_equal` not less; entry_count where there is none. */
static int search(const name_t *name, int or_equal)
{
    int low = 0, high = entry_count;
    while (low < high) {
        int middle = (low + high) / 2;
        int order = compare(&entries[middle].name, name);
        if (order < 0 || (order == 0 && !or_equal))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Decoding */

typedef struct { const uint8_t *at, *end; } span_t;

/* Take one element with this tag; tag 0 takes any. Return its content, with at = NULL where there is none. */
static span_t take(span_t *from, int tag)
{
    span_t none = { NULL, NULL };
    if (from->end - from->at < 2 || (tag && from->at[0] != tag))
        return none;
    unsigned length = from->at[1];
    from->at += 2;
    if (length & 0x80) {
        unsigned octets = length & 0x7f;
        if (octets < 1 || octets > 3 || from->end - from->at < octets)
            return none;
        for (length = 0; octets; octets--)
            length = length << 8 | *from->at++;
    }
    if (length > from->end - from->at)
        return none;
    span_t content = { from->at, from->at + length };
    from->at += length;
    return content;
}

static int take_name(span_t *from, name_t *name)
{
    span_t content = take(from, OID);
    if (!content.at || content.at == content.end)
        return -1;
    name->subid[0] = *content.at / 40, name->subid[1] = *content.at % 40, name->count = 2;
    uint32_t subid = 0;
    for (const uint8_t *at = content.at + 1; at < content.end; at++) {
        subid = subid << 7 | (*at & 0x7f);
        if (!(*at & 0x80)) {
            if (name->count == MAX_SUBIDS)
                return -1;
            name->subid[name->count++] = subid;
            subid = 0;
        }
    }
    return 0;
}

static int take_int(span_t *from)
{
    span_t content = take(from, INTEGER);
    int number = 0;
    for (; content.at < content.end; content.at++)
        number = number << 8 | *content.at;
    return number;
}

/* Answering */

typedef struct { uint8_t *at, *end; } room_t;

static int put_entry(room_t *to, const entry_t *entry)
{
    if (to->end - to->at < entry->length)
        return -1;
    memcpy(to->at, entry->varbind, entry->length);
    to->at += entry->length;
    return 0;
}

static int put_absent(room_t *to, const name_t *name, int tag)
{
    entry_t entry = { .name = *name };
    uint8_t value[2] = { tag, 0 };
    seal(&entry, value, sizeof value);
    return put_entry(to, &entry);
}

/* GETBULK: the successor of each name, again and again, until repetitions or room are used up. */
static void put_bulk(room_t *to, name_t *names, int count, int once, int repetitions)
{
    for (int i = 0; i < once && i < count; i++) {
        int found = search(&names[i], 0);
        if (found < entry_count ? put_entry(to, &entries[found]) : put_absent(to, &names[i], END_OF_VIEW))
            return;
    }
    int next[MAX_NAMES];
    for (int i = once; i < count; i++)
        next[i] = search(&names[i], 0);
    for (; repetitions > 0 && once < count; repetitions--) {
        int is_over = 1;
        for (int i = once; i < count; i++) {
            const name_t *last = next[i] < entry_count ? NULL : &entries[entry_count - 1].name;
            if (last ? put_absent(to, last, END_OF_VIEW) : put_entry(to, &entries[next[i]]))
                return;
            next[i] += !last;
            is_over &= !!last;
        }
        if (is_over)
            return;
    }
}

/* Return the length of the answer, which begins at *start in a buffer of MAX_MESSAGE octets; 0 for no answer. */
static int answer(const uint8_t *request, int length, uint8_t *buffer, uint8_t **start)
{
    span_t datagram = { request, request + length }, message = take(&datagram, SEQUENCE);
    if (!message.at)
        return 0;
    span_t version = take(&message, INTEGER), community = take(&message, OCTETS);
    int kind = message.at < message.end ? *message.at : 0;
    span_t pdu = take(&message, 0), id = take(&pdu, INTEGER);
    int once = take_int(&pdu), repetitions = take_int(&pdu);
    span_t list = take(&pdu, SEQUENCE), original = list;
    if (!version.at || !community.at || community.end - community.at > 64 || !id.at || id.end - id.at > 5 || !list.at)
        return 0;
    name_t names[MAX_NAMES];
    int count = 0, status = 0, culprit = 0;
    for (; list.at < list.end && count < MAX_NAMES; count++) {
        span_t varbind = take(&list, SEQUENCE);
        if (!varbind.at || take_name(&varbind, &names[count]))
            return 0;
    }
    room_t room = { buffer + HEAD, buffer + HEAD + MAX_ANSWER };
    int is_v1 = version.end - version.at == 1 && *version.at == 0;
    if (kind == GET_BULK && !is_v1)
        put_bulk(&room, names, count, once, repetitions);
    else if (kind != GET && kind != GET_NEXT)
        return 0;
    else
        for (int i = 0; i < count; i++) {
            int found = search(&names[i], kind == GET);
            int is_there = found < entry_count && (kind == GET_NEXT || !compare(&entries[found].name, &names[i]));
            if (!is_there && is_v1 && !status)
                status = NO_SUCH_NAME, culprit = i + 1;
            else if (is_there ? put_entry(&room, &entries[found])
                              : put_absent(&room, &names[i], kind == GET ? NO_SUCH_INSTANCE : END_OF_VIEW))
                return 0;
        }
    if (status) {
        room.at = buffer + HEAD;
        memcpy(room.at, original.at, original.end - original.at);
        room.at += original.end - original.at;
    }
    /* From the inside out: the head is written before the values, backwards. */
    uint8_t head[16], *to = buffer + HEAD;
    int size;
#define PREPEND(octets, n) (to -= (n), memcpy(to, (octets), (n)))
#define WRAP(tag) (head[0] = (tag), size = 1 + put_length(head + 1, room.at - to), PREPEND(head, size))
    WRAP(SEQUENCE);
    uint8_t errors[6] = { INTEGER, 1, status, INTEGER, 1, culprit };
    PREPEND(errors, sizeof errors);
    PREPEND(id.at - 2, id.end - id.at + 2);
    WRAP(RESPONSE);
    PREPEND(community.at - 2, community.end - community.at + 2);
    PREPEND(version.at - 2, version.end - version.at + 2);
    WRAP(SEQUENCE);
    *start = to;
    return room.at - to;
}

/* The socket */

static int open_socket(int port)
{
    int descriptor = socket(AF_INET, SOCK_DGRAM, 0), yes = 1;
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_ANY) };
    if (descriptor < 0)
        fail("socket");
    widen_receive_buffer(descriptor, 64 << 20);
    if (setsockopt(descriptor, IPPROTO_IP, IP_PKTINFO, &yes, sizeof yes))
        fail("IP_PKTINFO");
    if (bind(descriptor, (struct sockaddr *)&here, sizeof here))
        fail("bind");
    return descriptor;
}

static struct mmsghdr in[BATCH], out[BATCH];
static struct iovec in_vector[BATCH], out_vector[BATCH];
static struct sockaddr_in peers[BATCH];
static uint8_t requests[BATCH][MAX_MESSAGE], answers[BATCH][MAX_MESSAGE];
static uint8_t control[BATCH][CMSG_SPACE(sizeof(struct in_pktinfo))];

/* Answer one batch. The control message with the address that was asked goes back as it came: it is the answer's source. */
static void serve(int descriptor)
{
    for (int i = 0; i < BATCH; i++) {
        in_vector[i] = (struct iovec){ requests[i], MAX_MESSAGE };
        in[i].msg_hdr = (struct msghdr){ .msg_name = &peers[i], .msg_namelen = sizeof peers[i], .msg_iov = &in_vector[i],
                                         .msg_iovlen = 1, .msg_control = control[i], .msg_controllen = sizeof control[i] };
    }
    int came = recvmmsg(descriptor, in, BATCH, MSG_WAITFORONE, NULL), goes = 0;
    if (came < 0 && errno != EINTR)
        fail("recvmmsg");
    renew();
    for (int i = 0; i < came; i++) {
        uint8_t *start;
        int length = answer(requests[i], in[i].msg_len, answers[i], &start);
        if (!length)
            continue;
        struct in_pktinfo *asked = (struct in_pktinfo *)CMSG_DATA(CMSG_FIRSTHDR(&in[i].msg_hdr));
        asked->ipi_spec_dst = asked->ipi_addr;
        asked->ipi_ifindex = 0;
        out_vector[goes] = (struct iovec){ start, length };
        out[goes].msg_hdr = in[i].msg_hdr;
        out[goes].msg_hdr.msg_iov = &out_vector[goes];
        goes++;
    }
    for (int sent = 0, now; sent < goes; sent += now)
        if ((now = sendmmsg(descriptor, out + sent, goes - sent, 0)) < 0)
            now = 1; /* The asker is gone: a connection refused, or the like; its answer is dropped. */
}

int main(int count, char **words)
{
    if (count != 2) {
        fprintf(stderr, "usage: %s PORT\n", words[0]);
        return 2;
    }
    insist_on_loopback_only();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    began_s = seconds(CLOCK_MONOTONIC);
    build();
    int descriptor = open_socket(number_of(words[1]));
    puts("ready");
    fflush(stdout);
    for (;;)
        serve(descriptor);
}

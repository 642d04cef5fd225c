/* The least that asking agents takes: prepared SNMP v2c requests by sendmmsg, answers by recvmmsg, each matched and decoded.
 *
 *     snmp_floor get|walk AGENTS WINDOW ROUNDS TIMEOUT_MS PORT
 *
 * get: one GET of ten values an agent. walk: ifTable and ifXTable side by side by GETBULK of 20 repetitions. An answer counts if
 * its source is the agent's, its request-id that of the agent's open question, and every value in it can be decoded. No retries:
 * where nothing at all comes for TIMEOUT_MS, what is open is lost.
 */
#include "common.h"

enum { INTEGER = 0x02, OCTETS = 0x04, NULL_VALUE = 0x05, OID = 0x06, SEQUENCE = 0x30, COUNTER64 = 0x46, GET = 0xa0,
       RESPONSE = 0xa2, GET_BULK = 0xa5, NO_SUCH_OBJECT = 0x80 };
enum { TABLES = 2, REPETITIONS = 20, VALUES_OF_A_WALK = 4 * (22 + 19), MAX_MESSAGE = 2048, MAX_NAME = 40 };

typedef struct { uint8_t octets[MAX_NAME]; int length; } name_t;

/* One agent. id: of its open question, 0 for none. at: the last name seen of each table; is_over: that table is read. */
typedef struct { uint32_t id; name_t at[TABLES]; uint8_t is_over[TABLES]; int values; } agent_t;

static const char *ten_values[] = {
    "1.3.6.1.2.1.1.3.0", "1.3.6.1.6.3.10.2.1.3.0", "1.3.6.1.6.3.10.2.1.2.0", "1.3.6.1.2.1.2.2.1.8.1",
    "1.3.6.1.2.1.31.1.1.1.15.1", "1.3.6.1.2.1.31.1.1.1.6.1", "1.3.6.1.2.1.31.1.1.1.10.1", "1.3.6.1.2.1.2.2.1.14.1",
    "1.3.6.1.2.1.2.2.1.20.1", "1.3.6.1.2.1.2.2.1.13.1",
};
enum { TEN = sizeof ten_values / sizeof *ten_values };

static name_t ten_names[TEN], tables[TABLES];
static agent_t *agents;
static uint32_t *queue; /* agents whose next question is to be sent */
static unsigned agent_count, queue_first, queue_count, open_count, lost, port;
static int is_walk, descriptor;
static uint64_t decoded; /* what the values add up to, so that decoding them is not optimised away */

static struct mmsghdr in[BATCH], out[BATCH];
static struct iovec in_vector[BATCH], out_vector[BATCH];
static struct sockaddr_in sources[BATCH], places[BATCH];
static uint8_t answers[BATCH][MAX_MESSAGE], requests[BATCH][MAX_MESSAGE];

/* Encoding */

static name_t encode_name(const char *dotted)
{
    name_t name = { .length = 1 };
    char *end;
    name.octets[0] = strtoul(dotted, &end, 10) * 40;
    name.octets[0] += strtoul(end + 1, &end, 10);
    while (*end) {
        unsigned long subid = strtoul(end + 1, &end, 10);
        if (subid >> 7)
            name.octets[name.length++] = 0x80 | subid >> 7;
        name.octets[name.length++] = subid & 0x7f;
    }
    return name;
}

/* Put tag and length in front of what stands between *at and end; lengths of up to 65535. */
static void wrap(uint8_t **at, const uint8_t *end, int tag)
{
    unsigned length = end - *at;
    if (length >= 0x80) {
        *--*at = length;
        if (length >= 0x100)
            *--*at = length >> 8;
        *--*at = length >= 0x100 ? 0x82 : 0x81;
    } else
        *--*at = length;
    *--*at = tag;
}

/* Write a request backwards from the end of the buffer; return where it begins. id stands in id_at[0..3]. */
static uint8_t *encode(uint8_t *end, int pdu, const name_t *const *names, int count, int repetitions, uint8_t **id_at)
{
    uint8_t *at = end;
    for (int i = count - 1; i >= 0; i--) {
        uint8_t *stop = at;
        *--at = 0, *--at = NULL_VALUE;
        at -= names[i]->length;
        memcpy(at, names[i]->octets, names[i]->length);
        *--at = names[i]->length, *--at = OID;
        wrap(&at, stop, SEQUENCE);
    }
    wrap(&at, end, SEQUENCE);
    uint8_t numbers[6] = { INTEGER, 1, 0, INTEGER, 1, repetitions };
    memcpy(at -= sizeof numbers, numbers, sizeof numbers);
    *id_at = at -= 4;
    *--at = 4, *--at = INTEGER;
    wrap(&at, end, pdu);
    uint8_t head[] = { INTEGER, 1, 1, OCTETS, 6, 'p', 'u', 'b', 'l', 'i', 'c' };
    memcpy(at -= sizeof head, head, sizeof head);
    wrap(&at, end, SEQUENCE);
    return at;
}

static void put_id(uint8_t *at, uint32_t id)
{
    at[0] = id >> 24, at[1] = id >> 16, at[2] = id >> 8, at[3] = id;
}

/* Decoding */

typedef struct { const uint8_t *at, *end; } span_t;

/* Take one element; return its tag, 0 where there is none. */
static int take(span_t *from, span_t *content)
{
    if (from->end - from->at < 2)
        return 0;
    int tag = from->at[0];
    unsigned length = from->at[1];
    from->at += 2;
    if (length & 0x80) {
        unsigned octets = length & 0x7f;
        if (octets < 1 || octets > 2 || from->end - from->at < octets)
            return 0;
        for (length = 0; octets; octets--)
            length = length << 8 | *from->at++;
    }
    if (length > from->end - from->at)
        return 0;
    *content = (span_t){ from->at, from->at + length };
    from->at += length;
    return tag;
}

static uint64_t whole(span_t content)
{
    uint64_t number = 0;
    for (; content.at < content.end; content.at++)
        number = number << 8 | *content.at;
    return number;
}

/* Decode one value; return its tag, 0 where it is none. */
static int take_value(span_t *from)
{
    span_t content;
    int tag = take(from, &content);
    if (tag == OCTETS || tag == OID)
        decoded += content.end - content.at;
    else if (content.end - content.at <= 9)
        decoded += whole(content);
    else
        return 0;
    return tag;
}

/* Unwrap an answer as far as its variable-bindings; return its request-id, 0 where it is no answer without an error. */
static uint32_t open_answer(span_t datagram, span_t *list)
{
    span_t message, part, pdu;
    if (take(&datagram, &message) != SEQUENCE || take(&message, &part) != INTEGER || whole(part) != 1)
        return 0;
    if (take(&message, &part) != OCTETS || part.end - part.at != 6 || memcmp(part.at, "public", 6))
        return 0;
    if (take(&message, &pdu) != RESPONSE || take(&pdu, &part) != INTEGER)
        return 0;
    uint32_t id = whole(part);
    span_t status, culprit;
    if (take(&pdu, &status) != INTEGER || whole(status) || take(&pdu, &culprit) != INTEGER || take(&pdu, list) != SEQUENCE)
        return 0;
    return id;
}

/* Take ten values in the order of the question; return whether they are whole. */
static int take_ten(span_t list)
{
    for (int i = 0; i < TEN; i++) {
        span_t varbind, name;
        if (take(&list, &varbind) != SEQUENCE || take(&varbind, &name) != OID)
            return 0;
        if (name.end - name.at != ten_names[i].length || memcmp(name.at, ten_names[i].octets, ten_names[i].length))
            return 0;
        int tag = take_value(&varbind);
        if (!tag || tag >= NO_SUCH_OBJECT)
            return 0;
    }
    return list.at == list.end;
}

/* Take one answer of a walk: a value of each table that is not over, again and again. Return whether it makes sense. */
static int take_rows(agent_t *agent, span_t list)
{
    int active[TABLES], width = 0, ended[TABLES] = { 0 };
    for (int table = 0; table < TABLES; table++)
        if (!agent->is_over[table])
            active[width++] = table;
    for (int place = 0; list.at < list.end; place = (place + 1) % width) {
        span_t varbind, name;
        int table = active[place];
        if (take(&list, &varbind) != SEQUENCE || take(&varbind, &name) != OID)
            return 0;
        int length = name.end - name.at;
        int tag = take_value(&varbind);
        if (!tag || length > MAX_NAME)
            return 0;
        if (ended[table])
            continue;
        if (tag >= NO_SUCH_OBJECT || length < tables[table].length || memcmp(name.at, tables[table].octets, tables[table].length)) {
            ended[table] = agent->is_over[table] = 1;
            continue;
        }
        memcpy(agent->at[table].octets, name.at, length);
        agent->at[table].length = length;
        agent->values++;
    }
    return 1;
}

/* Asking */

static void enqueue(uint32_t agent)
{
    queue[(queue_first + queue_count++) % agent_count] = agent;
}

/* Write an agent's next question into place i of the batch. Ids go from 0x01000000 up, so that they take four octets. */
static void fill(int i, uint32_t number)
{
    static uint8_t template[MAX_MESSAGE];
    static uint8_t *begins, *id_at;
    static uint32_t turn;
    agent_t *agent = &agents[number];
    agent->id = (1 + turn++ % 100) << 24 | number;
    places[i].sin_addr.s_addr = target_address(number);
    if (!is_walk) {
        if (!begins) {
            const name_t *names[TEN];
            for (int each = 0; each < TEN; each++)
                names[each] = &ten_names[each];
            begins = encode(template + MAX_MESSAGE, GET, names, TEN, 0, &id_at);
        }
        int length = template + MAX_MESSAGE - begins;
        memcpy(requests[i], begins, length);
        put_id(requests[i] + (id_at - begins), agent->id);
        out_vector[i] = (struct iovec){ requests[i], length };
        return;
    }
    const name_t *names[TABLES];
    int width = 0;
    for (int table = 0; table < TABLES; table++)
        if (!agent->is_over[table])
            names[width++] = &agent->at[table];
    uint8_t *end = requests[i] + MAX_MESSAGE, *at;
    uint8_t *start = encode(end, GET_BULK, names, width, REPETITIONS, &at);
    put_id(at, agent->id);
    out_vector[i] = (struct iovec){ start, end - start };
}

static void send_some(unsigned window)
{
    while (queue_count && open_count < window) {
        int count = 0;
        for (; count < BATCH && queue_count && open_count < window; count++, open_count++) {
            fill(count, queue[queue_first]);
            queue_first = (queue_first + 1) % agent_count;
            queue_count--;
        }
        for (int sent = 0, now; sent < count; sent += now)
            if ((now = sendmmsg(descriptor, out + sent, count - sent, 0)) < 0)
                fail("sendmmsg");
    }
}

static void take_answer(int i)
{
    span_t list;
    uint32_t id = open_answer((span_t){ answers[i], answers[i] + in[i].msg_len }, &list), number = id & 0xffffff;
    if (!id || number >= agent_count || agents[number].id != id || sources[i].sin_addr.s_addr != target_address(number) ||
        sources[i].sin_port != htons(port))
        return;
    agent_t *agent = &agents[number];
    agent->id = 0;
    open_count--;
    if (!is_walk)
        lost += !take_ten(list);
    else if (!take_rows(agent, list))
        lost++;
    else if (!agent->is_over[0] || !agent->is_over[1])
        enqueue(number);
    else
        lost += agent->values != VALUES_OF_A_WALK;
}

/* Ask all agents; what is lost is added to `lost`. */
static void ask_all(unsigned window, int timeout_ms)
{
    queue_first = queue_count = open_count = 0;
    for (uint32_t number = 0; number < agent_count; number++) {
        agents[number] = (agent_t){ .at = { tables[0], tables[1] } };
        enqueue(number);
    }
    while (queue_count || open_count) {
        struct pollfd readable = { descriptor, POLLIN, 0 };
        send_some(window);
        if (poll(&readable, 1, timeout_ms) == 0) {
            lost += open_count;
            open_count = 0;
        }
        int came;
        do {
            came = recvmmsg(descriptor, in, BATCH, MSG_DONTWAIT, NULL);
            for (int i = 0; i < came; i++)
                take_answer(i);
        } while (came == BATCH);
    }
}

static void prepare(void)
{
    tables[0] = encode_name("1.3.6.1.2.1.2.2");
    tables[1] = encode_name("1.3.6.1.2.1.31.1.1");
    for (int i = 0; i < TEN; i++)
        ten_names[i] = encode_name(ten_values[i]);
    for (int i = 0; i < BATCH; i++) {
        in_vector[i] = (struct iovec){ answers[i], MAX_MESSAGE };
        in[i].msg_hdr = (struct msghdr){ .msg_name = &sources[i], .msg_namelen = sizeof sources[i], .msg_iov = &in_vector[i],
                                         .msg_iovlen = 1 };
        places[i].sin_family = AF_INET;
        places[i].sin_port = htons(port);
        out[i].msg_hdr = (struct msghdr){ .msg_name = &places[i], .msg_namelen = sizeof places[i], .msg_iov = &out_vector[i],
                                          .msg_iovlen = 1 };
    }
}

int main(int count, char **words)
{
    if (count != 7 || (strcmp(words[1], "get") && strcmp(words[1], "walk"))) {
        fprintf(stderr, "usage: %s get|walk AGENTS WINDOW ROUNDS TIMEOUT_MS PORT\n", words[0]);
        return 2;
    }
    insist_on_loopback_only();
    is_walk = !strcmp(words[1], "walk");
    agent_count = number_of(words[2]), port = number_of(words[6]);
    unsigned window = number_of(words[3]), rounds = number_of(words[4]), timeout_ms = number_of(words[5]);
    agents = calloc(agent_count, sizeof *agents);
    queue = calloc(agent_count, sizeof *queue);
    descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    if (!agents || !queue || descriptor < 0)
        fail("start");
    widen_receive_buffer(descriptor, 16 << 20);
    prepare();
    ask_all(window, timeout_ms);
    lost = 0;
    double wall_s = seconds(CLOCK_MONOTONIC), cpu_s = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (unsigned round = 0; round < rounds; round++)
        ask_all(window, timeout_ms);
    tell((unsigned long)agent_count * rounds, lost, seconds(CLOCK_MONOTONIC) - wall_s, seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_s);
    fprintf(stderr, "values add up to %llu\n", (unsigned long long)decoded);
    return 0;
}

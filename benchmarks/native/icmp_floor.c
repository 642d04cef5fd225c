/* The least that pinging takes: echo requests in batches by sendmmsg, replies by recvmmsg, each matched and timed.
 *
 *     icmp_floor TARGETS PACKETS ROUNDS SPACING_MS TIMEOUT_MS
 *
 * A reply counts if source, id, sequence and cookie are those of a request that is not answered yet. One sweep sends one request
 * to every target; the next begins SPACING_MS after it began. At most WINDOW requests are unanswered.
 */
#include "common.h"
#include <linux/icmp.h>
#include <netinet/ip.h>

enum { WINDOW = 4096, DATA = 56, MESSAGE = sizeof(struct icmphdr) + DATA, DATAGRAM = 128 };

/* One request of the round. cookie: 0 once it is answered. */
typedef struct { uint64_t cookie; double sent_s; } flight_t;

static flight_t *flights;
static unsigned targets;
static uint16_t id;
static int descriptor;
static unsigned open_count;
static double rtt_sum_s;

static struct mmsghdr in[BATCH], out[BATCH];
static struct iovec in_vector[BATCH], out_vector[BATCH];
static struct sockaddr_in places[BATCH];
static uint8_t replies[BATCH][DATAGRAM], requests[BATCH][MESSAGE];

static uint16_t checksum(const uint8_t *octets)
{
    uint32_t sum = 0;
    uint16_t word;
    for (int i = 0; i < MESSAGE; i += 2) {
        memcpy(&word, octets + i, 2);
        sum += word;
    }
    sum = (sum >> 16) + (sum & 0xffff);
    return ~(sum + (sum >> 16));
}

static uint64_t new_cookie(void)
{
    static uint64_t state;
    if (!state)
        state = (uint64_t)(seconds(CLOCK_REALTIME) * 1e9) | 1;
    state ^= state << 13, state ^= state >> 7, state ^= state << 17; /* xorshift64: never 0 */
    return state;
}

static void prepare(void)
{
    for (int i = 0; i < BATCH; i++) {
        in_vector[i] = (struct iovec){ replies[i], DATAGRAM };
        in[i].msg_hdr = (struct msghdr){ .msg_iov = &in_vector[i], .msg_iovlen = 1 };
        places[i].sin_family = AF_INET;
        out_vector[i] = (struct iovec){ requests[i], MESSAGE };
        out[i].msg_hdr = (struct msghdr){ .msg_name = &places[i], .msg_namelen = sizeof places[i], .msg_iov = &out_vector[i],
                                          .msg_iovlen = 1 };
    }
}

/* Write the request of a flight into place i of the batch; its data begins with its cookie and its number. */
static void fill(int i, uint32_t flight, double now_s)
{
    struct icmphdr head = { .type = ICMP_ECHO, .un.echo = { .id = id, .sequence = htons(flight) } };
    flights[flight] = (flight_t){ new_cookie(), now_s };
    memcpy(requests[i], &head, sizeof head);
    memcpy(requests[i] + sizeof head, &flights[flight].cookie, 8);
    memcpy(requests[i] + sizeof head + 8, &flight, 4);
    head.checksum = checksum(requests[i]);
    memcpy(requests[i], &head, sizeof head);
    places[i].sin_addr.s_addr = target_address(flight % targets);
}

static void take(const uint8_t *datagram, unsigned length, uint32_t flights_sent, double now_s)
{
    struct iphdr ip;
    struct icmphdr head;
    uint64_t cookie;
    uint32_t flight;
    if (length < sizeof ip + MESSAGE)
        return;
    memcpy(&ip, datagram, sizeof ip);
    unsigned at = ip.ihl * 4;
    if (length < at + MESSAGE)
        return;
    memcpy(&head, datagram + at, sizeof head);
    memcpy(&cookie, datagram + at + sizeof head, 8);
    memcpy(&flight, datagram + at + sizeof head + 8, 4);
    if (head.un.echo.id != id || flight >= flights_sent || head.un.echo.sequence != htons(flight) || !cookie ||
        cookie != flights[flight].cookie || ip.saddr != target_address(flight % targets))
        return;
    flights[flight].cookie = 0;
    rtt_sum_s += now_s - flights[flight].sent_s;
    open_count--;
}

/* Take what has come. */
static void drain(uint32_t flights_sent)
{
    int came;
    do {
        came = recvmmsg(descriptor, in, BATCH, MSG_DONTWAIT, NULL);
        double now_s = seconds(CLOCK_MONOTONIC);
        for (int i = 0; i < came; i++)
            take(replies[i], in[i].msg_len, flights_sent, now_s);
    } while (came == BATCH);
}

static void wait_for_replies(double until_s)
{
    struct pollfd readable = { descriptor, POLLIN, 0 };
    double left_s = until_s - seconds(CLOCK_MONOTONIC);
    poll(&readable, 1, left_s > 0 ? (int)(left_s * 1e3) + 1 : 0);
}

static void send_batch(uint32_t flight, int count)
{
    double now_s = seconds(CLOCK_MONOTONIC);
    for (int i = 0; i < count; i++)
        fill(i, flight + i, now_s);
    for (int sent = 0, now; sent < count; sent += now)
        if ((now = sendmmsg(descriptor, out + sent, count - sent, 0)) < 0)
            fail("sendmmsg");
    open_count += count;
}

/* Ping every target `packets` times; return how many requests were not answered. */
static unsigned ping_all(unsigned packets, double spacing_s, double timeout_s)
{
    uint32_t flight = 0;
    open_count = 0;
    for (unsigned sweep = 0; sweep < packets; sweep++) {
        double began_s = seconds(CLOCK_MONOTONIC);
        while (flight < (sweep + 1) * targets) {
            unsigned left = (sweep + 1) * targets - flight;
            int count = left < BATCH ? left : BATCH;
            double limit_s = seconds(CLOCK_MONOTONIC) + timeout_s;
            while (open_count + count > WINDOW && seconds(CLOCK_MONOTONIC) < limit_s) {
                wait_for_replies(limit_s);
                drain(flight);
            }
            send_batch(flight, count);
            flight += count;
            drain(flight);
        }
        while (sweep + 1 < packets && seconds(CLOCK_MONOTONIC) < began_s + spacing_s) {
            wait_for_replies(began_s + spacing_s);
            drain(flight);
        }
    }
    for (double until_s = seconds(CLOCK_MONOTONIC) + timeout_s; open_count && seconds(CLOCK_MONOTONIC) < until_s;) {
        wait_for_replies(until_s);
        drain(flight);
    }
    return open_count;
}

int main(int count, char **words)
{
    if (count != 6) {
        fprintf(stderr, "usage: %s TARGETS PACKETS ROUNDS SPACING_MS TIMEOUT_MS\n", words[0]);
        return 2;
    }
    insist_on_loopback_only();
    targets = number_of(words[1]);
    unsigned packets = number_of(words[2]), rounds = number_of(words[3]), lost = 0;
    double spacing_s = number_of(words[4]) / 1e3, timeout_s = number_of(words[5]) / 1e3;
    struct icmp_filter filter = { ~(1u << ICMP_ECHOREPLY) };
    descriptor = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    if (descriptor < 0 || setsockopt(descriptor, SOL_RAW, ICMP_FILTER, &filter, sizeof filter))
        fail("raw socket");
    widen_receive_buffer(descriptor, 32 << 20);
    flights = calloc((size_t)targets * packets, sizeof *flights);
    if (!flights)
        fail("calloc");
    id = getpid();
    prepare();
    ping_all(1, 0, timeout_s);
    double wall_s = seconds(CLOCK_MONOTONIC), cpu_s = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (unsigned round = 0; round < rounds; round++)
        lost += ping_all(packets, spacing_s, timeout_s);
    tell((unsigned long)targets * packets * rounds, lost, seconds(CLOCK_MONOTONIC) - wall_s,
         seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_s);
    return 0;
}

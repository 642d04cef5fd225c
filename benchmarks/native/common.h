/* What every program here needs: the targets, two clocks, the line of figures, and a guard against leaving the machine. */
#pragma once
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64

/* The number-th target in network order, as benchmarks/network.py enumerates them. */
static inline uint32_t target_address(unsigned number)
{
    return htonl(127u << 24 | (1 + number / 62500) << 16 | (number / 250 % 250) << 8 | (1 + number % 250));
}

static inline double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static inline void fail(const char *what)
{
    perror(what);
    exit(2);
}

static inline unsigned number_of(const char *word)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(word, &end, 10);
    if (errno || *end || end == word || number > 100000000ul) {
        fprintf(stderr, "'%s' is no number\n", word);
        exit(2);
    }
    return number;
}

/* End the program where any link but the loopback is up: it must run in the benchmark's own network. */
static inline void insist_on_loopback_only(void)
{
    struct ifaddrs *all;
    if (getifaddrs(&all))
        fail("getifaddrs");
    for (struct ifaddrs *each = all; each; each = each->ifa_next)
        if ((each->ifa_flags & IFF_UP) && !(each->ifa_flags & IFF_LOOPBACK)) {
            fprintf(stderr, "%s is up: this program runs only where there is nothing but the loopback\n", each->ifa_name);
            exit(2);
        }
    freeifaddrs(all);
}

/* As large a receive buffer as the kernel grants. */
static inline void widen_receive_buffer(int descriptor, int bytes)
{
    if (setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

/* Figures of a child process; see benchmarks/child.py. */
static inline void tell(unsigned long exchanges, unsigned long lost, double wall_s, double cpu_s)
{
    printf("{\"exchanges\": %lu, \"lost\": %lu, \"wall_s\": %.9f, \"cpu_s\": %.9f}\n", exchanges, lost, wall_s, cpu_s);
}

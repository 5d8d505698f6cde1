/* The load client of the hub's bench: N connections of one wire on one epoll loop, and the publishers of what they hear.

   hub_load PORT TOKENS READY OPEN_REQUEST OPEN_FIRST AGAIN_REQUEST AGAIN_FIRST PATH BODY

   OPEN_* is what a client sends that comes, AGAIN_* what one sends that comes back: a request, and after its answer's head
   a first WebSocket message (none when empty). `{token}` is a line of the file TOKENS, `{last}` the log's number of the last
   event seen. READY is what tells that a client is on its channel. An event is published by a POST of BODY to PATH, where `{n}`
   is its number and `{t}` the time. Orders are read from stdin, one a line; each is answered by one line of JSON.

   It looks no deeper into what comes than for `~~number.nanoseconds~`, which stands in each event's text. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 20000
#define PUBLISHERS 32
#define PATIENCE_NS 90000000000LL
#define AGAIN_NS 250000000LL
#define BEAT_NS 20000000000LL
#define SMALL_BUFFER 4096
#define LATENCIES (1 << 24)
#define CAP (1 << 16)

enum { GONE, HEAD, WAITING, LIVE };

typedef struct {
    int fd, state, scan, small, stalled, again;
    long long last, n, t, due;
    char *head;
    size_t size;
} Client;

typedef struct {
    int fd, busy;
    long long n;
    char answer[8192], request[CAP];
    size_t size;
} Publisher;

static int port, epoll, clients, live, in_flight, window = 512;
static char **words, **tokens;
static int token_count;
static Client all[MOST];
static Publisher publishers[PUBLISHERS];
static long long published, answered, base, got, holes, doubles, cuts, last_at, beat_at;
static uint32_t *latencies;
static size_t latency_count;
static int recording;
static char buffer[1 << 18];

static long long now_ns(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static void fail(const char *why) {
    printf("{\"error\": \"%s\", \"live\": %d, \"clients\": %d, \"got\": %lld, \"published\": %lld}\n", why, live, clients, got,
           published);
    fflush(stdout);
    exit(1);
}

static void filled(char *out, const char *template, const char *token, long long last, long long n) {
    while (*template) {
        if (token && !strncmp(template, "{token}", 7)) out = stpcpy(out, token), template += 7;
        else if (!strncmp(template, "{last}", 6)) out += sprintf(out, "%lld", last), template += 6;
        else if (!strncmp(template, "{n}", 3)) out += sprintf(out, "%lld", n), template += 3;
        else if (!strncmp(template, "{t}", 3)) out += sprintf(out, "%lld", now_ns()), template += 3;
        else *out++ = *template++;
    }
    *out = 0;
}

static int dialled(int small) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1, size = SMALL_BUFFER;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd < 0) fail("no socket: raise the limit of open files");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (small) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) fail("no way to connect");
    return fd;
}

static void watched(int how, int fd, uint32_t what, uint64_t who) {
    struct epoll_event event = {.events = what, .data.u64 = who};
    epoll_ctl(epoll, how, fd, &event);
}

static void open_client(int i) {
    Client *c = &all[i];
    c->fd = dialled(c->small);
    c->state = HEAD;
    c->scan = 0;
    c->size = 0;
    c->head = realloc(c->head, CAP);
    in_flight++;
    watched(EPOLL_CTL_ADD, c->fd, EPOLLOUT, i);
}

static void lose(int i, int abort, long long wait) {
    Client *c = &all[i];
    struct linger now = {1, 0};
    if (c->state == GONE) return;
    if (c->state == LIVE) live--;
    else in_flight--;
    if (abort) setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(c->fd);
    c->state = GONE;
    c->again = c->last >= 0;
    c->due = now_ns() + wait;
}

static void say(Client *c, const char *text) {
    unsigned char frame[CAP] = {0x81};
    size_t size = strlen(text), at = 2;
    if (size < 126) frame[1] = 0x80 | size;
    else frame[1] = 0x80 | 126, frame[2] = size >> 8, frame[3] = size & 255, at = 4;
    memset(frame + at, 0, 4); /* a mask of zeros leaves the payload as it is */
    memcpy(frame + at + 4, text, size);
    send(c->fd, frame, at + 4 + size, MSG_NOSIGNAL);
}

static void heard(Client *c, long long at) {
    got++;
    last_at = at;
    if (c->last >= 0 && c->n <= c->last) doubles++;
    else {
        if (c->last >= 0) holes += c->n - c->last - 1;
        c->last = c->n;
    }
    if (recording && !c->small && latency_count < LATENCIES) latencies[latency_count++] = (at - c->t) / 1000;
}

static void scan(Client *c, const char *p, size_t size, long long at) {
    const char *end = p + size;
    while (p < end) {
        if (c->scan == 0) {
            p = memchr(p, '~', end - p);
            if (!p) return;
            p++, c->scan = 1;
        } else if (c->scan == 1) {
            c->scan = *p++ == '~' ? 2 : 0;
            c->n = c->t = 0;
        } else if (*p >= '0' && *p <= '9') {
            if (c->scan == 2) c->n = c->n * 10 + (*p - '0');
            else c->t = c->t * 10 + (*p - '0');
            p++;
        } else {
            if (*p == '~' && c->scan == 3) heard(c, at);
            c->scan = *p++ == '.' && c->scan == 2 ? 3 : 0;
        }
    }
}

static void enter(Client *c, const char *rest, size_t size, long long at) {
    c->state = LIVE;
    in_flight--;
    live++;
    scan(c, rest, size, at);
}

static void welcome(int i, size_t size, long long at) {
    Client *c = &all[i];
    char text[CAP], *end;
    if (c->size + size >= CAP) size = CAP - 1 - c->size;
    memcpy(c->head + c->size, buffer, size);
    c->size += size;
    if (c->state == HEAD) {
        end = memmem(c->head, c->size, "\r\n\r\n", 4);
        if (!end) return;
        if (strncmp(c->head + 9, "101", 3) && strncmp(c->head + 9, "200", 3)) {
            fprintf(stderr, "refused: %.*s\n", (int)c->size, c->head);
            lose(i, 1, AGAIN_NS);
            return;
        }
        c->size -= end + 4 - c->head;
        memmove(c->head, end + 4, c->size);
        c->state = WAITING;
        filled(text, words[c->again ? 7 : 5], tokens[i % token_count], base + c->last, 0);
        if (*text) say(c, text);
    }
    end = memmem(c->head, c->size, words[3], strlen(words[3]));
    if (!end) return;
    end += strlen(words[3]);
    enter(c, end, c->head + c->size - end, at);
    free(c->head);
    c->head = NULL;
}

static void on_client(int i, uint32_t what) {
    Client *c = &all[i];
    char text[CAP];
    if (c->state == GONE || (c->stalled && c->state == LIVE)) return;
    if (what & EPOLLOUT) {
        filled(text, words[c->again ? 6 : 4], tokens[i % token_count], base + c->last, 0);
        send(c->fd, text, strlen(text), MSG_NOSIGNAL);
        watched(EPOLL_CTL_MOD, c->fd, EPOLLIN, i);
        return;
    }
    ssize_t size = recv(c->fd, buffer, sizeof buffer, 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
        cuts++;
        lose(i, 0, c->state == LIVE ? 0 : AGAIN_NS);
        return;
    }
    if (c->state == LIVE) scan(c, buffer, size, now_ns());
    else welcome(i, size, now_ns());
}

/* -- publishing --------------------------------------------------------------------------------------------------- */

static void post(int i, long long n) {
    Publisher *p = &publishers[i];
    char body[8192];
    p->n = n;
    p->busy = 1;
    p->size = 0;
    if (p->fd < 0) {
        p->fd = dialled(0);
        watched(EPOLL_CTL_ADD, p->fd, EPOLLOUT, MOST + i);
        return;
    }
    filled(body, words[9], NULL, 0, n);
    int size = sprintf(p->request, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                       "Content-Length: %zu\r\n\r\n%s", words[8], strlen(body), body);
    send(p->fd, p->request, size, MSG_NOSIGNAL);
}

static int publish(int lines) {
    for (int i = 0; i < lines; i++)
        if (!publishers[i].busy) {
            post(i, ++published);
            return 1;
        }
    return 0;
}

static void on_publisher(int i, uint32_t what) {
    Publisher *p = &publishers[i];
    char *end, *found;
    if (what & EPOLLOUT) {
        watched(EPOLL_CTL_MOD, p->fd, EPOLLIN, MOST + i);
        post(i, p->n);
        return;
    }
    ssize_t size = recv(p->fd, p->answer + p->size, sizeof p->answer - 1 - p->size, 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
        close(p->fd);
        p->fd = -1;
        if (p->busy) post(i, p->n);
        return;
    }
    p->size += size;
    p->answer[p->size] = 0;
    end = strstr(p->answer, "\r\n\r\n");
    if (!end) return;
    found = strcasestr(p->answer, "\r\ncontent-length:");
    if (found && found < end && p->answer + p->size < end + 4 + atol(found + 17)) return;
    if (p->answer[9] != '2') {
        fprintf(stderr, "%s\n", p->answer);
        fail("a publisher was refused");
    }
    found = strcasestr(p->answer, "\r\nevent-seq:");
    if (found && found < end) base = atoll(found + 12) - p->n;
    p->busy = 0;
    answered++;
}

/* -- orders ------------------------------------------------------------------------------------------------------- */

static void turn(int wait_ms) {
    struct epoll_event events[512];
    int many = epoll_wait(epoll, events, 512, wait_ms);
    for (int e = 0; e < many; e++) {
        uint64_t who = events[e].data.u64;
        if (who < MOST) on_client(who, events[e].events);
        else on_publisher(who - MOST, events[e].events);
    }
}

static void dial(void) {
    static int next;
    long long now = now_ns();
    for (int tried = 0; tried < clients && in_flight < window; tried++, next = (next + 1) % clients)
        if (all[next].state == GONE && all[next].due <= now) open_client(next);
}

static void beat(void) {
    static const unsigned char pong[6] = {0x8a, 0x80};
    if (!*words[5] && !strstr(words[4], "pgrade")) return;
    if (now_ns() < beat_at) return;
    beat_at = now_ns() + BEAT_NS;
    for (int i = 0; i < clients; i++)
        if (all[i].state == LIVE && !all[i].stalled) send(all[i].fd, pong, 6, MSG_NOSIGNAL);
}

static int complete(int from, int to) {
    int many = 0;
    for (int i = from; i < to; i++) many += all[i].state == LIVE && all[i].last >= published;
    return many;
}

static int by_size(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double share(double part) {
    return latency_count ? latencies[(size_t)((latency_count - 1) * part)] / 1000.0 : 0;
}

static void order_open(int many, int small) {
    long long began = now_ns();
    for (int i = clients; i < many; i++) all[i] = (Client){.state = GONE, .small = i < small, .last = -1};
    clients = many;
    while (live < clients) {
        dial();
        turn(10);
        if (now_ns() - began > PATIENCE_NS) fail("not all clients came in");
    }
    printf("{\"live\": %d, \"seconds\": %.3f}\n", live, (now_ns() - began) / 1e9);
}

static void order_fan(double seconds, int many) {
    long long began = now_ns(), rounds = 0;
    latency_count = 0;
    for (; now_ns() - began < seconds * 1e9; rounds++) {
        long long start = now_ns(), goal = got + (long long)many * live;
        for (int i = 0; i < many; i++) publish(PUBLISHERS);
        while (got < goal || answered < published) {
            turn(10);
            if (now_ns() - start > PATIENCE_NS) fail("not all were told");
        }
        latencies[latency_count++] = (last_at - start) / 1000;
        beat();
    }
    qsort(latencies, latency_count, sizeof *latencies, by_size);
    printf("{\"per_second\": %.0f, \"deliveries\": %lld, \"last_ms\": %.3f, \"last_max_ms\": %.3f}\n",
           rounds * many * live / ((now_ns() - began) / 1e9), rounds * many * live, share(0.5), share(1));
}

/* With one line each event is posted when the last is answered, so that their numbers rise as the log's do. */
static void order_rate(double per_second, double seconds, int lines) {
    long long began = now_ns(), from = got, gap = 1e9 / per_second, late = 0;
    long long many = per_second * seconds, done = 0, awake = live;
    for (int i = 0; i < clients; i++) awake -= all[i].state == LIVE && all[i].stalled;
    latency_count = 0;
    recording = 1;
    while (done < many || got - from < awake * many || answered < published) {
        long long now = now_ns();
        while (done < many && now >= began + done * gap && publish(lines)) done++;
        if (done < many && now > began + (done + 1) * gap) late++;
        turn(done < many ? 1 : 10);
        beat();
        if (now - began > seconds * 1e9 + PATIENCE_NS) fail("not all were told");
    }
    recording = 0;
    qsort(latencies, latency_count, sizeof *latencies, by_size);
    printf("{\"events\": %lld, \"deliveries\": %zu, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, \"late\": %lld, "
           "\"holes\": %lld, \"doubles\": %lld}\n",
           many, latency_count, share(0.5), share(0.99), share(1), late, holes, doubles);
}

static void order_cut(void) {
    for (int i = 0; i < clients; i++) lose(i, 1, 0);
    printf("{\"live\": %d}\n", live);
}

static void order_publish(int many) {
    for (int i = 0; i < many; i++) {
        publish(1);
        while (answered < published) turn(10);
    }
    printf("{\"published\": %lld}\n", published);
}

static void order_back(void) {
    long long began = now_ns(), checked = 0;
    double most = 0;
    window = MOST;
    while (1) {
        dial();
        turn(10);
        if (now_ns() - checked < 5000000) continue;
        checked = now_ns();
        int many = complete(0, clients);
        if (!most && many >= clients * 0.99) most = (checked - began) / 1e9;
        if (many == clients) break;
        if (checked - began > PATIENCE_NS) fail("not all came back");
    }
    printf("{\"most_s\": %.3f, \"all_s\": %.3f, \"holes\": %lld, \"doubles\": %lld}\n", most, (now_ns() - began) / 1e9, holes,
           doubles);
}

static void order_stall(int many) {
    for (int i = 0; i < many; i++) {
        all[i].stalled = 1;
        epoll_ctl(epoll, EPOLL_CTL_DEL, all[i].fd, NULL);
    }
    printf("{\"stalled\": %d}\n", many);
}

static void order_wake(int many) {
    long long began = now_ns(), before = cuts;
    for (int i = 0; i < many; i++) {
        all[i].stalled = 0;
        watched(EPOLL_CTL_ADD, all[i].fd, EPOLLIN, i);
    }
    while (complete(0, clients) < clients) {
        dial();
        turn(10);
        if (now_ns() - began > PATIENCE_NS) fail("not all came back");
    }
    printf("{\"closed\": %lld, \"seconds\": %.3f, \"holes\": %lld, \"doubles\": %lld}\n", cuts - before,
           (now_ns() - began) / 1e9, holes, doubles);
}

static void read_tokens(const char *path) {
    FILE *file = fopen(path, "r");
    char line[4096];
    tokens = calloc(MOST, sizeof *tokens);
    while (file && token_count < MOST && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        tokens[token_count++] = strdup(line);
    }
    if (!token_count) tokens[token_count++] = "";
}

int main(int count, char **given) {
    char line[256];
    int a, b;
    double x, y;
    if (count != 10) return 2;
    words = given;
    port = atoi(given[1]);
    read_tokens(given[2]);
    epoll = epoll_create1(0);
    latencies = malloc(LATENCIES * sizeof *latencies);
    for (int i = 0; i < PUBLISHERS; i++) publishers[i].fd = -1;
    beat_at = now_ns() + BEAT_NS;
    setvbuf(stdin, NULL, _IONBF, 0);
    while (1) {
        struct pollfd order = {.fd = 0, .events = POLLIN};
        while (!poll(&order, 1, 1000)) turn(0), beat();
        if (!fgets(line, sizeof line, stdin)) break;
        if (sscanf(line, "open %d %d", &a, &b) == 2) order_open(a, b);
        else if (sscanf(line, "fan %lf %d", &x, &b) == 2) order_fan(x, b);
        else if (sscanf(line, "rate %lf %lf %d", &x, &y, &a) == 3) order_rate(x, y, a);
        else if (sscanf(line, "publish %d", &a) == 1) order_publish(a);
        else if (sscanf(line, "stall %d", &a) == 1) order_stall(a);
        else if (sscanf(line, "wake %d", &a) == 1) order_wake(a);
        else if (!strncmp(line, "cut", 3)) order_cut();
        else if (!strncmp(line, "back", 4)) order_back();
        else fail("an order that is not known");
        fflush(stdout);
    }
    return 0;
}

/* Thousands of websockets that only count what they are sent: bench/support/crowd.py in C.
 *
 * crowd PORT PATH COUNT AT_ONCE [GREETING]
 *
 * Connects COUNT sockets, AT_ONCE at a time, and says `connected`. GREETING, if there is one, is sent
 * by each as one binary frame. Then every line on standard input is what to wait for: `seq N` (each
 * socket has a message whose first bytes hold "seq":N or more) or `bytes N` (each has N more bytes of
 * payload). It says `waiting`, and `reached FRAMES BYTES LOST` once every socket is there or lost.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { START = 128, BUFFER = 1 << 18, EVENTS = 1024, PING = 0x9, PONG = 0xA, CLOSE = 0x8 };
enum stage { CONNECTING, SHAKING, OPEN, GONE };

struct one {
    int fd;
    enum stage stage;
    int blank;          /* how much of \r\n\r\n was read */
    int there;
    unsigned char head[10];
    int head_length;
    unsigned char start[START];
    int start_length;
    unsigned long long left, bytes, base;
    long long seq;
};

static struct one *all;
static int count, opened, lost, there;
static int by_seq;
static long long target;
static unsigned long long frames, bytes;
static int poller;
static char request[4096];
static const char *greeting;
static unsigned char buffer[BUFFER];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void put(struct one *one, const void *data, size_t size) {
    if (send(one->fd, data, size, MSG_NOSIGNAL) != (ssize_t)size) fail("send");
}

/* A client's frame, masked with zeros; at most 65,535 bytes. */
static void put_frame(struct one *one, int opcode, const void *payload, size_t size) {
    unsigned char frame[START + 4096];
    size_t head = 2;
    frame[0] = 0x80 | opcode;
    if (size < 126) {
        frame[1] = 0x80 | size;
    } else {
        frame[1] = 0x80 | 126;
        frame[2] = size >> 8;
        frame[3] = size & 0xff;
        head = 4;
    }
    memset(frame + head, 0, 4);
    memcpy(frame + head + 4, payload, size);
    put(one, frame, head + 4 + size);
}

static void tell(void) {
    if (target < 0 || there + lost < count) return;
    target = -1;
    printf("reached %llu %llu %d\n", frames, bytes, lost);
    fflush(stdout);
}

static int is_there(const struct one *one) {
    if (one->stage != OPEN || target < 0) return 0;
    return by_seq ? one->seq >= target : one->bytes - one->base >= (unsigned long long)target;
}

static void look(struct one *one) {
    if (one->there || !is_there(one)) return;
    one->there = 1;
    there++;
}

static void drop(struct one *one) {
    if (one->stage != OPEN) {
        fprintf(stderr, "a socket was refused: %.*s\n", one->start_length, one->start);
        exit(1);
    }
    if (one->there) there--;
    one->there = 0;
    one->stage = GONE;
    lost++;
    close(one->fd);
}

static void message_seq(struct one *one) {
    static const char key[] = "\"seq\":";
    int at = 0, end = one->start_length - (int)sizeof key;
    for (; at < end; at++) {
        if (memcmp(one->start + at, key, sizeof key - 1)) continue;
        long long seq = 0;
        for (at += sizeof key - 1; at < one->start_length && one->start[at] >= '0' && one->start[at] <= '9'; at++)
            seq = seq * 10 + (one->start[at] - '0');
        one->seq = seq;
        return;
    }
}

static void frame_ends(struct one *one) {
    int opcode = one->head[0] & 0xf;
    if (opcode == PING) {
        put_frame(one, PONG, one->start, one->start_length);
    } else if (opcode == CLOSE) {
        drop(one);
    } else if (opcode != PONG) {
        frames++;
        if (by_seq) message_seq(one);
    }
    one->head_length = one->start_length = 0;
}

static int head_size(const struct one *one) {
    if (one->head_length < 2) return 2;
    int length = one->head[1] & 0x7f;
    return length < 126 ? 2 : length == 126 ? 4 : 10;
}

static void head_ends(struct one *one) {
    int size = one->head_length;
    one->left = size == 2 ? one->head[1] & 0x7f : 0;
    for (int at = 2; at < size; at++) one->left = one->left << 8 | one->head[at];
}

static void payload(struct one *one, const unsigned char *data, size_t size) {
    size_t kept = START - one->start_length;
    if (kept > size) kept = size;
    memcpy(one->start + one->start_length, data, kept);
    one->start_length += kept;
    one->left -= size;
    if ((one->head[0] & 0xf) < CLOSE) {
        one->bytes += size;
        bytes += size;
    }
}

static void take(struct one *one, const unsigned char *data, size_t size) {
    size_t at = 0;
    while (at < size && one->stage == OPEN) {
        if (one->head_length < head_size(one)) {
            one->head[one->head_length++] = data[at++];
            if (one->head_length < head_size(one)) continue;
            head_ends(one);
            if (one->left) continue;
        } else {
            size_t some = size - at < one->left ? size - at : one->left;
            payload(one, data + at, some);
            at += some;
        }
        if (!one->left) frame_ends(one);
    }
    look(one);
}

static void shake(struct one *one, const unsigned char *data, size_t size) {
    static const char blank[] = "\r\n\r\n";
    for (size_t at = 0; at < size; at++) {
        if (one->start_length < START) one->start[one->start_length++] = data[at];
        one->blank = data[at] == blank[one->blank] ? one->blank + 1 : data[at] == '\r';
        if (one->blank < 4) continue;
        if (one->start_length < 12 || memcmp(one->start, "HTTP/1.1 101", 12)) drop(one);
        one->stage = OPEN;
        one->start_length = 0;
        opened++;
        if (greeting) put_frame(one, 0x2, greeting, strlen(greeting));
        take(one, data + at + 1, size - at - 1);
        return;
    }
}

static void readable(struct one *one) {
    ssize_t size = recv(one->fd, buffer, BUFFER, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) {
        drop(one);
    } else if (one->stage == OPEN) {
        take(one, buffer, size);
    } else {
        shake(one, buffer, size);
    }
}

static void ask(struct one *one) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
    put(one, request, strlen(request));
    one->stage = SHAKING;
    epoll_ctl(poller, EPOLL_CTL_MOD, one->fd, &event);
}

static void begin(struct one *one, int port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = one};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    one->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (one->fd < 0) fail("socket");
    if (connect(one->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) fail("connect");
    if (epoll_ctl(poller, EPOLL_CTL_ADD, one->fd, &event)) fail("epoll_ctl");
}

static void hear(void) {
    char line[64];
    ssize_t size = read(0, line, sizeof line - 1);
    if (size <= 0) exit(0);
    line[size] = 0;
    by_seq = !strncmp(line, "seq ", 4);
    target = atoll(strchr(line, ' ') + 1);
    there = 0;
    for (int at = 0; at < count; at++) {
        all[at].base = all[at].bytes;
        all[at].there = 0;
        look(&all[at]);
    }
    printf("waiting\n");
    fflush(stdout);
}

static void turn(void) {
    struct epoll_event events[EVENTS];
    int found = epoll_wait(poller, events, EVENTS, -1);
    for (int at = 0; at < found; at++) {
        struct one *one = events[at].data.ptr;
        if (!one) {
            hear();
        } else if (one->stage == CONNECTING && events[at].events & (EPOLLOUT | EPOLLERR)) {
            ask(one);
        } else if (one->stage != GONE) {
            readable(one);
        }
    }
    tell();
}

int main(int argc, char **argv) {
    if (argc < 5) return 2;
    int port = atoi(argv[1]), at_once = atoi(argv[4]), begun = 0;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    count = atoi(argv[3]);
    greeting = argc > 5 ? argv[5] : NULL;
    snprintf(request, sizeof request,
             "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\nUpgrade: websocket\r\n"
             "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
             argv[2], port, port);
    all = calloc(count, sizeof *all);
    poller = epoll_create1(0);
    by_seq = 1; /* a seq that comes before anybody waits for one counts */
    target = -1;
    while (opened < count) {
        while (begun < count && begun - opened < at_once) begin(&all[begun++], port);
        turn();
    }
    printf("connected\n");
    fflush(stdout);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, 0, &event)) fail("epoll_ctl");
    for (;;) turn();
}

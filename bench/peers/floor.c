/* The floor: what the kernel alone costs. One thread, epoll, frames made once, nothing looked at.
 *
 * floor PORT joined|each
 *
 * Takes websockets in. A line N on standard input sends a burst of N messages of 1,024 bytes to all:
 * `each` in a send of its own, or `joined` in one send. It serves bench/peers/crowd.c alone: the answer
 * to that one key of the handshake is a constant.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MESSAGE = 1024, FRAME = MESSAGE + 4, MOST = 1000, EVENTS = 1024 };

struct one {
    int fd, open, behind;
    size_t sent, due;
};

static struct one *all[1 << 17];
static int count, poller, joined;
static unsigned char burst[FRAME * MOST];
static const char answer[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static void make_frames(void) {
    for (int at = 0; at < MOST; at++) {
        unsigned char *frame = burst + at * FRAME;
        frame[0] = 0x81;
        frame[1] = 126;
        frame[2] = MESSAGE >> 8;
        frame[3] = MESSAGE & 0xff;
        memset(frame + 4, 'x', MESSAGE);
    }
}

static void watch(struct one *one, unsigned events, int how) {
    struct epoll_event event = {.events = events, .data.ptr = one};
    epoll_ctl(poller, how, one->fd, &event);
}

static void drop(struct one *one) {
    close(one->fd);
    one->open = 0;
}

/* Send what is due; wait for room when the kernel takes no more. All frames are alike. */
static void flush(struct one *one) {
    while (one->sent < one->due) {
        ssize_t size = send(one->fd, burst + one->sent % FRAME, one->due - one->sent, MSG_NOSIGNAL);
        if (size < 0) {
            if (errno != EAGAIN) {
                drop(one);
                return;
            }
            if (!one->behind) watch(one, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
            one->behind = 1;
            return;
        }
        one->sent += size;
    }
    if (one->behind) watch(one, EPOLLIN, EPOLL_CTL_MOD);
    one->behind = 0;
}

static void deliver(int messages) {
    int at_once = joined ? messages : 1;
    for (int done = 0; done < messages; done += at_once) {
        for (int at = 0; at < count; at++) {
            if (!all[at]->open) continue;
            all[at]->due += (size_t)at_once * FRAME;
            if (!all[at]->behind) flush(all[at]);
        }
    }
}

static void take_in(int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (fd < 0) return;
        int yes = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        struct one *one = calloc(1, sizeof *one);
        one->fd = fd;
        watch(one, EPOLLIN, EPOLL_CTL_ADD);
    }
}

static void readable(struct one *one) {
    char data[4096];
    ssize_t size = recv(one->fd, data, sizeof data, 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
        drop(one);
    } else if (!one->open && size > 4 && !memcmp(data + size - 4, "\r\n\r\n", 4)) {
        send(one->fd, answer, sizeof answer - 1, MSG_NOSIGNAL);
        one->open = 1;
        all[count++] = one;
    }
}

static void hear(void) {
    char line[64];
    ssize_t size = read(0, line, sizeof line - 1);
    if (size <= 0) exit(0);
    line[size] = 0;
    int messages = atoi(line);
    if (messages > 0 && messages <= MOST) deliver(messages);
}

static int listen_on(int port) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 4096)) {
        perror("listen");
        exit(1);
    }
    return listener;
}

int main(int argc, char **argv) {
    static struct one keyboard, door;
    struct epoll_event events[EVENTS];
    struct rlimit limit;
    if (argc < 3) return 2;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    joined = !strcmp(argv[2], "joined");
    make_frames();
    poller = epoll_create1(0);
    door.fd = listen_on(atoi(argv[1]));
    watch(&door, EPOLLIN, EPOLL_CTL_ADD);
    watch(&keyboard, EPOLLIN, EPOLL_CTL_ADD);
    for (;;) {
        int found = epoll_wait(poller, events, EVENTS, -1);
        for (int at = 0; at < found; at++) {
            struct one *one = events[at].data.ptr;
            if (one == &door) take_in(door.fd);
            else if (one == &keyboard) hear();
            else if (one->behind && events[at].events & EPOLLOUT) flush(one);
            else readable(one);
        }
    }
}

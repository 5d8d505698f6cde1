/* The limit: an epoll loop that sends each posted text to all who listen, and does nothing else. `hub_limit PORT` */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 65536
#define TEXT 256

enum { NEW, SOCKET, STREAM };

static char kind[MOST];
static int listeners[MOST], place[MOST], many;
static char request[1 << 16];

static void put(int fd, const char *data, size_t size) {
    while (size) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            struct pollfd room = {.fd = fd, .events = POLLOUT};
            poll(&room, 1, 1000);
        } else if (sent < 0) return;
        else data += sent, size -= sent;
    }
}

static void tell(const char *text) {
    char json[1024], socket[1100], stream[1100];
    int size = sprintf(json, "{\"event\":\"tick\",\"data\":{\"text\":\"%s", text);
    while (size < TEXT + 32) json[size++] = 'x';
    size += sprintf(json + size, "\"}}");
    int framed = sprintf(socket, "\x81\x7e%c%c%s", size >> 8, size & 255, json);
    int chunked = sprintf(stream, "%x\r\ndata: %s\n\n\r\n", size + 8, json);
    for (int i = 0; i < many; i++) {
        if (kind[listeners[i]] == SOCKET) put(listeners[i], socket, framed);
        else put(listeners[i], stream, chunked);
    }
}

static void hear(int fd) {
    static const char switching[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    static const char streaming[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    static const char taken[] = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
    ssize_t size = recv(fd, request, sizeof request - 1, 0);
    if (size <= 0) {
        if (kind[fd] != NEW) {
            listeners[place[fd]] = listeners[--many];
            place[listeners[place[fd]]] = place[fd];
        }
        close(fd);
        return;
    }
    request[size] = 0;
    if (kind[fd] != NEW) return; /* pongs */
    if (!strncmp(request, "POST", 4)) {
        char *body = strstr(request, "\r\n\r\n");
        if (body) tell(body + 4);
        put(fd, taken, sizeof taken - 1);
        return;
    }
    kind[fd] = strcasestr(request, "upgrade: websocket") ? SOCKET : STREAM;
    if (kind[fd] == SOCKET) put(fd, switching, sizeof switching - 1);
    else put(fd, streaming, sizeof streaming - 1);
    place[fd] = many;
    listeners[many++] = fd;
}

int main(int count, char **given) {
    int one = 1, server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), epoll = epoll_create1(0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN, .data.fd = server}, events[256];
    if (count != 2) return 2;
    at.sin_port = htons(atoi(given[1]));
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(server, (struct sockaddr *)&at, sizeof at) || listen(server, 4096)) return 1;
    epoll_ctl(epoll, EPOLL_CTL_ADD, server, &event);
    while (1) {
        int ready = epoll_wait(epoll, events, 256, -1);
        for (int e = 0; e < ready; e++) {
            if (events[e].data.fd != server) {
                hear(events[e].data.fd);
                continue;
            }
            for (int fd; (fd = accept4(server, NULL, NULL, SOCK_NONBLOCK)) >= 0 && fd < MOST;) {
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                kind[fd] = NEW;
                event = (struct epoll_event){.events = EPOLLIN, .data.fd = fd};
                epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
            }
        }
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sync-proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct _SyncProxy
{
  GThread *thread;
  int listener;
  int stop[2]; /* a pipe: closing its end ends the thread */
  guint port, to_port;
  SyncProxyFault fault;
  guint64 bytes;
  guint64 passed;
};

static int
open_socket (guint port, gboolean listening)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons ((guint16) port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int result = listening ? bind (fd, (struct sockaddr *) &address, sizeof address)
                         : connect (fd, (struct sockaddr *) &address, sizeof address);

  if (result == 0 && listening)
    result = listen (fd, 16);
  if (result == 0)
    return fd;
  close (fd);
  return -1;
}

/* Passes what is there from one side to the other; FALSE when the connection is over. */
static gboolean
pass (SyncProxy *self, int from, int to, SyncProxyFault direction, guint64 *passed)
{
  guint8 buffer[4096];
  gsize room = sizeof buffer;

  if (direction == self->fault)
    room = MIN (room, self->bytes - *passed);
  ssize_t size = room > 0 ? recv (from, buffer, room, 0) : 0;
  if (size <= 0)
    return FALSE;
  *passed += (guint64) size;
  if (direction == self->fault)
    self->passed = MAX (self->passed, *passed);
  return send (to, buffer, (gsize) size, MSG_NOSIGNAL) == size &&
         (direction != self->fault || *passed < self->bytes);
}

static void
answer_plain (int device)
{
  static const char text[] = "HTTP/1.1 302 Found\r\nLocation: http://sign-in.example/\r\n"
                             "Content-Length: 0\r\nConnection: close\r\n\r\n";
  guint8 buffer[4096];

  if (recv (device, buffer, sizeof buffer, 0) > 0 &&
      send (device, text, strlen (text), MSG_NOSIGNAL) > 0)
    shutdown (device, SHUT_WR);
  while (recv (device, buffer, sizeof buffer, 0) > 0)
    continue;
  close (device);
}

static void
serve (SyncProxy *self, int device)
{
  if (self->fault == SYNC_PROXY_PLAIN)
    {
      answer_plain (device);
      return;
    }
  int portal = self->fault == SYNC_PROXY_STALL ? -1 : open_socket (self->to_port, FALSE);
  guint64 up = 0, down = 0;
  struct pollfd fds[] = { { self->stop[0], POLLIN, 0 },
                          { portal >= 0 ? device : -1, POLLIN, 0 },
                          { portal, POLLIN, 0 } };
  gboolean open = self->fault == SYNC_PROXY_STALL || portal >= 0;

  while (open && poll (fds, G_N_ELEMENTS (fds), -1) > 0 && fds[0].revents == 0)
    {
      if (fds[1].revents != 0)
        open = pass (self, device, portal, SYNC_PROXY_UP, &up);
      if (open && fds[2].revents != 0)
        open = pass (self, portal, device, SYNC_PROXY_DOWN, &down);
    }
  if (portal >= 0)
    close (portal);
  close (device);
}

static gpointer
thread_main (gpointer data)
{
  SyncProxy *self = data;
  struct pollfd fds[] = { { self->stop[0], POLLIN, 0 }, { self->listener, POLLIN, 0 } };

  while (poll (fds, G_N_ELEMENTS (fds), -1) > 0 && fds[0].revents == 0)
    {
      int device = accept (self->listener, NULL, NULL);
      if (device >= 0)
        serve (self, device);
    }
  return NULL;
}

SyncProxy *
sync_proxy_new (guint to_port, SyncProxyFault fault, guint64 bytes)
{
  SyncProxy *self = g_new0 (SyncProxy, 1);
  struct sockaddr_in address;
  socklen_t size = sizeof address;

  self->to_port = to_port;
  self->fault = fault;
  self->bytes = bytes;
  self->listener = open_socket (0, TRUE);
  g_assert_cmpint (self->listener, >=, 0);
  g_assert_cmpint (getsockname (self->listener, (struct sockaddr *) &address, &size), ==, 0);
  self->port = ntohs (address.sin_port);
  g_assert_cmpint (pipe (self->stop), ==, 0);
  self->thread = g_thread_new ("proxy", thread_main, self);
  return self;
}

char *
sync_proxy_get_url (SyncProxy *self)
{
  return g_strdup_printf ("https://127.0.0.1:%u", self->port);
}

guint64
sync_proxy_get_passed (SyncProxy *self)
{
  return self->passed;
}

void
sync_proxy_free (SyncProxy *self)
{
  close (self->stop[1]);
  g_thread_join (self->thread);
  close (self->stop[0]);
  close (self->listener);
  g_free (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* chroot-proc ROOT FOLDER COMMAND ARGUMENT…
 *
 * Runs a command in ROOT where nothing may be mounted, so that ROOT has no /proc, no /sys and no
 * terminals. The kernel stops the command at every system call that names a file and asks here
 * (seccomp user notification): a name below /proc, /sys or among the terminals of /dev is opened
 * out here, on the machine's own, and the descriptor is put into the asking process; any other call
 * goes on untouched. So pseudo-terminals, serial ports and the sanitizers work in a bare chroot.
 *
 * Whatever the command leaves behind is killed when it ends. Exits with its status. ./dev builds
 * this statically and uses it as the last way into its root (root.sh, enter_bare). */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined __x86_64__
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

#define COUNT(array) (sizeof (array) / sizeof (array)[0])
#define NO_FOLDER    (-1)

typedef enum
{
  CALL_OPEN,
  CALL_READLINK,
  CALL_STAT,
  CALL_STATX,
  CALL_ACCESS
} Kind;

/* Where a system call keeps the descriptor of the folder that its path starts from, and the path;
 * the arguments after the path differ by kind. follow_flag: the bit of the flags that forbids to
 * follow a link at the end. */
typedef struct
{
  int number;
  Kind kind;
  int folder;
  int path;
  bool follows;
} Call;

static const Call calls[] = {
  { SYS_openat, CALL_OPEN, 0, 1, true },
  { SYS_readlinkat, CALL_READLINK, 0, 1, false },
  { SYS_newfstatat, CALL_STAT, 0, 1, true },
  { SYS_statx, CALL_STATX, 0, 1, true },
  { SYS_faccessat, CALL_ACCESS, 0, 1, true },
  { SYS_faccessat2, CALL_ACCESS, 0, 1, true },
#ifdef SYS_open
  { SYS_open, CALL_OPEN, NO_FOLDER, 0, true },
  { SYS_readlink, CALL_READLINK, NO_FOLDER, 0, false },
  { SYS_stat, CALL_STAT, NO_FOLDER, 0, true },
  { SYS_lstat, CALL_STAT, NO_FOLDER, 0, false },
  { SYS_access, CALL_ACCESS, NO_FOLDER, 0, true },
#endif
};

typedef struct
{
  int listener;
  const char *root;
  const struct seccomp_notif *request;
  const Call *call;
  char path[PATH_MAX]; /* as the process wrote it */
  char host[PATH_MAX]; /* as it is called out here */
} Question;

static void
fail (const char *what)
{
  fprintf (stderr, "chroot-proc: %s: %s\n", what, strerror (errno));
  exit (125);
}

static unsigned long long
argument (const Question *question, int after_path)
{
  return question->request->data.args[question->call->path + after_path];
}

/* Reads a string of another process, page by page as it may end just before memory that is not
 * there. */
static bool
read_string (pid_t pid, unsigned long long address, char *text, size_t size)
{
  size_t have = 0;

  while (have < size)
    {
      size_t chunk = 4096 - (address + have) % 4096;
      struct iovec to = { text + have, chunk < size - have ? chunk : size - have };
      struct iovec from = { (void *) (address + have), to.iov_len };
      ssize_t n = process_vm_readv (pid, &to, 1, &from, 1, 0);

      if (n <= 0)
        return false;
      if (memchr (text + have, '\0', n) != NULL)
        return true;
      have += n;
    }
  return false;
}

static bool
write_bytes (pid_t pid, unsigned long long address, const void *bytes, size_t size)
{
  struct iovec from = { (void *) bytes, size };
  struct iovec to = { (void *) address, size };

  return process_vm_writev (pid, &from, 1, &to, 1, 0) == (ssize_t) size;
}

/* The process that a thread belongs to. */
static pid_t
process_of (pid_t thread)
{
  char name[64];
  char line[128];
  pid_t process = thread;
  FILE *status;

  snprintf (name, sizeof name, "/proc/%d/status", thread);
  status = fopen (name, "re");
  if (status == NULL)
    return thread;
  while (fgets (line, sizeof line, status) != NULL)
    {
      if (strncmp (line, "Tgid:", 5) == 0)
        {
          process = atoi (line + 5);
          break;
        }
    }
  fclose (status);
  return process;
}

/* What follows prefix in path, if path is prefix or lies below it. */
static const char *
below (const char *path, const char *prefix)
{
  size_t length = strlen (prefix);

  if (strncmp (path, prefix, length) != 0 || (path[length] != '\0' && path[length] != '/'))
    return NULL;
  return path + length;
}

static bool
is_terminal_name (const char *path)
{
  return strcmp (path, "/dev/ptmx") == 0 || below (path, "/dev/pts") != NULL ||
         below (path, "/dev/serial") != NULL ||
         (strncmp (path, "/dev/tty", 8) == 0 && path[8] != '\0');
}

/* Sets question->host if path is one that is answered out here. */
static bool
name_out_here (Question *question, const char *path)
{
  static const char *const streams[] = { "/dev/stdin", "/dev/stdout", "/dev/stderr" };
  pid_t thread = question->request->pid;
  const char *rest;

  if ((rest = below (path, "/proc/self")) != NULL)
    snprintf (question->host, PATH_MAX, "/proc/%d%s", process_of (thread), rest);
  else if ((rest = below (path, "/proc/thread-self")) != NULL)
    snprintf (question->host, PATH_MAX, "/proc/%d/task/%d%s", process_of (thread), thread, rest);
  else if ((rest = below (path, "/dev/fd")) != NULL)
    snprintf (question->host, PATH_MAX, "/proc/%d/fd%s", process_of (thread), rest);
  else if (below (path, "/proc") != NULL || below (path, "/sys") != NULL || is_terminal_name (path))
    snprintf (question->host, PATH_MAX, "%s", path);
  else
    {
      for (size_t i = 0; i < COUNT (streams); i++)
        {
          if (strcmp (path, streams[i]) == 0)
            {
              snprintf (question->host, PATH_MAX, "/proc/%d/fd/%zu", process_of (thread), i);
              return true;
            }
        }
      return false;
    }
  return true;
}

static bool
follows_links (const Question *question)
{
  switch (question->call->kind)
    {
    case CALL_OPEN:
      return (argument (question, 1) & O_NOFOLLOW) == 0;
    case CALL_STAT:
      return question->call->follows && (question->call->folder == NO_FOLDER ||
                                         (argument (question, 2) & AT_SYMLINK_NOFOLLOW) == 0);
    case CALL_STATX:
      return (argument (question, 1) & AT_SYMLINK_NOFOLLOW) == 0;
    default:
      return question->call->follows;
    }
}

/* Whether the path leads out here, by its name or because it is a link to such a name. */
static bool
leads_out (Question *question)
{
  const char *path = question->path;
  char link[PATH_MAX * 2];
  char target[PATH_MAX];
  pid_t thread = question->request->pid;
  ssize_t n;

  if (path[0] == '\0')
    return false;
  if (path[0] == '/' && name_out_here (question, path))
    return true;
  if (!follows_links (question))
    return false;
  if (path[0] == '/')
    snprintf (link, sizeof link, "%s%s", question->root, path);
  else if (question->call->folder == NO_FOLDER ||
           (int) question->request->data.args[question->call->folder] == AT_FDCWD)
    snprintf (link, sizeof link, "/proc/%d/cwd/%s", thread, path);
  else
    snprintf (link, sizeof link, "/proc/%d/fd/%d/%s", thread,
              (int) question->request->data.args[question->call->folder], path);
  n = readlink (link, target, sizeof target - 1);
  if (n <= 0 || target[0] != '/')
    return false;
  target[n] = '\0';
  return name_out_here (question, target);
}

static void
answer (const Question *question, long long value, int error, unsigned flags)
{
  struct seccomp_notif_resp response = { .id = question->request->id,
                                         .val = error == 0 ? value : 0,
                                         .error = -error,
                                         .flags = flags };

  /* an error means that the process is gone or was interrupted and will ask again */
  (void) ioctl (question->listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

static void
let_go_on (const Question *question)
{
  answer (question, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

static void
answer_open (const Question *question)
{
  int flags = argument (question, 1);
  int fd;
  struct seccomp_notif_addfd add = { .id = question->request->id,
                                     .flags = SECCOMP_ADDFD_FLAG_SEND };

  /* never wait here, and never get a controlling terminal here */
  fd = open (question->host, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
             (mode_t) argument (question, 2));
  if (fd < 0)
    {
      answer (question, 0, errno, 0);
      return;
    }
  if ((flags & (O_NONBLOCK | O_PATH)) == 0)
    (void) fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) & ~O_NONBLOCK);
  add.srcfd = fd;
  add.newfd_flags = flags & O_CLOEXEC;
  if (ioctl (question->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) < 0 && errno == EINVAL)
    {
      int given;

      add.flags = 0;
      given = ioctl (question->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
      answer (question, given, given < 0 ? errno : 0, 0);
    }
  close (fd);
}

static void
answer_readlink (const Question *question)
{
  char target[PATH_MAX];
  const char *shown = target;
  size_t size = argument (question, 2);
  ssize_t n;

  if (strcmp (question->path, "/proc/self") == 0)
    n = snprintf (target, sizeof target, "%d", process_of (question->request->pid));
  else
    n = readlink (question->host, target, sizeof target - 1);
  if (n < 0)
    {
      answer (question, 0, errno, 0);
      return;
    }
  target[n] = '\0';
  if (below (target, question->root) != NULL)
    shown = below (target, question->root);
  if (*shown == '\0')
    shown = "/";
  size = strlen (shown) < size ? strlen (shown) : size;
  if (write_bytes (question->request->pid, argument (question, 1), shown, size))
    answer (question, size, 0, 0);
  else
    answer (question, 0, EFAULT, 0);
}

static void
answer_stat (const Question *question)
{
  struct stat plain;
  struct statx extended;
  bool is_statx = question->call->kind == CALL_STATX;
  int follow = follows_links (question) ? 0 : AT_SYMLINK_NOFOLLOW;
  int result = is_statx ? statx (AT_FDCWD, question->host, argument (question, 1),
                                 argument (question, 2), &extended)
                        : fstatat (AT_FDCWD, question->host, &plain, follow);

  if (result < 0)
    answer (question, 0, errno, 0);
  else if (write_bytes (question->request->pid, argument (question, is_statx ? 3 : 1),
                        is_statx ? (void *) &extended : (void *) &plain,
                        is_statx ? sizeof extended : sizeof plain))
    answer (question, 0, 0, 0);
  else
    answer (question, 0, EFAULT, 0);
}

static void
answer_access (const Question *question)
{
  int result = faccessat (AT_FDCWD, question->host, argument (question, 1), 0);

  answer (question, 0, result < 0 ? errno : 0, 0);
}

static void
serve (int listener, const char *root, const struct seccomp_notif *request)
{
  Question question = { .listener = listener, .root = root, .request = request };

  for (size_t i = 0; i < COUNT (calls); i++)
    {
      if (calls[i].number == request->data.nr)
        question.call = &calls[i];
    }
  if (question.call == NULL ||
      !read_string (request->pid, argument (&question, 0), question.path, PATH_MAX) ||
      !leads_out (&question))
    {
      let_go_on (&question);
      return;
    }
  switch (question.call->kind)
    {
    case CALL_OPEN:
      answer_open (&question);
      break;
    case CALL_READLINK:
      answer_readlink (&question);
      break;
    case CALL_ACCESS:
      answer_access (&question);
      break;
    default:
      answer_stat (&question);
    }
}

/* Installs the filter in this process; its children inherit it. */
static int
install_filter (void)
{
  struct sock_filter program[4 + 2 * COUNT (calls) + 1];
  struct sock_fprog filter = { .filter = program };
  unsigned short n = 0;
  int listener;

  program[n++] = (struct sock_filter) BPF_STMT (BPF_LD | BPF_W | BPF_ABS,
                                                offsetof (struct seccomp_data, arch));
  program[n++] = (struct sock_filter) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
  program[n++] = (struct sock_filter) BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  program[n++] =
      (struct sock_filter) BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr));
  for (size_t i = 0; i < COUNT (calls); i++)
    {
      program[n++] =
          (struct sock_filter) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, 0, 1);
      program[n++] = (struct sock_filter) BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    }
  program[n++] = (struct sock_filter) BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  filter.len = n;
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    return -1;
  listener = syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                      SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
                      &filter);
  if (listener < 0)
    listener =
        syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
  return listener;
}

/* Hands a descriptor to the other end of a socket pair, or takes one (-1: none came). */
static int
pass_descriptor (int socket, int fd)
{
  char byte = 0;
  char control[CMSG_SPACE (sizeof (int))] = { 0 };
  struct iovec data = { &byte, 1 };
  struct msghdr message = { .msg_iov = &data,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control };
  struct cmsghdr *header = CMSG_FIRSTHDR (&message);

  if (fd >= 0)
    {
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN (sizeof fd);
      memcpy (CMSG_DATA (header), &fd, sizeof fd);
      return sendmsg (socket, &message, 0) < 0 ? -1 : fd;
    }
  if (recvmsg (socket, &message, MSG_CMSG_CLOEXEC) <= 0 || message.msg_controllen < sizeof control)
    return -1;
  memcpy (&fd, CMSG_DATA (CMSG_FIRSTHDR (&message)), sizeof fd);
  return fd;
}

static void
be_command (int socket, const sigset_t *mask, char **argv)
{
  int listener;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  sigprocmask (SIG_SETMASK, mask, NULL);
  listener = install_filter ();
  if (listener < 0 || pass_descriptor (socket, listener) < 0)
    fail ("this machine does not let file names be answered from outside");
  close (listener);
  close (socket);
  if (chroot (argv[1]) < 0)
    fail (argv[1]);
  if (chdir (argv[2]) < 0)
    fail (argv[2]);
  execvp (argv[3], argv + 3);
  fail (argv[3]);
}

/* Kills what the command left; orphans come to this process, so its children are all there is. */
static void
kill_the_rest (void)
{
  char name[64];
  char line[4096];

  snprintf (name, sizeof name, "/proc/self/task/%d/children", getpid ());
  while (waitpid (-1, NULL, WNOHANG) >= 0)
    {
      FILE *list = fopen (name, "re");

      if (list == NULL)
        return;
      while (fscanf (list, "%4095s", line) == 1)
        kill (atoi (line), SIGKILL);
      fclose (list);
      usleep (2000);
    }
}

/* Answers until the command has ended, and gives its status. */
static int
supervise (int listener, int signals, pid_t command, const char *root)
{
  struct pollfd watched[] = { { signals, POLLIN, 0 }, { listener, POLLIN, 0 } };
  struct signalfd_siginfo signal;
  struct seccomp_notif request;
  int status;
  pid_t pid;

  for (;;)
    {
      if (poll (watched, listener < 0 ? 1 : 2, -1) < 0 && errno != EINTR)
        fail ("poll");
      if ((watched[1].revents & POLLIN) != 0)
        {
          memset (&request, 0, sizeof request);
          if (ioctl (listener, SECCOMP_IOCTL_NOTIF_RECV, &request) == 0)
            serve (listener, root, &request);
        }
      else if ((watched[1].revents & POLLHUP) != 0)
        watched[1].fd = -1;
      if ((watched[0].revents & POLLIN) == 0 ||
          read (signals, &signal, sizeof signal) != sizeof signal)
        continue;
      if (signal.ssi_signo != SIGCHLD)
        kill (command, signal.ssi_signo);
      while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
        {
          if (pid != command)
            continue;
          kill_the_rest ();
          return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
        }
    }
}

int
main (int argc, char **argv)
{
  sigset_t handled;
  sigset_t before;
  int sockets[2];
  int signals;
  pid_t command;
  char *root;

  if (argc < 4)
    {
      fputs ("usage: chroot-proc ROOT FOLDER COMMAND ARGUMENT…\n", stderr);
      return 125;
    }
  root = realpath (argv[1], NULL);
  if (root == NULL)
    fail (argv[1]);
  sigemptyset (&handled);
  sigaddset (&handled, SIGCHLD);
  sigaddset (&handled, SIGTERM);
  sigaddset (&handled, SIGHUP);
  sigprocmask (SIG_BLOCK, &handled, &before);
  signals = signalfd (-1, &handled, SFD_CLOEXEC);
  if (signals < 0 || socketpair (AF_UNIX, SOCK_STREAM, 0, sockets) < 0)
    fail ("signalfd");
  prctl (PR_SET_CHILD_SUBREAPER, 1);
  command = fork ();
  if (command < 0)
    fail ("fork");
  if (command == 0)
    {
      close (sockets[0]);
      be_command (sockets[1], &before, argv);
    }
  close (sockets[1]);
  return supervise (pass_descriptor (sockets[0], -1), signals, command, root);
}

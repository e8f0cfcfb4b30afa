#include "child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

extern char **environ;

namespace ebb::gpu_check {
namespace {

using Clock = std::chrono::steady_clock;

// A driver may take long to take a context away that hangs.
constexpr double kKillSeconds = 15;

Clock::time_point in(double seconds) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_, O_CLOEXEC) != 0) throw std::runtime_error("no pipe could be made");
  }
  ~Pipe() {
    close_read();
    close_write();
  }
  Pipe(const Pipe &) = delete;
  Pipe &operator=(const Pipe &) = delete;
  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void close_read() { close_end(0); }
  void close_write() { close_end(1); }

 private:
  void close_end(int i) {
    if (ends_[i] >= 0) close(ends_[i]);
    ends_[i] = -1;
  }
  int ends_[2];
};

// In a process group of its own, so that it can be ended with all that it starts. 0: it could not be started.
pid_t start(const std::vector<std::string> &command, Pipe &in, Pipe &out) {
  std::vector<char *> argv;
  for (const std::string &word : command) argv.push_back(const_cast<char *>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&files, in.read_end(), 0);
  posix_spawn_file_actions_adddup2(&files, out.write_end(), 1);
  posix_spawn_file_actions_adddup2(&files, out.write_end(), 2);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  pid_t pid = 0;
  if (posix_spawnp(&pid, argv[0], &files, &attributes, argv.data(), environ) != 0) pid = 0;
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  in.close_read();
  out.close_write();
  return pid;
}

void give(Pipe &in, const std::string &input) {
  const auto old = signal(SIGPIPE, SIG_IGN);  // a child that does not read is no reason to end
  size_t given = 0;
  while (given < input.size()) {
    const ssize_t n = write(in.write_end(), input.data() + given, input.size() - given);
    if (n <= 0) break;
    given += static_cast<size_t>(n);
  }
  signal(SIGPIPE, old);
  in.close_write();
}

// Hands out whole lines, and what is left at the end.
class Lines {
 public:
  explicit Lines(const std::function<void(const std::string &)> &on_line) : on_line_(on_line) {}
  void take(const char *text, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      if (text[i] == '\n') {
        on_line_(line_);
        line_.clear();
      } else {
        line_ += text[i];
      }
    }
  }
  void end() {
    if (!line_.empty()) on_line_(line_);
    line_.clear();
  }

 private:
  const std::function<void(const std::string &)> &on_line_;
  std::string line_;
};

// Reads until the end of the output, or a limit.
Ending read_all(int from, const ChildLimits &limits, Lines &lines) {
  const Clock::time_point time_up = in(limits.seconds);
  Clock::time_point silent = in(limits.silence);
  for (;;) {
    const Clock::time_point next = std::min(time_up, silent);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next - Clock::now()).count();
    pollfd wanted{from, POLLIN, 0};
    if (left <= 0 || poll(&wanted, 1, static_cast<int>(std::min<int64_t>(left, 60'000))) == 0) {
      if (Clock::now() < next) continue;
      return next == time_up ? Ending::kTimeUp : Ending::kSilent;
    }
    char text[4096];
    const ssize_t n = read(from, text, sizeof(text));
    if (n <= 0) return Ending::kItself;
    lines.take(text, static_cast<size_t>(n));
    silent = in(limits.silence);
  }
}

bool ends_soon(pid_t pid, int &status) {
  const Clock::time_point late = in(kKillSeconds);
  while (waitpid(pid, &status, WNOHANG) == 0) {
    if (Clock::now() > late) return false;
    usleep(10'000);
  }
  return true;
}

// The exit status as a shell gives it. One that has closed its output may still hang at its end.
int status_of(pid_t pid) {
  int status = 0;
  if (!ends_soon(pid, status)) {
    kill(-pid, SIGKILL);
    if (!ends_soon(pid, status)) return 128 + SIGKILL;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

ChildEnd run_child(const std::vector<std::string> &command, const std::string &input, const ChildLimits &limits,
                   const std::function<void(const std::string &)> &on_line) {
  const auto begin = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  Pipe to, out;
  const pid_t pid = start(command, to, out);
  if (pid == 0) {
    on_line(command[0] + " cannot be started");
    return {127, Ending::kItself, seconds()};
  }
  give(to, input);
  Lines lines(on_line);
  const Ending how = read_all(out.read_end(), limits, lines);
  if (how != Ending::kItself) kill(-pid, SIGKILL);
  lines.end();
  const int status = status_of(pid);
  return {status, how, seconds()};
}

}  // namespace ebb::gpu_check

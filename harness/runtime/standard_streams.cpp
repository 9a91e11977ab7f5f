#include "harness/runtime/standard_streams.h"

#include <stdio.h>
#include <stdio_ext.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <iostream>
#include <locale>

namespace heddle::standard_streams {
namespace {

char g_output_buffer[BUFSIZ];
char g_input_buffer[BUFSIZ];
int g_output_mode = _IOFBF;
bool g_has_input = false;  // a file, which can be read again
FILE g_output = {};        // stdout as the last restore left it

// Nearly all runs leave stdout as it was. One that has seen wide characters keeps them elsewhere.
bool output_is_untouched() {
  return stdout->_mode <= 0 && std::memcmp(stdout, &g_output, sizeof g_output) == 0;
}

void set_buffers() {
  setvbuf(stdout, g_output_buffer, g_output_mode, sizeof g_output_buffer);
  std::memcpy(&g_output, stdout, sizeof g_output);
  if (g_has_input) setvbuf(stdin, g_input_buffer, _IOFBF, sizeof g_input_buffer);
}

}  // namespace

void prepare() {
  struct stat input = {};
  g_has_input = fstat(STDIN_FILENO, &input) == 0 && S_ISREG(input.st_mode);
  if (isatty(STDOUT_FILENO) != 0) g_output_mode = _IOLBF;
  // Made at its first use, by a call that is a step of the thread: the first run would have one
  // more than all others, and its tokens would fit no other.
  std::locale::classic();
  // What constructors have written.
  fflush(stdout);
  set_buffers();
}

void restore() {
  if (!g_has_input && output_is_untouched()) return;
  __fpurge(stdout);
  if (g_has_input) {
    __fpurge(stdin);
    clearerr(stdin);
    lseek(STDIN_FILENO, 0, SEEK_SET);
    std::cin.clear();
  }
  // Once more, since a program may set buffers of its own.
  set_buffers();
}

}  // namespace heddle::standard_streams

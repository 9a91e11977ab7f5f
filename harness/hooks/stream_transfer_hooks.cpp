// Input and output of files and streams, as uses of their position.
#include <stdarg.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

#include "harness/hooks/file_positions.h"
#include "harness/hooks/next_function.h"

#define HEDDLE_EXPORT extern "C" __attribute__((visibility("default")))
#define HEDDLE_PC reinterpret_cast<heddle::Address>(__builtin_return_address(0))

// The names and signatures below are the C library's.
#pragma GCC diagnostic ignored "-Wmissing-declarations"
#undef putc

// No header names it: they call it vfscanf.
extern "C" int __isoc99_vfscanf(FILE* stream, const char* format, va_list arguments);

using namespace heddle::hidden_state;  // NOLINT(google-build-using-namespace): its own hooks

HEDDLE_EXPORT ssize_t readv(int file, const iovec* parts, int count) {
  use_file_offset(file, HEDDLE_PC);
  return HEDDLE_NEXT(readv)(file, parts, count);
}

HEDDLE_EXPORT ssize_t write(int file, const void* data, size_t size) {
  use_file_output(file, HEDDLE_PC);
  return HEDDLE_NEXT(write)(file, data, size);
}

HEDDLE_EXPORT ssize_t writev(int file, const iovec* parts, int count) {
  use_file_output(file, HEDDLE_PC);
  return HEDDLE_NEXT(writev)(file, parts, count);
}

// A hook that says how the stream is used and goes on to the C library's function. `arguments` in
// brackets.
#define HEDDLE_STREAM(use, result, name, parameters, arguments) \
  HEDDLE_EXPORT result name parameters {                        \
    const StreamUse held = use(stream, HEDDLE_PC);              \
    return HEDDLE_NEXT(name) arguments;                         \
  }

HEDDLE_STREAM(use_stream_input, size_t, fread,
              (void* data, size_t size, size_t count, FILE* stream), (data, size, count, stream))
HEDDLE_STREAM(use_stream_input, char*, fgets, (char* text, int size, FILE* stream),
              (text, size, stream))
HEDDLE_STREAM(use_stream_input, ssize_t, getline, (char** line, size_t* size, FILE* stream),
              (line, size, stream))
HEDDLE_STREAM(use_stream_input, ssize_t, getdelim,
              (char** line, size_t* size, int delimiter, FILE* stream),
              (line, size, delimiter, stream))
HEDDLE_STREAM(use_stream_output, size_t, fwrite,
              (const void* data, size_t size, size_t count, FILE* stream),
              (data, size, count, stream))
HEDDLE_STREAM(use_stream_output, int, fputs, (const char* text, FILE* stream), (text, stream))
HEDDLE_STREAM(use_stream_output, int, fputc, (int character, FILE* stream), (character, stream))
HEDDLE_STREAM(use_stream_output, int, putc, (int character, FILE* stream), (character, stream))
HEDDLE_STREAM(use_stream_output, int, vfprintf,
              (FILE * stream, const char* format, va_list arguments), (stream, format, arguments))

HEDDLE_EXPORT int puts(const char* text) {
  const StreamUse held = use_stream_output(stdout, HEDDLE_PC);
  return HEDDLE_NEXT(puts)(text);
}

HEDDLE_EXPORT int putchar(int character) {
  const StreamUse held = use_stream_output(stdout, HEDDLE_PC);
  return HEDDLE_NEXT(putchar)(character);
}

HEDDLE_EXPORT int fprintf(FILE* stream, const char* format, ...) {
  const StreamUse held = use_stream_output(stream, HEDDLE_PC);
  va_list arguments;
  va_start(arguments, format);
  const int result = HEDDLE_NEXT(vfprintf)(stream, format, arguments);
  va_end(arguments);
  return result;
}

HEDDLE_EXPORT int printf(const char* format, ...) {
  const StreamUse held = use_stream_output(stdout, HEDDLE_PC);
  va_list arguments;
  va_start(arguments, format);
  const int result = HEDDLE_NEXT(vfprintf)(stdout, format, arguments);
  va_end(arguments);
  return result;
}

HEDDLE_EXPORT int __isoc99_fscanf(FILE* stream, const char* format, ...) {
  const StreamUse held = use_stream_input(stream, HEDDLE_PC);
  va_list arguments;
  va_start(arguments, format);
  const int result = HEDDLE_NEXT(__isoc99_vfscanf)(stream, format, arguments);
  va_end(arguments);
  return result;
}

HEDDLE_EXPORT int __isoc99_scanf(const char* format, ...) {
  const StreamUse held = use_stream_input(stdin, HEDDLE_PC);
  va_list arguments;
  va_start(arguments, format);
  const int result = HEDDLE_NEXT(__isoc99_vfscanf)(stdin, format, arguments);
  va_end(arguments);
  return result;
}

// What functions of the C library do to memory of the program: each of them once in a thread, while
// main accesses the same memory.
//
//   library_calls            lists the functions; "tsan": ThreadSanitizer has a hook for it too
//   library_calls NAME       a data race
//   library_calls NAME lock  the same, in order
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <iconv.h>
#include <inttypes.h>
#include <libintl.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

// What the thread and main share.
static union {
  char text[64];
  wchar_t wide[16];
  int numbers[16];
  char* pointer;
  size_t size;
  time_t time;
  struct tm tm;
  struct timespec timespec;
  struct stat stat;
  struct statvfs statvfs;
  struct sysinfo sysinfo;
  struct utsname utsname;
  sigset_t signals;
  struct in_addr address;
  double real;
  pthread_t thread;
  pthread_attr_t attributes;
  sched_param scheduled;
} shared;

// The thread's own. A compiler that knew the values would not call the library.
static char buffer[1024];
static const char* volatile text = "abcdefg";
static const wchar_t* volatile wide_text = L"abcdefg";
static volatile size_t size = 8;
static volatile int zero = 0;
static volatile double number = 1.5;
static volatile long sink;
static size_t line_size;
static time_t epoch;
static in_addr any_address;
static tm calendar;
static pthread_attr_t attributes;
static char program[] = "program";
static char* arguments[] = {program, nullptr, nullptr};

static iovec* shared_part() {
  static iovec part;
  part = {shared.text, size};
  return &part;
}

static FILE* input_stream() {
  static char contents[] = "12 word 34\nnext\n";
  return fmemopen(contents, sizeof contents - 1, "r");
}

static int input_file() {
  return open("/proc/self/exe", O_RDONLY);
}

static FILE* output_stream() {
  return fopen("/dev/null", "w");
}

static int output_file() {
  return open("/dev/null", O_WRONLY);
}

static int print_list(char* to, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(to, 64, format, arguments);
  va_end(arguments);
  return length;
}

static int scan_list(const char* from, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int count = vsscanf(from, format, arguments);
  va_end(arguments);
  return count;
}

static void make_thread(pthread_t* thread) {
  pthread_t made;
  pthread_create(
      thread, nullptr, [](void*) -> void* { return nullptr; }, nullptr);
  memcpy(&made, thread, sizeof made);
  pthread_join(made, nullptr);
}

static int ascending(const void* first, const void* second) {
  return *static_cast<const int*>(first) - *static_cast<const int*>(second);
}

static int ascending_with(const void* first, const void* second, void*) {
  return ascending(first, second);
}

// READS: the function reads from `shared`, and main writes there. WRITES: it writes, and main
// reads. The last word: whether ThreadSanitizer has a hook for the function too.
#define FUNCTIONS(READS, WRITES)                                                                   \
  WRITES(memcpy, memcpy(shared.text, text, size), yes)                                             \
  READS(memcpy_from, memcpy(buffer, shared.text, size), yes)                                       \
  WRITES(mempcpy, mempcpy(shared.text, text, size), no)                                            \
  WRITES(memmove, memmove(shared.text, text, size), yes)                                           \
  READS(memmove_from, memmove(buffer, shared.text, size), yes)                                     \
  WRITES(memset, memset(shared.text, zero, size), yes)                                             \
  WRITES(bzero, bzero(shared.text, size), yes)                                                     \
  WRITES(bcopy, bcopy(text, shared.text, size), no)                                                \
  WRITES(explicit_bzero, explicit_bzero(shared.text, size), no)                                    \
  WRITES(memccpy, memccpy(shared.text, text, 'c', size), no)                                       \
  READS(memcmp, sink = memcmp(shared.text, text, size), yes)                                       \
  READS(memchr, sink = memchr(shared.text, 'c', size) != nullptr, yes)                             \
  READS(memrchr, sink = memrchr(shared.text, 'c', size) != nullptr, yes)                           \
  READS(rawmemchr, sink = rawmemchr(shared.text, 'c') != nullptr, no)                              \
  READS(memmem, sink = memmem(shared.text, size, text, 2) != nullptr, yes)                         \
  READS(strlen, sink = (long)strlen(shared.text), yes)                                             \
  READS(strnlen, sink = (long)strnlen(shared.text, size), yes)                                     \
  READS(strcmp, sink = strcmp(shared.text, text), yes)                                             \
  READS(strncmp, sink = strncmp(shared.text, text, size), yes)                                     \
  READS(strcasecmp, sink = strcasecmp(shared.text, text), yes)                                     \
  READS(strncasecmp, sink = strncasecmp(shared.text, text, size), yes)                             \
  READS(strcoll, sink = strcoll(shared.text, text), no)                                            \
  READS(strchr, sink = strchr(shared.text, 'c' + zero) != nullptr, yes)                            \
  READS(strchrnul, sink = *strchrnul(shared.text, 'c' + zero), yes)                                \
  READS(strrchr, sink = strrchr(shared.text, 'c' + zero) != nullptr, yes)                          \
  READS(strstr, sink = strstr(shared.text, text) != nullptr, yes)                                  \
  READS(strstr_wanted, sink = strstr(text, shared.text) != nullptr, yes)                           \
  READS(strcasestr, sink = strcasestr(shared.text, text) != nullptr, yes)                          \
  READS(strspn, sink = (long)strspn(shared.text, text), yes)                                       \
  READS(strcspn, sink = (long)strcspn(text, shared.text), yes)                                     \
  READS(strpbrk, sink = strpbrk(shared.text, text) != nullptr, yes)                                \
  WRITES(strcpy, strcpy(shared.text, text), yes)                                                   \
  READS(strcpy_from, strcpy(buffer, shared.text), yes)                                             \
  WRITES(stpcpy, stpcpy(shared.text, text), no)                                                    \
  WRITES(strncpy, strncpy(shared.text, text, size), yes)                                           \
  WRITES(stpncpy, stpncpy(shared.text, text, size), no)                                            \
  WRITES(strcat, strcat(shared.text, text), no)                                                    \
  WRITES(strncat, strncat(shared.text, text, size), no)                                            \
  READS(strdup, free(strdup(shared.text)), no)                                                     \
  READS(strndup, free(strndup(shared.text, size)), yes)                                            \
  WRITES(strxfrm, strxfrm(shared.text, text, size), yes)                                           \
  WRITES(strerror_r, sink = *strerror_r(9999, shared.text, 64), yes)                               \
  WRITES(wmemcpy, wmemcpy(shared.wide, wide_text, size), no)                                       \
  WRITES(wmemmove, wmemmove(shared.wide, wide_text, size), no)                                     \
  WRITES(wmemset, wmemset(shared.wide, zero, size), no)                                            \
  READS(wmemcmp, sink = wmemcmp(shared.wide, wide_text, size), no)                                 \
  READS(wmemchr, sink = wmemchr(shared.wide, L'c', size) != nullptr, no)                           \
  READS(wcslen, sink = (long)wcslen(shared.wide), yes)                                             \
  READS(wcsnlen, sink = (long)wcsnlen(shared.wide, size), yes)                                     \
  READS(wcscmp, sink = wcscmp(shared.wide, wide_text), no)                                         \
  READS(wcsncmp, sink = wcsncmp(shared.wide, wide_text, size), no)                                 \
  WRITES(wcscpy, wcscpy(shared.wide, wide_text), no)                                               \
  WRITES(wcsncpy, wcsncpy(shared.wide, wide_text, size), no)                                       \
  WRITES(wcscat, wcscat(shared.wide, wide_text), yes)                                              \
  WRITES(wcsncat, wcsncat(shared.wide, wide_text, 3), yes)                                         \
  READS(wcsdup, free(wcsdup(shared.wide)), yes)                                                    \
  WRITES(mbstowcs, sink = (long)mbstowcs(shared.wide, text, size), yes)                            \
  WRITES(wcstombs, sink = (long)wcstombs(shared.text, wide_text, size), yes)                       \
  WRITES(wctomb, sink = wctomb(shared.text, L'x'), yes)                                            \
  WRITES(wcrtomb, sink = (long)wcrtomb(shared.text, L'x', nullptr), yes)                           \
  WRITES(sprintf, sprintf(shared.text, "%d files", zero), yes)                                     \
  WRITES(snprintf, snprintf(shared.text, size, "%d files", zero), yes)                             \
  WRITES(vsnprintf, print_list(shared.text, "%d files", zero), yes)                                \
  READS(snprintf_argument, snprintf(buffer, size, "%s %.1f", shared.text, number), yes)            \
  READS(snprintf_format, snprintf(buffer, size, shared.text), yes)                                 \
  WRITES(snprintf_counted, snprintf(buffer, size, "ab%n", &shared.numbers[0]), yes)                \
  WRITES(asprintf, (sink = asprintf(&shared.pointer, "%d", zero)), yes)                            \
  READS(fprintf, fprintf(output_stream(), "%s", shared.text), yes)                                 \
  READS(printf, printf("%s", shared.text), yes)                                                    \
  READS(dprintf, dprintf(output_file(), "%s", shared.text), no)                                    \
  WRITES(sscanf, sink = sscanf("7 8", "%*d %d", &shared.numbers[0]), yes)                          \
  WRITES(sscanf_text, sink = sscanf("word", "%60s", shared.text), yes)                             \
  WRITES(sscanf_letters, sink = sscanf("word", "%3c", shared.text), yes)                           \
  WRITES(vsscanf, sink = scan_list("7", "%d", &shared.numbers[0]), yes)                            \
  READS(sscanf_from, sink = sscanf(shared.text, "%7s", buffer), no)                                \
  WRITES(fscanf, sink = fscanf(input_stream(), "%d", &shared.numbers[0]), yes)                     \
  WRITES(strtol, sink = strtol("12x", &shared.pointer, 10), no)                                    \
  READS(strtol_from, sink = strtol(shared.text, nullptr, 16), no)                                  \
  READS(strtoimax, sink = strtoimax(shared.text, nullptr, 16), yes)                                \
  READS(strtoull, sink = (long)strtoull(shared.text, nullptr, 16), no)                             \
  READS(strtod, sink = (long)strtod(shared.text, nullptr), no)                                     \
  READS(atoi, sink = atoi(shared.text), no)                                                        \
  WRITES(read, sink = read(input_file(), shared.text, size), yes)                                  \
  WRITES(pread, sink = pread(input_file(), shared.text, size, 0), yes)                             \
  WRITES(readv, sink = readv(input_file(), shared_part(), 1), yes)                                 \
  WRITES(preadv, sink = preadv(input_file(), shared_part(), 1, 0), yes)                            \
  WRITES(fread, sink = (long)fread(shared.text, 1, size, input_stream()), yes)                     \
  WRITES(fgets, sink = fgets(shared.text, 8, input_stream()) != nullptr, yes)                      \
  WRITES(getline, sink = getline(&shared.pointer, &line_size, input_stream()), yes)                \
  WRITES(getdelim, sink = getdelim(&shared.pointer, &line_size, ' ', input_stream()), yes)         \
  READS(write, sink = write(output_file(), shared.text, size), yes)                                \
  READS(pwrite, sink = pwrite(output_file(), shared.text, size, 0), yes)                           \
  READS(writev, sink = writev(output_file(), shared_part(), 1), yes)                               \
  READS(fwrite, sink = (long)fwrite(shared.text, 1, size, output_stream()), yes)                   \
  READS(fputs, sink = fputs(shared.text, output_stream()), yes)                                    \
  WRITES(qsort, qsort(shared.numbers, 4, sizeof(int), ascending), yes)                             \
  WRITES(qsort_r, qsort_r(shared.numbers, 4, sizeof(int), ascending_with, nullptr), yes)           \
  WRITES(time, sink = time(&shared.time), yes)                                                     \
  WRITES(clock_gettime, clock_gettime(CLOCK_REALTIME, &shared.timespec), yes)                      \
  WRITES(clock_getres, clock_getres(CLOCK_REALTIME, &shared.timespec), yes)                        \
  WRITES(gmtime_r, gmtime_r(&epoch, &shared.tm), yes)                                              \
  READS(gmtime_r_from, gmtime_r(&shared.time, &calendar), yes)                                     \
  WRITES(localtime_r, localtime_r(&epoch, &shared.tm), yes)                                        \
  WRITES(mktime, sink = mktime(&shared.tm), yes)                                                   \
  WRITES(asctime_r, asctime_r(&calendar, shared.text), yes)                                        \
  WRITES(ctime_r, ctime_r(&epoch, shared.text), yes)                                               \
  WRITES(strftime, strftime(shared.text, 64, "%Y", &calendar), no)                                 \
  WRITES(strptime, sink = strptime("2000", "%Y", &shared.tm) != nullptr, yes)                      \
  WRITES(stat, sink = stat("/", &shared.stat), yes)                                                \
  WRITES(lstat, sink = lstat("/", &shared.stat), yes)                                              \
  WRITES(fstat, sink = fstat(input_file(), &shared.stat), no)                                      \
  WRITES(statvfs, sink = statvfs("/", &shared.statvfs), yes)                                       \
  WRITES(getcwd, sink = getcwd(shared.text, 64) != nullptr, yes)                                   \
  WRITES(readlink, sink = readlink("/proc/self/cwd", shared.text, 64), yes)                        \
  WRITES(uname, sink = uname(&shared.utsname), yes)                                                \
  WRITES(sysinfo, sink = sysinfo(&shared.sysinfo), yes)                                            \
  WRITES(rand_r, sink = rand_r(reinterpret_cast<unsigned*>(&shared.numbers[0])), no)               \
  WRITES(frexp, sink = (long)frexp(number, &shared.numbers[0]), yes)                               \
  WRITES(modf, sink = (long)modf(number, &shared.real), yes)                                       \
  WRITES(inet_pton, sink = inet_pton(AF_INET, "127.0.0.1", &shared.address), yes)                  \
  WRITES(inet_aton, sink = inet_aton("127.0.0.1", &shared.address), yes)                           \
  WRITES(inet_ntop, sink = inet_ntop(AF_INET, &any_address, shared.text, 64) != nullptr, yes)      \
  WRITES(sigemptyset, sigemptyset(&shared.signals), yes)                                           \
  WRITES(sigfillset, sigfillset(&shared.signals), yes)                                             \
  WRITES(sigaddset, sink = sigaddset(&shared.signals, SIGUSR2), no)                                \
  WRITES(sigdelset, sink = sigdelset(&shared.signals, SIGUSR2), no)                                \
  READS(sigismember, sink = sigismember(&shared.signals, SIGUSR2), no)                             \
  READS(sigisemptyset, sink = sigisemptyset(&shared.signals), no)                                  \
  WRITES(mbtowc, sink = mbtowc(&shared.wide[0], text, size), no)                                   \
  READS(mbtowc_from, sink = mbtowc(nullptr, shared.text, size), no)                                \
  READS(mblen, sink = mblen(shared.text, size), no)                                                \
  READS(mbrlen, sink = (long)mbrlen(shared.text, size, nullptr), no)                               \
  WRITES(mbrtowc, sink = (long)mbrtowc(&shared.wide[0], text, size, nullptr), no)                  \
  READS(mbrtowc_from, sink = (long)mbrtowc(nullptr, shared.text, size, nullptr), no)               \
  READS(perror, perror(shared.text), no)                                                           \
  WRITES(pthread_create, make_thread(&shared.thread), no)                                          \
  READS(setlocale, sink = setlocale(LC_ALL, shared.text) != nullptr, no)                           \
  READS(newlocale, sink = newlocale(LC_ALL_MASK, shared.text, nullptr) != nullptr, no)             \
  READS(iconv_open, sink = (long)iconv_open(shared.text, "UTF-8"), no)                             \
  READS(gettext, sink = gettext(shared.text) != nullptr, no)                                       \
  READS(memfd_create, sink = memfd_create(shared.text, 0), no)                                     \
  READS(getopt, sink = getopt(1, arguments, shared.text), no)                                      \
  READS(getopt_argument,                                                                           \
        (arguments[1] = shared.text, optind = 1, sink = getopt(2, arguments, "a")), no)            \
  READS(prctl, sink = prctl(PR_SET_NAME, shared.text), no)                                         \
  WRITES(prctl_name, sink = prctl(PR_GET_NAME, shared.text), no)                                   \
  WRITES(pthread_attr_setstack, sink = pthread_attr_setstack(&shared.attributes, buffer, size),    \
         no)                                                                                       \
  READS(pthread_attr_setschedparam,                                                                \
        sink = pthread_attr_setschedparam(&attributes, &shared.scheduled), no)                     \
  WRITES(memcpy_checked, __builtin___memcpy_chk(shared.text, text, size, size), no)                \
  WRITES(memset_checked, __builtin___memset_chk(shared.text, zero, size, size), no)                \
  WRITES(strcpy_checked, __builtin___strcpy_chk(shared.text, text, size), no)                      \
  WRITES(strncpy_checked, __builtin___strncpy_chk(shared.text, text, size, size), no)              \
  WRITES(strcat_checked, __builtin___strcat_chk(shared.text, text, 64 - size), no)                 \
  WRITES(snprintf_checked, __builtin___snprintf_chk(shared.text, size, 1, size, "%d files", zero), \
         yes)                                                                                      \
  WRITES(sprintf_checked, __builtin___sprintf_chk(shared.text, 1, 8 * size, "%d", zero), yes)

#define CALL(name, call, tsan) \
  static void call_##name() {  \
    call;                      \
  }
FUNCTIONS(CALL, CALL)

struct Function {
  const char* name;
  void (*call)();
  bool writes;
  bool tsan;
};

constexpr bool no = false;
constexpr bool yes = true;
#define READING(name, call, tsan) {#name, call_##name, false, tsan},
#define WRITING(name, call, tsan) {#name, call_##name, true, tsan},
static const Function functions[] = {FUNCTIONS(READING, WRITING)};

static const Function* chosen = nullptr;
static bool locked = false;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void* in_thread(void*) {
  if (locked) pthread_mutex_lock(&mutex);
  chosen->call();
  if (locked) pthread_mutex_unlock(&mutex);
  return nullptr;
}

int main(int argc, char** argv) {
  if (argc < 2) {
    for (const Function& function : functions) {
      printf("%s%s\n", function.name, function.tsan ? " tsan" : "");
    }
    return 0;
  }
  for (const Function& function : functions) {
    if (strcmp(function.name, argv[1]) == 0) chosen = &function;
  }
  assert(chosen != nullptr);
  locked = argc > 2;
  if (!chosen->writes) {
    if (argv[1][0] == 'w' && argv[1][1] != 'r') {
      wcscpy(shared.wide, L"abcdefg");
    } else {
      strcpy(shared.text, "abcdefg");
    }
  }
  pthread_t thread;
  pthread_create(&thread, nullptr, in_thread, nullptr);
  if (locked) pthread_mutex_lock(&mutex);
  auto* first = reinterpret_cast<volatile char*>(&shared);
  if (chosen->writes) {
    [[maybe_unused]] const char seen = *first;
  } else {
    *first = 'a';
  }
  if (locked) pthread_mutex_unlock(&mutex);
  pthread_join(thread, nullptr);
  return 0;
}

// What a process begins with in the C and C++ libraries, whatever an earlier one did to its own.
#include <iconv.h>
#include <netdb.h>
#include <pwd.h>
#include <unistd.h>
#include <cassert>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <exception>
#include <iostream>
#include <locale>
#include <memory_resource>
#include <mutex>
#include <new>
#include <string>
#include <thread>

namespace {

std::mutex lock;
int count = 0;

void work() {
  const std::lock_guard<std::mutex> guard(lock);
  ++count;
}

void stop() {
  std::abort();
}

void begins_afresh() {
  assert(std::strcmp(std::setlocale(LC_ALL, nullptr), "C") == 0);
  assert(std::locale().name() == "C");
  const int first = std::rand();
  std::srand(1);
  assert(std::rand() == first);
  assert(optind == 1 && optarg == nullptr);
  assert(std::get_terminate() != stop && std::get_new_handler() == nullptr);
  assert(std::pmr::get_default_resource() == std::pmr::new_delete_resource());
  assert((std::cout.flags() & std::ios::hex) == 0 && std::cout.fill() == ' ');
}

void leaves_all_changed() {
  const iconv_t converter = iconv_open("UTF-16LE", "UTF-8");
  assert(converter != reinterpret_cast<iconv_t>(-1));
  iconv_close(converter);
  assert(getpwnam("root") != nullptr);
  std::locale::global(std::locale("C.UTF-8"));
  assert(std::locale().name() == "C.UTF-8");
  wchar_t wide = 0;
  assert(std::mbtowc(&wide, "\xc3\xa9", 2) == 2 && wide == 0xe9);
  std::srand(7);
  char name[] = "program";
  char option[] = "-n3";
  char* arguments[] = {name, option, nullptr};
  assert(getopt(2, arguments, "n:") == 'n' && *optarg == '3');
  std::set_terminate(stop);
  std::set_new_handler(stop);
  std::pmr::set_default_resource(std::pmr::null_memory_resource());
  std::cout << std::hex;
  std::cout.fill('*');
}

}  // namespace

int main() {
  begins_afresh();
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
  assert(count == 2);
  leaves_all_changed();
}

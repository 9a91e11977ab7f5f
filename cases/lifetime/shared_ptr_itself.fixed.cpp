// Does:   One thread reads the settings, another replaces them; they live while someone reads.
// Class:  lifetime, difficulty 3 of 5
//
// Correct: shared_ptr_itself.cpp with std::atomic_load and std::atomic_store.
// Fails:   never.
// From:    see shared_ptr_itself.cpp.
#include <cassert>
#include <memory>
#include <thread>

struct Settings {
  int width;
  int height;
};

std::shared_ptr<Settings> current = std::make_shared<Settings>(Settings{4, 3});

void read() {
  std::shared_ptr<Settings> settings = std::atomic_load(&current);
  assert(settings->width > settings->height);
}

void replace() {
  std::atomic_store(&current, std::make_shared<Settings>(Settings{16, 9}));
}

int main() {
  std::thread reader(read);
  std::thread writer(replace);
  reader.join();
  writer.join();
  return 0;
}

// Does:   One thread reads the settings, another replaces them; they live while someone reads.
// Class:  lifetime, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the counts of a shared_ptr are atomic, the shared_ptr itself is not: copying it while
//         another thread assigns to it is a race.
// Fails:  if the reader copies the pointer, and the writer gives the old settings up before the
//         reader has counted itself.
// From:   [util.smartptr.shared.atomic] in the C++ standard, which is there for that.
// Found:  stress the crash, seldom; tsan the data race; fuzz the use after free and the data race;
//         relacy the data race.
#include <cassert>
#include <memory>
#include <thread>

struct Settings {
  int width;
  int height;
};

std::shared_ptr<Settings> current = std::make_shared<Settings>(Settings{4, 3});

void read() {
  std::shared_ptr<Settings> settings = current;
  assert(settings->width > settings->height);
}

void replace() {
  current = std::make_shared<Settings>(Settings{16, 9});
}

int main() {
  std::thread reader(read);
  std::thread writer(replace);
  reader.join();
  writer.join();
  return 0;
}

// A record is copied while another thread writes it, and the copy is neither the old nor the new.
#include <cassert>
#include <cstring>
#include <thread>

struct Record {
  long name[4];
  long total[4];
};

Record shared;
volatile std::size_t size = sizeof(Record);

int main() {
  Record fresh;
  for (int i = 0; i < 4; ++i) fresh.name[i] = fresh.total[i] = 7;
  std::thread writer([&] { std::memcpy(&shared, &fresh, size); });
  Record seen;
  std::memcpy(&seen, &shared, size);
  writer.join();
  assert(seen.name[0] == seen.total[3]);
}

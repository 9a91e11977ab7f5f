// Does:   The door's state and the light's have a lock each; both are switched at once.
// Class:  data_race, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the two bit-fields share a memory location, so the two locks protect one and the same
//         byte.
// Fails:  if one thread writes the byte back between the other's read and write of it.
// From:   the C++ standard, [intro.memory]: adjacent bit-fields are one memory location.
// Found:  stress the assertion, seldom; tsan and fuzz the race and the assertion; relacy the race.
#include <cassert>
#include <mutex>
#include <thread>

struct State {
  unsigned char door_open : 1;
  unsigned char light_on : 1;
};

std::mutex door_mutex;
std::mutex light_mutex;
State state = {};

void open_door() {
  std::lock_guard<std::mutex> lock(door_mutex);
  state.door_open = 1;
}

void switch_on_light() {
  std::lock_guard<std::mutex> lock(light_mutex);
  state.light_on = 1;
}

int main() {
  std::thread porter(open_door);
  std::thread guest(switch_on_light);
  porter.join();
  guest.join();
  assert(state.door_open == 1);
  assert(state.light_on == 1);
  return 0;
}

// Correct: two threads meet at 64 static variables of functions, one after the other. The first to
// initialise one fails, and wakes who waits in the C++ library for it; then both try again.
#include <atomic>
#include <cassert>
#include <thread>
#include <utility>

std::atomic<int> arrivals{0};

void wait_for_both(int meeting) {
  arrivals.fetch_add(1);
  while (arrivals.load() < 2 * (meeting + 1)) std::this_thread::yield();
}

template <int kMeeting>
std::atomic<int> attempts{0};

template <int kMeeting>
int number() {
  static const int kept = [] {
    if (attempts<kMeeting>.fetch_add(1) == 0) throw 0;
    return kMeeting;
  }();
  return kept;
}

template <int kMeeting>
void meet() {
  wait_for_both(kMeeting);
  try {
    assert(number<kMeeting>() == kMeeting);
  } catch (int) {
    assert(number<kMeeting>() == kMeeting);
  }
}

template <int... kMeetings>
void work(std::integer_sequence<int, kMeetings...>) {
  (meet<kMeetings>(), ...);
}

int main() {
  const auto meetings = std::make_integer_sequence<int, 64>();
  std::thread other([meetings] { work(meetings); });
  work(meetings);
  other.join();
}

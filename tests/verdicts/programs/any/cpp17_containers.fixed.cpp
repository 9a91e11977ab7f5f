// Correct: sets, lists and strings hold what they should, whoever keeps their nodes.
// Fails: never.
#include <algorithm>
#include <cassert>
#include <list>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// The same elements, kept in order by other means.
void check_sets() {
  std::set<int> elements;
  std::vector<int> sorted;
  unsigned random = 1;
  for (int i = 0; i < 120; ++i) {
    random = random * 1664525 + 1013904223;  // Numerical Recipes' generator
    const int value = static_cast<int>(random >> 16) % 24;
    const auto place = std::lower_bound(sorted.begin(), sorted.end(), value);
    const bool is_there = place != sorted.end() && *place == value;
    if ((random >> 8 & 1) != 0) {
      if (!is_there) sorted.insert(place, value);
      elements.insert(value);
    } else {
      if (is_there) sorted.erase(place);
      elements.erase(value);
    }
    if (i % 20 != 0) continue;
    assert(std::equal(elements.begin(), elements.end(), sorted.begin(), sorted.end()));
    assert(std::equal(elements.rbegin(), elements.rend(), sorted.rbegin(), sorted.rend()));
  }
}

void check_lists() {
  std::list<int> first = {5, 2, 9, 1};
  std::list<int> second = {7, 3};
  first.sort();
  second.sort();
  first.merge(second);
  assert(second.empty());
  first.reverse();
  assert(first == std::list<int>({9, 7, 5, 3, 2, 1}));
  second.splice(second.end(), first, std::next(first.begin()), std::prev(first.end()));
  assert(first == std::list<int>({9, 1}) && second == std::list<int>({7, 5, 3, 2}));
  std::swap(first, second);
  std::list<int> none;
  std::swap(none, second);
  assert(second.empty() && none.size() == 2 && none.back() == 1 && first.front() == 7);
  first.remove(5);
  assert(first == std::list<int>({7, 3, 2}));
}

void check_strings() {
  std::string text = "a text that is too long for the object itself";
  text.replace(0, 1, "one more");
  text.insert(text.size(), 3, '!').erase(0, 4);
  assert(text == "more text that is too long for the object itself!!!");
  assert(text.find("long") == 22 && text.rfind('t') == 43 && text.compare(0, 4, "more") == 0);
  std::wstring wide(5, L'w');
  wide += L"ide";
  assert(wide == L"wwwwwide");
}

int main() {
  std::thread other(check_strings);
  check_sets();
  check_lists();
  check_strings();
  other.join();
}

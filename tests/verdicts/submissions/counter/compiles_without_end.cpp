#include "counter.h"

// More instances than any compiler has room for.
template <int depth, class Left, class Right>
struct Tree {
  using type = typename Tree<depth + 1, Tree<depth, Left, Right>, Tree<depth, Right, Left>>::type;
  using other = typename Tree<depth + 1, Tree<depth, Right, Left>, Tree<depth, Left, Right>>::other;
};

using Grown = Tree<0, int, long>::type;

void let_in(int visitor) {
  welcome(visitor);
}

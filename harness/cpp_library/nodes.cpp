// What libstdc++.so does with the nodes of lists and of sets and maps, where its headers only
// declare it: written for Heddle, so that the accesses are instrumented.
#include <list>
#include <map>
#include <utility>

namespace std {
namespace __detail {

void _List_node_base::_M_hook(_List_node_base* const position) noexcept {
  _M_next = position;
  _M_prev = position->_M_prev;
  position->_M_prev->_M_next = this;
  position->_M_prev = this;
}

void _List_node_base::_M_unhook() noexcept {
  _M_prev->_M_next = _M_next;
  _M_next->_M_prev = _M_prev;
}

// Takes [first, last) out of its list and puts it before this node.
void _List_node_base::_M_transfer(_List_node_base* const first,
                                  _List_node_base* const last) noexcept {
  if (this == last || first == last) return;
  _List_node_base* const last_moved = last->_M_prev;
  first->_M_prev->_M_next = last;
  last->_M_prev = first->_M_prev;
  first->_M_prev = _M_prev;
  last_moved->_M_next = this;
  _M_prev->_M_next = first;
  _M_prev = last_moved;
}

void _List_node_base::_M_reverse() noexcept {
  _List_node_base* node = this;
  do {
    std::swap(node->_M_next, node->_M_prev);
    node = node->_M_prev;
  } while (node != this);
}

void _List_node_base::swap(_List_node_base& x, _List_node_base& y) noexcept {
  const bool x_is_empty = x._M_next == &x;
  const bool y_is_empty = y._M_next == &y;
  std::swap(x._M_next, y._M_next);
  std::swap(x._M_prev, y._M_prev);
  const auto settle = [](_List_node_base& head, bool empty) {
    if (empty) {
      head._M_next = head._M_prev = &head;
    } else {
      head._M_next->_M_prev = head._M_prev->_M_next = &head;
    }
  };
  settle(x, y_is_empty);
  settle(y, x_is_empty);
}

}  // namespace __detail

// Red-black trees (Cormen, Leiserson, Rivest, Stein, "Introduction to Algorithms", ch. 13) with a
// header node: its parent is the root, its left the least node and its right the greatest one. It
// is red, and the root is black.
namespace {

using Node = _Rb_tree_node_base;

bool is_black(const Node* node) {
  return node == nullptr || node->_M_color == _S_black;
}

// `by` takes the place of `node` below its parent.
void replace(Node& header, const Node* node, Node* by) {
  Node* const parent = node->_M_parent;
  if (parent == &header) {
    header._M_parent = by;
  } else if (parent->_M_left == node) {
    parent->_M_left = by;
  } else {
    parent->_M_right = by;
  }
  if (by != nullptr) by->_M_parent = parent;
}

using Child = Node* Node::*;
constexpr Child kLeft = &Node::_M_left;
constexpr Child kRight = &Node::_M_right;

// The child on the other side of `side` goes up, `node` down to `side`.
void rotate(Node& header, Node* node, Child side, Child other) {
  Node* const up = node->*other;
  node->*other = up->*side;
  if (up->*side != nullptr) (up->*side)->_M_parent = node;
  replace(header, node, up);
  up->*side = node;
  node->_M_parent = up;
}

Node* next(Node* node) {
  if (node->_M_right != nullptr) {
    node = node->_M_right;
    while (node->_M_left != nullptr) node = node->_M_left;
    return node;
  }
  Node* above = node->_M_parent;
  while (node == above->_M_right) {
    node = above;
    above = above->_M_parent;
  }
  // From the root, without a right child, that went one too far: to the header and back.
  return node->_M_right == above ? node : above;
}

Node* previous(Node* node) {
  const bool is_header = node->_M_color == _S_red && node->_M_parent->_M_parent == node;
  if (is_header) return node->_M_right;
  if (node->_M_left != nullptr) {
    node = node->_M_left;
    while (node->_M_right != nullptr) node = node->_M_right;
    return node;
  }
  Node* above = node->_M_parent;
  while (node == above->_M_left) {
    node = above;
    above = above->_M_parent;
  }
  return above;
}

// `node`, or the place below `parent` where none is, has one black too few.
void repair(Node& header, Node* node, Node* parent) {
  while (node != header._M_parent && is_black(node)) {
    const bool is_left = node == parent->_M_left;
    const Child side = is_left ? kLeft : kRight;
    const Child other = is_left ? kRight : kLeft;
    Node* sibling = parent->*other;
    if (!is_black(sibling)) {
      sibling->_M_color = _S_black;
      parent->_M_color = _S_red;
      rotate(header, parent, side, other);
      sibling = parent->*other;
    }
    if (is_black(sibling->_M_left) && is_black(sibling->_M_right)) {
      sibling->_M_color = _S_red;
      node = parent;
      parent = parent->_M_parent;
      continue;
    }
    if (is_black(sibling->*other)) {
      (sibling->*side)->_M_color = _S_black;
      sibling->_M_color = _S_red;
      rotate(header, sibling, other, side);  // NOLINT(readability-suspicious-call-argument): back
      sibling = parent->*other;
    }
    sibling->_M_color = parent->_M_color;
    parent->_M_color = _S_black;
    (sibling->*other)->_M_color = _S_black;
    rotate(header, parent, side, other);
    break;
  }
  if (node != nullptr) node->_M_color = _S_black;
}

}  // namespace

Node* _Rb_tree_increment(Node* node) noexcept {
  return next(node);
}

const Node* _Rb_tree_increment(const Node* node) noexcept {
  return next(const_cast<Node*>(node));
}

Node* _Rb_tree_decrement(Node* node) noexcept {
  return previous(node);
}

const Node* _Rb_tree_decrement(const Node* node) noexcept {
  return previous(const_cast<Node*>(node));
}

void _Rb_tree_insert_and_rebalance(const bool left, Node* node, Node* parent,
                                   Node& header) noexcept {
  node->_M_parent = parent;
  node->_M_left = nullptr;
  node->_M_right = nullptr;
  node->_M_color = _S_red;
  if (left) {
    parent->_M_left = node;  // of the header: the least
    if (parent == &header) {
      header._M_parent = node;
      header._M_right = node;
    } else if (parent == header._M_left) {
      header._M_left = node;
    }
  } else {
    parent->_M_right = node;
    if (parent == header._M_right) header._M_right = node;
  }
  while (node != header._M_parent && node->_M_parent->_M_color == _S_red) {
    Node* const above = node->_M_parent->_M_parent;
    const bool is_left = node->_M_parent == above->_M_left;
    const Child side = is_left ? kLeft : kRight;
    const Child other = is_left ? kRight : kLeft;
    Node* const uncle = above->*other;
    if (!is_black(uncle)) {
      node->_M_parent->_M_color = _S_black;
      uncle->_M_color = _S_black;
      above->_M_color = _S_red;
      node = above;
      continue;
    }
    if (node == node->_M_parent->*other) {
      node = node->_M_parent;
      rotate(header, node, side, other);
    }
    node->_M_parent->_M_color = _S_black;
    above->_M_color = _S_red;
    rotate(header, above, other, side);  // NOLINT(readability-suspicious-call-argument): back
  }
  header._M_parent->_M_color = _S_black;
}

// Returns the node that is out of the tree now: `node`.
Node* _Rb_tree_rebalance_for_erase(Node* const node, Node& header) noexcept {
  if (header._M_left == node) header._M_left = next(node);
  if (header._M_right == node) header._M_right = previous(node);
  Node* hole = nullptr;  // what comes into the place that gets free
  Node* parent = nullptr;
  _Rb_tree_color removed = node->_M_color;
  if (node->_M_left == nullptr || node->_M_right == nullptr) {
    hole = node->_M_left == nullptr ? node->_M_right : node->_M_left;
    parent = node->_M_parent;
    replace(header, node, hole);
  } else {
    // The next one, which has no left child, takes its place.
    Node* const successor = _Rb_tree_node_base::_S_minimum(node->_M_right);
    removed = successor->_M_color;
    hole = successor->_M_right;
    if (successor->_M_parent == node) {
      parent = successor;
    } else {
      parent = successor->_M_parent;
      replace(header, successor, hole);
      successor->_M_right = node->_M_right;
      successor->_M_right->_M_parent = successor;
    }
    replace(header, node, successor);
    successor->_M_left = node->_M_left;
    successor->_M_left->_M_parent = successor;
    successor->_M_color = node->_M_color;
  }
  if (removed == _S_black) repair(header, hole, parent);
  return node;
}

}  // namespace std

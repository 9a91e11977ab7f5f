// A search that is stopped and goes on elsewhere: its state as text.
#include "fuzz/strategy/dpor.h"

namespace heddle {

namespace {

void write(StateWriter& out, const AccessList& list) {
  out.add(list.size * 2 + (list.overflow ? 1 : 0));
  for (const Access& access : list) {
    out.add(access.object);
    out.add(access.mask);
    out.add(static_cast<std::uint64_t>(access.mode));
    out.add(access.cells);
  }
}

AccessList read_accesses(StateReader& in) {
  AccessList list;
  const std::uint64_t head = in.number();
  for (std::uint64_t i = 0; i < head / 2 && in.ok(); ++i) {
    const std::uint64_t object = in.number();
    const std::uint64_t mask = in.number();
    const std::uint64_t mode = in.number();
    list.add({.object = object,
              .mask = static_cast<std::uint8_t>(mask),
              .mode = static_cast<AccessMode>(mode),
              .cells = in.number()});
  }
  list.overflow |= head % 2 != 0;
  return list;
}

}  // namespace

void Dpor::write_tree(StateWriter& out, const Branch* tree) {
  out.add(count(tree));
  for (; tree != nullptr; tree = tree->sibling) {
    out.add(tree->thread);
    out.add(tree->choices);
    out.add(tree->may_wait ? 1 : 0);
    write(out, tree->accesses);
    write_tree(out, tree->child);
  }
}

Dpor::Branch* Dpor::read_tree(StateReader& in) {
  Branch* first = nullptr;
  Branch** link = &first;
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    const auto thread = static_cast<ThreadId>(in.number());
    const std::uint64_t choices = in.number();
    const bool may_wait = in.number() != 0;
    const AccessList accesses = read_accesses(in);
    *link = new_branch({thread, may_wait, choices, &accesses});
    (*link)->child = read_tree(in);
    link = &(*link)->sibling;
  }
  return first;
}

void Dpor::write_look(StateWriter& out, const Look& look) {
  out.add(look.before);
  out.add(static_cast<std::uint64_t>(look.step.pending));
  out.add(look.step.size);
  out.add(look.step.address);
  out.add(look.step.found.has_value() ? 1 : 0);
  out.add(look.step.found.value_or(0));
  out.add(look.step.alone.mask);
  out.add(look.step.alone.value);
  out.add(look.step.alone.unless ? 1 : 0);
  out.add(look.step.alone.may_fail ? 1 : 0);
  write(out, look.step.accesses);
}

void Dpor::read_look(StateReader& in) {
  Look& look = looks_.emplace_back();
  look.before = static_cast<std::uint32_t>(in.number());
  look.step.pending = static_cast<OpKind>(in.number());
  look.step.size = static_cast<std::uint8_t>(in.number());
  look.step.address = in.number();
  const bool found = in.number() != 0;
  if (const std::uint64_t value = in.number(); found) look.step.found = value;
  look.step.alone.mask = in.number();
  look.step.alone.value = in.number();
  look.step.alone.unless = in.number() != 0;
  look.step.alone.may_fail = in.number() != 0;
  look.step.accesses = read_accesses(in);
}

std::string Dpor::state() const {
  StateWriter out(kStateName);
  out.add(seen_.complete ? 1 : 0);
  out.add(seen_.executions);
  out.add(seen_.redundant);
  out.add(seen_.limited ? 1 : 0);
  out.add(seen_.reduced ? 1 : 0);
  out.add(cuts_ ? 1 : 0);
  out.add(unlocking_rounds_ ? 1 : 0);
  out.add(tries_ ? 1 : 0);
  budget_.write_reached(out);
  forecast_.write(out);
  // The traces that it was made from are not kept.
  out.add(static_cast<std::uint64_t>(latest_forecast_));
  out.add(waiting_places_.size());
  for (const Address place : waiting_places_) out.add(place);
  out.add(looks_.size());
  for (const Look& look : looks_) write_look(out, look);
  out.add(fresh_);
  out.add(planned_);
  for (std::size_t i = 0; i < planned_; ++i) {
    const Node& node = nodes_[i];
    out.add(node.thread);
    out.add(node.done);
    out.add(node.begun);
    out.add(node.child_begun);
    out.add(node.explored ? 1 : 0);
    out.add(node.ready);
    out.add(node.cut ? 1 : 0);
    out.add(node.planned ? 1 : 0);
    out.add(node.wanted);
    write_tree(out, node.pending);
    out.add(node.sleepers.size());
    for (const Sleeper& sleeper : node.sleepers) {
      out.add(sleeper.thread);
      out.add(sleeper.look);
      out.add(sleeper.choices);
      out.add(sleeper.alternatives);
      write(out, sleeper.accesses);
    }
    out.add(node.choices.size());
    for (const ChoiceTaken& choice : node.choices) {
      out.add(choice.value);
      out.add(choice.n);
    }
  }
  write_tree(out, tree_);
  return out.take();
}

bool Dpor::set_state(std::string_view state) {
  if (state.empty()) return true;
  StateReader in(kStateName, state);
  seen_.complete = in.number() != 0;
  seen_.executions = in.number();
  seen_.redundant = in.number();
  seen_.limited = in.number() != 0;
  seen_.reduced = in.number() != 0;
  cuts_ = in.number() != 0;
  unlocking_rounds_ = in.number() != 0;
  tries_ = in.number() != 0;
  budget_.read_reached(in);
  forecast_.read(in);
  known_forecast_ = static_cast<double>(in.number());
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    waiting_places_.push_back(in.number());
  }
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) read_look(in);
  fresh_ = in.number();
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    Node& node = add_node();
    node.thread = static_cast<ThreadId>(in.number());
    node.done = static_cast<std::uint32_t>(in.number());
    node.begun = in.number();
    node.child_begun = in.number();
    node.explored = in.number() != 0;
    node.ready = in.number();
    node.cut = in.number() != 0;
    node.planned = in.number() != 0;
    node.wanted = in.number();
    node.pending = read_tree(in);
    for (std::size_t i = in.count(); i > 0 && in.ok(); --i) {
      const auto thread = static_cast<ThreadId>(in.number());
      const auto look = static_cast<std::uint32_t>(in.number());
      // A damaged text.
      if (look != kNoLook && look >= looks_.size()) return false;
      const std::uint64_t choices = in.number();
      const auto alternatives = static_cast<std::uint32_t>(in.number());
      node.sleepers.push_back({.thread = thread,
                               .look = look,
                               .choices = choices,
                               .alternatives = alternatives,
                               .accesses = read_accesses(in)});
    }
    for (std::size_t i = in.count(); i > 0 && in.ok(); --i) {
      const auto value = static_cast<std::uint32_t>(in.number());
      node.choices.push_back({.value = value, .n = static_cast<std::uint32_t>(in.number())});
    }
  }
  planned_ = depth_;
  chooses_ = true;
  // The steps before are not known: the next run tells them.
  kept_ = 0;
  tree_ = read_tree(in);
  return in.at_end();
}

}  // namespace heddle

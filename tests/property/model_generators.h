// Arbitrary values of harness/model for property tests.
#pragma once

#include <rapidcheck.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/model/decision.h"
#include "harness/model/outcome.h"
#include "harness/model/schedule.h"
#include "harness/model/trace.h"

namespace rc {

template <typename Enum>
Gen<Enum> enumerator_up_to(Enum last) {
  return gen::map(gen::inRange(0, static_cast<int>(last) + 1),
                  [](int number) { return static_cast<Enum>(number); });
}

// Every size of number, not only the small ones that rapidcheck starts with.
template <typename Number>
Gen<Number> any_number() {
  return gen::map(
      gen::pair(gen::arbitrary<Number>(), gen::inRange(0, static_cast<int>(8 * sizeof(Number)))),
      [](const std::pair<Number, int>& parts) {
        return static_cast<Number>(static_cast<Number>(~parts.first) >> parts.second);
      });
}

template <>
struct Arbitrary<heddle::Deviation> {
  static Gen<heddle::Deviation> arbitrary() {
    using heddle::Deviation;
    return gen::build<Deviation>(gen::set(&Deviation::thread, any_number<heddle::ThreadId>()),
                                 gen::set(&Deviation::step, any_number<std::uint64_t>()),
                                 gen::set(&Deviation::value, any_number<std::uint32_t>()));
  }
};

template <>
struct Arbitrary<heddle::Schedule> {
  static Gen<heddle::Schedule> arbitrary() {
    return gen::build<heddle::Schedule>(gen::set(&heddle::Schedule::deviations));
  }
};

inline Gen<std::string> relacy_state() {
  return gen::container<std::string>(gen::elementOf(
      std::string{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"}));
}

template <>
struct Arbitrary<heddle::Token> {
  static Gen<heddle::Token> arbitrary() {
    using heddle::Token;
    return gen::oneOf(
        gen::build<Token>(gen::set(&Token::engine, gen::just(heddle::EngineKind::fuzz)),
                          gen::set(&Token::schedule)),
        gen::build<Token>(gen::set(&Token::engine, gen::just(heddle::EngineKind::relacy)),
                          gen::set(&Token::relacy_state, relacy_state())));
  }
};

template <>
struct Arbitrary<heddle::Op> {
  static Gen<heddle::Op> arbitrary() {
    using heddle::Op;
    return gen::build<Op>(gen::set(&Op::kind, enumerator_up_to(heddle::OpKind::failure)),
                          gen::set(&Op::size),
                          gen::set(&Op::order, enumerator_up_to(heddle::MemoryOrder::seq_cst)),
                          gen::set(&Op::other, any_number<heddle::ThreadId>()),
                          gen::set(&Op::address, any_number<heddle::Address>()),
                          gen::set(&Op::address2, any_number<heddle::Address>()),
                          gen::set(&Op::pc, any_number<heddle::Address>()));
  }
};

template <>
struct Arbitrary<heddle::Place> {
  static Gen<heddle::Place> arbitrary() {
    using heddle::Place;
    return gen::build<Place>(gen::set(&Place::thread, any_number<heddle::ThreadId>()),
                             gen::set(&Place::op), gen::set(&Place::stack), gen::set(&Place::note));
  }
};

template <>
struct Arbitrary<heddle::Failed> {
  static Gen<heddle::Failed> arbitrary() {
    using heddle::Failed;
    return gen::build<Failed>(
        gen::set(&Failed::kind, enumerator_up_to(heddle::FailureKind::use_of_uninitialized)),
        gen::set(&Failed::message), gen::set(&Failed::places));
  }
};

inline Gen<std::optional<std::uint64_t>> maybe_number() {
  return gen::oneOf(gen::just(std::optional<std::uint64_t>{}),
                    gen::map(any_number<std::uint64_t>(),
                             [](std::uint64_t value) { return std::optional{value}; }));
}

template <>
struct Arbitrary<heddle::Event> {
  static Gen<heddle::Event> arbitrary() {
    using heddle::Event;
    return gen::build<Event>(
        gen::set(&Event::thread, any_number<heddle::ThreadId>()),
        gen::set(&Event::step, any_number<std::uint64_t>()), gen::set(&Event::op),
        gen::set(&Event::why, enumerator_up_to(heddle::SwitchReason::gave_way)),
        gen::set(&Event::racy), gen::set(&Event::value, maybe_number()),
        gen::set(&Event::old_value, maybe_number()), gen::set(&Event::stack),
        gen::set(&Event::decided_by, any_number<heddle::ThreadId>()),
        gen::set(&Event::decided_at, any_number<std::uint64_t>()));
  }
};

template <>
struct Arbitrary<heddle::StackFrame> {
  static Gen<heddle::StackFrame> arbitrary() {
    using heddle::StackFrame;
    return gen::build<StackFrame>(gen::set(&StackFrame::thread), gen::set(&StackFrame::begin),
                                  gen::set(&StackFrame::end), gen::set(&StackFrame::pc));
  }
};

template <>
struct Arbitrary<heddle::AllocatedBlock> {
  static Gen<heddle::AllocatedBlock> arbitrary() {
    using heddle::AllocatedBlock;
    return gen::build<AllocatedBlock>(
        gen::set(&AllocatedBlock::begin), gen::set(&AllocatedBlock::end),
        gen::set(&AllocatedBlock::thread), gen::set(&AllocatedBlock::stack));
  }
};

template <>
struct Arbitrary<heddle::ThreadLocals> {
  static Gen<heddle::ThreadLocals> arbitrary() {
    using heddle::ThreadLocals;
    return gen::build<ThreadLocals>(gen::set(&ThreadLocals::thread), gen::set(&ThreadLocals::begin),
                                    gen::set(&ThreadLocals::end), gen::set(&ThreadLocals::image));
  }
};

template <>
struct Arbitrary<heddle::Trace> {
  static Gen<heddle::Trace> arbitrary() {
    using heddle::Trace;
    return gen::build<Trace>(gen::set(&Trace::events), gen::set(&Trace::frames),
                             gen::set(&Trace::blocks), gen::set(&Trace::thread_locals),
                             gen::set(&Trace::truncated));
  }
};

template <>
struct Arbitrary<heddle::ThreadAt> {
  static Gen<heddle::ThreadAt> arbitrary() {
    using heddle::ThreadAt;
    return gen::build<ThreadAt>(
        gen::set(&ThreadAt::thread, any_number<heddle::ThreadId>()),
        gen::set(&ThreadAt::state, enumerator_up_to(ThreadAt::State::finished)),
        gen::set(&ThreadAt::begun), gen::set(&ThreadAt::eager), gen::set(&ThreadAt::op),
        gen::set(&ThreadAt::stack));
  }
};

template <>
struct Arbitrary<heddle::Decision> {
  static Gen<heddle::Decision> arbitrary() {
    using heddle::Choice;
    using heddle::Decision;
    const auto choice = gen::oneOf(gen::just(std::optional<Choice>{}),
                                   gen::map(enumerator_up_to(Choice::rwlock_policy),
                                            [](Choice value) { return std::optional{value}; }));
    return gen::build<Decision>(gen::set(&Decision::thread, any_number<heddle::ThreadId>()),
                                gen::set(&Decision::step, any_number<std::uint64_t>()),
                                gen::set(&Decision::choice, choice),
                                gen::set(&Decision::alternatives, any_number<std::uint32_t>()),
                                gen::set(&Decision::usual, any_number<std::uint32_t>()),
                                gen::set(&Decision::taken, any_number<std::uint32_t>()),
                                gen::set(&Decision::events, any_number<std::uint64_t>()),
                                gen::set(&Decision::ready), gen::set(&Decision::threads));
  }
};

template <>
struct Arbitrary<heddle::DecisionLog> {
  static Gen<heddle::DecisionLog> arbitrary() {
    using heddle::DecisionLog;
    return gen::build<DecisionLog>(gen::set(&DecisionLog::decisions),
                                   gen::set(&DecisionLog::events, any_number<std::uint64_t>()),
                                   gen::set(&DecisionLog::stopped));
  }
};

}  // namespace rc

// x86-64 machine code, as far as it takes to see what a function accesses and calls.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace heddle {

enum class OperandBase : std::uint8_t {
  none,                 // no memory operand, or one without a register: an absolute address
  stack_pointer,        // rsp
  frame_pointer,        // rbp: in functions that set it up, the frame; in others any address
  instruction_pointer,  // rip
  thread_pointer,       // fs or gs
  other,                // any other register
};

struct Instruction {
  unsigned size = 0;    // bytes
  bool memory = false;  // it has a memory operand, which it reads, writes or jumps through
  bool computes_address = false;  // lea: the operand's address alone
  bool implicit_memory = false;   // it accesses memory by fixed registers: string instructions
  bool system_call = false;
  bool sets_frame = false;            // rbp becomes the frame pointer
  bool copies_stack_pointer = false;  // into a register other than rbp
  bool copies_frame_pointer = false;  // into a register other than rsp
  OperandBase base = OperandBase::none;
  bool indexed = false;            // the memory operand has an index register
  bool to_frame_register = false;  // the register operand is rsp or rbp
  bool stores_result = false;      // of a function, as it comes back: rax, rdx, xmm0 or xmm1
  bool calls = false;              // directly
  bool copies_result = false;      // of a function: rax as a whole, into written_register
  std::optional<std::uint8_t> written_register{};  // where a move or lea puts what it has
  std::uint8_t base_register = 0;  // 0 to 15, with a base other than none and instruction_pointer
  std::uint8_t operand_register = 0;  // the register operand's number, of whatever kind it is
  std::int32_t displacement = 0;      // of the memory operand
  std::optional<std::int64_t>
      jump{};  // target of a direct call or jump, from the instruction's end
};

// The instruction that `code` begins with. Nothing if it is none that compilers use, or cut off.
std::optional<Instruction> decode_instruction(std::span<const std::uint8_t> code);

}  // namespace heddle

#include "harness/search/machine_code.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

namespace heddle {
namespace {

Instruction decoded(std::initializer_list<std::uint8_t> bytes) {
  std::vector<std::uint8_t> code(bytes);
  const std::size_t size = code.size();
  code.insert(code.end(), 16, 0x90);
  const auto instruction = decode_instruction(code);
  EXPECT_TRUE(instruction.has_value());
  if (!instruction.has_value()) return {};
  EXPECT_EQ(instruction->size, size);
  return *instruction;
}

TEST(MachineCode, operands_in_memory_have_a_base) {
  const Instruction other = decoded({0x83, 0x00, 0x01});  // addl $1, (%rax)
  EXPECT_TRUE(other.memory);
  EXPECT_EQ(other.base, OperandBase::other);
  EXPECT_EQ(decoded({0x89, 0x7d, 0xfc}).base, OperandBase::frame_pointer);  // mov %edi, -4(%rbp)
  EXPECT_EQ(decoded({0x8b, 0x44, 0x24, 0x08}).base, OperandBase::stack_pointer);
  const Instruction global = decoded({0x8b, 0x05, 0x10, 0x00, 0x00, 0x00});  // mov 0x10(%rip)
  EXPECT_EQ(global.base, OperandBase::instruction_pointer);
  EXPECT_EQ(global.displacement, 0x10);
  // r12 and r13 look like rsp and rbp but for a prefix.
  EXPECT_EQ(decoded({0x41, 0x8b, 0x04, 0x24}).base, OperandBase::other);
  EXPECT_EQ(decoded({0x41, 0x8b, 0x45, 0x00}).base, OperandBase::other);
  const Instruction table = decoded({0x8b, 0x04, 0xbd, 0x40, 0x20, 0x40, 0x00});
  EXPECT_EQ(table.base, OperandBase::none);  // mov 0x402040(,%rdi,4), %eax
  EXPECT_TRUE(table.indexed);
  const Instruction guard = decoded({0x64, 0x48, 0x8b, 0x04, 0x25, 0x28, 0x00, 0x00, 0x00});
  EXPECT_EQ(guard.base, OperandBase::thread_pointer);
  EXPECT_EQ(guard.displacement, 0x28);
}

TEST(MachineCode, stores_of_what_functions_return) {
  const Instruction low = decoded({0x48, 0x89, 0x03});  // mov %rax, (%rbx)
  EXPECT_TRUE(low.stores_result);
  EXPECT_EQ(low.base_register, 3);
  EXPECT_TRUE(decoded({0x49, 0x89, 0x54, 0x24, 0x08}).stores_result);  // mov %rdx, 8(%r12)
  EXPECT_TRUE(decoded({0x66, 0x0f, 0xd6, 0x03}).stores_result);        // movq %xmm0, (%rbx)
  EXPECT_TRUE(decoded({0xf2, 0x0f, 0x11, 0x4b, 0x08}).stores_result);  // movsd %xmm1, 8(%rbx)
  EXPECT_TRUE(decoded({0xf3, 0x0f, 0x7f, 0x03}).stores_result);        // movdqu %xmm0, (%rbx)
  EXPECT_FALSE(decoded({0x48, 0x8b, 0x03}).stores_result);             // mov (%rbx), %rax
  EXPECT_FALSE(decoded({0x4c, 0x89, 0x03}).stores_result);             // mov %r8, (%rbx)
  EXPECT_FALSE(decoded({0x48, 0x89, 0x0b}).stores_result);             // mov %rcx, (%rbx)
  EXPECT_FALSE(decoded({0x48, 0x89, 0xc3}).stores_result);             // mov %rax, %rbx
  EXPECT_FALSE(decoded({0x0f, 0x6f, 0x03}).stores_result);             // movq (%rbx), %mm0
  EXPECT_FALSE(decoded({0x66, 0x0f, 0xd6, 0x13}).stores_result);       // movq %xmm2, (%rbx)
}

TEST(MachineCode, registers_that_are_given_something_else) {
  const Instruction copy = decoded({0x48, 0x89, 0xc3});  // mov %rax, %rbx
  EXPECT_TRUE(copy.copies_result);
  EXPECT_EQ(copy.written_register, 3);
  EXPECT_TRUE(
      decoded({0x4c, 0x8b, 0xe0}).copies_result);  // mov %rax, %r12, the other way to say it
  EXPECT_EQ(decoded({0x4c, 0x8b, 0xe0}).written_register, 12);
  EXPECT_FALSE(decoded({0x89, 0xc3}).copies_result);  // mov %eax, %ebx
  EXPECT_EQ(decoded({0x89, 0xc3}).written_register, 3);
  EXPECT_EQ(decoded({0x48, 0x8b, 0x5d, 0xe8}).written_register, 3);        // mov -0x18(%rbp), %rbx
  EXPECT_EQ(decoded({0x41, 0x5c}).written_register, 12);                   // pop %r12
  EXPECT_EQ(decoded({0x41, 0xbc, 1, 0, 0, 0}).written_register, 12);       // mov $1, %r12d
  EXPECT_FALSE(decoded({0x48, 0x89, 0x03}).written_register.has_value());  // mov %rax, (%rbx)
}

TEST(MachineCode, vector_instructions_have_operands_too) {
  // vmovdqu (%rdi), %ymm0; vmovdqu64 %zmm0, (%rsi)
  EXPECT_TRUE(decoded({0xc5, 0xfe, 0x6f, 0x07}).memory);
  EXPECT_TRUE(decoded({0x62, 0xf1, 0xfe, 0x48, 0x7f, 0x06}).memory);
  EXPECT_FALSE(decoded({0xc5, 0xf8, 0x77}).memory);  // vzeroupper
}

TEST(MachineCode, addresses_are_no_accesses) {
  const Instruction lea = decoded({0x48, 0x8d, 0x7c, 0x24, 0x0c});  // lea 0xc(%rsp), %rdi
  EXPECT_FALSE(lea.memory);
  EXPECT_TRUE(lea.computes_address);
  EXPECT_EQ(lea.base, OperandBase::stack_pointer);
  EXPECT_FALSE(decoded({0xf3, 0x0f, 0x1e, 0xfa}).memory);              // endbr64
  EXPECT_FALSE(decoded({0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00}).memory);  // nopw
}

TEST(MachineCode, what_reaches_memory_without_an_operand) {
  EXPECT_TRUE(decoded({0xf3, 0x48, 0xab}).implicit_memory);  // rep stos
  EXPECT_TRUE(decoded({0x0f, 0x05}).system_call);
}

TEST(MachineCode, frames_are_set_up_and_given_away) {
  EXPECT_TRUE(decoded({0x48, 0x89, 0xe5}).sets_frame);  // mov %rsp, %rbp
  EXPECT_TRUE(decoded({0x48, 0x8d, 0x6c, 0x24, 0x10}).sets_frame);
  EXPECT_TRUE(decoded({0x48, 0x89, 0xe7}).copies_stack_pointer);   // mov %rsp, %rdi
  EXPECT_TRUE(decoded({0x48, 0x89, 0xef}).copies_frame_pointer);   // mov %rbp, %rdi
  EXPECT_FALSE(decoded({0x48, 0x89, 0xec}).copies_frame_pointer);  // mov %rbp, %rsp
  EXPECT_FALSE(decoded({0x4c, 0x89, 0xe7}).copies_stack_pointer);  // mov %r12, %rdi
}

TEST(MachineCode, jumps_are_from_their_end) {
  EXPECT_EQ(decoded({0xe8, 0x10, 0x00, 0x00, 0x00}).jump, 0x10);
  EXPECT_EQ(decoded({0xeb, 0xfe}).jump, -2);
  EXPECT_EQ(decoded({0x0f, 0x84, 0xff, 0xff, 0xff, 0xff}).jump, -1);
  EXPECT_FALSE(decoded({0xff, 0x25, 0x00, 0x00, 0x00, 0x00}).jump.has_value());
}

TEST(MachineCode, what_is_cut_off_or_no_instruction_is_nothing) {
  const std::vector<std::uint8_t> call = {0xe8, 0x10, 0x00, 0x00};
  EXPECT_FALSE(decode_instruction(call).has_value());
  EXPECT_FALSE(decode_instruction({}).has_value());
  const std::vector<std::uint8_t> invalid = {0x06, 0x90, 0x90};
  EXPECT_FALSE(decode_instruction(invalid).has_value());
}

}  // namespace
}  // namespace heddle

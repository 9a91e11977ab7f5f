#include "harness/search/machine_code.h"

#include <cstddef>
#include <cstring>
#include <utility>

namespace heddle {
namespace {

enum class Map : std::uint8_t { one_byte, two_byte, three_byte_38, three_byte_3a };

constexpr unsigned kStackRegister = 4;
constexpr unsigned kFrameRegister = 5;

// What follows an opcode.
struct Shape {
  bool known = true;
  bool operands = false;   // a ModRM byte
  unsigned immediate = 0;  // bytes
};

bool is_between(unsigned value, unsigned low, unsigned high) {
  return value >= low && value <= high;
}

class Decoder {
 public:
  explicit Decoder(std::span<const std::uint8_t> code) : code_(code) {}

  std::optional<Instruction> decode() {
    read_prefixes();
    Shape shape = read_opcode();
    if (!shape.known || !ok_) return std::nullopt;
    if (shape.operands) read_operands(shape);
    const std::size_t immediate = at_;
    at_ += shape.immediate;
    if (!ok_ || at_ > code_.size()) return std::nullopt;
    if (is_jump_) result_.jump = signed_at(immediate, shape.immediate);
    result_.size = static_cast<unsigned>(at_);
    return result_;
  }

 private:
  unsigned byte() {
    if (at_ >= code_.size()) {
      ok_ = false;
      return 0;
    }
    return code_[at_++];
  }

  std::int32_t signed_at(std::size_t at, unsigned size) const {
    if (size == 1) return static_cast<std::int8_t>(code_[at]);
    std::int32_t value = 0;
    std::memcpy(&value, &code_[at], sizeof value);
    return value;
  }

  void read_prefixes() {
    while (at_ < code_.size()) {
      switch (code_[at_]) {
        case 0x66:
          narrow_ = true;
          break;
        case 0x64:
        case 0x65:
          segment_ = true;
          break;
        case 0x26:
        case 0x2e:
        case 0x36:
        case 0x3e:
        case 0x67:
        case 0xf0:
        case 0xf2:
          break;
        case 0xf3:
          repeated_ = true;
          break;
        default:
          if ((code_[at_] & 0xf0U) == 0x40) rex_ = code_[at_++];
          return;
      }
      ++at_;
    }
  }

  Shape read_opcode() {
    opcode_ = byte();
    // In 64-bit code these two begin the vector encodings, whatever follows.
    if (opcode_ == 0xc4 || opcode_ == 0xc5) return read_vex();
    if (opcode_ == 0x62) return read_evex();
    if (opcode_ != 0x0f) return one_byte_shape();
    opcode_ = byte();
    if (opcode_ == 0x38 || opcode_ == 0x3a) {
      map_ = opcode_ == 0x38 ? Map::three_byte_38 : Map::three_byte_3a;
      opcode_ = byte();
      return {.operands = true, .immediate = map_ == Map::three_byte_3a ? 1U : 0U};
    }
    map_ = Map::two_byte;
    return two_byte_shape();
  }

  Shape read_vex() {
    unsigned map = 1;
    if (opcode_ == 0xc4) {
      const unsigned first = byte();
      // The bits are inverted REX bits.
      rex_ = (~first >> 5U) & 7U;
      map = first & 0x1fU;
      byte();
    } else {
      rex_ = (~byte() >> 5U) & 4U;
    }
    return vector_shape(map);
  }

  Shape read_evex() {
    const unsigned first = byte();
    rex_ = (~first >> 5U) & 7U;
    byte();
    byte();
    return vector_shape(first & 7U);
  }

  Shape vector_shape(unsigned map) {
    opcode_ = byte();
    vector_ = true;
    map_ = map == 1 ? Map::two_byte : map == 3 ? Map::three_byte_3a : Map::three_byte_38;
    if (map == 1 && opcode_ == 0x77) return {};  // vzeroupper
    const bool has_immediate = map == 3 || (map == 1 && two_byte_immediate());
    return {.known = map >= 1 && map <= 6, .operands = true, .immediate = has_immediate ? 1U : 0U};
  }

  bool two_byte_immediate() const {
    switch (opcode_) {
      case 0x70:
      case 0x71:
      case 0x72:
      case 0x73:
      case 0xa4:
      case 0xac:
      case 0xba:
      case 0xc2:
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return true;
      default:
        return false;
    }
  }

  Shape two_byte_shape() {
    if (is_between(opcode_, 0x80, 0x8f)) {
      is_jump_ = true;
      return {.immediate = 4};
    }
    if (opcode_ == 0x05 || opcode_ == 0x34) {
      result_.system_call = true;
      return {};
    }
    if (is_between(opcode_, 0xc8, 0xcf) || is_between(opcode_, 0x30, 0x37)) return {};
    switch (opcode_) {
      case 0x06:
      case 0x08:
      case 0x09:
      case 0x0b:
      case 0x0e:
      case 0x77:
      case 0xa0:
      case 0xa1:
      case 0xa2:
      case 0xa8:
      case 0xa9:
      case 0xaa:
        return {};
      case 0x04:
      case 0x07:
      case 0x0a:
      case 0x0c:
      case 0x0f:
      case 0x24:
      case 0x26:
      case 0x27:
      case 0xa6:
      case 0xa7:
        return {.known = false};
      default:
        return {.operands = true, .immediate = two_byte_immediate() ? 1U : 0U};
    }
  }

  // An operand of the instruction's own size, at most 32 bits.
  unsigned full_immediate() const { return narrow_ ? 2 : 4; }

  // The register is in the opcode itself.
  void note_short_write() {
    result_.written_register = static_cast<std::uint8_t>((opcode_ & 7U) + ((rex_ & 1U) << 3U));
  }

  Shape one_byte_shape() {
    const unsigned op = opcode_;
    if (op < 0x40) {
      const unsigned low = op & 7U;
      if (low < 4) return {.operands = true};
      if (low == 4) return {.immediate = 1};
      if (low == 5) return {.immediate = full_immediate()};
      return {.known = false};
    }
    if (is_between(op, 0x50, 0x5f)) {
      if (op >= 0x58) note_short_write();
      if (op == 0x54 && (rex_ & 1U) == 0) result_.copies_stack_pointer = true;
      return {};
    }
    if (is_between(op, 0x70, 0x7f) || is_between(op, 0xe0, 0xe3) || op == 0xeb) {
      is_jump_ = true;
      return {.immediate = 1};
    }
    if (op == 0xe8 || op == 0xe9) {
      is_jump_ = true;
      result_.calls = op == 0xe8;
      return {.immediate = 4};
    }
    if (is_between(op, 0x84, 0x8f) || is_between(op, 0xd0, 0xd3) || is_between(op, 0xd8, 0xdf)) {
      return {.operands = true};
    }
    if (is_between(op, 0xa0, 0xa3)) {
      result_.implicit_memory = true;
      return {.immediate = 8};
    }
    if (is_between(op, 0xa4, 0xa7) || is_between(op, 0xaa, 0xaf) || is_between(op, 0x6c, 0x6f) ||
        op == 0xd7) {
      result_.implicit_memory = true;
      return {};
    }
    if (is_between(op, 0xb0, 0xb7) || is_between(op, 0xe4, 0xe7)) return {.immediate = 1};
    if (is_between(op, 0xb8, 0xbf)) {
      note_short_write();
      return {.immediate = (rex_ & 8U) != 0 ? 8U : full_immediate()};
    }
    if (is_between(op, 0x90, 0x9f)) return {.known = op != 0x9a};
    if (is_between(op, 0xec, 0xef) || is_between(op, 0xf8, 0xfd)) return {};
    switch (op) {
      case 0x63:
      case 0xfe:
      case 0xff:
      case 0xf6:  // an immediate operand in some: see read_operands()
      case 0xf7:
        return {.operands = true};
      case 0x68:
      case 0xa9:
        return {.immediate = full_immediate()};
      case 0x69:
      case 0x81:
      case 0xc7:
        return {.operands = true, .immediate = full_immediate()};
      case 0x6a:
      case 0xa8:
      case 0xcd:
        return {.immediate = 1};
      case 0x6b:
      case 0x80:
      case 0x83:
      case 0xc0:
      case 0xc1:
      case 0xc6:
        return {.operands = true, .immediate = 1};
      case 0xc2:
      case 0xca:
        return {.immediate = 2};
      case 0xc8:
        return {.immediate = 3};
      case 0xc3:
      case 0xc9:
      case 0xcb:
      case 0xcc:
      case 0xcf:
      case 0xf1:
      case 0xf4:
      case 0xf5:
        return {};
      default:
        return {.known = false};
    }
  }

  bool is_one_byte(unsigned opcode) const {
    return map_ == Map::one_byte && !vector_ && opcode_ == opcode;
  }

  // Reserved hints, of which nop, endbr64 and prefetch are: they touch nothing.
  bool is_hint() const {
    return map_ == Map::two_byte && !vector_ &&
           (is_between(opcode_, 0x18, 0x1f) || opcode_ == 0x0d);
  }

  // A store of a register operand in which functions return small values.
  bool is_store_of_result(unsigned reg) const {
    constexpr unsigned kRax = 0;
    constexpr unsigned kRdx = 2;
    if (is_one_byte(0x88) || is_one_byte(0x89)) return reg == kRax || reg == kRdx;
    if (map_ != Map::two_byte || reg > 1) return false;
    const bool low_half = opcode_ == 0xd6 && narrow_;  // movq
    const bool whole = opcode_ == 0x7f && (narrow_ || repeated_);
    return opcode_ == 0x11 || opcode_ == 0x13 || opcode_ == 0x29 || low_half || whole;
  }

  void read_operands(Shape& shape) {
    const unsigned modrm = byte();
    const unsigned mode = modrm >> 6U;
    const unsigned reg = modrm >> 3U & 7U;
    const unsigned rm = modrm & 7U;
    if (is_one_byte(0xf6) && reg < 2) shape.immediate = 1;
    if (is_one_byte(0xf7) && reg < 2) shape.immediate = full_immediate();
    const unsigned whole_reg = reg + ((rex_ & 4U) << 1U);
    result_.operand_register = static_cast<std::uint8_t>(whole_reg);
    const bool frame_reg = (rex_ & 4U) == 0 && (reg == kStackRegister || reg == kFrameRegister);
    result_.to_frame_register = frame_reg;
    note_written_register(mode, whole_reg, rm);
    if (mode == 3) {
      note_register_move(reg, rm);
      return;
    }
    read_address(mode, rm);
    if (is_hint()) return;
    if (is_one_byte(0x8d)) {
      result_.computes_address = true;
      // lea N(%rsp), %rbp
      if (frame_reg && reg == kFrameRegister && result_.base == OperandBase::stack_pointer) {
        result_.sets_frame = true;
      }
    } else {
      result_.memory = true;
      result_.stores_result = is_store_of_result(whole_reg);
    }
  }

  void note_written_register(unsigned mode, unsigned reg, unsigned rm) {
    const bool to_rm = is_one_byte(0x89) && mode == 3;
    const bool to_reg = is_one_byte(0x8b) || is_one_byte(0x8d) || is_one_byte(0x63);
    if (!to_rm && !to_reg) return;
    const unsigned other = rm + ((rex_ & 1U) << 3U);
    result_.written_register = static_cast<std::uint8_t>(to_rm ? other : reg);
    const bool moves = mode == 3 && (rex_ & 8U) != 0 && !is_one_byte(0x63);
    result_.copies_result = moves && (to_rm ? reg : other) == 0;
  }

  // mov between registers, to and from rsp and rbp.
  void note_register_move(unsigned reg, unsigned rm) {
    const bool to_rm = is_one_byte(0x89);
    if (!to_rm && !is_one_byte(0x8b)) return;
    unsigned from = reg + ((rex_ & 4U) << 1U);
    unsigned to = rm + ((rex_ & 1U) << 3U);
    if (!to_rm) std::swap(from, to);
    if (from == kStackRegister) {
      (to == kFrameRegister ? result_.sets_frame : result_.copies_stack_pointer) = true;
    } else if (from == kFrameRegister && to != kStackRegister) {
      result_.copies_frame_pointer = true;
    }
  }

  void read_address(unsigned mode, unsigned rm) {
    unsigned displacement = mode == 1 ? 1 : mode == 2 ? 4 : 0;
    unsigned base = rm + ((rex_ & 1U) << 3U);
    bool has_base = true;
    if (rm == 4) {
      const unsigned sib = byte();
      const unsigned index = (sib >> 3U & 7U) + ((rex_ & 2U) << 2U);
      result_.indexed = index != kStackRegister;
      base = (sib & 7U) + ((rex_ & 1U) << 3U);
      if (mode == 0 && (sib & 7U) == 5) {
        has_base = false;
        displacement = 4;
      }
    } else if (mode == 0 && rm == 5) {
      has_base = false;
      displacement = 4;
      result_.base = OperandBase::instruction_pointer;
    }
    if (has_base) {
      result_.base_register = static_cast<std::uint8_t>(base);
      result_.base = base == kStackRegister   ? OperandBase::stack_pointer
                     : base == kFrameRegister ? OperandBase::frame_pointer
                                              : OperandBase::other;
    }
    if (segment_) result_.base = OperandBase::thread_pointer;
    const std::size_t at = at_;
    at_ += displacement;
    if (at_ > code_.size()) {
      ok_ = false;
    } else if (displacement != 0) {
      result_.displacement = signed_at(at, displacement);
    }
  }

  std::span<const std::uint8_t> code_;
  std::size_t at_ = 0;
  bool ok_ = true;
  bool narrow_ = false;    // 16-bit operands
  bool repeated_ = false;  // 0xf3, which is part of some opcodes
  bool segment_ = false;   // fs or gs
  bool vector_ = false;    // VEX or EVEX
  bool is_jump_ = false;   // the immediate is a distance
  unsigned rex_ = 0;       // W, R, X, B in the lowest bits, from 8 to 1
  unsigned opcode_ = 0;
  Map map_ = Map::one_byte;
  Instruction result_;
};

}  // namespace

std::optional<Instruction> decode_instruction(std::span<const std::uint8_t> code) {
  return Decoder(code).decode();
}

}  // namespace heddle

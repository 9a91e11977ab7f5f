// Compares a report with the approved text of one scenario in tests/golden/approved/.
#pragma once

#include <string>
#include <string_view>

namespace heddle {

// Fails the test if `text` is not what tests/golden/approved/NAME holds. Then `text` stands in
// NAME.received in the current directory, and the message says which command approves it.
void expect_approved(std::string_view name, const std::string& text);

}  // namespace heddle

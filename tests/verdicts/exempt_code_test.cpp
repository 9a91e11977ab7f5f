// What exempt_code.def leaves out is what compilers, C library and test frameworks consist of.
#include "harness/hooks/exempt_code.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "program_workshop.h"

namespace heddle::verdicts {
namespace {

TEST(ExemptCode, the_c_librarys_own_libraries_and_start_up_objects_are_exempt) {
  if (!find_in_path("g++").has_value()) GTEST_SKIP() << "no g++";
  for (const char* library :
       {"libc.so.6", "libm.so.6", "libmvec.so.1", "libpthread.so.0", "libdl.so.2", "librt.so.1",
        "libresolv.so.2", "libutil.so.1", "libanl.so.1", "ld-linux-x86-64.so.2", "libstdc++.so.6",
        "libgcc_s.so.1", "libatomic.so.1", "libtsan.so.2", "libubsan.so.1", "liblsan.so.0"}) {
    std::string path = run_process({"g++", std::string("-print-file-name=") + library}).out;
    EXPECT_TRUE(path.starts_with('/')) << library << " is not on this machine";
    EXPECT_NE(find_exempt(ExemptKind::library, library), nullptr) << library;
  }
  for (const char* object : {"crt1.o", "Scrt1.o", "crti.o", "crtn.o", "crtbegin.o", "crtbeginS.o",
                             "crtend.o", "crtendS.o"}) {
    std::string path = run_process({"g++", std::string("-print-file-name=") + object}).out;
    path.resize(path.find('\n'));
    ASSERT_TRUE(std::filesystem::exists(path)) << object;
    for (const std::string& name : symbols(path, {"--defined-only"})) {
      // Functions only: data has no code.
      const bool function = name == "_start" || name.find("clones") != std::string::npos ||
                            name.ends_with("dtors_aux") || name == "_init" || name == "_fini" ||
                            name == "frame_dummy";
      if (function) {
        EXPECT_NE(find_exempt(ExemptKind::symbol, name), nullptr) << name;
      }
    }
  }
  // All of it in a program, whose own code is nothing but an instrumented main.
  const Workshop w({"g++", {kThread, "-pthread"}}, false);
  w.write("only.cpp", "int counter;\nint main() { return ++counter < 0; }\n");
  const std::string only = w.compile("only.cpp", {"-O1", kThread});
  EXPECT_EQ(look({w.link({only})}), Instrumentation{});
  EXPECT_EQ(look({w.link({only}, {"-no-pie"})}), Instrumentation{});
  EXPECT_EQ(look({w.link({only}, {"-pg"})}), Instrumentation{});
  w.write("throws.cpp",
          "#include <iostream>\n#include <stdexcept>\nint counter;\n"
          "int main() {\n"
          "  try { if (++counter) throw std::runtime_error(\"x\"); }\n"
          "  catch (const std::exception& e) { std::cout << e.what(); }\n"
          "}\n");
  EXPECT_EQ(look({w.link({w.compile("throws.cpp", {"-O1", kThread})},
                         {"-static-libstdc++", "-static-libgcc"})}),
            Instrumentation{});
}

// All of the archives, so that nothing of them is left out that some program might take in.
TEST(ExemptCode, the_frameworks_archives_are_exempt_whole) {
  if (!find_in_path("g++").has_value()) GTEST_SKIP() << "no g++";
  const Workshop w({"g++", {kThread, "-pthread"}}, false);
  w.write("only.cpp", "int counter;\nint main() { return ++counter < 0; }\n");
  const std::string only = w.compile("only.cpp", {"-O1", kThread});
  for (const Words& archives : {Words{"gtest"}, Words{"gmock", "gtest"}, Words{"rapidcheck"}}) {
    SCOPED_TRACE(archives.front());
    Words flags = {"-Wl,--whole-archive"};
    bool all_there = true;
    for (const std::string& archive : archives) {
      flags.push_back("-l" + archive);
      const std::string path = run_process({"g++", "-print-file-name=lib" + archive + ".a"}).out;
      all_there &= path.starts_with('/');
    }
    if (!all_there) continue;
    flags.push_back("-Wl,--no-whole-archive");
    const Instrumentation found = look({w.link({only}, flags)});
    EXPECT_EQ(names(found), Words{});
    EXPECT_EQ(found.assumed, archives);
    EXPECT_EQ(found.unmodelled, Words{});
  }
}

}  // namespace
}  // namespace heddle::verdicts

#include "harness/engine/relacy/relacy_runner.h"

#include "harness/engine/relacy/hook_table.h"
#include "harness/engine/relacy/rooms.h"
#include "harness/engine/relacy/run/context.h"
#include "harness/engine/relacy/run/fibers.h"
#include "harness/engine/relacy/run/schedulers.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/program_heap.h"

namespace heddle::relacy {
namespace {

template <typename Model>
class ModelRunner final : public Runner, public ContextUser {
 public:
  explicit ModelRunner(const RelacySearch& search) : rooms_(search, *this) {
    self_ = this;
    HookTable<Model>::serve(&rooms_);
  }
  ~ModelRunner() override {
    HookTable<Model>::serve(nullptr);
    self_ = nullptr;
  }

  bool execute(const RunOrder& order, const Program& program, RunResult& result) override {
    static const EngineTable kTable = HookTable<Model>::make();

    Run<Model>& run = rooms_.run;
    rooms_.process.begin_run(program);
    run.begin(order, result);
    program_heap::g_on_reuse = [](Address begin, std::size_t size) {
      self_->rooms_.run.memory_changes_hands(begin, size);
    };
    g_engine_table = &kTable;
    run.execute();
    g_engine_table = &passthrough_table();
    program_heap::g_on_reuse = nullptr;
    t_program_code = false;

    if (run.stuck()) {
      run.conclude(rooms_.deadlock.key().value(), [this] { return rooms_.deadlock.describe(); });
    }
    run.end();
    return !run.too_many_threads();
  }

  std::vector<std::uint8_t> path() const override {
    if constexpr (Model::kRandom) {
      return {};
    } else {
      return Run<Model>::scheduler().path();
    }
  }
  void set_path(const std::vector<std::uint8_t>& path) override {
    if constexpr (!Model::kRandom) Run<Model>::scheduler().set_path(path);
  }
  bool advance() override {
    if constexpr (Model::kRandom) {
      return true;
    } else {
      return Run<Model>::scheduler().advance();
    }
  }

  void run_main() override { rooms_.process.run_main(); }
  void relacy_failed(rl::test_result_e what) override { rooms_.run.fail_as_relacy(what); }

 private:
  static inline ModelRunner* self_ = nullptr;

  Rooms<Model> rooms_;
};

template <template <rl::thread_id_t> typename Search>
std::unique_ptr<Runner> make_model_runner(const RelacySearch& search, int threads) {
  if (threads == kFewThreads)
    return std::make_unique<ModelRunner<Model<kFewThreads, Search>>>(search);
  return std::make_unique<ModelRunner<Model<kManyThreads, Search>>>(search);
}

}  // namespace

std::unique_ptr<Runner> make_runner(const RelacySearch& search, int threads) {
  return search.random ? make_model_runner<RandomScheduler>(search, threads)
                       : make_model_runner<TreeScheduler>(search, threads);
}

}  // namespace heddle::relacy

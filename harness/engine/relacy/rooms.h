// The parts of the engine that work within a run, each in the room that its include names. To be
// included by relacy_runner.cpp alone.
#pragma once

#include "harness/engine/relacy/memory/atomics.h"
#include "harness/engine/relacy/memory/cells.h"
#include "harness/engine/relacy/memory/plain_accesses.h"
#include "harness/engine/relacy/objects/annotation.h"
#include "harness/engine/relacy/objects/condition.h"
#include "harness/engine/relacy/objects/mutex.h"
#include "harness/engine/relacy/objects/once.h"
#include "harness/engine/relacy/objects/thread.h"
#include "harness/engine/relacy/objects/thread_key.h"
#include "harness/engine/relacy/run/context.h"
#include "harness/engine/relacy/run/process.h"
#include "harness/engine/relacy/run/run.h"
#include "harness/engine/relacy/verdict/deadlock.h"

namespace heddle::relacy {

template <typename Model>
struct Rooms {
  Rooms(const RelacySearch& search, ContextUser& user) : run(search, user) {}

  Run<Model> run;
  Process<Model> process{run};

  Cells<Model> cells{run};
  PlainAccesses<Model> plain{run, cells};
  Atomics<Model> atomics{run, cells};

  RunKeys<Model> keys{run};
  Threads<Model> threads{run, process, keys};
  Mutexes<Model> mutexes{run};
  Conditions<Model> conditions{run, mutexes};
  Onces<Model> onces{run, atomics};
  Annotations<Model> annotations{run};

  Deadlock<Model> deadlock{run, mutexes, conditions};
};

}  // namespace heddle::relacy

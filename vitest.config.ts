// All tests. A file gets a database of its own from test/database.ts; global set-up starts PostgreSQL once.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{contract,core,bot,demo,test}/**/*.test.ts"],
    globalSetup: ["test/global-setup.ts"],
    setupFiles: ["core/preload.ts", "test/fuzz-seed.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is waited for may take as long as the machine is busy; the default is a second.
    expect: { poll: { timeout: 30_000 } },
    // One more than the cores of a small machine: many tests wait for servers that are silent or slow.
    maxWorkers: 3,
  },
});

import { createRequire } from 'node:module'
import { defineConfig } from 'vitest/config'

const require = createRequire(import.meta.url)

const NOT_OURS = ['node_modules/**', 'dist/**']
const PROOF = ['test/simulation/proof.test.ts', 'test/faults/faults.test.ts']

export default defineConfig({
  // One copy of graphql: two realms would refuse each other's schemas.
  resolve: { alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }] },
  test: {
    projects: [
      { extends: true, test: { name: 'rooms', include: ['**/*.test.ts'], exclude: [...NOT_OURS, ...PROOF] } },
      // Takes all cores, and deadlines of real processes: by itself, and last.
      {
        extends: true,
        test: { name: 'proof', include: PROOF, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
    // A Lockstep that fills its stores first takes some seconds to start, and more where other tests run beside it.
    hookTimeout: 30_000,
    testTimeout: 30_000,
    globalSetup: ['test/process/build.ts'],
    env: { APOLLO_TELEMETRY_DISABLED: 'true' },
  },
})

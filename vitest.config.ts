import { createRequire } from 'node:module'
import { defineConfig } from 'vitest/config'

const require = createRequire(import.meta.url)

export default defineConfig({
  // One copy of graphql: two realms would refuse each other's schemas.
  resolve: { alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }] },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**'],
    // A Lockstep that fills its stores first takes some seconds to start, and more where other tests run beside it.
    hookTimeout: 30_000,
    testTimeout: 30_000,
    globalSetup: ['test/process/build.ts'],
    env: { APOLLO_TELEMETRY_DISABLED: 'true' },
  },
})

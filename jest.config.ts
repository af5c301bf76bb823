import type { Config } from 'jest'

/** Node strips the types itself; Jest transforms nothing (docs/decisions/0005-biome-and-jest.md). */
const config: Config = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  coverageProvider: 'v8',
  testTimeout: 60_000,
  // Two cores: more workers only make the browser tests slower.
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/test/support/summary-reporter.js'],
}

export default config

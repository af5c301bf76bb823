import type { Config } from 'jest'

/** Node strips the types itself; Jest transforms nothing (docs/decisions/0005-biome-and-jest.md). */
const config: Config = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // In other languages: npm run test:interop.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/interop/'],
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  coverageProvider: 'v8',
  // Where a branch nobody tried may hand over a stranger's account; `npm run matching:coverage`.
  collectCoverageFrom: ['src/matching/**/*.ts'],
  coverageThreshold: { global: { branches: 100, functions: 100, lines: 100, statements: 100 } },
  // A gate is no matter of luck.
  setupFiles: process.argv.includes('--coverage') ? ['<rootDir>/test/support/fixed-seed.ts'] : [],
  testTimeout: 180_000,
  // Two cores: more workers only make the browser tests slower. CI says itself what may run side by side (.ci/run). A
  // process is made anew when it has grown.
  maxWorkers: process.env.CI === undefined ? 2 : 1,
  workerIdleMemoryLimit: '1.5GB',
  reporters: ['default', '<rootDir>/test/support/summary-reporter.js'],
}

export default config

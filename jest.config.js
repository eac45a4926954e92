import { join } from 'node:path';

// Programs that tests start load the same modules: compiled once, and without their types.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/node');

// `npm test` stays short: it leaves out what takes long, browsers first, and what keeps a processor busy and holds nobody to a time.
// `.ci/run` runs the one, and the other on what that leaves of the processors.
const leftOut = {
  all: [],
  long: ['[.]heavy[.]test[.]ts$'],
  heavy: ['(?<![.]heavy)[.]test[.]ts$'],
}[process.env.LATCHKEY_TESTS] ?? ['[.](?:long|heavy)[.]test[.]ts$'];

export default {
  // jest leaves one processor idle; the tests mostly wait for each other's sockets.
  maxWorkers: '100%',
  // A worker keeps the modules of every file that it has run, and V8 ends it at 4 GB: one that has grown begins anew between two files.
  workerIdleMemoryLimit: '2GB',
  // Ends what hangs. Beside a browser on two cores a whole installation takes its time; what is about time limits measures them itself.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/{services,packages,deploy,test}/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...leftOut],
  modulePathIgnorePatterns: ['/dist/'],
  testEnvironment: '<rootDir>/jest.compiled-once.cjs',
  testEnvironmentOptions: { customExportConditions: ['@latchkey/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  testSequencer: '<rootDir>/jest.long-first.cjs',
  transform: { '\\.ts$': '<rootDir>/jest.strip-types.cjs' },
  collectCoverageFrom: ['{services,packages}/*/src/**/*.ts'],
  coverageProvider: 'babel',
};

export default {
  testMatch: ['<rootDir>/{services,packages,deploy,test}/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@latchkey/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/jest.strip-types.cjs' },
  collectCoverageFrom: ['{services,packages}/*/src/**/*.ts'],
  coverageProvider: 'babel',
};

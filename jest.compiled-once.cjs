// Node's environment for tests. Each test file loads anew what it imports, some hundred modules behind a whole installation: what V8
// makes of a source text is kept within a worker, and only the first file waits for it.
const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

const kept = new Map();
const known = (name, code) => {
  const before = kept.get(name);
  return before?.code === code ? before.data : undefined;
};
const { compileFunction, SourceTextModule } = vm;

vm.compileFunction = (code, parameters, options) => {
  const cachedData = known(options.filename, code);
  const compiled = compileFunction(code, parameters, {
    ...options,
    cachedData,
    produceCachedData: cachedData === undefined,
  });
  if (cachedData === undefined) kept.set(options.filename, { code, data: compiled.cachedData });
  return compiled;
};

vm.SourceTextModule = class extends SourceTextModule {
  constructor(code, options) {
    const cachedData = known(options.identifier, code);
    super(code, { ...options, cachedData });
    if (cachedData === undefined) kept.set(options.identifier, { code, data: this.createCachedData() });
  }
};

module.exports = TestEnvironment;

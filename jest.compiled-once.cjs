// Node's environment for tests. Each test file loads anew what it imports, some hundred modules behind a whole installation: what V8
// makes of a source text is kept within a worker, and only the first file waits for it.
const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

const { compileFunction, SourceTextModule } = vm;
if (SourceTextModule === undefined) {
  throw new Error(
    'node runs without --experimental-vm-modules, which the tests need: run `npm run test:jest`',
  );
}

const kept = new Map();
const keep = (key, code, data) => void kept.set(key, { code, data });
const known = (key, code) => {
  const before = kept.get(key);
  return before?.code === code ? before.data : undefined;
};

vm.compileFunction = (code, parameters = [], options = {}) => {
  if (options.filename === undefined) return compileFunction(code, parameters, options);
  const key = JSON.stringify([options.filename, parameters]);
  const cachedData = known(key, code);
  const produceCachedData = cachedData === undefined;
  const compiled = compileFunction(code, parameters, { ...options, cachedData, produceCachedData });
  if (produceCachedData) keep(key, code, compiled.cachedData);
  else if (compiled.cachedDataRejected) kept.delete(key);
  return compiled;
};

vm.SourceTextModule = new Proxy(SourceTextModule, {
  construct(_, [code, options = {}]) {
    const key = options.identifier;
    const cachedData = key === undefined ? undefined : known(key, code);
    try {
      const module = new SourceTextModule(code, { ...options, cachedData });
      if (key !== undefined && cachedData === undefined) keep(key, code, module.createCachedData());
      return module;
    } catch (error) {
      // V8 takes back only what it made with the same flags, and a test can set some.
      if (error.code !== 'ERR_VM_MODULE_CACHED_DATA_REJECTED') throw error;
      kept.delete(key);
      return new SourceTextModule(code, options);
    }
  },
});

module.exports = TestEnvironment;

// Without durations of a run before, as on a fresh clone, jest begins with the largest files. One that takes long and began last
// would leave the other processors idle.
const { default: Sequencer } = require('@jest/test-sequencer');

const isLong = ({ path }) => /[.](?:long|heavy)[.]test[.]ts$/.test(path);

module.exports = class LongFirst extends Sequencer {
  sort(tests) {
    // oxlint-disable-next-line unicorn/no-array-sort -- it is jest's own, which knows durations and sizes
    return super.sort(tests).toSorted((one, other) => Number(isLong(other)) - Number(isLong(one)));
  }
};

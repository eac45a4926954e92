import { describe, expect, test } from '@jest/globals';
import { debianPackages } from './debian.ts';
import { licenceProblems, withLicence } from './licences.ts';

const component = (name: string) => {
  const purl = `pkg:npm/${name}@1.0.0`;
  return { type: 'library', name, version: '1.0.0', purl, 'bom-ref': purl };
};

describe('a licence', () => {
  test.each([{ license: { id: 'MIT' } }, { license: { name: 'ISC' } }])(
    'that is allowed is fine: %j',
    (one) => {
      expect(licenceProblems([{ ...component('a'), licenses: [one] }])).toEqual([]);
    },
  );

  test.each([
    ['GPL-3.0-only', [{ license: { id: 'GPL-3.0-only' } }]],
    ['(MIT OR GPL-3.0-only)', [{ expression: '(MIT OR GPL-3.0-only)' }]],
    ['MIT and SSPL-1.0', [{ license: { id: 'MIT' } }, { license: { id: 'SSPL-1.0' } }]],
    ['no licence', []],
  ])('that nobody has allowed is named with its package: %s', (said, licenses) => {
    const [problem, ...others] = licenceProblems([{ ...component('a'), licenses }]);
    expect([problem, others]).toEqual([expect.stringContaining(`pkg:npm/a@1.0.0: ${said}: read it`), []]);
  });

  test('is known of packages that state it elsewhere, unless they say another one', () => {
    expect(licenceProblems([component('pause')].map(withLicence))).toEqual([]);
    const other = { ...component('pause'), licenses: [{ license: { id: 'GPL-3.0-only' } }] };
    expect(licenceProblems([other].map(withLicence))).toHaveLength(1);
  });
});

test('what dpkg has installed is named as scanners look for it, and what it has removed is not', () => {
  const status = `Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9+deb12u13
Description: GNU C Library
 Version: of something else

Package: libstdc++6
Status: install ok installed
Architecture: amd64
Version: 1:12.2.0~1

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1
`;
  expect(debianPackages(status).map(({ purl }) => purl)).toEqual([
    'pkg:deb/debian/libc6@2.36-9%2Bdeb12u13?arch=amd64&distro=debian-12',
    'pkg:deb/debian/libstdc%2B%2B6@1%3A12.2.0~1?arch=amd64&distro=debian-12',
  ]);
});

// People reach the services through Apache httpd, set up as deploy/fronts/apache.conf says.
import { describe, expect, test } from '@jest/globals';
import { findProgram } from '@latchkey/testing/programs';
import { checked, useFront } from './front.ts';
import { holdsBehind } from './holds-behind.ts';

const apache = findProgram('apache2', 'httpd');

if (apache === undefined) test.skip('Apache httpd is not installed here', () => undefined);
else
  describe('behind Apache httpd', () => {
    const the = useFront(
      apache,
      ({ folder, port, copied }) => ({
        files: {
          'latchkey.conf': copied('apache.conf'),
          'apache2.conf': around(folder, port, copied('apache.conf')),
        },
        args: ['-D', 'FOREGROUND', '-d', folder, '-f', 'apache2.conf'],
      }),
      { proxyEnv: { SERVER_INTERIM_ANSWERS: 'true' } },
    );
    holdsBehind(the);

    test('its checks find both services healthy', async () => {
      expect(await checked(the)).toEqual([200, 200]);
    });
  });

// What Debian's own apache2.conf is, with the modules that the file asks for.
function around(folder: string, port: number, file: string): string {
  const [, wanted = ''] = /`a2enmod ([^`]+)`/.exec(file) ?? [];
  const needed = ['mpm_event', 'authz_core', 'socache_shmcb', 'slotmem_shm', ...wanted.split(' ')];
  return `
ServerName localhost
Listen 127.0.0.1:${port}
DefaultRuntimeDir ${folder}
PidFile ${folder}/apache2.pid
ErrorLog /dev/stderr
User nobody
Group nogroup
${needed.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
Include latchkey.conf
`;
}

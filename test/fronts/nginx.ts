import type { Plan } from '../fixtures/running-program.ts';

const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/**
 * Debian's own nginx.conf around what goes into conf.d, without a second process to look after.
 *
 * @param modules files of modules that are loaded
 */
export function nginxWith(
  folder: string,
  conf: Record<string, string>,
  modules: readonly string[] = [],
): Plan {
  const around = `
${modules.map((file) => `load_module ${file};`).join('\n')}
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  include ${folder}/*.conf;
}
`;
  const files = Object.entries(conf).map(([name, text]) => [`${name}.conf`, text]);
  return {
    files: { around, ...Object.fromEntries(files) },
    args: ['-p', folder, '-c', 'around'],
  };
}

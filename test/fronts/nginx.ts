import type { Plan } from './front.ts';

const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** Debian's own nginx.conf around what goes into conf.d, without a second process to look after. */
export function nginxWith(folder: string, conf: Record<string, string>): Plan {
  const around = `
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

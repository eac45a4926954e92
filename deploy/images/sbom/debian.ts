import type { Component } from './cyclonedx.ts';

/** The packages in dpkg's own list of what is installed, `/var/lib/dpkg/status` (deb822(5)). */
export function debianPackages(status: string): Component[] {
  return status
    .split('\n\n')
    .map(fieldsOf)
    .filter((fields) => fields.get('Status') === 'install ok installed')
    .map(componentOf);
}

function fieldsOf(paragraph: string): Map<string, string> {
  return new Map(
    [...paragraph.matchAll(/^([\w-]+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

// https://github.com/package-url/purl-spec/blob/main/types-doc/deb-definition.md
function componentOf(fields: ReadonlyMap<string, string>): Component {
  const [name = '', version = '', arch = ''] = ['Package', 'Version', 'Architecture'].map((field) =>
    fields.get(field),
  );
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${arch}&distro=debian-12`;
  return { type: 'library', name, version, purl, 'bom-ref': purl };
}

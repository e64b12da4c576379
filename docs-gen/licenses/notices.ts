import { readFileSync } from 'node:fs';
import { type InstalledPackage, legalTexts } from './installed-package.ts';

const line = '-'.repeat(80);

/**
 * The texts that must be passed on with other authors' code, each once.
 *
 * @throws {Error} If a package has no such text.
 */
export function notices(title: string, packages: readonly InstalledPackage[]): string {
  const sections = new Map<string, { readonly text: string; readonly names: string[] }>();
  for (const each of packages) {
    for (const text of textsOf(each, packages).map(withoutAppendix)) {
      const words = text.replaceAll(/\s+/g, ' ').toLowerCase();
      const section = sections.get(words) ?? { text, names: [] };
      section.names.push(each.name);
      sections.set(words, section);
    }
  }
  const written = [...sections.values()].map(
    ({ text, names }) => `${line}\n${names.join('\n')}\n${line}\n\n${text}\n`,
  );
  return [`${title}\n`, ...written].join('\n\n');
}

/** The appendix on how to apply the Apache licence is not part of the licence, and differs from copy to copy. */
function withoutAppendix(text: string): string {
  return text.replace(/(END OF TERMS AND CONDITIONS)\s.*$/s, '$1');
}

function textsOf(each: InstalledPackage, packages: readonly InstalledPackage[]): string[] {
  const own = legalTexts(each);
  if (own.length > 0) return own;
  const { name, license, author } = each;
  // The licence's text names no author, so it is the same for all.
  const sibling = packages.find((other) => license === 'Apache-2.0' && isApache(other));
  if (sibling) return legalTexts(sibling);
  if (license === 'MIT' && author !== undefined) return [mit(author)];
  throw new Error(`${name} (${license}) has no licence text to hand on: do without it.`);
}

/** Our own licence is the same except for its author. */
function mit(author: string): string {
  return readFileSync('LICENSE', 'utf8')
    .replace(/^Copyright .*$/m, `Copyright (c) ${author}`)
    .trim();
}

function isApache(each: InstalledPackage): boolean {
  return each.license === 'Apache-2.0' && legalTexts(each).length > 0;
}

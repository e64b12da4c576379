import { machine, table } from './markdown.ts';
import type { PartResult } from './part.ts';

/** The one report of all parts, as Markdown. */
export function summaryText(
  results: readonly PartResult[],
  { minutes }: { readonly minutes: number },
): string {
  const versions = Object.entries(Object.assign({}, ...results.map((result) => result.versions)));
  const aims = results.flatMap(({ aims: own, title, page }) => own.map((aim) => ({ ...aim, title, page })));
  const missed = aims.filter(({ met }) => !met).length;
  return `# Benchmarks

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}, in ${Math.ceil(minutes)} minutes: ${machine()}.
${versions.map(([name, version]) => `${name} ${version}`).join(', ')}.
Everything that is compared takes turns in one run. Ratios travel to other machines, milliseconds do not. Not measured
on AWS.

## Aims

${aims.length - missed} of ${aims.length} are met. Where one is missed, its page says why, from a profile.

${table(
  ['of', 'aim', 'found', ''],
  aims.map(({ title, aim, found, met, page }) => [
    title,
    aim,
    found,
    met ? 'met' : `**missed**: [why](${page})`,
  ]),
)}

${results.map(partText).join('\n')}`;
}

function partText({ title, page, about, figures }: PartResult): string {
  return `## [${title}](${page})

${about}

${table(figures.head, figures.rows)}
`;
}

import { machine, table } from './markdown.ts';
import type { PartResult } from './part.ts';

/** The report of all parts, as Markdown. It opens with the findings that matter to a user; the aims come last. */
export function summaryText(
  results: readonly PartResult[],
  { minutes }: { readonly minutes: number },
): string {
  const versions = Object.entries(Object.assign({}, ...results.map((result) => result.versions)));
  const aims = results.flatMap(({ aims: own, title, page }) => own.map((aim) => ({ ...aim, title, page })));
  const missed = aims.filter(({ met }) => !met).length;
  const headlines = results.flatMap(({ headline, page }) =>
    headline === undefined ? [] : [`- ${headline} [Details](${page}).`],
  );
  return `# Benchmarks

${headlines.join('\n')}
- **${aims.length - missed} of ${aims.length} aims are met, ${missed} are missed.** [The list](#aims) links each missed aim to the page that explains it.

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}, in ${Math.ceil(minutes)} minutes: ${machine()}.
${versions.map(([name, version]) => `${name} ${version}`).join(', ')}.
Everything that is compared takes turns in one run. Ratios carry over to other machines, milliseconds do not. Nothing was
measured on AWS. Parts can be measured alone, so a part's page may be newer than this one.

${results.map(partText).join('\n')}
## Aims

${table(
  ['of', 'aim', 'found', ''],
  aims.map(({ title, aim, found, met, page }) => [
    title,
    aim,
    found,
    met ? 'met' : `**missed**: [why](${page})`,
  ]),
)}
`;
}

function partText({ title, page, about, figures }: PartResult): string {
  return `## [${title}](${page})

${about}

${table(figures.head, figures.rows)}
`;
}

import { checkOff, type ProofResult } from '@org/admin';
import type { Style, Terminal } from '../terminal.ts';

const styles: Readonly<Record<ProofResult['outcome'], Style>> = {
  holds: 'green',
  broken: 'red',
  'not shown': 'yellow',
};

/** A result in a line. */
export function proofLine({ statement, outcome, what }: ProofResult, terminal: Terminal): string {
  return `${terminal.paint(styles[outcome], outcome.padEnd('not shown'.length))}  ${statement}: ${what}`;
}

/** All results as a Markdown page, to keep with the deployment. */
export function proofReport(
  results: readonly ProofResult[],
  { deployment, at }: { readonly deployment: string; readonly at: number },
): string {
  const rows = results.map(({ statement, outcome, what, requestIds }) =>
    row([statement, outcome, what, requestIds.slice(0, mostIds).join(' ')]),
  );
  const items = checkOff(results).map(({ statement, outcome, because }) => {
    const seen = because.map(({ name, what }) => `${name}: ${what}`).join('; ');
    const ids = because.flatMap(({ requestIds }) => requestIds.slice(0, 1));
    return row([statement, outcome, seen, ids.slice(0, mostIds).join(' ')]);
  });
  return `# What ${deployment} was seen to do

${new Date(at).toISOString()}: ${proofSummary(results)}

| promise | | seen | request ids (the first ${mostIds}) |
| --- | --- | --- | --- |
${rows.join('\n')}

## What only a deployment shows

The rest of the list is to be looked at by hand: docs/deploy.md.

| | | seen | request ids |
| --- | --- | --- | --- |
${items.join('\n')}
`;
}

/** How many promises came out in which way. */
export function proofSummary(results: readonly ProofResult[]): string {
  const count = (outcome: ProofResult['outcome']) =>
    results.filter((each) => each.outcome === outcome).length;
  const [holding, broken, notShown] = [count('holds'), count('broken'), count('not shown')];
  return [
    holding === 1 ? '1 promise holds' : `${holding} promises hold`,
    `${broken} ${broken === 1 ? 'is' : 'are'} broken`,
    `${notShown} ${notShown === 1 ? 'was' : 'were'} not shown.`,
  ].join(', ');
}

const mostIds = 5;

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}

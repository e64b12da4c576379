import { describeRequest, findRequest, type RequestLookup, wasFound } from '@org/admin';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { searchedText } from '../output/searched.ts';
import { renderTable } from '../output/table.ts';

const about = ({ program }: Invocation) => `
The id is in the answer: its header x-request-id, its field id (of an error, request_id), and in what our client throws.
Searches the function's log, the authorizer's if there is one, and with accessLog API Gateway's. None of them has a
prompt, an answer or the value of a key. CloudWatch charges about $0.005 for each GB that it searches.

Examples:
  ${program} requests show 0a6f6d5e-5a3f-4d63-a2f5-2f7a5e1f8c11
  ${program} requests show chatcmpl-0a6f6d5e-5a3f-4d63-a2f5-2f7a5e1f8c11 --days 7
  ${program} requests show 0a6f6d5e-5a3f-4d63-a2f5-2f7a5e1f8c11 --json | jq .request.charged
`;

export function addRequestsShow(requests: Command, cli: Cli): void {
  requests
    .command('show')
    .description('one request: how it ended, which limit refused it, what was held and charged')
    .argument('<id>', 'its id')
    .option('--days <days>', 'how many days back to search', daysOf, 1)
    .option('--json', 'print JSON')
    .addHelpText('after', () => about(cli.invocation))
    .action(async (id: string, { days, json }: { days: number; json?: boolean }) => {
      const { terminal } = cli;
      const found = await findRequest(await cli.deployment(), { id, days });
      const sentences = describeRequest(found);
      if (json) terminal.print(JSON.stringify(found, null, 2));
      else if (wasFound(found)) {
        const rows = factsOf(found);
        if (rows.length > 0) terminal.print(`${renderTable([{ head: 'request' }, { head: '' }], rows)}\n`);
        terminal.print(sentences.join('\n'));
      }
      for (const note of searchedText(found.searchedBytes, cli)) terminal.note(`\n${note}`);
      if (!wasFound(found)) {
        const [problem = '', ...advice] = sentences;
        throw new CliError(problem, advice.join('\n'));
      }
    });
}

/** Who asked what, and how long it took. */
function factsOf({ id, request }: RequestLookup): string[][] {
  if (!request) return [];
  const { usage } = request;
  const facts: readonly (readonly [name: string, value: string | number | undefined])[] = [
    ['id', id],
    ['ended', request.timestamp],
    ['team', request.team],
    ['key', request.keyName ?? request.keyId],
    ['person', request.person],
    ['customer', request.customer],
    ['plan', request.plan],
    ['route', request.operation],
    ['client', request.client],
    ['model', request.model],
    ['input tokens', usage && tokensOf(usage)],
    ['output tokens', usage?.outputTokens],
    ['stop reason', request.stopReason],
    ['first text after', millisecondsOf(request.firstDeltaMs)],
    ['Bedrock took', millisecondsOf(request.upstreamMs)],
    ['all of it took', millisecondsOf(request.totalMs)],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
}

function tokensOf({
  inputTokens,
  cacheReadTokens: read = 0,
  cacheWriteTokens = 0,
  cacheWrite1hTokens = 0,
}: NonNullable<NonNullable<RequestLookup['request']>['usage']>): string {
  const written = cacheWriteTokens + cacheWrite1hTokens;
  const cached = read + written > 0 ? `, ${read} read from a cache, ${written} written to one` : '';
  return `${inputTokens}${cached}`;
}

function millisecondsOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : `${ms} ms`;
}

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 400) return days;
  throw new InvalidArgumentError('It must be a whole number from 1 to 400.');
}

import { join } from 'node:path';
import { createBedrockClient } from '@org/bedrock-client';
import { type ErrorCode, type ErrorMaker, errorCodes, errorDefinition, headers } from '@org/contract';
import { test } from 'vitest';
import { expectCommitted, repository } from './committed.ts';
import { readDocstrings } from './docstrings.ts';
import { errorExample } from './openapi/examples.ts';
import { table } from './table.ts';

const docs = readDocstrings(join(repository, 'packages/contract/src'));

const makers: Readonly<Record<ErrorMaker, string>> = {
  gateway: 'API Gateway',
  lambda: 'the function',
  ledger: 'the limits',
  bedrock: 'Bedrock',
};

/** The class that the client throws for a code, found by calling the client. */
async function classOf(code: ErrorCode): Promise<string> {
  const { status, retryable } = errorDefinition(code);
  const client = createBedrockClient({
    baseUrl: 'https://proxy.example.com/dev',
    apiKey: 'key',
    maxRetries: 0,
    fetch: async () =>
      Response.json(errorExample(code).value, {
        status,
        headers: { [headers.shouldRetry]: String(retryable) },
      }),
  });
  const result = await client.safeAsk('llama', 'What is a dystopia?');
  if (result.ok || result.error.code !== code) throw new Error(`The client does not know ${code}.`);
  return result.error.name;
}

const statuses = [...new Set(errorCodes.map((code) => errorDefinition(code).status))].sort();

const introduction = [
  '# Errors',
  '',
  'Every error of the API. `docs-gen/errors-document.test.ts` writes this page from the',
  "[contract](../packages/contract/src/errors.ts) and the client's classes, and fails if the page is out of date",
  '(`UPDATE_DOCS=1` writes it again). The client also throws errors of its own (`timeout`, `aborted`, `connection_failed`',
  '...): see [its table](../packages/client-sdk/README.md#errors), and [its guide](../packages/client-sdk/docs/errors.md)',
  'on how to handle errors.',
  '',
  '## The shape',
  '',
  "Every error has the same body, including API Gateway's own errors; in a stream that has begun, it is the `data` of an",
  "`error` event. OpenAI's and Anthropic's SDKs can read it too.",
  '',
  '```json',
  JSON.stringify(errorExample('quota_exceeded').value, null, 2),
  '```',
  '',
  'Branch on `error.code`, never on the message. Use `request_id`, which is also in the header `x-request-id`, to find',
  'the call in the logs. `param` is the field at fault, or null. The schemas are in [openapi.json](openapi.json).',
  '',
  '## Sending again',
  '',
  'The header `x-should-retry` decides. It is `false` even for a retryable code if Bedrock may have billed an answer that',
  'was lost on the way, and if the wait is longer than a minute. `retry-after` is in seconds; it is above 60 only if a limit is',
  'ahead of its [pace](limits.md#a-pace). [What the client sends',
  'again](../packages/client-sdk/docs/retries-and-time-limits.md#what-is-sent-again).',
  '',
  'A call that is not billed is not charged to the limits either, except that `limits_unavailable` may leave its worst',
  'case charged. A call that may have been billed stays charged with its worst case: [every',
  "case](limits-under-faults.md). A plan's `quota` counts every request that passes API Gateway's check of key and rate,",
  'even if it fails later.',
  '',
  '## Without the shape',
  '',
  'API Gateway refuses a body above 10 MB with a 413 in plain text, and headers above 10,240 bytes in a way that AWS does',
  "not document. A proxy or firewall on the way may answer with its own text. The client recognizes API Gateway's.",
  '',
  '## Every code',
  '',
];

function retryNote(code: ErrorCode): string {
  const { retryable, retryAfterSeconds } = errorDefinition(code);
  if (!retryable) return code === 'quota_exceeded' ? '**never**' : 'no';
  return retryAfterSeconds === undefined ? 'yes' : `yes, after ${retryAfterSeconds} s`;
}

async function row(code: ErrorCode): Promise<string[]> {
  const { status, madeBy } = errorDefinition(code);
  const name = await classOf(code);
  return [
    `[\`${code}\`](#${code})`,
    String(status),
    retryNote(code),
    docs(`errors.${code}`).tags['billed'] ?? '',
    madeBy.map((maker) => makers[maker]).join(', '),
    `[\`${name}\`](../packages/client-sdk/docs/reference.md#${name.toLowerCase()})`,
  ];
}

function section(code: ErrorCode): string[] {
  const { status, message } = errorDefinition(code);
  const { text, tags } = docs(`errors.${code}`);
  const { details, param } = errorExample(code).value.error;
  const facts = [
    ['What to do', tags['remedy']],
    ['Default message', `"${message}"`],
    ['`param`', param && `the field, such as \`${param}\``],
    ['`details`', details && `such as \`${JSON.stringify(details)}\``],
  ];
  const listed = facts.flatMap(([fact, said]) => (said ? [`- ${fact}: ${said}`] : []));
  return [`### ${code}`, '', `Status ${status}. ${text}`, '', ...listed, ''];
}

test('docs/errors.md is what the contract and the client say', async () => {
  const codes = statuses.flatMap((status) =>
    errorCodes.filter((code) => errorDefinition(code).status === status),
  );
  const text = [
    ...introduction,
    ...table(
      ['code', 'status', 'send again', 'billed by Bedrock', 'made by', 'class of the client'],
      await Promise.all(codes.map(row)),
    ),
    '',
    ...codes.flatMap(section),
  ].join('\n');
  expectCommitted('docs/errors.md', text);
});

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
  'What the API answers where it does not answer the question. Written from the',
  '[contract](../packages/contract/src/errors.ts) by `docs-gen/errors-document.test.ts`, which asks the client for',
  'its class of each and fails where this page is not true (`UPDATE_DOCS=1` writes it again). What the client throws beyond',
  'these (`timeout`, `aborted`, `connection_failed` ...) is in [its own table](../packages/client-sdk/README.md#errors), how',
  'to handle all of them in [its guide](../packages/client-sdk/docs/errors.md).',
  '',
  '## The shape',
  '',
  "Every error has the same body, API Gateway's own included; in a stream that has begun it is the `data` of an `error`",
  "event. OpenAI's and Anthropic's SDKs can read it too.",
  '',
  '```json',
  JSON.stringify(errorExample('quota_exceeded').value, null, 2),
  '```',
  '',
  'Branch on `error.code`, never on the message. `request_id`, which is in the header `x-request-id` too, finds the call in',
  'the logs. `param` is the field at fault, or null. The schemas are in [openapi.json](openapi.json).',
  '',
  '## Sending again',
  '',
  'The header `x-should-retry` decides. Of a code that may be sent again it still says `false` where Bedrock may have',
  'answered, and billed an answer that was lost on the way. `retry-after` is in seconds, and never above 60.',
  '[What the client sends again](../packages/client-sdk/docs/retries-and-time-limits.md#what-is-sent-again).',
  '',
  'What is not billed is not charged to the limits either, but for what `limits_unavailable` may leave held. What may be',
  'billed stays charged with the most that it can have cost: [every case](limits-under-faults.md). The `quota`',
  'of a plan counts every request whose key and rate API Gateway let through, whatever becomes of it.',
  '',
  '## Without the shape',
  '',
  'A body above 10 MB is refused by API Gateway with a 413 in plain text, headers above 10,240 bytes in a way that',
  'AWS does not document, and what stands between it and you (a proxy, a firewall) has words of its own. The client knows',
  'those of API Gateway.',
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
    ['Message, where nothing more exact is known', `"${message}"`],
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

import { countFields, messageFields } from '@org/lambda/doors/anthropic/fields';
import type { Fate, FieldTable } from '@org/lambda/doors/field-table';
import { chatFields } from '@org/lambda/doors/openai/chat/fields';
import { embeddingFields } from '@org/lambda/doors/openai/embeddings/fields';
import { responsesFields } from '@org/lambda/doors/openai/responses/fields';
import { test } from 'vitest';
import { expectCommitted } from './committed.ts';
import { table } from './table.ts';

/** A route of another API, and what becomes of the fields of its requests. */
interface Section {
  readonly route: string;
  readonly reference: string;
  readonly fields: FieldTable<string>;
  /** How well-known clients get here. */
  readonly clients: readonly (readonly [client: string, setting: string])[];
}

const sections: readonly Section[] = [
  {
    route: 'POST /v1/chat/completions',
    reference:
      'https://developers.openai.com/api/reference/resources/chat/subresources/completions/methods/create',
    fields: chatFields,
    clients: [
      ["OpenAI's SDKs", '`new OpenAI({ baseURL, apiKey })`'],
      ['Vercel AI SDK', '`createOpenAI({ baseURL, apiKey }).chat(model)`'],
      [
        'Vercel AI SDK, `@ai-sdk/openai-compatible`',
        '`createOpenAICompatible({ name, baseURL, apiKey, includeUsage: true, supportsStructuredOutputs: true })`; without ' +
          'the last, it asks for `json_object`, which is refused',
      ],
      ['LangChain', '`new ChatOpenAI({ model, apiKey, configuration: { baseURL } })`'],
    ],
  },
  {
    route: 'POST /v1/embeddings',
    reference: 'https://developers.openai.com/api/reference/resources/embeddings/methods/create',
    fields: embeddingFields,
    clients: [
      ["OpenAI's SDKs", '`new OpenAI({ baseURL, apiKey })`'],
      ['Vercel AI SDK', '`createOpenAI({ baseURL, apiKey }).embeddingModel(model)`'],
      ['LangChain', '`new OpenAIEmbeddings({ model, apiKey, configuration: { baseURL } })`'],
      [
        'LangChain for Python',
        '`OpenAIEmbeddings(model=model, api_key=key, base_url=url, check_embedding_ctx_length=False)`',
      ],
    ],
  },
  {
    route: 'POST /v1/responses',
    reference: 'https://developers.openai.com/api/reference/resources/responses/methods/create',
    fields: responsesFields,
  },
  {
    route: 'POST /v1/messages',
    reference: 'https://platform.claude.com/docs/en/api/messages',
    fields: messageFields,
  },
  {
    route: 'POST /v1/messages/count_tokens',
    reference: 'https://platform.claude.com/docs/en/api/messages-count-tokens',
    fields: countFields,
  },
];

const fates: readonly Fate[] = ['kept', 'translated', 'ignored', 'refused'];

function lines({ route, reference, fields, clients }: Section): string[] {
  const rows = fates.flatMap((fate) =>
    Object.entries(fields).flatMap(([name, rule]) => {
      if (rule.fate !== fate) return [];
      const harmless = rule.harmless?.map((value) => `\`${JSON.stringify(value)}\``).join(' and ');
      return [[`\`${name}\``, fate, `${rule.note}${harmless ? ` Not for ${harmless}.` : ''}`]];
    }),
  );
  return [
    `## ${route}`,
    '',
    `[Reference](${reference}).`,
    '',
    ...table(['client', ''], clients),
    '',
    ...table(['field', '', ''], rows),
    '',
  ];
}

const page = [
  "# The doors for OpenAI's and Anthropic's clients",
  '',
  'What becomes of each field of a request. *Kept*: it means the same here. *Translated*: it goes to the model in other words,',
  "or to some models only. *Ignored*: it changes neither the answer's meaning nor what it costs. *Refused*: it would, and this",
  'proxy cannot do it, so it is a 400 that names the field. So is a field that is not here; one that is `null` asks for nothing.',
  '',
  "The base URL is a deployment's, with `/v1` after the stage: `https://{api}.execute-api.{region}.amazonaws.com/{stage}/v1`. A",
  'key of this proxy takes the place of the API key, and an alias of its models that of the model.',
  '',
  'This page is written by `docs-gen/doors-document.test.ts` from the tables that the doors read by, and fails where it is not',
  'true (`UPDATE_DOCS=1` writes it again).',
  '',
  ...sections.flatMap(lines),
].join('\n');

test('the document is what the tables say', () => {
  expectCommitted('docs/doors.md', page);
});

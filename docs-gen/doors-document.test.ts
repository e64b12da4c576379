import { countFields, messageFields } from '@org/lambda/doors/anthropic/fields';
import type { Fate, FieldTable } from '@org/lambda/doors/field-table';
import { chatFields } from '@org/lambda/doors/openai/chat/fields';
import { embeddingFields } from '@org/lambda/doors/openai/embeddings/fields';
import { responsesFields } from '@org/lambda/doors/openai/responses/fields';
import { test } from 'vitest';
import { expectCommitted } from './committed.ts';
import { table } from './table.ts';

/** A route of another API, and how the fields of its requests are handled. */
interface Section {
  readonly route: string;
  readonly reference: string;
  readonly fields: FieldTable<string>;
  /** Further notes: lines of Markdown. */
  readonly about: readonly string[];
}

const sections: readonly Section[] = [
  {
    route: 'POST /v1/chat/completions',
    reference:
      'https://developers.openai.com/api/reference/resources/chat/subresources/completions/methods/create',
    fields: chatFields,
    about: [],
  },
  {
    route: 'POST /v1/embeddings',
    reference: 'https://developers.openai.com/api/reference/resources/embeddings/methods/create',
    fields: embeddingFields,
    about: [],
  },
  {
    route: 'POST /v1/responses',
    reference: 'https://developers.openai.com/api/reference/resources/responses/methods/create',
    fields: responsesFields,
    about: [
      'An item of a response is a block of the answer: a message, a call, or thoughts. Thoughts and their signature are sent',
      'back in `encrypted_content`. If Claude thinks, it needs them to continue after a tool call, so ask for them with',
      '`include: ["reasoning.encrypted_content"]`. An error before the first token is an HTTP error, in a stream too; after',
      'it, the stream ends with the events `error` and `response.failed`.',
    ],
  },
  {
    route: 'POST /v1/messages',
    reference: 'https://platform.claude.com/docs/en/api/messages',
    fields: messageFields,
    about: [
      'Claude gets the body of the request unchanged, and its answer goes out unchanged, including signatures, citations and',
      'pages of PDFs. If Claude refuses a request, its own message is passed on, because clients match on it, unless the',
      'message names an AWS account or resource. Other models get the request translated: their thoughts have no signature,',
      'and they quote nothing.',
    ],
  },
  {
    route: 'POST /v1/messages/count_tokens',
    reference: 'https://platform.claude.com/docs/en/api/messages-count-tokens',
    fields: countFields,
    about: [
      'The header `x-token-count` is `exact` if Bedrock counts for the model ([which](models.md)), else `estimate`: a token',
      "for every three bytes of text, the model's maximum for an image, and the whole context window for a PDF. Nothing is",
      'charged or held.',
    ],
  },
];

const fates: readonly Fate[] = ['kept', 'translated', 'ignored', 'refused'];

function lines({ route, reference, fields, about }: Section): string[] {
  const rows = fates.flatMap((fate) =>
    Object.entries(fields).flatMap(([name, rule]) => {
      if (rule.fate !== fate) return [];
      const harmless = rule.harmless?.map((value) => `\`${JSON.stringify(value)}\``).join(' and ');
      return [[`\`${name}\``, fate, `${rule.note}${harmless ? ` Accepted: ${harmless}.` : ''}`]];
    }),
  );
  return [
    `## ${route}`,
    '',
    `[Reference](${reference}).`,
    '',
    ...about,
    ...(about.length > 0 ? [''] : []),
    ...table(['field', '', ''], rows),
    '',
  ];
}

const page = [
  "# The doors for OpenAI's and Anthropic's clients",
  '',
  'How each field of a request is handled. *Kept*: it means the same here. *Translated*: it goes to the model in another',
  "form, or to some models only. *Ignored*: it changes neither the answer's meaning nor its cost. *Refused*: it would",
  'change them and this proxy does not support it, so the answer is a 400 that names the field. Fields that are not',
  'listed are refused too; a field that is `null` counts as missing.',
  '',
  '[Clients](clients.md) shows how to point clients at these routes.',
  '',
  '`docs-gen/doors-document.test.ts` writes this page from the tables by which the doors read requests, and fails if the',
  'page is out of date (`UPDATE_DOCS=1` writes it again).',
  '',
  ...sections.flatMap(lines),
].join('\n');

test('the document is what the tables say', () => {
  expectCommitted('docs/doors.md', page);
});

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
      'An item of a response is a block of the answer: a message, a call, or thoughts. Thoughts and their signature come back by',
      '`encrypted_content`: Claude, which does not go on after a tool without them where it thinks, needs',
      '`include: ["reasoning.encrypted_content"]`. What goes wrong before the first token is an HTTP error, in a stream too; after',
      'it, the stream ends with the events `error` and `response.failed`.',
    ],
  },
  {
    route: 'POST /v1/messages',
    reference: 'https://platform.claude.com/docs/en/api/messages',
    fields: messageFields,
    about: [
      'Claude gets the body of the request and its answer goes out as it comes, signatures, citations and pages of PDFs included. Why',
      'Claude refuses a request is said in its own words, which clients match on; what names an account or a resource of AWS is not.',
      'Other models get the request translated: their thoughts have no signature, and they quote nothing.',
    ],
  },
  {
    route: 'POST /v1/messages/count_tokens',
    reference: 'https://platform.claude.com/docs/en/api/messages-count-tokens',
    fields: countFields,
    about: [
      'The header `x-token-count` says `exact` where Bedrock counts for the model ([which](models.md)), else `estimate`: a token for',
      'every three bytes of text, an image as the most that the model makes of one, and a PDF as all that the model can read.',
      'Nothing is charged or held.',
    ],
  },
];

const fates: readonly Fate[] = ['kept', 'translated', 'ignored', 'refused'];

function lines({ route, reference, fields, about }: Section): string[] {
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
    ...about,
    ...(about.length > 0 ? [''] : []),
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
  'How clients are set to these routes is in [clients](clients.md).',
  '',
  'This page is written by `docs-gen/doors-document.test.ts` from the tables that the doors read by, and fails where it is not',
  'true (`UPDATE_DOCS=1` writes it again).',
  '',
  ...sections.flatMap(lines),
].join('\n');

test('the document is what the tables say', () => {
  expectCommitted('docs/doors.md', page);
});

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
}

const sections: readonly Section[] = [
  {
    route: 'POST /v1/chat/completions',
    reference:
      'https://developers.openai.com/api/reference/resources/chat/subresources/completions/methods/create',
    fields: chatFields,
  },
  {
    route: 'POST /v1/embeddings',
    reference: 'https://developers.openai.com/api/reference/resources/embeddings/methods/create',
    fields: embeddingFields,
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

function lines({ route, reference, fields }: Section): string[] {
  const rows = fates.flatMap((fate) =>
    Object.entries(fields).flatMap(([name, rule]) => {
      if (rule.fate !== fate) return [];
      const harmless = rule.harmless?.map((value) => `\`${JSON.stringify(value)}\``).join(' and ');
      return [[`\`${name}\``, fate, `${rule.note}${harmless ? ` Not for ${harmless}.` : ''}`]];
    }),
  );
  return [`## ${route}`, '', `[Reference](${reference}).`, '', ...table(['field', '', ''], rows), ''];
}

const page = [
  "# The doors for OpenAI's and Anthropic's clients",
  '',
  'What becomes of each field of a request. *Kept*: it means the same here. *Translated*: it goes to the model in other words,',
  "or to some models only. *Ignored*: it changes neither the answer's meaning nor what it costs. *Refused*: it would, and this",
  'proxy cannot do it, so it is a 400 that names the field. So is a field that is not here; one that is `null` asks for nothing.',
  '',
  'This page is written by `docs-gen/doors-document.test.ts` from the tables that the doors read by, and fails where it is not',
  'true (`UPDATE_DOCS=1` writes it again).',
  '',
  ...sections.flatMap(lines),
].join('\n');

test('the document is what the tables say', () => {
  expectCommitted('docs/doors.md', page);
});

import { join } from 'node:path';
import { ErrorEnvelopeSchema, errorCodes, isErrorCode, routes } from '@org/contract';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { expectCommitted, repository } from '../committed.ts';
import { readDocstrings } from '../docstrings.ts';
import { openApiDocument } from './document.ts';
import { errorDetails } from './error-details.ts';
import { errorExample } from './examples.ts';
import { operations } from './operations.ts';
import { referenceTo } from './schemas.ts';

const docs = readDocstrings(join(repository, 'packages/contract/src'));

test('docs/openapi.json is what the contract says', () => {
  expectCommitted('docs/openapi.json', `${JSON.stringify(openApiDocument(docs), null, 2)}\n`);
});

test('it is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(openApiDocument(docs)));
  expect([valid, errors]).toEqual([true, undefined]);
});

test('it has every route of the contract', () => {
  const { paths } = openApiDocument(docs);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => [operationId, method.toUpperCase(), path]),
  );
  expect(operations).toEqual(Object.entries(routes).map(([name, { method, path }]) => [name, method, path]));
});

test('what has no docstring is an error that names it', () => {
  expect(() => docs('Answer.mood')).toThrow(/Answer\.mood has no docstring/);
});

const bodies = Object.values(operations).flatMap(({ request, response }) =>
  [request ?? [], response ?? []].flat(),
);
const failures = {
  schema: ErrorEnvelopeSchema,
  examples: Object.fromEntries(errorCodes.map((code) => [code, errorExample(code)])),
};

describe('examples', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'document', ...openApiDocument(docs) });

  test('are what the schemas of the document and of the contract let through', () => {
    for (const { schema, examples } of [...bodies, failures]) {
      const validate = ajv.compile({ $ref: `document${referenceTo(schema).$ref}` });
      for (const { summary, value } of Object.values(examples)) {
        expect([summary, validate(value), validate.errors]).toEqual([summary, true, null]);
        expect(z.safeParse(schema, value).data).toEqual(value);
      }
    }
  });

  test('of errors have the details of their code', () => {
    for (const [code, schema] of Object.entries(errorDetails)) {
      if (!isErrorCode(code)) throw new Error(`${code} is not a code.`);
      const { details } = errorExample(code).value.error;
      expect([code, z.safeParse(schema, details).data]).toEqual([code, details]);
    }
  });
});

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { routes } from '@org/contract';
import { TemplateRules } from '@org/infra/rules';
import { mutationsOf, runs } from '@org/lambda/testing/fuzz';
import { parseTemplate, readCloudAssembly, startGateway, TemplateError } from '@org/local';
import fc from 'fast-check';
import { expect, inject, onTestFinished, test } from 'vitest';
import * as z from 'zod/mini';

const assembly = join(inject('assemblies'), 'shipped');
const { template, stack } = readCloudAssembly(assembly);

/** The JSON of the shipped template, with a change somewhere in one of its resources. */
const changedTemplates = fc
  .constantFrom(...Object.keys(template.Resources))
  .chain((id) =>
    mutationsOf(JSON.parse(JSON.stringify(template.Resources[id]))).map((resource) =>
      JSON.stringify({ ...template, Resources: { ...template.Resources, [id]: resource } }),
    ),
  );

/** The rules, applied to a template's JSON: whether it may be deployed. */
function rules(): (json: string) => boolean {
  const directory = mkdtempSync(join(tmpdir(), 'template-fuzz-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  cpSync(assembly, directory, { recursive: true });
  const file = join(directory, `${stack.name}.template.json`);
  return (json) => {
    writeFileSync(file, json);
    try {
      return new TemplateRules().validate({ templatePaths: [file] }).success;
    } catch (error) {
      // CDK treats a check that throws as a failing template.
      if (error instanceof z.core.$ZodError) return false;
      throw error;
    }
  };
}

test('the rules pass or fail a template after any change', () => {
  const mayBeDeployed = rules();
  expect(mayBeDeployed(JSON.stringify(template))).toBe(true);
  fc.assert(
    fc.property(changedTemplates, (json) => {
      mayBeDeployed(json);
    }),
    runs(60),
  );
});

/** Whether a gateway with this template answers without a key. A gateway that does not start does not answer. */
async function opensWithoutKey(json: string): Promise<boolean> {
  const start = startGateway({ assembly, editTemplate: () => parseTemplate(json, 'template.json') });
  const gateway = await start.catch((error: unknown) => {
    if (error instanceof TemplateError) return undefined;
    throw error;
  });
  if (!gateway) return false;
  try {
    const asks = Object.values(routes).map(({ method, path }) =>
      fetch(gateway.url + path, {
        method,
        ...(method === 'POST' && { body: JSON.stringify({ model: 'llama', question: 'Hi' }) }),
      }),
    );
    const answers = await Promise.all(asks);
    await Promise.all(answers.map((answer) => answer.text()));
    return answers.some(({ ok }) => ok);
  } finally {
    await gateway.close();
  }
}

test('after any change to a template, the gateway names the fault, or refuses callers without a key', async () => {
  const mayBeDeployed = rules();
  await fc.assert(
    fc.asyncProperty(changedTemplates, async (json) => {
      if (await opensWithoutKey(json)) expect(mayBeDeployed(json)).toBe(false);
    }),
    runs(8),
  );
});

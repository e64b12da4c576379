import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { writeTestAssembly } from '../testing/deployment.ts';
import { readCloudAssembly } from './assembly.ts';

test('a stack is read with its environment, and code is found by its upload key', () => {
  using assembly = writeTestAssembly();
  const { stack, template, assetDirectory } = readCloudAssembly(assembly.directory);
  expect(stack).toEqual({ name: 'Test', account: '000000000000', region: 'eu-west-1' });
  expect(template.Resources['Api']?.Type).toBe('AWS::ApiGateway::RestApi');
  expect(existsSync(path.join(assetDirectory('main.zip'), 'index.mjs'))).toBe(true);
});

test('missing code is refused', () => {
  using assembly = writeTestAssembly();
  const { assetDirectory } = readCloudAssembly(assembly.directory);
  expect(() => assetDirectory('nothing.zip')).toThrow('No asset');
  rmSync(path.join(assembly.directory, 'asset.main'), { recursive: true });
  expect(() => assetDirectory('main.zip')).toThrow('does not exist');
});

test('an assembly with several stacks is refused', () => {
  using assembly = writeTestAssembly();
  const file = path.join(assembly.directory, 'manifest.json');
  const second = '"Second": { "type": "aws:cloudformation:stack" }';
  writeFileSync(file, readFileSync(file, 'utf8').replace('"Test": {', `${second}, "Test": {`));
  expect(() => readCloudAssembly(assembly.directory)).toThrow('exactly one stack, and it has 2');
});

test('the error for a directory without an assembly says what to do', () => {
  expect(() => readCloudAssembly('/nowhere')).toThrow('Synthesize the stack first');
});

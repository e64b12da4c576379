import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readTextFile } from './text-file.ts';

async function fileOf(content: Uint8Array): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'proxy-text-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'teams.json');
  await writeFile(file, content);
  return file;
}

const utf16 = (text: string) => Buffer.from(text, 'utf16le');

test.each([
  ['without a byte order mark', '[]'],
  ['with one', '\ufeff[]'],
])('UTF-8 is read %s', async (_, text) => {
  expect(await readTextFile(await fileOf(Buffer.from(text)))).toBe('[]');
});

test.each([
  ['UTF-16', utf16('\ufeff[ ]')],
  ['UTF-16, of the other order', utf16('\ufeff[ ]').swap16()],
  ['UTF-16 without a byte order mark', utf16('[ ]')],
  ['UTF-16 of the other order without one', utf16('[ ]').swap16()],
])('%s is refused by its name', async (_, content) => {
  await expect(readTextFile(await fileOf(content))).rejects.toMatchObject({
    message: expect.stringMatching(/teams\.json is in UTF-16\.$/),
    advice: 'Save it as UTF-8.',
  });
});

test('a file in an unknown encoding is refused, and not half read', async () => {
  const latin1 = Buffer.from('["caf\u00e9"]', 'latin1');
  await expect(readTextFile(await fileOf(latin1))).rejects.toMatchObject({
    message: expect.stringMatching(/is not in UTF-8\.$/),
  });
});

import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { buildPage } from './page.ts';

test('the page is less than 300 KB, compressed, and asks for nothing from elsewhere', async () => {
  const files = await buildPage();
  const sizes = [...files.values()].map((content) => gzipSync(content).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000);
  const html = Buffer.from(files.get('index.html') ?? []).toString();
  const asked = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target = '']) => target);
  expect(asked.filter((target) => !files.has(target) && !target.startsWith('data:'))).toEqual([]);
  const css = Buffer.from(files.get('page.css') ?? []).toString();
  expect([...css.matchAll(/url\((?!"?data:)|@import/g)]).toEqual([]);
});

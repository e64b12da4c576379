import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const published = globSync('packages/*/package.json')
  .map((file) => JSON.parse(readFileSync(file, 'utf8')))
  .filter((manifest) => !manifest.private)
  .map(({ name }) => RegExp.escape(name));

// Biome would turn the front matter into a heading: one reason why it does not format Markdown.
test('every changeset begins with the published packages that it changes', () => {
  const release = `(['"])(?:${published.join('|')})\\1: (?:major|minor|patch)\n`;
  const changeset = new RegExp(`^---\n(?:${release})+---\n\n\\S`);
  for (const file of globSync('.changeset/*.md')) {
    expect(readFileSync(file, 'utf8'), file).toMatch(changeset);
  }
});

import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const published = globSync('packages/*/package.json')
  .map((file) => JSON.parse(readFileSync(file, 'utf8')))
  .filter((manifest) => !manifest.private)
  .map(({ name }) => RegExp.escape(name));

// Biome would make a heading of the front matter: one reason why it leaves Markdown alone.
test('every changeset begins with the published packages that it is about', () => {
  const release = `(['"])(?:${published.join('|')})\\1: (?:major|minor|patch)\n`;
  const changeset = new RegExp(`^---\n(?:${release})+---\n\n\\S`);
  for (const file of globSync('.changeset/*.md')) {
    expect(readFileSync(file, 'utf8'), file).toMatch(changeset);
  }
});

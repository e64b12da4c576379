// Publishes each package whose version npm does not have yet:
//
//   npm run release -- --dry-run
//
// What is uploaded is the tarball that pnpm packs, because only there are workspace and catalog versions written out.
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });

for (const file of globSync('packages/*/package.json', { cwd: root })) {
  const manifest = JSON.parse(readFileSync(join(root, file), 'utf8'));
  if (manifest.private) continue;
  const version = `${manifest.name}@${manifest.version}`;
  if (isPublished(version)) console.log(`${version} is on npm already.`);
  else publish(join(root, dirname(file)));
}

function isPublished(version: string): boolean {
  try {
    execFileSync('npm', ['view', version, 'version'], { stdio: ['ignore', 'ignore', 'pipe'] });
    return true;
  } catch (error) {
    // npm says why on standard error only.
    if (/\bE404\b/.test(String(error))) return false;
    throw error;
  }
}

function publish(directory: string): void {
  const target = mkdtempSync(join(tmpdir(), 'release-'));
  try {
    execFileSync('pnpm', ['pack', '--pack-destination', target], { cwd: directory, stdio: 'inherit' });
    const [tarball = ''] = readdirSync(target);
    const options = values['dry-run'] ? ['--dry-run'] : [];
    execFileSync('npm', ['publish', ...options, join(target, tarball)], { stdio: 'inherit' });
  } finally {
    rmSync(target, { recursive: true });
  }
}

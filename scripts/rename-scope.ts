// Gives this repository's packages your own scope:
//
//   npm run rename-scope -- @SCOPE
//
// Changes only files that git tracks. It can be run again with another scope.
import { execFileSync } from 'node:child_process';
import { globSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mentionsScope, newNames, type PackageNames, renamePackages } from './package-names.ts';

const usage = `Usage: npm run rename-scope -- @SCOPE [options]

Renames the scope of all packages in the files that git tracks, and formats the changed files.

  --client NAME    also give the published client another name
  --dry-run        list the changes without making them
  --allow-dirty    rename even if there are uncommitted changes
  --help           print this help`;

const root = join(import.meta.dirname, '..');
const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });

/** A file as text; undefined for a file that is not text, a link, or a deleted file. */
function readText(file: string): string | undefined {
  const path = join(root, file);
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  const bytes = readFileSync(path);
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function nameOf(directory: string): string {
  return JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8')).name;
}

function currentNames(): PackageNames {
  const [scope = '', client = ''] = nameOf('packages/client-sdk').split('/');
  return { scope, client };
}

function trackedFiles(allowDirty: boolean): string[] {
  let changes: string;
  try {
    changes = git('status', '--porcelain');
  } catch {
    throw new Error(
      'This is not a git repository, so a rename could not be undone. Make it one: git init && git add --all && git commit --message Start',
    );
  }
  if (changes !== '' && !allowDirty) {
    throw new Error(
      'There are uncommitted changes, so a rename could not be undone. Commit or stash them, or add --allow-dirty.',
    );
  }
  return git('ls-files', '-z').split('\0').filter(Boolean);
}

/** A new scope can change the order of imports and the line breaks. */
function format(files: readonly string[]): void {
  const options = ['--linter-enabled=false', '--log-level=error', '--no-errors-on-unmatched'];
  execFileSync('biome', ['check', '--write', ...options, ...files], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function run(): void {
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      client: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      'allow-dirty': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (options.help) {
    console.log(usage);
    return;
  }
  const [wanted, ...more] = positionals;
  if (wanted === undefined || more.length > 0) throw new Error(`Give one scope.\n\n${usage}`);

  const from = currentNames();
  const others = globSync('{packages/*,tools/*,*}/package.json', { cwd: root })
    .map((file) => nameOf(join(file, '..')).split('/')[1] ?? '')
    .filter((name) => name !== from.client);
  const to = newNames(from, { scope: wanted, client: options.client }, others);
  const before = `${from.scope}/${from.client}`;
  const after = `${to.scope}/${to.client}`;
  if (before === after) {
    console.log(`The packages already have these names: ${after}. Nothing to do.`);
    return;
  }

  const dryRun = options['dry-run'];
  const files = trackedFiles(options['allow-dirty'] || dryRun).flatMap((file) => {
    const text = readText(file);
    return text === undefined ? [] : [{ file, text }];
  });
  // Mixed with other uses, the scope could not be renamed again. In prose it may be an example.
  const taken = files.find(
    ({ file, text }) => to.scope !== from.scope && !file.endsWith('.md') && mentionsScope(text, to.scope),
  );
  if (taken)
    throw new Error(`${to.scope} means something else here already, in ${taken.file}. Choose another scope.`);

  const changes = files
    .map(({ file, text }) => ({ file, ...renamePackages(text, from, to) }))
    .filter(({ places }) => places > 0);
  const total = changes.reduce((sum, { places }) => sum + places, 0);
  if (dryRun) {
    for (const { file, places } of changes) console.log(`${String(places).padStart(4)}  ${file}`);
    console.log(`${before} would become ${after}: ${total} places in ${changes.length} files.`);
    return;
  }
  for (const { file, text } of changes) writeFileSync(join(root, file), text);
  format(changes.map(({ file }) => file));
  console.log(`${before} is ${after} now: ${total} places in ${changes.length} files, formatted again.

Next:
  npm test      installs under the new names, and checks everything
  git diff      shows what changed; commit it

The stack and the API get their name from "name" in packages/infra/proxy.config.ts.`);
}

try {
  run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { codeOf } from '@org/admin';
import { configFileIn, loadProxyConfig } from '@org/infra/config';
import { CliError } from '../cli-error.ts';
import type { Terminal } from '../terminal.ts';
import { readTextFile } from '../text-file.ts';
import { type Answers, defaultAnswers, faultOf, type Question } from './answers.ts';
import { configText } from './config-text.ts';
import { withScripts } from './manifest-text.ts';
import { workflowText } from './workflow-text.ts';
import { type FileToWrite, removeStaged, writeFiles } from './write-files.ts';

export interface InitOptions {
  /** The answers that are given already. */
  readonly given: Partial<Answers>;
  /** Takes the default for every other answer, and keeps files that are there. */
  readonly yes: boolean;
}

/** What `init` did, each file relative to the folder. */
export interface Initialized {
  readonly written: readonly string[];
  /** Files that were there and are unchanged. */
  readonly kept: readonly string[];
}

const ignored = ['node_modules/', 'cdk.out/', '.data/'];

/**
 * Makes a folder into a project that deploys a proxy: the config, scripts, a workflow for CI, and what git ignores. Asks
 * before it replaces a file, and writes all at the end.
 *
 * @throws {CliError} If the package is not installed, an answer is missing or wrong, or the user leaves.
 * @throws {ConfigError} If a config that stays is not valid, and a workflow for it is to be written.
 */
export async function init(
  folder: string,
  { given, yes }: InitOptions,
  terminal: Terminal,
): Promise<Initialized> {
  requirePackage(folder);
  // Where GitHub looks for workflows.
  const repository = nearestWith('.git', folder) ?? folder;
  const manifest = await existing(join(folder, 'package.json'));
  const { text: manifestText, hasModules } = withScripts(manifest);
  const config = configFileIn(folder) ?? join(folder, `proxy.config.${hasModules ? 'ts' : 'mts'}`);
  const workflow = join(repository, '.github/workflows/proxy.yml');
  const gitignore = join(folder, '.gitignore');

  const writes = async (path: string) =>
    !existsSync(path) || (!yes && (await agrees(terminal, `Replace ${relative(folder, path)}?`)));
  const writesConfig = await writes(config);
  const writesWorkflow = await writes(workflow);
  const answers = writesConfig ? await ask(basename(folder), { given, yes }, terminal) : undefined;
  // A workflow for a config that stays deploys to that config's Region.
  const regionOfWorkflow = async () => answers?.region ?? (await loadProxyConfig(config)).region;

  const below = relative(repository, folder).split(sep).join('/');
  const files: FileToWrite[] = [
    ...(answers ? [{ path: config, text: configText(answers) }] : []),
    { path: join(folder, 'package.json'), text: manifestText },
    ...(writesWorkflow
      ? [{ path: workflow, text: workflowText(await regionOfWorkflow(), below, basename(config)) }]
      : []),
    { path: gitignore, text: withLines((await existing(gitignore)) ?? '', ignored) },
  ];
  const before = await Promise.all(files.map(({ path }) => existing(path)));
  const changed = files.filter(({ text }, index) => text !== before[index]);
  await writeFiles(changed);
  const written = changed.map(({ path }) => path);
  const kept = [config, join(folder, 'package.json'), workflow, gitignore].filter(
    (path) => !written.includes(path),
  );
  await removeStaged(kept);
  const named = (paths: readonly string[]) => paths.map((path) => relative(folder, path));
  return { written: named(written), kept: named(kept) };
}

function requirePackage(folder: string): void {
  if (nearestWith('node_modules/@org/bedrock-proxy', folder) !== undefined) return;
  throw new CliError(
    `@org/bedrock-proxy is not installed in ${folder}, and the config imports it.`,
    'Install it first: npm install --save-dev @org/bedrock-proxy',
  );
}

/** The folder, or the nearest one above it, that has a file or folder of this name. */
function nearestWith(name: string, folder: string): string | undefined {
  if (existsSync(join(folder, name))) return folder;
  return dirname(folder) === folder ? undefined : nearestWith(name, dirname(folder));
}

const questions: Readonly<Record<Question, string>> = {
  name: 'Name of the deployment',
  region: 'AWS Region',
  team: 'First team',
  budget: "The team's limit in USD a month",
  models: 'Models, with commas between them',
};

async function ask(folderName: string, { given, yes }: InitOptions, terminal: Terminal): Promise<Answers> {
  const region = given.region ?? process.env['AWS_REGION'];
  let answers: Answers = { ...defaultAnswers(folderName, region), ...given };
  for (const question of Object.keys(questions).filter(isQuestion)) {
    if (given[question] === undefined && !yes) answers = await askOne(question, answers, given, terminal);
    const fault = faultOf(question, answers);
    if (fault !== undefined) {
      throw new CliError(`${fault}.`, `Give another with --${question}. Nothing was written.`);
    }
  }
  return answers;
}

async function askOne(
  question: Question,
  answers: Answers,
  given: Partial<Answers>,
  terminal: Terminal,
): Promise<Answers> {
  if (!terminal.ask) {
    throw new CliError(
      'There is no terminal to ask on.',
      'Add --yes for the defaults, or give --name, --region, --team, --budget and --models.',
    );
  }
  const read = (text: string): Answers => ({ ...answers, ...answerOf(question, text) });
  const typed = await terminal.ask(questions[question], {
    initial: String(answers[question]),
    faultOf: (text) => faultOf(question, read(text)),
  });
  if (typed === undefined) throw new CliError('Nothing was written.', 'Run it again to start over.');
  const answered = read(typed);
  // The default models depend on the Region.
  if (question !== 'region' || given.models) return answered;
  return { ...answered, models: defaultAnswers(answers.name, answered.region).models };
}

/** An answer as it is typed, also after its option. */
export function answerOf(question: Question, text: string): Partial<Answers> {
  switch (question) {
    case 'budget':
      return { budget: text.trim() === '' ? Number.NaN : Number(text) };
    case 'models':
      return { models: text.split(',').flatMap((alias) => alias.trim() || []) };
    default:
      return { [question]: text.trim() };
  }
}

function isQuestion(text: string): text is Question {
  return text in questions;
}

async function agrees(terminal: Terminal, question: string): Promise<boolean> {
  if (!terminal.ask) return false;
  return await terminal.confirm(question).then(
    () => true,
    (error: unknown) => {
      if (error instanceof CliError) return false;
      throw error;
    },
  );
}

/** The text of a file; undefined if there is none. */
function existing(path: string): Promise<string | undefined> {
  return readTextFile(path).catch((error: Error) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}

function withLines(text: string, lines: readonly string[]): string {
  const present = text.split(/\r?\n/).map((line) => line.trim().replace(/\/$/, ''));
  const missing = lines.filter((line) => !present.includes(line.replace(/\/$/, '')));
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return [start, ...missing.map((line) => `${line}\n`)].join('');
}

import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { type AskEvent, askAsKey, chargeText, secondsText } from '@org/admin';
import { amountText, type Message, type Tool, ToolSchema } from '@org/contract';
import { type Command, InvalidArgumentError } from 'commander';
import * as z from 'zod/mini';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { repeated } from '../limits-option.ts';
import { readTextFile } from '../text-file.ts';

const about = ({ program }: Invocation) => `
Your AWS rights read the value of the key, which is never printed. The key's limits apply, and the call is charged to it and its
team. The answer goes to standard output, and what it cost to standard error: what was held
before the call and charged after it is in the function's log, and is found there some seconds later.

Examples:
  ${program} ask nova-lite 'What is a dystopia?' --key acme-app
  ${program} ask nova-lite 'What is in the picture?' --key acme-app --image photo.png
  ${program} ask nova-lite 'What is the weather in Rome?' --key acme-app --tool weather.json --json
`;

interface Options {
  readonly key?: string;
  readonly system?: string;
  readonly image?: readonly string[];
  readonly tool?: readonly string[];
  readonly maxTokens?: number;
  /** Absent: if the model can. */
  readonly stream?: boolean;
  readonly json?: boolean;
}

type Done = Extract<AskEvent, { type: 'done' }>;

export function addAsk(program: Command, cli: Cli): void {
  program
    .command('ask')
    .description("ask a model a question as a team's key would, and see what it costs")
    .argument('<model>', 'an alias of the config')
    .argument('<question>', 'what to ask')
    .option('--key <name>', 'the key to ask with (required)')
    .option('--system <text>', 'instructions for the model')
    .option('--image <file>', 'a PNG, JPEG, GIF or WebP beside the question; may be repeated', repeated)
    .option(
      '--tool <file>',
      'a tool that the model may call, as JSON: name, description, inputSchema; may be repeated',
      repeated,
    )
    .option('--max-tokens <count>', 'the most output tokens', countOf)
    .option('--stream', 'print the answer while it is written (default: if the model can)')
    .option('--no-stream', 'print the answer when it is complete')
    .option('--json', 'print JSON: the answer, and what was held and charged')
    .addHelpText('after', () => about(cli.invocation))
    .action(async (model: string, question: string, options: Options, command: Command) => {
      const { key, system, image, tool, maxTokens, stream, json } = options;
      // A requiredOption would be missed before an option that is misspelt is named.
      if (key === undefined) command.error("error: required option '--key <name>' not specified");
      const tools = tool && (await Promise.all(tool.map(readTool)));
      const asked = image ? { messages: await withImages(question, image) } : { question };
      const request = { model, ...asked, system, tools, maxTokens };
      await answer(askAsKey(await cli.deployment(), { key, request, stream }), json, cli);
    });
}

async function answer(events: AsyncIterable<AskEvent>, json: boolean | undefined, cli: Cli): Promise<void> {
  const { terminal } = cli;
  let done: Done | undefined;
  let ended: Extract<AskEvent, { type: 'ended' }> | undefined;
  let refusal: CliError | undefined;
  for await (const event of events) {
    switch (event.type) {
      case 'delta':
        if (!json) terminal.write(event.text);
        break;
      case 'done':
        done = event;
        if (!json) terminal.print(toolCallsText(event));
        break;
      case 'error': {
        const { code, message } = event.error;
        const id = event.request_id;
        refusal = new CliError(`${code}: ${message}`, ({ command }) =>
          id ? `See more with: ${command(`requests show ${id}`)}` : 'Change the call, or try again.',
        );
        break;
      }
      case 'ended':
        ended = event;
        break;
      case 'accounted': {
        const { held, charged } = event.logged ?? {};
        if (json)
          terminal.print(JSON.stringify({ ...ended, ...done, type: undefined, held, charged }, null, 2));
        else if (!refusal || charged)
          for (const line of [...standing(done), ...accounts(event, ended)]) terminal.note(line);
      }
    }
  }
  if (refusal) throw refusal;
}

/** The calls of tools that the answer ends with; empty if there are none. */
function toolCallsText({ content }: Done): string {
  const calls = content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
  return calls.map(({ name, input }) => `\n${name}(${JSON.stringify(input)})`).join('');
}

/** What is left of the limits. */
function standing(done: Done | undefined): string[] {
  return (done?.limits ?? []).map(
    ({ limit, period, scope, remaining, max }) =>
      `${limit}/${period} of the ${scope}: ${amount(limit, remaining)} of ${amount(limit, max)} left.`,
  );
}

function accounts(
  { logged }: Extract<AskEvent, { type: 'accounted' }>,
  ended: Extract<AskEvent, { type: 'ended' }> | undefined,
): string[] {
  const took = ended
    ? [
        ...(ended.firstTextMs === undefined ? [] : [`First text after ${secondsText(ended.firstTextMs)}.`]),
        `All of it after ${secondsText(ended.ms)}. Request ${ended.requestId ?? 'without an id'}.`,
      ]
    : [];
  if (!logged)
    return [...took, 'The log does not have the call, or not yet: it has what was held and charged.'];
  const { held, charged } = logged;
  return [
    ...took,
    held ? `Held: ${chargeText(held)}.` : 'Nothing was held.',
    charged ? `Charged: ${chargeText(charged)}.` : 'Nothing is charged.',
  ];
}

function amount(limit: string, value: number): string {
  return amountText(limit === 'usd' ? 'usd' : 'requests', value);
}

async function withImages(question: string, files: readonly string[]): Promise<Message[]> {
  const images = await Promise.all(files.map(readImage));
  return [{ role: 'user', content: [...images, { type: 'text', text: question }] }];
}

const formats = { '.png': 'png', '.jpg': 'jpeg', '.jpeg': 'jpeg', '.gif': 'gif', '.webp': 'webp' } as const;

async function readImage(file: string) {
  const ending = extname(file).toLowerCase();
  const [, format] = Object.entries(formats).find(([each]) => each === ending) ?? [];
  if (format === undefined) {
    throw new CliError(
      `The name of ${file} does not end like that of an image.`,
      `Use one of ${Object.keys(formats).join(', ')}.`,
    );
  }
  const bytes = await readFile(resolve(process.env['INIT_CWD'] ?? '.', file)).catch((error: Error) => {
    throw new CliError(`${file} cannot be read: ${error.message}.`, 'Give an image.');
  });
  return { type: 'image' as const, format, data: bytes.toString('base64') };
}

async function readTool(file: string): Promise<Tool> {
  const tool: unknown = await readTextFile(file)
    .then(JSON.parse)
    .catch((error: Error) => {
      if (error instanceof CliError) throw error;
      throw new CliError(`${file} cannot be read: ${error.message}.`, 'Give a JSON file of one tool.');
    });
  const { data, error } = z.safeParse(ToolSchema, tool);
  if (data) return data;
  throw new CliError(
    `${file} is not a tool: ${z.prettifyError(error)}`,
    'A tool needs name, description and inputSchema.',
  );
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('It must be a whole number, 1 or more.');
}

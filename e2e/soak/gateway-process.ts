import { startGateway } from '@org/local';
import { createTables } from '@org/local/dynamodb';
import * as z from 'zod/mini';
import { editResources } from '../edit-template.ts';
import { type Holding, measureHolding } from './memory.ts';

/** The deployment in its own process, so that its memory can be measured alone. */

export type Command = 'measure' | 'kill' | { readonly advanceMs: number };

/** An answer to a command. */
export interface Report {
  holding?: Holding | undefined;
  /** Unexpected log lines: at most the first of them. */
  unforeseen: string[];
}

const [assembly = '', bedrockUrl = '', dynamodbUrl = '', startText = '', stepText = ''] =
  process.argv.slice(2);

/** The gateway's clock moves only with the requests. */
let time = Number(startText);
const step = Number(stepText);

const Line = z.object({ trace: z.optional(z.array(z.string())) });
const unforeseen: string[] = [];

function noteUnforeseen(line: string): void {
  if (unforeseen.length < 20) unforeseen.push(line.slice(0, 1000));
}

const gateway = await startGateway({
  assembly,
  clock: {
    now() {
      time += step;
      return time;
    },
  },
  // So that a call without an answer ends soon.
  editTemplate: editResources('AWS::Lambda::Function', (properties) => ({ ...properties, Timeout: 15 })),
  environment: { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockUrl, AWS_ENDPOINT_URL_DYNAMODB: dynamodbUrl },
  onLog({ line, stream }) {
    const json = stream === 'stdout' && line.startsWith('{');
    if (!json || Line.parse(JSON.parse(line)).trace) noteUnforeseen(`${stream}: ${line}`);
  },
});
await createTables(gateway.tables, dynamodbUrl);

process.on('message', async (command: Command) => {
  if (command === 'kill') await gateway.killFunctions();
  else if (command !== 'measure') time += command.advanceMs;
  const report: Report = { unforeseen, ...(command === 'measure' && { holding: await measureHolding() }) };
  process.send?.(report);
});
process.on('disconnect', () => process.exit());
process.send?.({ url: gateway.url });

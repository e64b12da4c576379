import { startGateway } from '@org/local';
import { createTables } from '@org/local/dynamodb';
import * as z from 'zod/mini';
import { editResources } from '../edit-template.ts';
import { type Holding, measureHolding } from './memory.ts';

/** The deployment in a process of its own, so that what it holds can be measured apart from what the others hold. */

export type Command = 'measure' | 'kill' | { readonly advanceMs: number };

/** An answer to a command. */
export interface Report {
  holding?: Holding | undefined;
  /** What was logged that nobody planned: at most the first of it. */
  unforeseen: string[];
}

const [assembly = '', bedrockUrl = '', dynamodbUrl = '', startText = '', stepText = ''] =
  process.argv.slice(2);

/** The gateway's clock moves with the requests and with nothing else. */
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
  // So that a call whose answer never comes is over soon.
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

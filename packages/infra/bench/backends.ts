import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Followed, Instruction } from './bedrock-process.ts';

/** What a measured function calls, each in a process of its own. */
export interface Backends {
  readonly bedrockUrl: string;
  readonly dynamodbUrl: string;
  /** Sets what the simulated Bedrock does next. */
  instruct(instruction: Instruction): Promise<Followed>;
  stop(): void;
}

export async function startBackends(): Promise<Backends> {
  const bedrock = await start('bedrock-process.ts');
  const dynamodb = await start('dynamodb-process.ts');
  return {
    bedrockUrl: bedrock.url,
    dynamodbUrl: dynamodb.url,
    async instruct(instruction) {
      const followed = once(bedrock.child, 'message');
      bedrock.child.send(instruction);
      const [reply] = await followed;
      return reply;
    },
    stop() {
      bedrock.child.disconnect();
      dynamodb.child.disconnect();
    },
  };
}

async function start(script: string): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(join(import.meta.dirname, script), { execArgv: ['--conditions=@org/source'] });
  const [{ url }] = await once(child, 'message');
  return { child, url };
}
